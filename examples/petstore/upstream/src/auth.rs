//! Who is calling: one extractor for each security requirement of the specification.

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    sync::Arc,
};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderName, header::AUTHORIZATION, request::Parts},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Caller, Error, problem::Problem};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// No registered scheme describes API keys, but a 401 has to name one (RFC 9110, section 11.6.1).
const API_KEY_CHALLENGE: &str = r#"ApiKey realm="petstore", header="X-API-Key""#;
const TOKEN_CHALLENGE: &str = r#"Bearer realm="petstore""#;
/// RFC 6750, section 3.1: only a token that was sent can be invalid.
const TOKEN_UNKNOWN_CHALLENGE: &str = r#"Bearer realm="petstore", error="invalid_token""#;

/// The caller, as `GET /store/whoami` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    pub owner: Arc<str>,
    pub scheme: Scheme,
    pub fingerprint: String,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    ApiKey,
    StoreToken,
}

/// The requirement `api_key`.
pub struct KeyHolder(pub Identity);

/// The requirement `store_token`.
pub struct TokenHolder(pub Identity);

/// The requirement `api_key` or `store_token`. The key counts where both are sent; a credential
/// that is wrong is refused even if the other is right.
pub struct AnyHolder(pub Identity);

/// Everyone who may call.
///
/// Credentials are kept and found by their digest, so neither this map nor the time a look-up takes
/// gives them away.
#[derive(Clone)]
pub struct Callers(Arc<Credentials>);

#[derive(Default)]
struct Credentials {
    keys: Owners,
    tokens: Owners,
}

type Owners = HashMap<[u8; 32], Arc<str>>;

impl Callers {
    pub fn new(callers: &[Caller]) -> Result<Self, Error> {
        let mut credentials = Credentials::default();
        for caller in callers {
            if caller.owner.is_empty() {
                return Err(Error::UnnamedOwner);
            }
            let owner = Arc::from(caller.owner.as_str());
            register(&mut credentials.keys, &owner, &caller.api_key, "`api_key`")?;
            register(
                &mut credentials.tokens,
                &owner,
                &caller.token,
                "`store_token`",
            )?;
        }
        Ok(Self(Arc::new(credentials)))
    }

    /// Each owner once, in alphabetical order.
    pub fn owners(&self) -> BTreeSet<&str> {
        self.0.keys.values().map(AsRef::as_ref).collect()
    }

    fn by_key(&self, headers: &HeaderMap) -> Result<Option<Identity>, Problem> {
        let Some(key) = single(headers, &API_KEY)? else {
            return Ok(None);
        };
        identify(&self.0.keys, key, Scheme::ApiKey)
            .map(Some)
            .ok_or_else(|| {
                Problem::unauthorized("The API key is not known here.", &[API_KEY_CHALLENGE])
            })
    }

    fn by_token(&self, headers: &HeaderMap) -> Result<Option<Identity>, Problem> {
        let Some(token) = single(headers, &AUTHORIZATION)?.and_then(bearer) else {
            return Ok(None);
        };
        identify(&self.0.tokens, token, Scheme::StoreToken)
            .map(Some)
            .ok_or_else(|| {
                Problem::unauthorized("The token is not known here.", &[TOKEN_UNKNOWN_CHALLENGE])
            })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KeyHolder
where
    Callers: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let identity = Callers::from_ref(state).by_key(&parts.headers)?;
        identity.map(Self).ok_or_else(missing_key)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TokenHolder
where
    Callers: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let identity = Callers::from_ref(state).by_token(&parts.headers)?;
        identity.map(Self).ok_or_else(missing_token)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AnyHolder
where
    Callers: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let callers = Callers::from_ref(state);
        let (key, token) = (
            callers.by_key(&parts.headers)?,
            callers.by_token(&parts.headers)?,
        );
        key.or(token).map(Self).ok_or_else(|| {
            Problem::unauthorized(
                "Send an API key in `X-API-Key` or a token as `Authorization: Bearer`.",
                &[API_KEY_CHALLENGE, TOKEN_CHALLENGE],
            )
        })
    }
}

fn missing_key() -> Problem {
    Problem::unauthorized("Send an API key in `X-API-Key`.", &[API_KEY_CHALLENGE])
}

fn missing_token() -> Problem {
    Problem::unauthorized(
        "Send a token as `Authorization: Bearer`.",
        &[TOKEN_CHALLENGE],
    )
}

/// A header that must not be there twice: which of two credentials counts would be a guess.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h [u8]>, Problem> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Problem::bad_request(format!(
            "The header `{name}` was sent twice. Send it once."
        )));
    }
    Ok(first.map(|value| value.as_bytes()))
}

/// The token of `Bearer TOKEN`; the scheme's name is case-insensitive (RFC 9110, section 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| token.trim_ascii_start())
}

fn identify(owners: &Owners, credential: &[u8], scheme: Scheme) -> Option<Identity> {
    let digest = digest(credential);
    let owner = Arc::clone(owners.get(&digest)?);
    let fingerprint = hex::encode(&digest[..4]);
    Some(Identity {
        owner,
        scheme,
        fingerprint,
    })
}

fn register(
    owners: &mut Owners,
    owner: &Arc<str>,
    credential: &SecretString,
    scheme: &'static str,
) -> Result<(), Error> {
    let credential = credential.expose_secret();
    if credential.is_empty() {
        return Err(Error::EmptyCredential {
            owner: owner.to_string(),
            scheme,
        });
    }
    match owners.entry(digest(credential.as_bytes())) {
        Entry::Vacant(entry) => {
            entry.insert(Arc::clone(owner));
        }
        // An owner with two keys and one token is fine.
        Entry::Occupied(entry) if entry.get() == owner => {}
        Entry::Occupied(entry) => {
            return Err(Error::SharedCredential {
                owner: owner.to_string(),
                other: entry.get().to_string(),
                scheme,
            });
        }
    }
    Ok(())
}

fn digest(credential: &[u8]) -> [u8; 32] {
    Sha256::digest(credential).into()
}
