//! Which credentials a request gets.

use secrecy::SecretString;
use toolmill_core::{CredentialKey, CredentialSource, Grant, SecurityScheme, ToolRoute};

use super::target::Target;

/// A credential for one scheme of the API.
pub(super) struct Credential<'a> {
    pub(super) name: &'a str,
    pub(super) scheme: &'a SecurityScheme,
    pub(super) secret: SecretString,
}

/// The credentials of the first alternative that the user has all of. One that
/// asks for none counts last: it says that a credential is optional.
/// `None` where no alternative can be met.
pub(super) async fn choose<'a>(
    source: &dyn CredentialSource,
    grant: &Grant,
    route: &'a ToolRoute,
    target: &Target<'_>,
) -> Result<Option<Vec<Credential<'a>>>, toolmill_core::Error> {
    for alternative in sendable(route, target) {
        if let Some(credentials) = all(source, grant, route, alternative).await? {
            return Ok(Some(credentials));
        }
    }
    let none_needed = route.security.is_empty() || route.security.iter().any(Vec::is_empty);
    Ok(none_needed.then(Vec::new))
}

/// The alternatives that ask for something which can be sent there: there are
/// no certificates where there is no TLS.
pub(super) fn sendable<'a>(
    route: &'a ToolRoute,
    target: &Target<'_>,
) -> impl Iterator<Item = &'a Vec<String>> {
    let has_tls = target.is_secure();
    let is_certificate = |wanted: &String| {
        let mut schemes = route.schemes.iter();
        schemes.any(|(name, scheme)| name == wanted && *scheme == SecurityScheme::MutualTls)
    };
    let alternatives = route.security.iter().filter(|names| !names.is_empty());
    alternatives.filter(move |names| has_tls || !names.iter().any(is_certificate))
}

async fn all<'a>(
    source: &dyn CredentialSource,
    grant: &Grant,
    route: &'a ToolRoute,
    names: &'a [String],
) -> Result<Option<Vec<Credential<'a>>>, toolmill_core::Error> {
    let mut credentials = Vec::with_capacity(names.len());
    for name in names {
        let Some((_, scheme)) = route.schemes.iter().find(|(known, _)| known == name) else {
            return Ok(None);
        };
        let key = CredentialKey {
            ctx: grant.ctx,
            api: grant.api,
            scheme: name.clone(),
        };
        let Some(secret) = source.reveal(&key).await? else {
            return Ok(None);
        };
        credentials.push(Credential {
            name,
            scheme,
            secret,
        });
    }
    Ok(Some(credentials))
}

/// The schemes of these credentials in words: `a` and `b`.
pub(super) fn all_in_words(credentials: &[Credential<'_>]) -> String {
    quoted(credentials.iter().map(|credential| credential.name))
}

/// The schemes of alternatives in words: `a` and `b`, or `c`.
pub(super) fn in_words<'a>(alternatives: impl Iterator<Item = &'a Vec<String>>) -> String {
    let all = |names: &'a Vec<String>| quoted(names.iter().map(String::as_str));
    alternatives.map(all).collect::<Vec<_>>().join(", or ")
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    quoted.join(" and ")
}
