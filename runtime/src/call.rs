//! One tool call, from arguments to result.

use std::{borrow::Cow, path::PathBuf, pin::pin};

use http::{HeaderMap, HeaderName, HeaderValue};
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;

use crate::{
    Action, Answer, Args, Outgoing, Request, Server,
    args::Withheld,
    base::Base,
    catalog::{Catalog, CatalogTool},
    credentials::Credentials,
    exchange::{Exchanged, Prepared},
    limits::Limits,
    request::Alternatives,
    result::{self, Shape},
    shown::Question,
    surviving::surviving,
    upstream::Upstream,
    validation::{self, Schema},
    view::{FROM, NEXT, View},
};

/// The header that carries a call's grant, from the hub to the server and on to the egress broker.
pub(crate) const GRANT: HeaderName = HeaderName::from_static("toolmill-grant");

/// Which parts of the memory that the platform gives a server may be taken, beside the half that a
/// message's values may take: by values that strict arguments hold as texts, and by a body.
const STRICT: usize = 8;
const BODY: usize = 4;

/// All that calls share.
pub(crate) struct Calls {
    pub(crate) server: &'static Server,
    /// The base URL that the operator gave; it stands above all that the description says.
    pub(crate) given_base: Option<Base>,
    pub(crate) credentials: Credentials,
    pub(crate) upstream: Upstream,
    pub(crate) limits: Limits,
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

impl Context {
    /// What came in a request's headers, and in the message itself, which counts more: a text, or
    /// something else under that name.
    pub(crate) fn new<'m>(
        headers: Option<&HeaderMap>,
        in_message: impl Fn(&str) -> Option<Option<&'m str>>,
    ) -> Self {
        const TRACE: [HeaderName; 2] = [
            HeaderName::from_static("traceparent"),
            HeaderName::from_static("tracestate"),
        ];
        let value = |name: &HeaderName| match in_message(name.as_str()) {
            Some(text) => HeaderValue::from_str(text?).ok(),
            None => headers?.get(name).cloned(),
        };
        Self {
            grant: headers.and_then(|headers| headers.get(GRANT)).cloned(),
            trace: TRACE
                .into_iter()
                .filter_map(|name| Some((name.clone(), value(&name)?)))
                .collect(),
        }
    }
}

/// What became of a request's security requirement.
#[derive(Debug, Default)]
pub(crate) struct Authorization {
    /// The schemes whose credentials were added.
    pub(crate) sent: &'static [&'static str],
    /// What would have been sent if it had been there, to be told if the API then refuses.
    wanted: Vec<&'static str>,
}

impl Calls {
    /// Makes one call. Whatever goes wrong is a result that says so, be it a panic in generated
    /// code, in a hook or here.
    pub(crate) async fn make(
        &self,
        catalog: &Catalog,
        tool: &CatalogTool,
        arguments: JsonObject,
        context: Context,
    ) -> CallToolResult {
        let attempt = pin!(self.attempt(catalog, tool, arguments, context));
        surviving(attempt).await.unwrap_or_else(|| {
            result::fault("The tool failed by a fault of its own; other tools still work.")
        })
    }

    async fn attempt(
        &self,
        catalog: &Catalog,
        tool: &CatalogTool,
        mut arguments: JsonObject,
        context: Context,
    ) -> CallToolResult {
        let shape = Shape {
            documented: tool.entry.is_documented(),
            wrapped: tool.entry.wrap_result,
        };
        let view = match View::take(&mut arguments, &tool.entry) {
            Ok(view) => view,
            Err(text) => return result::fault(text),
        };
        if let Some(strict) = &tool.entry.strict {
            arguments = match strict.restored(arguments, self.part_of_memory(STRICT)) {
                Ok(arguments) => arguments,
                Err(text) => return result::fault(text),
            };
        }
        let request = match self.state(catalog, tool, Value::Object(arguments)) {
            Ok(Stated::Request(request)) => request,
            Ok(Stated::Value(value)) => return result::of_value(value, shape),
            Err(text) => return result::fault(text),
        };
        let prepared = match self.prepare(catalog, tool, request, &view, context) {
            Ok(prepared) => prepared,
            Err(text) => return result::fault(text),
        };
        let (path, is_safe) = (prepared.request.path.clone(), prepared.request.is_safe());
        let question = Question {
            manifest: &catalog.manifest,
            entry: &tool.entry,
            view: &view,
            path: &path,
            is_safe,
            shown: self.limits.shown,
        };
        match self.exchange(prepared).await {
            Ok(exchanged) => self.finish(tool.name, shape, exchanged, &question),
            Err(error) => result::unsent(&error),
        }
    }

    /// A part of the memory that the platform gives the server; alone, it takes what it needs.
    fn part_of_memory(&self, part: usize) -> Option<usize> {
        self.needs_grant.then_some(self.limits.memory / part)
    }

