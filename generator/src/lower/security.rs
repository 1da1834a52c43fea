//! Security schemes and requirements (OpenAPI 3.0, Security Scheme Object and
//! Security Requirement Object).

use super::findings::Finding;
use super::{Context, Reading};
use crate::document::Node;
use crate::ir::{Credential, Location, Scheme};
use crate::names;
use crate::text;

impl<'d> Context<'d, '_> {
    /// The schemes whose credentials a server can send, in the order of their names.
    pub fn security_schemes(&mut self) -> Vec<Scheme> {
        let declared = self
            .document
            .root
            .get("components")
            .and_then(|all| all.get("securitySchemes"));
        let mut schemes = Vec::new();
        for (name, node) in declared.into_iter().flat_map(Node::members) {
            match self.scheme(name, node) {
                Ok(credential) => schemes.push((name, credential)),
                Err(finding) => self.findings.add(finding),
            }
        }
        schemes.sort_by_key(|(name, _)| *name);
        let environments = names::environments(schemes.iter().map(|(name, _)| *name));
        let scheme = |((name, credential), environment): ((&str, _), _)| Scheme {
            name: name.to_owned(),
            environment,
            credential,
        };
        schemes.into_iter().zip(environments).map(scheme).collect()
    }

    fn scheme(&self, name: &str, node: &'d Node) -> Reading<'d, Credential> {
        let refuse = |node, message: &str| {
            let shown = text::line(name, 80);
            Finding::warning(
                node,
                "security-unsupported",
                format!("The security scheme `{shown}` is left out: {message}"),
            )
            .hint("Calls that need it go out without this credential.")
        };
        if name.is_empty() || text::has_hidden(name) || name.len() > 256 {
            return Err(refuse(
                node,
                "its name is empty, too long or holds invisible characters.",
            ));
        }
        let scheme = self
            .document
            .resolve(node)
            .map_err(|broken| refuse(node, &broken.message()))?
            .node;
        match scheme.get_string("type") {
            Some("apiKey") => api_key(scheme).map_err(|message| refuse(scheme, message)),
            Some("http") => match scheme
                .get_string("scheme")
                .map(str::to_ascii_lowercase)
                .as_deref()
            {
                Some("bearer") => Ok(Credential::Bearer),
                Some("basic") => Ok(Credential::Basic),
                Some(other) if is_token(other) => Ok(Credential::Http(other.to_owned())),
                _ => Err(refuse(scheme, "it names no HTTP authentication scheme.")),
            },
            Some("oauth2" | "openIdConnect") => Ok(Credential::Bearer),
            Some("mutualTLS") => Ok(Credential::MutualTls),
            _ => Err(refuse(scheme, "its type is not known.")),
        }
    }

    /// The alternatives that hold for `operation`, of which one is enough.
    pub fn security(&mut self, operation: &'d Node, schemes: &[Scheme]) -> Vec<Vec<String>> {
        let list = operation
            .get("security")
            .or_else(|| self.document.root.get("security"));
        let mut alternatives = Vec::new();
        for requirement in list.into_iter().flat_map(Node::items) {
            let unknown = |name: &&str| !schemes.iter().any(|scheme| scheme.name == **name);
            let names: Vec<_> = requirement.members().map(|(name, _)| name).collect();
            if let Some(name) = names.iter().find(|name| unknown(name)) {
                let message = format!(
                    "A security requirement needs `{}`, which is not available.",
                    text::line(name, 80)
                );
                self.warn(requirement, "security-unsupported", message);
                continue;
            }
            let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
            if requirement.object().is_some() && !alternatives.contains(&names) {
                alternatives.push(names);
            }
        }
        alternatives
    }
}

fn api_key(scheme: &Node) -> Result<Credential, &'static str> {
    let name = scheme.get_string("name").ok_or("it has no `name`.")?;
    let location = match scheme.get_string("in") {
        Some("header") => Location::Header,
        Some("query") => Location::Query,
        Some("cookie") => Location::Cookie,
        _ => return Err("its `in` is none of `header`, `query` and `cookie`."),
    };
    let fits = match location {
        Location::Header => is_token(name) && !is_framing(name),
        Location::Cookie => is_token(name),
        _ => !text::has_hidden(name),
    };
    if !fits {
        return Err("its `name` can't be sent.");
    }
    Ok(Credential::ApiKey {
        location,
        name: name.to_owned(),
    })
}

/// A token as of RFC 9110, section 5.6.2: what header and cookie names are made of.
pub fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 256
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Headers which belong to the connection, a proxy or this product, and which
/// neither an argument nor an API key may set.
pub fn is_framing(header: &str) -> bool {
    const NAMES: [&str; 14] = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "forwarded",
        "via",
        "toolmill-grant",
        "toolmill-broker-error",
        "proxy-connection",
    ];
    let header = header.to_ascii_lowercase();
    NAMES.contains(&header.as_str())
        || ["proxy-", "x-forwarded-", "mcp-", "sec-"]
            .iter()
            .any(|prefix| header.starts_with(prefix))
}
