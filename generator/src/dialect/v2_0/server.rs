//! `schemes`, `host` and `basePath` → `servers`.

use crate::dialect::build::{array, object, text};
use crate::document::Node;

/// The servers of a document; `None` where it names no part of any. Without a host
/// they are relative to where the document came from.
pub fn servers(root: &Node) -> Option<Node> {
    let host = root.get("host").and_then(Node::text).unwrap_or_default();
    let base = root
        .get("basePath")
        .and_then(Node::text)
        .unwrap_or_default();
    let (host, base) = (host.trim().trim_end_matches('/'), base.trim());
    let at = root.get("host").or_else(|| root.get("basePath"))?.at;
    let base = match base.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    };
    let urls = if host.is_empty() {
        vec![base]
    } else if host.contains("://") {
        vec![format!("{host}{base}")]
    } else {
        schemes(root)
            .into_iter()
            .map(|scheme| format!("{scheme}://{host}{base}"))
            .collect()
    };
    let server = |url| object(at, [("url", text(at, url))]);
    Some(array(at, urls.into_iter().map(server)))
}

/// The HTTP schemes of a document, the safe one first and by default.
fn schemes(root: &Node) -> Vec<&'static str> {
    let declared = root.get("schemes");
    let names = |scheme: &&str| {
        let mut named = declared.into_iter().flat_map(Node::items);
        named.any(|name| {
            name.string()
                .is_some_and(|name| name.eq_ignore_ascii_case(scheme))
        })
    };
    let found: Vec<_> = ["https", "http"].into_iter().filter(names).collect();
    if found.is_empty() {
        vec!["https"]
    } else {
        found
    }
}
