//! The credentials of a server that runs alone. On the platform a server has none.

use std::{collections::BTreeMap, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use memchr::memmem;
use serde_json::Value;

use crate::{
    Location, Request, Scheme, SchemeKind,
    identity::Identity,
    request::{Alternatives, query_pair},
};

/// One credential for each scheme of the API, as far as they were given.
pub(crate) struct Credentials {
    schemes: &'static [Scheme],
    values: Vec<Option<Secret>>,
    /// The client certificate of the one scheme that has it.
    identity: Option<Identity>,
}

/// A credential, which no log and no message shows: it has no `Debug`.
struct Secret {
    value: String,
    /// How it would look if the API sent it back.
    echoes: Vec<String>,
}

impl Credentials {
    /// None at all.
    pub(crate) fn none() -> Self {
        Self {
            schemes: &[],
            values: Vec::new(),
            identity: None,
        }
    }

    /// From a JSON file `{"scheme": "value"}`, or else from each scheme's environment variable.
    ///
    /// # Errors
    /// A sentence about the file, never with a value from it.
    pub(crate) fn load(schemes: &'static [Scheme], file: Option<&Path>) -> Result<Self, String> {
        let mut given = match file {
            Some(path) => read(path)?,
            None => from_environment(schemes),
        };
        let values: Vec<_> = schemes
            .iter()
            .map(|scheme| checked(scheme, given.remove(scheme.name)))
            .collect::<Result<_, _>>()?;
        for name in given.keys() {
            eprintln!(
                "The API has no security scheme `{}`; its credential is not used.",
                name.escape_default()
            );
        }
        Ok(Self {
            identity: identity(schemes, &values)?,
            schemes,
            values,
        })
    }

    /// The client certificate, for whoever makes connections.
    pub(crate) fn take_identity(&mut self) -> Option<Identity> {
        self.identity.take()
    }

    /// Whether one of these schemes is a client certificate.
    pub(crate) fn need_identity(&self, names: &[&str]) -> bool {
        let mut found = names.iter().filter_map(|name| self.find(name));
        found.any(|(scheme, _)| matches!(scheme.kind, SchemeKind::MutualTls))
    }

    /// The first alternative that asks for something and of which everything is there.
    pub(crate) fn choose(&self, alternatives: Alternatives) -> Option<&'static [&'static str]> {
        let complete = |names: &&&'static [&'static str]| {
            !names.is_empty() && names.iter().all(|name| self.find(name).is_some())
        };
        alternatives.iter().find(complete).copied()
    }

    /// The environment variables that would complete the first alternative.
    pub(crate) fn wanted(&self, alternatives: Alternatives) -> Vec<&'static str> {
        let first = alternatives.iter().find(|names| !names.is_empty());
        let schemes = first.into_iter().flat_map(|names| names.iter());
        schemes
            .filter_map(|name| self.schemes.iter().find(|scheme| scheme.name == *name))
            .map(|scheme| scheme.environment)
            .collect()
    }

    /// Adds the credentials of these schemes to a request, in place of whatever is there.
    pub(crate) fn add(&self, names: &[&str], request: &mut Request) {
        for (scheme, secret) in names.iter().filter_map(|name| self.find(name)) {
            add_one(scheme, &secret.value, request);
        }
    }

    /// Takes the credentials of these schemes out of what the API sent back.
    pub(crate) fn redact(&self, names: &[&str], body: Bytes) -> Bytes {
        let secrets = names.iter().filter_map(|name| self.find(name));
        let echoes = secrets.flat_map(|(_, secret)| &secret.echoes);
        echoes.fold(body, |body, echo| replace(body, echo.as_bytes()))
    }

    fn find(&self, name: &str) -> Option<(&Scheme, &Secret)> {
        let index = self.schemes.iter().position(|scheme| scheme.name == name)?;
        Some((&self.schemes[index], self.values.get(index)?.as_ref()?))
    }
}

