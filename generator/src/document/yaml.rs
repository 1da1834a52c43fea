//! YAML 1.2 with positions: the tree is built here from the parser's events,
//! under budgets, since alias expansion is where small documents grow large.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::ReadError;
use super::node::{Member, Node, Object, Position, Value};
use super::scalar;
use crate::limits::Limits;

const SYNTAX: &str = "yaml-syntax";

/// Reads the one document of a YAML stream, as strictly as YAML 1.2 has it.
pub fn read(text: &str, limits: &Limits) -> Result<Node, ReadError> {
    let mut builder = Builder {
        limits,
        open: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        nodes: 0,
        replayed: 0,
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            ReadError::new(
                SYNTAX,
                position(error.marker()),
                format!("This is not YAML: {}.", error.info()),
            )
        })?;
        builder.event(event, position(&span.start))?;
    }
    builder.root.ok_or_else(|| {
        ReadError::new(SYNTAX, Position::START, "The document is empty.")
            .hint("See whether it is the right file, and whether what writes it failed.")
    })
}

fn position(marker: &Marker) -> Position {
    Position::new(marker.line(), marker.col() + 1)
}

struct Builder<'a> {
    limits: &'a Limits,
    /// Containers that are not closed yet, outermost first.
    open: Vec<Frame>,
    root: Option<Node>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    replayed: usize,
}

struct Frame {
    at: Position,
    anchor: usize,
    /// How many nodes there were before this one.
    before: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping {
        object: Object,
        key: Option<(Arc<str>, Position)>,
        merged: Vec<Node>,
    },
}

