//! A call of each tool and the HTTP request it has to make, worked out from the
//! IR and the standards alone. The runtime encodes by its own code: where the two
//! disagree, the generated crate's test says so.

mod body;
mod encode;
mod example;
mod pattern;

use serde_json::{Map, Value};

use crate::ir::{Api, Body, BodyContent, Credential, Location, Parameter, Scheme, Tool};
use example::Examples;

/// A call and its request.
pub struct Call {
    pub tool: String,
    /// JSON.
    pub arguments: String,
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// A call of `tool`; `None` where no valid arguments are known.
pub fn call(api: &Api, tool: &Tool) -> Option<Call> {
    let arguments = arguments(api, tool)?;
    let mut request = Request {
        path: tool.path.clone(),
        ..Request::default()
    };
    for parameter in &tool.parameters {
        if let Some(value) = arguments.get(&parameter.argument) {
            request.parameter(parameter, value)?;
        }
    }
    request.credentials(api, tool);
    let body = match tool.body.as_ref() {
        Some(body) => written(body, &arguments, &mut request)?,
        None => String::new(),
    };
    Some(Call {
        tool: tool.names.tool.clone(),
        arguments: Value::Object(arguments).to_string(),
        method: tool.method.as_str().to_owned(),
        target: request.target()?,
        headers: request.headers,
        body,
    })
}

/// A made-up credential, as it stands in the environment.
pub fn credential(scheme: &Scheme) -> String {
    match scheme.credential {
        Credential::Basic => "user:secret".to_owned(),
        _ => format!("secret-{}", scheme.environment.to_ascii_lowercase()),
    }
}

/// Whether a credential can be made up: a text, and no certificate.
pub fn is_text(scheme: &Scheme) -> bool {
    scheme.credential != Credential::MutualTls
}

/// The headers that some scheme of the API uses, in lower case, each once.
pub fn credential_headers(api: &Api) -> Vec<String> {
    let header = |scheme: &Scheme| match &scheme.credential {
        Credential::ApiKey {
            location: Location::Header,
            name,
        } => Some(name.to_ascii_lowercase()),
        Credential::ApiKey { .. } | Credential::MutualTls => None,
        Credential::Basic | Credential::Bearer | Credential::Http(_) => {
            Some("authorization".to_owned())
        }
    };
    let mut headers: Vec<_> = api.schemes.iter().filter_map(header).collect();
    headers.sort();
    headers.dedup();
    headers
}

/// All required arguments, and the optional ones that something is known for.
fn arguments(api: &Api, tool: &Tool) -> Option<Map<String, Value>> {
    let examples = Examples::new(&api.definitions);
    let schema = &tool.input.schema;
    let required = schema.get("required").and_then(Value::as_array);
    let mut arguments = Map::new();
    for (name, schema) in schema.get("properties")?.as_object()? {
        let is_required = required.is_some_and(|required| required.iter().any(|one| one == name));
        match examples.of(schema) {
            Some(value) => drop(arguments.insert(name.clone(), value)),
            None if is_required => return None,
            None => {}
        }
    }
    Some(arguments)
}

/// The body's text, and the headers that come with it.
fn written(body: &Body, arguments: &Map<String, Value>, request: &mut Request) -> Option<String> {
    let Some(value) = content(&body.content, arguments) else {
        return Some(String::new());
    };
    let (mut media_type, text) = body::written(body, &value)?;
    if let Some(chosen) = body
        .choice
        .as_ref()
        .and_then(|choice| arguments.get(choice))
    {
        media_type = chosen.as_str()?.to_owned();
    }
    request
        .headers
        .push(("content-type".to_owned(), media_type));
    Some(text)
}

fn content(content: &BodyContent, arguments: &Map<String, Value>) -> Option<Value> {
    match content {
        BodyContent::Argument(argument) => arguments.get(argument).cloned(),
        BodyContent::Properties(properties) => {
            let property = |(argument, name): &(String, String)| {
                Some((name.clone(), arguments.get(argument)?.clone()))
            };
            Some(Value::Object(
                properties.iter().filter_map(property).collect(),
            ))
        }
    }
}

#[derive(Default)]
struct Request {
    /// Placeholders are replaced one after another; values hold no braces.
    path: String,
    query: Vec<String>,
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
}

impl Request {
    fn parameter(&mut self, parameter: &Parameter, value: &Value) -> Option<()> {
        let name = &parameter.name;
        match parameter.location {
            Location::Path => {
                let text = encode::path(parameter, value)?;
                self.path = self.path.replace(&format!("{{{name}}}"), &text);
            }
            Location::Query => self.query.extend(encode::query(parameter, value)?),
            Location::QueryString => self.query.extend(body::whole_query(parameter, value)?),
            Location::Header => self
                .headers
                .push((name.to_ascii_lowercase(), encode::header(parameter, value)?)),
            Location::Cookie => self.cookies.extend(encode::cookie(parameter, value)?),
        }
        Some(())
    }

    /// What the first alternative that asks for something adds: all credentials are
    /// there but for certificates, so it is met.
    fn credentials(&mut self, api: &Api, tool: &Tool) {
        let schemes = |names: &Vec<String>| -> Option<Vec<_>> {
            let find = |name: &String| {
                let scheme = api.schemes.iter().find(|scheme| scheme.name == *name);
                scheme.filter(|scheme| is_text(scheme))
            };
            names.iter().map(find).collect()
        };
        let mut alternatives = tool.security.iter().filter(|names| !names.is_empty());
        for scheme in alternatives.find_map(schemes).into_iter().flatten() {
            let secret = credential(scheme);
            match &scheme.credential {
                Credential::ApiKey {
                    location: Location::Query,
                    name,
                } => self.query.push(format!("{}={secret}", encode::name(name))),
                Credential::ApiKey {
                    location: Location::Cookie,
                    name,
                } => self.cookies.push(format!("{name}={secret}")),
                Credential::ApiKey { name, .. } => {
                    self.headers.push((name.to_ascii_lowercase(), secret))
                }
                Credential::Basic => self.headers.push((
                    "authorization".to_owned(),
                    "Basic dXNlcjpzZWNyZXQ=".to_owned(),
                )),
                Credential::Bearer => self
                    .headers
                    .push(("authorization".to_owned(), format!("Bearer {secret}"))),
                Credential::Http(scheme) => self
                    .headers
                    .push(("authorization".to_owned(), format!("{scheme} {secret}"))),
                Credential::MutualTls => {}
            }
        }
    }

    /// Path and query; `None` for templates with a query of their own or with
    /// characters that have to be encoded.
    fn target(&mut self) -> Option<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%!$&'()*+,;=:@".contains(c);
        if !self.path.chars().all(plain) {
            return None;
        }
        if !self.cookies.is_empty() {
            self.headers
                .push(("cookie".to_owned(), self.cookies.join("; ")));
        }
        let mark = if self.query.is_empty() { "" } else { "?" };
        Some(format!("{}{mark}{}", self.path, self.query.join("&")))
    }
}
