//! `$ref`: JSON pointers (RFC 6901) inside the same document.

use super::Document;
use super::node::{Node, Value};

/// Where a chain of references ends.
#[derive(Clone, Copy, Debug)]
pub struct Resolved<'a> {
    pub node: &'a Node,
    /// The last reference followed, without its `#`; `None` for a value that is no reference.
    pub pointer: Option<&'a str>,
}

/// Why a reference leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Not of the form `#/…`: a file, a URL, or no string.
    Outside(String),
    Missing(String),
    /// More hops than any honest document has; usually a reference to itself.
    Endless(String),
}

impl Broken {
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Outside(_) => "reference-outside",
            Self::Missing(_) => "reference-missing",
            Self::Endless(_) => "reference-endless",
        }
    }

    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Outside(target) => {
                format!("`{}` leads out of this document.", target.escape_debug())
            }
            Self::Missing(target) => format!(
                "There is nothing at `{}` in this document.",
                target.escape_debug()
            ),
            Self::Endless(target) => format!("`{}` leads back to itself.", target.escape_debug()),
        }
    }

    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Outside(_) => "Only `#/…` is followed: bundle the files into one document first.",
            Self::Missing(_) => "Correct the reference, or add what it names.",
            Self::Endless(_) => "Let the reference name a schema with content of its own.",
        }
    }
}

const MAX_HOPS: usize = 512;

impl Document {
    /// Follows `$ref` until something else is met.
    ///
    /// # Errors
    /// [`Broken`] where a reference leads outside, nowhere or in a circle.
    pub fn resolve<'a>(&'a self, node: &'a Node) -> Result<Resolved<'a>, Broken> {
        let mut here = Resolved {
            node,
            pointer: None,
        };
        for _ in 0..MAX_HOPS {
            let Some(reference) = here.node.get("$ref") else {
                return Ok(here);
            };
            let Some(target) = reference.string() else {
                return Err(Broken::Outside(format!("$ref: {}", reference.kind())));
            };
            here = self.follow(target)?;
        }
        Err(Broken::Endless(here.pointer.unwrap_or_default().to_owned()))
    }

    /// What `#/…` names, without following any reference found there.
    ///
    /// # Errors
    /// [`Broken::Outside`] or [`Broken::Missing`].
    pub fn follow<'a>(&'a self, target: &'a str) -> Result<Resolved<'a>, Broken> {
        let pointer = target
            .strip_prefix('#')
            .filter(|pointer| pointer.is_empty() || pointer.starts_with('/'))
            .ok_or_else(|| Broken::Outside(target.to_owned()))?;
        let mut node = &self.root;
        for segment in pointer.split('/').skip(1) {
            node = step(node, segment).ok_or_else(|| Broken::Missing(target.to_owned()))?;
        }
        Ok(Resolved {
            node,
            pointer: Some(pointer),
        })
    }
}

fn step<'a>(node: &'a Node, segment: &str) -> Option<&'a Node> {
    let key = unescape(segment)?;
    match &node.value {
        Value::Object(object) => object.get(key.as_str()).map(|member| &member.node),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// One segment of a pointer in a URI fragment: percent-decoded first, then `~1` and `~0`.
fn unescape(segment: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(segment)
        .decode_utf8()
        .ok()?;
    Some(decoded.replace("~1", "/").replace("~0", "~"))
}
