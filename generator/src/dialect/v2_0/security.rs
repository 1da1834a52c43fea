//! `securityDefinitions` → `components.securitySchemes`.

use crate::dialect::build::{change_members, object, text};
use crate::document::Node;

/// The schemes: `basic` is an HTTP scheme in 3.0, the others are called the same.
pub fn schemes(declared: &Node) -> Node {
    let basic = |scheme: &Node| {
        let kind = scheme.get("type")?;
        let members = || {
            [
                ("type", text(kind.at, "http")),
                ("scheme", text(kind.at, "basic")),
            ]
        };
        (kind.string() == Some("basic")).then(|| object(scheme.at, members()))
    };
    change_members(declared, |_, scheme| basic(scheme)).unwrap_or_else(|| declared.clone())
}