    /// Checks the arguments and lets the tool's function state its request.
    fn state(
        &self,
        catalog: &Catalog,
        tool: &CatalogTool,
        mut arguments: Value,
    ) -> Result<Stated, String> {
        let schema = catalog.arguments(tool).map_err(Clone::clone)?;
        let mut withheld = Withheld::default();
        let fault = validation::check(schema, &arguments).err();
        if let Some(fault) = &fault {
            withheld = withhold(schema, &mut arguments).ok_or_else(|| fault.clone())?;
        }
        let empty = JsonObject::new();
        let mut args = Args::new(arguments.as_object().unwrap_or(&empty))
            .with_files(self.files.as_deref())
            .without(&withheld);
        if let Some(largest) = self.part_of_memory(BODY) {
            args = args.with_largest(largest);
        }
        let stated = match tool.action {
            Action::Request(request) => {
                request(&args).map(|request| Stated::Request(request.into()))
            }
            Action::Value(value) => value(&args).map(Stated::Value),
        };
        match fault {
            Some(fault) if withheld.is_member.get() => Err(fault),
            _ => stated.map_err(|error| error.to_string()),
        }
    }

    fn finish(
        &self,
        tool: &'static str,
        shape: Shape,
        exchanged: Exchanged,
        question: &Question<'_>,
    ) -> CallToolResult {
        let Exchanged {
            received,
            authorization,
        } = exchanged;
        let status = received.status;
        let mut answer = Answer {
            tool,
            status,
            headers: received.headers,
            body: self.credentials.redact(authorization.sent, received.body),
        };
        let hooked = self
            .server
            .hooks
            .after
            .map_or(Ok(()), |after| after(&mut answer));
        let result = match hooked {
            Ok(()) => result::of_answer(&answer, shape, question),
            Err(error) => result::fault(error.to_string()),
        };
        with_hint(result, status.as_u16(), &authorization.wanted)
    }

    fn prepare<'a>(
        &'a self,
        catalog: &'a Catalog,
        tool: &CatalogTool,
        mut request: Box<Request>,
        view: &View,
        context: Context,
    ) -> Result<Prepared<'a>, String> {
        if view.continues() && !request.is_safe() {
            return Err(format!(
                "`{NEXT}` and `{FROM}` make a request once more, which a {} may not be: leave them out.",
                request.method
            ));
        }
        if let Some(next) = &view.next {
            request.query.clone_from(next);
        }
        let mut outgoing = Outgoing {
            tool: tool.name,
            request,
        };
        if let Some(before) = self.server.hooks.before {
            before(&mut outgoing).map_err(|error| error.to_string())?;
        }
        let request = outgoing.request;
        let (base, is_approved) = self.base(catalog, request.server)?;
        let mut headers = context.trace;
        if self.needs_grant {
            let grant = context.grant.ok_or(
                "This server acts only with a grant of the platform, and the call came without one.",
            )?;
            headers.push((GRANT, grant));
        }
        Ok(Prepared {
            base,
            request,
            is_approved,
            headers,
        })
    }

    /// Where a request goes, and whether that is the origin for which credentials were given.
    fn base<'a>(
        &'a self,
        catalog: &'a Catalog,
        server: Option<&str>,
    ) -> Result<(Cow<'a, Base>, bool), String> {
        if let Some(base) = &self.given_base {
            return Ok((Cow::Borrowed(base), true));
        }
        let base = match (&catalog.base, server) {
            (Some(Ok(documented)), Some(server)) => {
                let base = documented.join(server)?;
                let is_approved = base.origin == documented.origin;
                return Ok((Cow::Owned(base), is_approved));
            }
            (_, Some(server)) => return Ok((Cow::Owned(Base::parse(server)?), false)),
            (Some(documented), None) => documented.as_ref().map_err(String::as_str),
            (None, None) => Err("The API's description names no server."),
        };
        base.map(|base| (Cow::Borrowed(base), true))
            .map_err(|fault| format!("{fault} Name the API's URL with `--base-url URL`, where the server is started or the API registered."))
    }

    /// A request with the credentials that it asks for; none where there are none for it, with the
    /// environment variables that would hold them.
    pub(crate) fn authorize(&self, request: &Request) -> (Option<Box<Request>>, Authorization) {
        let alternatives: Alternatives = request.security;
        let mut authorization = Authorization::default();
        let Some(sent) = self.credentials.choose(alternatives) else {
            authorization.wanted = self.credentials.wanted(alternatives);
            return (None, authorization);
        };
        authorization.sent = sent;
        let mut authorized = Box::new(request.clone());
        self.credentials.add(sent, &mut authorized);
        (Some(authorized), authorization)
    }
}

/// Takes arguments out that are `null` where their schema admits none. Callers mean nothing by it:
/// many fill in every argument that they know. `None` where that is not all that is wrong.
fn withhold(schema: &Schema, arguments: &mut Value) -> Option<Withheld> {
    let names = validation::unwanted_nulls(schema, arguments);
    let members = arguments.as_object_mut()?;
    for name in &names {
        members.shift_remove(name);
    }
    let mends = !names.is_empty() && validation::check(schema, arguments).is_ok();
    mends.then(|| Withheld {
        names,
        ..Withheld::default()
    })
}

enum Stated {
    Request(Box<Request>),
    Value(Value),
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
