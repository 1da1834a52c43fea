//! One action (Overlay 1.1, Action Object).

use serde_json_path::JsonPath;

use super::Target;
use super::edit::{find, merge, remove};
use crate::document::{Node, json};
use crate::lower::Finding;
use crate::text;

/// What is done at which places.
pub struct Action<'o> {
    node: &'o Node,
    target: JsonPath,
    change: Change<'o>,
}

enum Change<'o> {
    Remove,
    Update(&'o Node),
    Copy(&'o Node, JsonPath),
    Nothing,
}

impl<'o> Action<'o> {
    pub fn read(node: &'o Node) -> Result<Self, Finding<'o>> {
        let Some(target) = node.get("target") else {
            return Err(Finding::error(
                node,
                "action-unusable",
                "An action has no `target`.",
            ));
        };
        let change = if node.flag("remove") {
            Change::Remove
        } else if let Some(from) = node.get("copy") {
            Change::Copy(from, path(from)?)
        } else {
            node.get("update").map_or(Change::Nothing, Change::Update)
        };
        Ok(Self {
            node,
            target: path(target)?,
            change,
        })
    }

    /// Changes every place that the target names; a finding where it names none.
    pub fn apply(&self, target: &mut Target) -> Result<Option<Finding<'o>>, Finding<'o>> {
        let places = pointers(&self.target, target);
        if places.is_empty() {
            let message = "The target names nothing in the document; nothing is changed.";
            let node = self.node.get("target").unwrap_or(self.node);
            return Ok(Some(Finding::warning(node, "target-missing", message)));
        }
        match &self.change {
            // From the last to the first, so that the places before stay what they are.
            Change::Remove => {
                for place in places.iter().rev() {
                    remove(target, place);
                }
            }
            Change::Update(update) => self.update(target, &places, update),
            Change::Copy(from, path) => {
                let sources = pointers(path, target);
                let [source] = sources.as_slice() else {
                    let message = "What is copied has to be one value of the document.";
                    return Err(Finding::error(from, "action-unusable", message));
                };
                if let Some(source) = find(&mut target.root, source).cloned() {
                    self.update(target, &places, &source);
                }
            }
            Change::Nothing => {}
        }
        Ok(None)
    }

    fn update(&self, target: &mut Target, places: &[String], update: &Node) {
        for place in places {
            let Some(node) = find(&mut target.root, place) else {
                continue;
            };
            merge(node, update);
            if let Some(mirrored) = target.mirror.pointer_mut(place) {
                *mirrored = json(node);
            }
        }
    }
}

/// The places that a path names, as JSON pointers in the order of the document.
fn pointers(path: &JsonPath, target: &Target) -> Vec<String> {
    let found = path.query_located(&target.mirror);
    let mut places: Vec<String> = Vec::new();
    for place in found.locations() {
        let place = place.to_json_pointer();
        if places.last() != Some(&place) {
            places.push(place);
        }
    }
    places
}

fn path(node: &Node) -> Result<JsonPath, Finding<'_>> {
    let written = node.string().unwrap_or_default();
    JsonPath::parse(written).map_err(|error| {
        let message = format!(
            "`{}` is no JSONPath: {}.",
            text::line(written, 200),
            error.message()
        );
        Finding::error(node, "action-unusable", message)
            .hint("Write it as of RFC 9535, such as `$.paths['/pets'].get`.")
    })
}
