//! What a user can choose about the output.

use std::collections::BTreeMap;
use std::sync::Arc;

use toolmill_core::Slug;

use crate::limits::Limits;
use crate::selection::Selection;

/// Everything besides the specification that the output depends on.
#[derive(Clone, Debug)]
pub struct Options {
    /// The API's short name: the crate is `<slug>-mcp`.
    pub slug: Slug,
    /// Shown instead of the specification's own title.
    pub title: Option<String>,
    /// The version of Toolmill, kept in `toolmill.lock`.
    pub generator_version: String,
    /// The runtime crate's sources by their paths within `runtime/`. Empty where
    /// the caller brings a runtime of its own, as the platform's build does.
    pub runtime: Arc<BTreeMap<String, Vec<u8>>>,
    /// The crate's `Cargo.lock`, where the caller brings one.
    pub cargo_lock: Option<String>,
    /// The text of the `toolmill.lock` of an earlier output, whose tool names stay.
    pub lock: Option<String>,
    /// Which operations make tools.
    pub selection: Selection,
    /// What input schemas may say.
    pub schema_profile: SchemaProfile,
    pub limits: Limits,
}

/// What the published input schemas may say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchemaProfile {
    /// All of JSON Schema 2020-12, as the specification has it.
    #[default]
    Full,
    /// What the strictest model providers take. A document asks for it by
    /// `x-mcp-strict: true` at its root.
    Strict,
}

impl Options {
    #[must_use]
    pub fn new(slug: Slug) -> Self {
        Self {
            slug,
            title: None,
            generator_version: env!("CARGO_PKG_VERSION").to_owned(),
            runtime: Arc::default(),
            cargo_lock: None,
            lock: None,
            selection: Selection::default(),
            schema_profile: SchemaProfile::default(),
            limits: Limits::default(),
        }
    }

    /// The name of the generated package and of its binary.
    #[must_use]
    pub fn package(&self) -> String {
        format!("{}-mcp", self.slug)
    }
}
