//! The credentials that this API takes, and how they are sent.

use toolmill_runtime::Scheme;

pub static SCHEMES: &[Scheme] = &[];
