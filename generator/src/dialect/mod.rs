//! Every version's document → the shape that lowering reads.
//!
//! Lowering knows one shape: the structural objects of OpenAPI 3.0 and 3.1. What
//! another version says otherwise is said in that shape here, one folder for each
//! version, before anything is lowered. A made node keeps the position of what it
//! was made from, so that findings point into the author's own text; what is not
//! understood is handed on as it is, for lowering to report.

mod build;
mod v2_0;
mod v3_2;

use std::borrow::Cow;

use crate::document::Document;
use crate::lower::Version;

/// `document` as lowering reads it; the same document where its version has that
/// shape already.
pub(crate) fn normalize(document: &Document, version: Version) -> Cow<'_, Document> {
    let root = match version {
        Version::V2_0 => v2_0::document(document),
        Version::V3_0 | Version::V3_1 => return Cow::Borrowed(document),
        Version::V3_2 => v3_2::document(document),
    };
    Cow::Owned(Document {
        root,
        ..document.clone()
    })
}
