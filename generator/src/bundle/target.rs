//! References across files: which file, and what in it.

use url::Url;

use crate::document::{Document, Node, Value};

/// A place in one of the files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Without a fragment.
    pub url: Url,
    /// A JSON pointer (RFC 6901), not encoded for a URI.
    pub pointer: String,
}

/// What a reference in the file at `base` names: a URL and the fragment as it is
/// written, empty for the whole file. A file has no query: with several it would
/// be several. `None` where `base` has no place of its own
/// and the reference is relative to it.
pub fn split<'r>(reference: &'r str, base: &Url) -> Option<(Url, &'r str)> {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    if file.is_empty() {
        return Some((base.clone(), fragment));
    }
    let mut url = base.join(file).ok()?;
    url.set_fragment(None);
    if url.scheme() == "file" {
        url.set_query(None);
    }
    Some((url, fragment))
}

/// The pointer that a fragment is, or that the `$anchor` it names stands at.
pub fn pointer(document: &Document, fragment: &str) -> Option<String> {
    if fragment.is_empty() {
        return Some(String::new());
    }
    if let Some(pointer) = fragment.strip_prefix('/') {
        let segments = pointer.split('/').map(|segment| {
            let decoded = percent_encoding::percent_decode_str(segment);
            let text = decoded.decode_utf8().ok()?;
            Some(format!("/{}", escape(&unescape(&text))))
        });
        return segments.collect();
    }
    anchor(&document.root, fragment)
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

/// Where `$anchor: NAME` stands. Recursion is bounded by the document's depth limit.
fn anchor(node: &Node, name: &str) -> Option<String> {
    match &node.value {
        Value::Object(members) => {
            if node.get("$anchor").and_then(Node::string) == Some(name) {
                return Some(String::new());
            }
            members.iter().find_map(|(key, member)| {
                Some(format!("/{}{}", escape(key), anchor(&member.node, name)?))
            })
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| Some(format!("/{index}{}", anchor(item, name)?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_decoded_and_encoded() {
        let document = crate::parse(b"{}", &crate::Limits::default()).expect("a document");
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
            let found = pointer(&document, fragment).expect("a pointer");
            assert_eq!(
                (found.as_str(), reference(&found).as_str()),
                (decoded, encoded)
            );
        }
        assert_eq!(pointer(&document, "no-such-anchor"), None);
    }

    #[test]
    fn files_are_relative_to_the_one_that_names_them() {
        let base = Url::parse("file:///api/paths/pets.yaml").expect("a URL");
        for (reference, url, fragment) in [
            ("#/a", "file:///api/paths/pets.yaml", "/a"),
            ("../schemas/Pet.yaml", "file:///api/schemas/Pet.yaml", ""),
            ("./a b.yaml#/x", "file:///api/paths/a%20b.yaml", "/x"),
            ("a.yaml?1#/x", "file:///api/paths/a.yaml", "/x"),
            ("https://x.example/y?1", "https://x.example/y?1", ""),
            (
                "https://x.example/y.json#z",
                "https://x.example/y.json",
                "z",
            ),
        ] {
            let (found, rest) = split(reference, &base).expect("a place");
            assert_eq!((found.as_str(), rest), (url, fragment));
        }
        let nowhere = Url::parse("stdin:").expect("a URL");
        assert_eq!(split("Pet.yaml", &nowhere), None);
        assert!(split("https://x.example/y.json", &nowhere).is_some());
    }
}
