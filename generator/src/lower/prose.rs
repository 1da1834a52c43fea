//! What an operation says of itself, for models and for readers of the source.

use super::Context;
use crate::document::Node;
use crate::ir::Method;
use crate::{names, text};

/// As much of a description as fits above a function.
const ASIDE_BYTES: usize = 1_000;

/// As much of a description as the strictest providers take.
const STRICT_BYTES: usize = 1_024;

pub struct Prose {
    pub title: String,
    /// For readers of the source.
    pub aside: String,
    /// For models.
    pub shown: String,
}

impl<'d> Context<'d, '_> {
    pub fn prose(&mut self, method: &Method, path: &str, item: &'d Node, node: &'d Node) -> Prose {
        let limits = &self.options.limits;
        let get = |key: &str| node.get_string(key).or_else(|| item.get_string(key));
        let summary = text::clean(get("summary").unwrap_or_default())
            .trim()
            .to_owned();
        let description = text::clean(get("description").unwrap_or_default())
            .trim()
            .to_owned();
        for holder in [node, item] {
            for raw in ["summary", "description"]
                .into_iter()
                .filter_map(|key| holder.get(key))
            {
                if raw.string().is_some_and(text::hides_text) {
                    self.warn(
                        raw,
                        "hidden-text",
                        "Invisible characters are taken out of this text.",
                    );
                }
            }
        }
        let request = format!("{} {}", method.as_str(), path);
        let id = node
            .get("operationId")
            .and_then(Node::text)
            .map(names::words);
        let title = [Some(summary.clone()), id]
            .into_iter()
            .flatten()
            .map(|title| text::line(&title, limits.title_chars))
            .find(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| text::line(&request, limits.title_chars));
        let mut parts: Vec<&str> = Vec::new();
        if node.flag("deprecated") {
            parts.push("Deprecated.");
        }
        if !description.starts_with(&summary) {
            parts.push(&summary);
        }
        parts.push(&description);
        let said = parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n");
        let said = if said.is_empty() { summary } else { said };
        let room = if self.is_strict() {
            limits.description_bytes.min(STRICT_BYTES)
        } else {
            limits.description_bytes
        };
        let room = room.saturating_sub(request.len() + 2);
        let said = text::cap(&said, room);
        let shown = if said.is_empty() {
            request
        } else {
            format!("{said}\n\n{request}")
        };
        let aside = if description == title {
            String::new()
        } else {
            text::cap(&description, ASIDE_BYTES)
        };
        Prose {
            title,
            aside,
            shown,
        }
    }
}
