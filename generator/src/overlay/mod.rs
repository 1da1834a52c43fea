//! Overlays (OpenAPI Overlay 1.0 and 1.1): changes to a document that is somebody
//! else's, such as other names, better descriptions, or operations to hide.
//!
//! What an overlay adds stands where its target stands, so that later findings
//! point into the author's own text; findings about the overlay itself point into
//! the overlay's.

mod action;
mod edit;
mod hide;

use std::sync::Arc;

use serde_json::Value as Json;
use toolmill_core::SpecFormat;

use action::Action;
pub use hide::{be_strict, hide};

use crate::diagnostic::Diagnostics;
use crate::document::{Document, Node, json};
use crate::lower::{Finding, Findings};

/// A document with an overlay applied, and what was found in the overlay.
#[derive(Clone, Debug)]
pub struct Overlaid {
    /// Its bytes are JSON, since they are no longer what the author wrote.
    pub document: Document,
    pub diagnostics: Diagnostics,
}

/// Applies the actions of `overlay` to `document`, in their order.
///
/// # Errors
/// `overlay` is none, or one of its actions can't be understood. The places are
/// those in its own text.
pub fn overlay(document: &Document, overlay: &Document) -> Result<Overlaid, Diagnostics> {
    let mut findings = Findings::default();
    let changed = read(overlay).and_then(|actions| {
        let mut target = Target::new(document.root.clone());
        for action in &actions {
            if let Some(finding) = action.apply(&mut target)? {
                findings.add(finding);
            }
        }
        Ok(target)
    });
    match changed {
        Ok(target) => Ok(Overlaid {
            document: target.document(),
            diagnostics: findings.resolve(overlay),
        }),
        Err(finding) => {
            findings.add(finding);
            Err(findings.resolve(overlay))
        }
    }
}

/// A document that is changed. Paths are looked for in its plain values, which
/// change with it.
struct Target {
    root: Node,
    mirror: Json,
}

impl Target {
    fn new(root: Node) -> Self {
        let mirror = json(&root);
        Self { root, mirror }
    }

    fn document(self) -> Document {
        let Self { root, mirror } = self;
        Document {
            format: SpecFormat::Json,
            bytes: Arc::from(format!("{mirror:#}\n").into_bytes()),
            root,
        }
    }
}

/// The actions of an overlay.
fn read(overlay: &Document) -> Result<Vec<Action<'_>>, Finding<'_>> {
    let root = &overlay.root;
    let version = root.get("overlay").and_then(Node::text).unwrap_or_default();
    if !version.starts_with("1.") {
        let message = "This is no overlay: it does not say `overlay: 1.0.0`.";
        return Err(Finding::error(root, "not-an-overlay", message));
    }
    let actions = root
        .get("actions")
        .filter(|actions| actions.array().is_some());
    let Some(actions) = actions else {
        let message = "The overlay has no list of `actions`.";
        return Err(Finding::error(root, "not-an-overlay", message));
    };
    actions.items().map(Action::read).collect()
}