/// What a `<<` key is stored as while its value is read: no YAML key starts so.
const MERGE: &str = "\0<<";

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, at: Position) -> Result<(), ReadError> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => Err(ReadError::new(
                "several-documents",
                at,
                "A second YAML document starts here.",
            )
            .hint("Keep one specification in a file.")),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), at)
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq", at)?;
                self.start(at, anchor, Content::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map", at)?;
                let content = Content::Mapping {
                    object: Object::new(),
                    key: None,
                    merged: Vec::new(),
                };
                self.start(at, anchor, content)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<(), ReadError> {
        self.count(1, at)?;
        if text.len() > self.limits.scalar_bytes {
            return Err(ReadError::limit(
                at,
                "bytes in one value",
                self.limits.scalar_bytes,
            ));
        }
        if let Some(Frame {
            content: Content::Mapping {
                key: key @ None, ..
            },
            ..
        }) = self.open.last_mut()
        {
            let is_merge = text == "<<" && style == ScalarStyle::Plain && tag.is_none();
            *key = Some((Arc::from(if is_merge { MERGE } else { text }), at));
            if anchor != 0 {
                let node = Node {
                    at,
                    value: Value::String(Arc::from(text)),
                };
                self.anchors.insert(anchor, (node, 1));
            }
            return Ok(());
        }
        let value = match tag {
            Some(tag) => tagged(tag, text, at)?,
            None if style == ScalarStyle::Plain => scalar::plain(text),
            None => Value::String(Arc::from(text)),
        };
        self.add(Node { at, value }, anchor, 1)
    }

    fn start(&mut self, at: Position, anchor: usize, content: Content) -> Result<(), ReadError> {
        if let Some(Frame {
            content: Content::Mapping { key: None, .. },
            ..
        }) = self.open.last()
        {
            return Err(ReadError::new(
                "yaml-key",
                at,
                "A key of a mapping is a mapping or a sequence.",
            )
            .hint("Only strings and numbers can be keys."));
        }
        if self.open.len() >= self.limits.document_depth {
            return Err(ReadError::limit(at, "levels", self.limits.document_depth));
        }
        let before = self.nodes;
        self.count(1, at)?;
        self.open.push(Frame {
            at,
            anchor,
            before,
            content,
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), ReadError> {
        let Some(Frame {
            at,
            anchor,
            before,
            content,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let value = match content {
            Content::Sequence(items) => Value::Array(items.into()),
            Content::Mapping {
                mut object, merged, ..
            } => {
                merge(&mut object, &merged)?;
                Value::Object(Arc::new(object))
            }
        };
        self.add(Node { at, value }, anchor, self.nodes - before)
    }

    /// The anchored node once more. It shares the first one's memory, yet counts
    /// in full, since later steps walk it in full.
    fn alias(&mut self, anchor: usize, at: Position) -> Result<(), ReadError> {
        let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
            return Err(ReadError::new("yaml-alias", at, "An alias stands inside the value that it names.")
                .hint("A YAML alias cannot make a value contain itself; use `$ref` for recursive schemas."));
        };
        self.replayed += size;
        if self.replayed > self.limits.alias_nodes {
            return Err(ReadError::limit(
                at,
                "values repeated by aliases",
                self.limits.alias_nodes,
            ));
        }
        self.count(size, at)?;
        if let Some(Frame {
            content: Content::Mapping {
                key: key @ None, ..
            },
            ..
        }) = self.open.last_mut()
        {
            let text = node.text().ok_or_else(|| {
                ReadError::new("yaml-key", at, "An alias used as a key is no scalar.")
            })?;
            *key = Some((Arc::from(text), at));
            return Ok(());
        }
        self.add(node, 0, size)
    }

    /// Puts a finished node where it belongs: into the open container, or as the root.
    fn add(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), ReadError> {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(node),
            Some(Content::Sequence(items)) => items.push(node),
            Some(Content::Mapping {
                object,
                key,
                merged,
            }) => match key.take() {
                Some((key, _)) if &*key == MERGE => merged.push(node),
                Some((key, key_at)) => {
                    if let Some(first) = object.get(&key) {
                        return Err(ReadError::duplicate(key_at, &key, first.key_at));
                    }
                    object.insert(key, Member { key_at, node });
                }
                None => {
                    return Err(ReadError::new(
                        SYNTAX,
                        node.at,
                        "A value of a mapping has no key.",
                    ));
                }
            },
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, at: Position) -> Result<(), ReadError> {
        self.nodes += nodes;
        if self.nodes > self.limits.document_nodes {
            return Err(ReadError::limit(at, "values", self.limits.document_nodes));
        }
        Ok(())
    }
}

/// Adds the members that `<<` brings, behind the mapping's own, which count more.
fn merge(object: &mut Object, merged: &[Node]) -> Result<(), ReadError> {
    for source in merged {
        let several = source.array().unwrap_or(std::slice::from_ref(source));
        for one in several {
            let Some(members) = one.object() else {
                return Err(ReadError::new(
                    "yaml-merge",
                    one.at,
                    "A merge key (`<<`) names something that is no mapping.",
                )
                .hint("Let it name a mapping or a sequence of mappings."));
            };
            for (key, member) in members {
                object.entry(key.clone()).or_insert_with(|| member.clone());
            }
        }
    }
    Ok(())
}

fn check_tag(tag: Option<&Tag>, own: &str, at: Position) -> Result<(), ReadError> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == own) => Err(unknown_tag(tag, at)),
        _ => Ok(()),
    }
}

fn tagged(tag: &Tag, text: &str, at: Position) -> Result<Value, ReadError> {
    let plain = scalar::plain(text);
    match (tag.is_yaml_core_schema(), tag.suffix.as_str(), &plain) {
        (true, "str", _) => Ok(Value::String(Arc::from(text))),
        (true, "null", Value::Null)
        | (true, "bool", Value::Bool(_))
        | (true, "int" | "float", Value::Number(_)) => Ok(plain),
        (false, "", _) if tag.handle == "!" => Ok(Value::String(Arc::from(text))),
        _ => Err(unknown_tag(tag, at)),
    }
}

fn unknown_tag(tag: &Tag, at: Position) -> ReadError {
    ReadError::new("yaml-tag", at, format!("The YAML tag `{}{}` is not understood here.", tag.handle, tag.suffix))
        .hint("Remove the tag; only `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq` and `!!map` are known.")
}
