//! Stating a request: the builder that every generated function uses, and what it builds.

mod body;
mod cookie;
mod encode;
mod file;
mod form;
mod header;
mod multipart;
mod outgoing;
mod parts;
mod path;
mod query;
mod xml;

use http::{HeaderMap, HeaderValue, Method, header::ACCEPT};

use crate::{
    Args, Error, Field, Result, Source, Style,
    args::{Argument, Order},
    method,
};

pub(crate) use body::Body;
pub(crate) use encode::has_dot_segment;
pub use outgoing::Outgoing;
pub(crate) use query::pair as query_pair;

/// The request that one tool call stands for, without its credential.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: Method,
    /// Begins with a slash; relative to the path of the base URL.
    pub(crate) path: String,
    /// Without the question mark, empty where there is none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// `name=value` each, encoded.
    pub(crate) cookies: Vec<String>,
    pub(crate) body: Option<Body>,
    pub(crate) server: Option<&'static str>,
    pub(crate) security: Alternatives,
}

impl Request {
    /// Whether sending it changes nothing.
    pub(crate) fn is_safe(&self) -> bool {
        method::is_safe(&self.method)
    }

    /// Whether sending it twice is like sending it once.
    pub(crate) fn is_idempotent(&self) -> bool {
        method::is_idempotent(&self.method)
    }
}

/// A security requirement: any one of the alternatives, all the schemes in it.
pub(crate) type Alternatives = &'static [&'static [&'static str]];

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident => $method:ident),* $(,)?) => {
        impl Request {
            $($(#[$doc])*
            pub fn $name<'a>(path: &'static str, args: &'a Args<'_>) -> RequestBuilder<'a> {
                RequestBuilder::new(Method::$method, path, args)
            })*
        }
    };
}

methods! {
    /// Begins a GET request to a path template such as `/pet/{petId}`.
    get => GET,
    /// Begins a PUT request.
    put => PUT,
    /// Begins a POST request.
    post => POST,
    /// Begins a DELETE request.
    delete => DELETE,
    /// Begins a PATCH request.
    patch => PATCH,
    /// Begins a HEAD request.
    head => HEAD,
    /// Begins an OPTIONS request.
    options => OPTIONS,
    /// Begins a TRACE request.
    trace => TRACE,
}

impl Request {
    /// Begins a request of a method that has no function of its own, such as QUERY.
    pub fn with_method<'a>(
        method: &'static str,
        path: &'static str,
        args: &'a Args<'_>,
    ) -> RequestBuilder<'a> {
        match Method::from_bytes(method.as_bytes()) {
            Ok(method) => RequestBuilder::new(method, path, args),
            Err(_) => {
                let mut builder = RequestBuilder::new(Method::GET, path, args);
                builder.0.errors.push(Error::Method { method });
                builder
            }
        }
    }
}

/// What a query that is a form is said to be in messages.
const QUERY_FORM: &str = "application/x-www-form-urlencoded";

/// A request in the making.
///
/// A parameter or property takes the argument of its own name or, by the methods that end in `_from`,
/// of another. Parameters that are absent or null, and empty lists, are left out, but for those of the
/// path, which need a value. Faults are collected and told by [`build`](Self::build), so that a caller
/// hears of all of them at once.
// Generated functions give constants only, hold nothing that needs to be dropped between two calls,
// and so are small and compile fast.
#[derive(Debug)]
#[must_use = "a request is stated by `build`"]
pub struct RequestBuilder<'a>(Box<Draft<'a>>);

#[derive(Debug)]
struct Draft<'a> {
    args: &'a Args<'a>,
    /// Argument and property.
    renamed: Vec<(&'static str, &'static str)>,
    method: Method,
    template: &'static str,
    path: Vec<(&'static str, String)>,
    query: String,
    headers: HeaderMap,
    cookies: Vec<String>,
    body: Option<Body>,
    server: Option<&'static str>,
    security: Alternatives,
    errors: Vec<Error>,
}

impl<'a> RequestBuilder<'a> {
    fn new(method: Method, template: &'static str, args: &'a Args<'_>) -> Self {
        Self(Box::new(Draft {
            args,
            renamed: Vec::new(),
            method,
            template,
            path: Vec::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            body: None,
            server: None,
            security: &[],
            errors: Vec::new(),
        }))
    }

