//! The credentials that this API takes, and how they are sent.

use toolmill_runtime::{Location, Scheme, SchemeKind};

pub static SCHEMES: &[Scheme] = &[
    Scheme {
        name: "api_key",
        environment: "CREDENTIAL_API_KEY",
        kind: SchemeKind::ApiKey {
            location: Location::Header,
            name: "X-API-Key",
        },
    },
    Scheme {
        name: "store_token",
        environment: "CREDENTIAL_STORE_TOKEN",
        kind: SchemeKind::Bearer,
    },
];
