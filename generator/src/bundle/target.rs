//! References across files: which file, and what in it.

use std::collections::HashMap;

use url::Url;

use crate::document::{Node, Value};

/// A place in one of the files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Without a fragment.
    pub url: Url,
    /// A JSON pointer (RFC 6901), not encoded for a URI.
    pub pointer: String,
}

impl Target {
    /// What is `rest` further, which is a pointer of its own.
    pub fn within(&self, rest: &str) -> Self {
        Self {
            url: self.url.clone(),
            pointer: format!("{}{rest}", self.pointer),
        }
    }
}

/// The file that a reference without its fragment names. A file has no query:
/// with several it would be several. `None` where `base` has no place of its own
/// and the reference is relative to it.
pub fn file(reference: &str, base: &Url) -> Option<Url> {
    let mut url = base.join(reference).ok()?;
    if url.scheme() == "file" {
        url.set_query(None);
    }
    Some(url)
}

/// The pointer that a fragment is, where it is one.
pub fn pointer(fragment: &str) -> Option<String> {
    let segments = fragment.split('/').skip(1).map(|segment| {
        let decoded = percent_encoding::percent_decode_str(segment);
        let text = decoded.decode_utf8().ok()?;
        Some(format!("/{}", escape(&unescape(&text))))
    });
    segments.collect()
}

/// What stands at a pointer.
pub fn at<'n>(root: &'n Node, pointer: &str) -> Option<&'n Node> {
    let mut node = root;
    for segment in pointer.split('/').skip(1) {
        let key = unescape(segment);
        node = match &node.value {
            Value::Object(members) => &members.get(&*key)?.node,
            Value::Array(items) => items.get(key.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(node)
}

/// One segment of a pointer.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

pub fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// A pointer as a reference within its document (RFC 6901, section 6).
pub fn reference(pointer: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const FRAGMENT: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    format!("#{}", utf8_percent_encode(pointer, FRAGMENT))
}

/// Where each `$anchor: NAME` stands, the first of that name.
pub fn anchors(root: &Node) -> HashMap<String, String> {
    let mut found = HashMap::new();
    collect_anchors(root, &mut String::new(), &mut found);
    found
}

/// Recursion is bounded by the document's depth limit.
fn collect_anchors(node: &Node, pointer: &mut String, found: &mut HashMap<String, String>) {
    if let Some(name) = node.get("$anchor").and_then(Node::string) {
        found
            .entry(name.to_owned())
            .or_insert_with(|| pointer.clone());
    }
    let mut within = |segment: &str, node: &Node| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(segment);
        collect_anchors(node, pointer, found);
        pointer.truncate(length);
    };
    match &node.value {
        Value::Object(members) => {
            for (key, member) in members.iter() {
                within(&escape(key), &member.node);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                within(&index.to_string(), item);
            }
        }
        _ => {}
    }
}

/// Whether a value of a discriminator is a reference, and not a name.
pub fn is_mapped_reference(text: &str) -> bool {
    let is_file = |extension| text.ends_with(extension);
    text.contains(['/', '#']) || [".yaml", ".yml", ".json"].iter().any(is_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_decoded_and_encoded() {
        for (fragment, decoded, encoded) in [
            ("", "", "#"),
            ("/a/b", "/a/b", "#/a/b"),
            (
                "/paths/~1pets~1%7Bid%7D",
                "/paths/~1pets~1{id}",
                "#/paths/~1pets~1%7Bid%7D",
            ),
            ("/a~0b/c%25d", "/a~0b/c%d", "#/a~0b/c%25d"),
            ("/with%20space", "/with space", "#/with%20space"),
            ("/%C3%A9", "/é", "#/%C3%A9"),
        ] {
            let found = pointer(fragment).expect("a pointer");
            assert_eq!(
                (found.as_str(), reference(&found).as_str()),
                (decoded, encoded)
            );
        }
        assert_eq!(pointer("/%ff"), None, "no text");
    }

    #[test]
    fn anchors_are_known_by_where_they_stand() {
        let text = br#"{ "a": { "$anchor": "x" }, "b": [{ "$anchor": "y" }, { "$anchor": "x" }] }"#;
        let document = crate::parse(text, &crate::Limits::default()).expect("a document");
        let found = anchors(&document.root);
        let at = |name| found.get(name).map(String::as_str);
        assert_eq!(
            (at("x"), at("y"), at("z")),
            (Some("/a"), Some("/b/0"), None)
        );
    }

    #[test]
    fn files_are_relative_to_the_one_that_names_them() {
        let base = Url::parse("file:///api/paths/pets.yaml").expect("a URL");
        for (reference, url) in [
            ("../schemas/Pet.yaml", "file:///api/schemas/Pet.yaml"),
            ("./a b.yaml", "file:///api/paths/a%20b.yaml"),
            ("a.yaml?1", "file:///api/paths/a.yaml"),
            ("https://x.example/y?1", "https://x.example/y?1"),
        ] {
            let found = file(reference, &base).expect("a place");
            assert_eq!(found.as_str(), url);
        }
        let nowhere = Url::parse("stdin:").expect("a URL");
        assert_eq!(file("Pet.yaml", &nowhere), None);
        assert!(file("https://x.example/y.json", &nowhere).is_some());
    }
}
