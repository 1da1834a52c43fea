//! One tool call, from arguments to result.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, USER_AGENT},
};
use http_body_util::Full;
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;

use crate::{
    Action, Answer, Args, Outgoing, Request, Server,
    base::{Base, Origin},
    catalog::{Catalog, CatalogTool},
    credentials::Credentials,
    request::Alternatives,
    result::{self, Shape},
    upstream::{Received, Upstream},
    validation,
};

/// The header that carries a call's grant, from the hub to the server and on to the egress broker.
pub(crate) const GRANT: HeaderName = HeaderName::from_static("toolmill-grant");

const AGENT: &str = concat!("toolmill/", env!("CARGO_PKG_VERSION"));

/// All that calls share.
pub(crate) struct Calls {
    pub(crate) server: &'static Server,
    /// The base URL that the operator gave; it stands above all that the description says.
    pub(crate) given_base: Option<Base>,
    pub(crate) credentials: Credentials,
    pub(crate) upstream: Upstream,
    /// Whether each request needs a grant, because it leaves through the egress broker.
    pub(crate) needs_grant: bool,
    /// The folder from which arguments may send files.
    pub(crate) files: Option<PathBuf>,
}

/// What came with a call besides its arguments.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) grant: Option<HeaderValue>,
    /// W3C trace context: `traceparent` and `tracestate`.
    pub(crate) trace: Vec<(HeaderName, HeaderValue)>,
}

/// A request on its way.
struct Prepared {
    origin: Origin,
    request: http::Request<Full<Bytes>>,
    authorization: Authorization,
}

/// What became of a request's security requirement.
#[derive(Debug, Default)]
struct Authorization {
    /// The schemes whose credentials were added.
    sent: &'static [&'static str],
    /// What would have been sent if it had been there, to be told if the API then refuses.
    wanted: Vec<&'static str>,
}

impl Calls {
    /// Makes one call. Whatever goes wrong is a result that says so.
    pub(crate) async fn make(
        &self,
        catalog: &Catalog,
        tool: &CatalogTool,
        arguments: JsonObject,
        context: Context,
    ) -> CallToolResult {
        let shape = Shape {
            documented: tool.entry.is_documented(),
            wrapped: tool.entry.wrap_result,
        };
        let stated = guarded(|| self.state(catalog, tool, Value::Object(arguments)));
        let request = match stated {
            Ok(Stated::Request(request)) => request,
            Ok(Stated::Value(value)) => return result::of_value(value, shape),
            Err(text) => return result::fault(text),
        };
        let prepared = match guarded(|| self.prepare(catalog, tool, *request, context)) {
            Ok(prepared) => prepared,
            Err(text) => return result::fault(text),
        };
        let received = match self.upstream.send(&prepared.origin, prepared.request).await {
            Ok(received) => received,
            Err(error) => return result::unsent(&error),
        };
        self.finish(tool.name, shape, received, &prepared.authorization)
    }

    /// Checks the arguments and lets the tool's function state its request.
    fn state(
        &self,
        catalog: &Catalog,
        tool: &CatalogTool,
        arguments: Value,
    ) -> Result<Stated, String> {
        let validator = catalog.validator(tool).map_err(Clone::clone)?;
        validation::check(validator, &arguments)?;
        let empty = JsonObject::new();
        let args =
            Args::new(arguments.as_object().unwrap_or(&empty)).with_files(self.files.as_deref());
        let stated = match tool.action {
            Action::Request(request) => {
                request(&args).map(|request| Stated::Request(request.into()))
            }
            Action::Value(value) => value(&args).map(Stated::Value),
        };
        stated.map_err(|error| error.to_string())
    }

    fn finish(
        &self,
        tool: &'static str,
        shape: Shape,
        received: Received,
        authorization: &Authorization,
    ) -> CallToolResult {
        let status = received.status;
        let mut answer = Answer {
            tool,
            status,
            headers: received.headers,
            body: self.credentials.redact(authorization.sent, received.body),
        };
        let mapped = guarded(|| {
            if let Some(after) = self.server.hooks.after {
                after(&mut answer).map_err(|error| error.to_string())?;
            }
            Ok(result::of_answer(&answer, shape))
        });
        let result = mapped.unwrap_or_else(result::fault);
        with_hint(result, status.as_u16(), &authorization.wanted)
    }

