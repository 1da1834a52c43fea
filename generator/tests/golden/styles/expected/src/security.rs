//! The credentials that this API takes, and how they are sent.

use toolmill_runtime::{Location, Scheme, SchemeKind};

pub static SCHEMES: &[Scheme] = &[
    Scheme {
        name: "certificate",
        environment: "CREDENTIAL_CERTIFICATE",
        kind: SchemeKind::MutualTls,
    },
    Scheme {
        name: "key",
        environment: "CREDENTIAL_KEY",
        kind: SchemeKind::ApiKey {
            location: Location::Query,
            name: "key",
        },
    },
    Scheme {
        name: "login",
        environment: "CREDENTIAL_LOGIN",
        kind: SchemeKind::Basic,
    },
    Scheme {
        name: "session",
        environment: "CREDENTIAL_SESSION",
        kind: SchemeKind::ApiKey {
            location: Location::Cookie,
            name: "sid",
        },
    },
    Scheme {
        name: "special",
        environment: "CREDENTIAL_SPECIAL",
        kind: SchemeKind::Http { scheme: "hoba" },
    },
    Scheme {
        name: "token",
        environment: "CREDENTIAL_TOKEN",
        kind: SchemeKind::Bearer,
    },
];
