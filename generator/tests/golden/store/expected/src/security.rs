//! The credentials that this API takes, and how they are sent.

use toolmill_runtime::{Location, Scheme, SchemeKind};

pub static SCHEMES: &[Scheme] = &[
    Scheme {
        name: "api key",
        environment: "CREDENTIAL_API_KEY",
        kind: SchemeKind::ApiKey {
            location: Location::Header,
            name: "X-Key",
        },
    },
];