    fn prepare(
        &self,
        catalog: &Catalog,
        tool: &CatalogTool,
        request: Request,
        context: Context,
    ) -> Result<Prepared, String> {
        let mut outgoing = Outgoing {
            tool: tool.name,
            request,
        };
        if let Some(before) = self.server.hooks.before {
            before(&mut outgoing).map_err(|error| error.to_string())?;
        }
        let mut request = outgoing.request;
        let (base, is_approved) = self.base(catalog, request.server)?;
        let authorization = if is_approved {
            self.authorize(&mut request)
        } else {
            Authorization::default()
        };
        if self.needs_grant {
            let grant = context.grant.ok_or(
                "This server acts only with a grant of the platform, and the call came without one.",
            )?;
            request.headers.insert(GRANT, grant);
        }
        request.headers.extend(context.trace);
        let http = into_http(request, &base)
            .map_err(|error| format!("The request can not be written as HTTP: {error}."))?;
        Ok(Prepared {
            origin: base.origin,
            request: http,
            authorization,
        })
    }

    /// Where a request goes, and whether that is the origin for which credentials were given.
    fn base(&self, catalog: &Catalog, server: Option<&str>) -> Result<(Base, bool), String> {
        if let Some(base) = &self.given_base {
            return Ok((base.clone(), true));
        }
        let documented = catalog.manifest.servers.first().map(|url| Base::parse(url));
        let base = match (documented, server) {
            (Some(Ok(documented)), Some(server)) => {
                let base = documented.join(server)?;
                let is_approved = base.origin == documented.origin;
                return Ok((base, is_approved));
            }
            (_, Some(server)) => return Ok((Base::parse(server)?, false)),
            (Some(documented), None) => documented,
            (None, None) => Err("The API's description names no server.".into()),
        };
        base.map(|base| (base, true))
            .map_err(|fault| format!("{fault} Start the server with `--base-url URL`."))
    }

    /// Adds the credentials that the request asks for, or says which environment variables would
    /// hold them.
    fn authorize(&self, request: &mut Request) -> Authorization {
        let alternatives: Alternatives = request.security;
        match self.credentials.choose(alternatives) {
            Some(sent) => {
                self.credentials.add(sent, request);
                Authorization {
                    sent,
                    wanted: Vec::new(),
                }
            }
            None => Authorization {
                sent: &[],
                wanted: self.credentials.wanted(alternatives),
            },
        }
    }
}

enum Stated {
    Request(Box<Request>),
    Value(Value),
}

/// A panic in one call, in generated code, in a hook or here, ends that call and nothing else.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err("The tool failed by a fault of its own; other tools still work.".into())
    })
}

fn into_http(request: Request, base: &Base) -> Result<http::Request<Full<Bytes>>, http::Error> {
    let mut headers: HeaderMap = request.headers;
    headers
        .entry(ACCEPT)
        .or_insert(HeaderValue::from_static("application/json, */*;q=0.8"));
    headers
        .entry(USER_AGENT)
        .or_insert(HeaderValue::from_static(AGENT));
    if !request.cookies.is_empty() {
        let mut cookies = HeaderValue::from_str(&request.cookies.join("; "))?;
        cookies.set_sensitive(true);
        headers.insert(COOKIE, cookies);
    }
    let mut bytes = Bytes::new();
    if let Some(body) = request.body {
        headers.insert(CONTENT_TYPE, body.media_type);
        bytes = body.bytes;
    }
    if bytes.is_empty() && matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
        // These methods expect a body, so that there is none has to be said (RFC 9110, section 8.6).
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let mut http = http::Request::builder()
        .method(request.method)
        .uri(base.url(&request.path, &request.query)?)
        .body(Full::new(bytes))?;
    *http.headers_mut() = headers;
    Ok(http)
}

/// Tells which credential is missing, where the API refuses for want of one.
fn with_hint(mut result: CallToolResult, status: u16, wanted: &[&str]) -> CallToolResult {
    if matches!(status, 401 | 403) && !wanted.is_empty() {
        let names = wanted.join("`, `");
        let hint = format!("No credential was sent: the server was started without `{names}`.");
        result.content.push(rmcp::model::ContentBlock::text(hint));
    }
    result
}