    /// The value of `{name}` in the path: one encoded segment part, never empty, never a dot segment.
    pub fn path(self, name: &'static str, style: Style) -> Self {
        self.path_from(name, name, style)
    }

    /// The same from the argument `argument`.
    pub fn path_from(mut self, argument: &str, name: &'static str, style: Style) -> Self {
        let text = path::value(name, &self.0.args.argument(argument), style);
        if let Some(text) = self.0.keep(text) {
            self.0.path.push((name, text));
        }
        self
    }

    /// A query parameter.
    pub fn query(self, name: &str, style: Style) -> Self {
        self.query_from(name, name, style)
    }

    /// The same from the argument `argument`.
    pub fn query_from(mut self, argument: &str, name: &str, style: Style) -> Self {
        let value = self.0.args.argument(argument);
        query::append(&mut self.0.query, name, &value, style, query::LONGEST);
        self
    }

    /// The whole query as a form, from an argument that is an object (OpenAPI 3.2, `in: querystring`).
    /// Properties are written as in [`form`](Self::form).
    pub fn query_form(mut self, argument: &str, fields: &[Field<'_>]) -> Self {
        let argument = self.0.args.argument(argument);
        let text = form::text(QUERY_FORM, &argument, fields, query::LONGEST);
        if let Some(Some(text)) = self.0.keep(text) {
            query::append_text(&mut self.0.query, &text);
        }
        self
    }

    /// The whole query as one encoded text: JSON by [`Style::Json`], else the argument itself.
    pub fn query_string(mut self, argument: &str, style: Style) -> Self {
        if let Some(text) = query::whole(&self.0.args.argument(argument), style) {
            query::append_text(&mut self.0.query, &text);
        }
        self
    }

    /// A header. `Accept`, `Content-Type` and `Authorization` are ignored, as OpenAPI asks, and so
    /// are `Cookie` and the names that belong to the connection, to proxies, to MCP or to the platform.
    pub fn header(self, name: &str, style: Style) -> Self {
        self.header_from(name, name, style)
    }

    /// The same from the argument `argument`.
    pub fn header_from(mut self, argument: &str, name: &str, style: Style) -> Self {
        let header = header::value(name, &self.0.args.argument(argument), style);
        if let Some(Some((name, value))) = self.0.keep(header) {
            self.0.headers.insert(name, value);
        }
        self
    }

    /// A cookie; whatever could begin a second one is percent-encoded.
    pub fn cookie(self, name: &str, style: Style) -> Self {
        self.cookie_from(name, name, style)
    }

    /// The same from the argument `argument`.
    pub fn cookie_from(mut self, argument: &str, name: &str, style: Style) -> Self {
        let value = self.0.args.argument(argument);
        let appended = cookie::append(&mut self.0.cookies, name, &value, style);
        self.0.keep(appended);
        self
    }

    /// The argument from which a property of the body is taken, where that has another name. It comes
    /// before the body.
    pub fn property_from(mut self, argument: &'static str, property: &'static str) -> Self {
        self.0.renamed.push((argument, property));
        self
    }

    /// A JSON body of the media type that the API declares, nulls included. Absent: no body.
    pub fn json(self, media_type: &str, source: Source<'_>) -> Self {
        let body = body::json(media_type, &self.0.body(source));
        self.body(body)
    }

    /// A form as URLs have it (`application/x-www-form-urlencoded`), from an object. Properties that
    /// need no [`Field`] are texts, repeated for each item of a list; objects are JSON text.
    pub fn form(self, media_type: &str, source: Source<'_>, fields: &[Field<'_>]) -> Self {
        let body = form::body(
            media_type,
            &self.0.body(source),
            fields,
            self.0.args.largest(),
        );
        self.body(body)
    }

