//! A body as a flat list of properties, where it is nothing more than that.

use indexmap::IndexMap;

use crate::document::{Document, Node};

/// The properties of an object with its `allOf` written out. A property that
/// several branches describe has several schemas, which all hold.
#[derive(Debug, Default)]
pub struct Outline<'d> {
    pub properties: IndexMap<&'d str, Vec<&'d Node>>,
    pub required: Vec<&'d str>,
}

/// Branches of `allOf` that are looked at before the body is left as it is.
const MAX_BRANCHES: usize = 64;

/// The outline of `schema`; `None` where properties side by side would lose
/// something: other properties that may be sent, alternatives, conditions over
/// several properties, `null`, or a body that is no object.
pub fn outline<'d>(document: &'d Document, schema: &'d Node) -> Option<Outline<'d>> {
    let mut outline = Outline::default();
    let mut branches = vec![schema];
    let mut seen = 0;
    while let Some(branch) = branches.pop() {
        seen += 1;
        if seen > MAX_BRANCHES {
            return None;
        }
        let node = document.resolve(branch).ok()?.node;
        outline.add(node)?;
        if let Some(all) = node.get("allOf") {
            branches.extend(all.array()?.iter().rev());
        }
    }
    let Outline {
        properties,
        required,
    } = &mut outline;
    // A name that is required but described nowhere could not be given.
    if !required.iter().all(|name| properties.contains_key(name)) {
        return None;
    }
    // A property that only some branches call read-only can be given, but need not be.
    let read_only = |schema: &&Node| is_read_only(document, schema);
    properties.retain(|_, schemas| !schemas.iter().all(read_only));
    required.retain(|name| {
        properties
            .get(name)
            .is_some_and(|schemas| !schemas.iter().any(read_only))
    });
    (!properties.is_empty()).then_some(outline)
}

impl<'d> Outline<'d> {
    fn add(&mut self, node: &'d Node) -> Option<()> {
        for (key, value) in node.members() {
            match key {
                "properties" => {
                    for (name, schema) in value.members() {
                        self.properties.entry(name).or_default().push(schema);
                    }
                }
                "required" => self.required.extend(value.items().filter_map(Node::string)),
                "type" => is_object(value).then_some(())?,
                "additionalProperties" => (value.bool() == Some(false)).then_some(())?,
                "nullable" => (value.bool() != Some(true)).then_some(())?,
                "allOf" | "title" | "description" | "example" | "examples" | "default"
                | "deprecated" | "externalDocs" | "xml" | "readOnly" | "writeOnly" | "$defs"
                | "$comment" => {}
                _ if key.starts_with("x-") => {}
                _ => return None,
            }
        }
        node.object().map(|_| ())
    }
}

fn is_object(kind: &Node) -> bool {
    kind.string() == Some("object")
        || kind
            .array()
            .is_some_and(|kinds| matches!(kinds, [one] if one.string() == Some("object")))
}

/// Whether only answers have this property (OpenAPI 3.0, Schema Object, `readOnly`).
pub fn is_read_only(document: &Document, schema: &Node) -> bool {
    schema.flag("readOnly")
        || document
            .resolve(schema)
            .is_ok_and(|target| target.node.flag("readOnly"))
}

/// Whether only requests have this property (OpenAPI 3.0, Schema Object, `writeOnly`).
pub fn is_write_only(document: &Document, schema: &Node) -> bool {
    schema.flag("writeOnly")
        || document
            .resolve(schema)
            .is_ok_and(|target| target.node.flag("writeOnly"))
}
