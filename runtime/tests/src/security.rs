//! One scheme of each kind.

use toolmill_runtime::{Location, Scheme, SchemeKind};

pub static SCHEMES: &[Scheme] = &[
    Scheme {
        name: "header_key",
        environment: "CREDENTIAL_HEADER_KEY",
        kind: SchemeKind::ApiKey {
            location: Location::Header,
            name: "X-API-Key",
        },
    },
    Scheme {
        name: "query_key",
        environment: "CREDENTIAL_QUERY_KEY",
        kind: SchemeKind::ApiKey {
            location: Location::Query,
            name: "api key",
        },
    },
    Scheme {
        name: "cookie_key",
        environment: "CREDENTIAL_COOKIE_KEY",
        kind: SchemeKind::ApiKey {
            location: Location::Cookie,
            name: "key",
        },
    },
    Scheme {
        name: "bearer",
        environment: "CREDENTIAL_BEARER",
        kind: SchemeKind::Bearer,
    },
    Scheme {
        name: "basic",
        environment: "CREDENTIAL_BASIC",
        kind: SchemeKind::Basic,
    },
    Scheme {
        name: "certificate",
        environment: "CREDENTIAL_CERTIFICATE",
        kind: SchemeKind::MutualTls,
    },
    Scheme {
        name: "token",
        environment: "CREDENTIAL_TOKEN",
        kind: SchemeKind::Http { scheme: "Token" },
    },
];