    /// A form of parts (`multipart/form-data`, RFC 7578), from an object. Properties that need no
    /// [`Field`] are texts, repeated for each item of a list; objects are JSON parts.
    pub fn multipart(self, media_type: &str, source: Source<'_>, fields: &[Field<'_>]) -> Self {
        let body = multipart::body(media_type, &self.0.body(source), fields, self.0.args);
        self.body(body)
    }

    /// JSON values one after another, from a list: JSON Lines, or a JSON text sequence (RFC 7464).
    pub fn sequence(self, media_type: &str, source: Source<'_>) -> Self {
        let body = body::sequence(media_type, &self.0.body(source));
        self.body(body)
    }

    /// A body that is text: a string as it is, any other value as JSON text.
    pub fn text(self, media_type: &str, source: Source<'_>) -> Self {
        let body = body::text(media_type, &self.0.body(source));
        self.body(body)
    }

    /// A body of bytes, given as base64, as a `data:` URI or as a `file:` path. A media type range
    /// such as `image/*` takes the type that comes with the bytes.
    pub fn bytes(self, media_type: &str, source: Source<'_>) -> Self {
        let body = body::bytes(media_type, &self.0.body(source));
        self.body(body)
    }

    /// An XML document from an object. `hints` is the JSON text of what XML Objects say of its schema
    /// (`name`, `prefix`, `namespace`, `attribute`, `wrapped`), with `properties`, `items`, `$ref` and
    /// `$defs` as the schema has them; the root has its name from there.
    pub fn xml(self, media_type: &str, source: Source<'_>, hints: &str) -> Self {
        let body = xml::body(
            media_type,
            &self.0.described_body(source),
            hints,
            self.0.args.largest(),
        );
        self.body(body)
    }

    /// The argument that is the media type, where the operation takes the body in several and the
    /// caller chooses.
    pub fn media_type_from(mut self, argument: &str) -> Self {
        let chosen = body::chosen(&self.0.args.argument(argument));
        if let (Some(Some(media_type)), Some(body)) = (self.0.keep(chosen), &mut self.0.body) {
            body.media_type = media_type;
        }
        self
    }

    fn body(mut self, body: Result<Option<Body>>) -> Self {
        if let Some(body) = self.0.keep(body) {
            self.0.body = body;
        }
        self
    }

    /// The media types that the operation answers with, for the `Accept` header.
    pub fn accept(mut self, media_types: &'static str) -> Self {
        if let Ok(value) = HeaderValue::from_str(media_types) {
            self.0.headers.insert(ACCEPT, value);
        }
        self
    }

    /// The operation's or path's own server, absolute or relative to the API's.
    pub fn server(mut self, url: &'static str) -> Self {
        self.0.server = Some(url);
        self
    }

    /// The credentials it takes: any one of the alternatives, all the schemes in it (OpenAPI,
    /// Security Requirement Object). Without this no credential is sent.
    pub fn security(mut self, alternatives: &'static [&'static [&'static str]]) -> Self {
        self.0.security = alternatives;
        self
    }

    /// The finished request.
    ///
    /// # Errors
    /// What was wrong with the values: [`Error::Several`] where that is more than one thing.
    pub fn build(self) -> Result<Request> {
        let mut draft = *self.0;
        let filled = path::fill(draft.template, &draft.path);
        let Some((path, literal)) = draft.keep(filled) else {
            return Err(one_error(draft.errors));
        };
        if !draft.errors.is_empty() {
            return Err(one_error(draft.errors));
        }
        let query = match literal {
            None => draft.query,
            Some(mut query) => {
                query::append_text(&mut query, &draft.query);
                query
            }
        };
        Ok(Request {
            method: draft.method,
            path,
            query,
            headers: draft.headers,
            cookies: draft.cookies,
            body: draft.body,
            server: draft.server,
            security: draft.security,
        })
    }
}

impl<'a> Draft<'a> {
    fn body<'b>(&self, source: Source<'b>) -> Argument<'b>
    where
        'a: 'b,
    {
        self.args.body(source, &self.renamed, Order::Given)
    }

    fn described_body<'b>(&self, source: Source<'b>) -> Argument<'b>
    where
        'a: 'b,
    {
        self.args.body(source, &self.renamed, Order::Described)
    }

    fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }
}

fn one_error(mut errors: Vec<Error>) -> Error {
    // A path parameter that was refused is also missing from the path: say it once.
    if errors.len() > 1 {
        errors.retain(|error| !matches!(error, Error::UnfilledPath { .. }));
    }
    match errors.pop() {
        Some(error) if errors.is_empty() => error,
        Some(error) => {
            errors.push(error);
            Error::Several(errors)
        }
        None => Error::Several(errors),
    }
}