fn add_one(scheme: &Scheme, secret: &str, request: &mut Request) {
    let (name, value) = match scheme.kind {
        SchemeKind::ApiKey {
            location: Location::Query,
            name,
        } => {
            let pair = query_pair(name, secret);
            if !request.query.is_empty() {
                request.query.push('&');
            }
            return request.query.push_str(&pair);
        }
        SchemeKind::ApiKey {
            location: Location::Cookie,
            name,
        } => {
            return request.cookies.push(format!("{name}={secret}"));
        }
        SchemeKind::ApiKey {
            location: Location::Header,
            name,
        } => (name, secret.to_owned()),
        SchemeKind::Bearer => ("authorization", format!("Bearer {secret}")),
        SchemeKind::Basic => (
            "authorization",
            format!("Basic {}", STANDARD.encode(secret)),
        ),
        SchemeKind::Http { scheme } => ("authorization", format!("{scheme} {secret}")),
        // It belongs to the connection.
        SchemeKind::MutualTls => return,
    };
    let header = HeaderName::from_bytes(name.as_bytes());
    if let (Ok(header), Ok(mut value)) = (header, HeaderValue::from_str(&value)) {
        value.set_sensitive(true);
        request.headers.insert(header, value);
    }
}

/// Refuses what could not be sent in a header or a cookie, where it would only fail later.
fn checked(scheme: &Scheme, value: Option<String>) -> Result<Option<Secret>, String> {
    let Some(value) = value else { return Ok(None) };
    let value = value.trim_end_matches(['\r', '\n']).to_owned();
    if value.is_empty() {
        return Ok(None);
    }
    let cookie = matches!(
        scheme.kind,
        SchemeKind::ApiKey {
            location: Location::Cookie,
            ..
        }
    );
    if HeaderValue::from_str(&value).is_err() || (cookie && value.contains(';')) {
        return Err(format!(
            "The credential of `{}` holds characters that can not be sent; is it complete and on one line?",
            scheme.name.escape_default()
        ));
    }
    let echoes = match scheme.kind {
        // The names of files are no secrets.
        SchemeKind::MutualTls => Vec::new(),
        _ => echoes(&value),
    };
    Ok(Some(Secret { echoes, value }))
}

/// The client certificate that the credentials name. A connection shows one at most.
fn identity(schemes: &[Scheme], values: &[Option<Secret>]) -> Result<Option<Identity>, String> {
    let given = schemes.iter().zip(values).filter_map(|(scheme, value)| {
        let files = &value.as_ref()?.value;
        matches!(scheme.kind, SchemeKind::MutualTls).then_some((scheme, files))
    });
    let given: Vec<_> = given.collect();
    match given.as_slice() {
        [] => Ok(None),
        [(scheme, files)] => Identity::read(scheme.name, files).map(Some),
        [(one, _), (two, _), ..] => Err(format!(
            "There are client certificates for `{}` and `{}`, and a server can show one: leave `{}` out.",
            one.name.escape_default(),
            two.name.escape_default(),
            two.environment
        )),
    }
}

/// The shortest text that is looked for in answers: anything shorter is in them by chance.
const SHORTEST_ECHO: usize = 8;

/// A credential as it is, in base64, percent-encoded, and as JSON text; of `user:password` the
/// password as well.
fn echoes(value: &str) -> Vec<String> {
    let password = value.split_once(':').map(|(_, password)| password);
    let mut echoes: Vec<String> = [Some(value), password]
        .into_iter()
        .flatten()
        .flat_map(|text| {
            let encoded = query_pair("", text);
            let json = Value::from(text).to_string();
            [
                text.to_owned(),
                STANDARD.encode(text),
                encoded.trim_start_matches('=').to_owned(),
                json.trim_matches('"').to_owned(),
            ]
        })
        .filter(|echo| echo.len() >= SHORTEST_ECHO)
        .collect();
    // The longest first, so that none leaves a part of another.
    echoes.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    echoes.dedup();
    echoes
}

fn replace(body: Bytes, echo: &[u8]) -> Bytes {
    let mut found = memmem::find_iter(&body, echo).peekable();
    if found.peek().is_none() {
        return body;
    }
    let mut redacted = Vec::with_capacity(body.len());
    let mut rest = 0;
    for start in found {
        redacted.extend_from_slice(&body[rest..start]);
        redacted.extend_from_slice(b"[redacted]");
        rest = start + echo.len();
    }
    redacted.extend_from_slice(&body[rest..]);
    redacted.into()
}

fn read(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        format!(
            "The credentials file `{}` can not be read: {error}.",
            path.display()
        )
    })?;
    serde_json::from_str(&text).map_err(|error| {
        format!(
            "The credentials file `{}` is not a JSON object of texts (line {}, column {}).",
            path.display(),
            error.line(),
            error.column()
        )
    })
}

fn from_environment(schemes: &[Scheme]) -> BTreeMap<String, String> {
    let value = |scheme: &Scheme| std::env::var(scheme.environment).ok();
    schemes
        .iter()
        .filter_map(|scheme| Some((scheme.name.to_owned(), value(scheme)?)))
        .collect()
}
