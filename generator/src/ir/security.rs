//! Security schemes (OpenAPI 3.0, Security Scheme Object).

use super::Location;

/// A scheme whose credential a generated server can send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// As the specification calls it.
    pub name: String,
    /// The environment variable that holds the credential of a server that runs alone.
    pub environment: String,
    pub credential: Credential,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    ApiKey {
        location: Location,
        name: String,
    },
    Basic,
    /// Also for OAuth 2 and OpenID Connect.
    Bearer,
    /// Another scheme of RFC 9110, section 11, in lower case.
    Http(String),
    /// A client certificate, which the platform does not show.
    MutualTls,
}
