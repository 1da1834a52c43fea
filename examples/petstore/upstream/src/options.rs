use std::path::PathBuf;

use secrecy::SecretString;

/// The first of the two callers of [`Options::demo`].
pub const DEMO: DemoCaller = DemoCaller {
    owner: "demo",
    api_key: "demo-key",
    token: "demo-token",
};

/// The second of the two callers of [`Options::demo`].
pub const GUEST: DemoCaller = DemoCaller {
    owner: "guest",
    api_key: "guest-key",
    token: "guest-token",
};

/// A caller whose credentials are public: the specification prints them.
#[derive(Clone, Copy, Debug)]
pub struct DemoCaller {
    /// Whose pets and orders these credentials open.
    pub owner: &'static str,
    /// The value of `X-API-Key`.
    pub api_key: &'static str,
    /// The value after `Authorization: Bearer`.
    pub token: &'static str,
}

/// What a pet store needs to know before it opens.
#[derive(Clone, Debug)]
pub struct Options {
    /// The SQLite file. It is made at the first start, in a folder that exists; its journal lies
    /// beside it.
    pub database: PathBuf,
    /// Who may call. An owner with several credentials is listed once for each pair.
    pub callers: Vec<Caller>,
}

/// A pair of credentials, and whose pets and orders they open.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The name that answers carry as `owner`.
    pub owner: String,
    /// The value of `X-API-Key` (scheme `api_key`).
    pub api_key: SecretString,
    /// The value after `Authorization: Bearer` (scheme `store_token`).
    pub token: SecretString,
}

impl Options {
    /// A store that knows [`DEMO`] and [`GUEST`].
    pub fn demo(database: impl Into<PathBuf>) -> Self {
        Self {
            database: database.into(),
            callers: vec![DEMO.into(), GUEST.into()],
        }
    }
}

impl From<DemoCaller> for Caller {
    fn from(demo: DemoCaller) -> Self {
        Self {
            owner: demo.owner.to_owned(),
            api_key: demo.api_key.into(),
            token: demo.token.into(),
        }
    }
}
