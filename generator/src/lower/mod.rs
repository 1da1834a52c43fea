//! Document → IR.
//!
//! A fault costs the object it is in: a parameter that cannot be sent leaves its
//! operation out, a keyword that makes no sense leaves a schema looser, and the
//! rest of the document works. Only a document without a usable version or
//! without paths comes to nothing.
//!
//! The tree is read directly. Structs for the structural objects would read each
//! of them whole or not at all, while here every member is looked at by itself
//! and a finding names the very value.

mod answer;
mod arguments;
mod body;
mod draft;
mod encoding;
mod findings;
mod info;
mod media;
mod operation;
mod outline;
mod parameter;
mod path;
mod prose;
mod schema;
mod security;
mod server;
mod shape;
mod strict;
mod xml;

use draft::Draft;
pub(crate) use findings::{Finding, Findings};
pub(crate) use info::Version;
pub use media::is_json;
use schema::Schemas;
pub(crate) use schema::subschemas;

use crate::diagnostic::Diagnostics;
use crate::dialect;
use crate::document::{Document, Node};
use crate::ir::{Api, Source, Tool};
use crate::names;
use crate::options::{Options, SchemaProfile};

/// What lowering gives: the API, and what of it had to be left out or read loosely.
#[derive(Clone, Debug)]
pub struct Lowered {
    pub api: Api,
    pub diagnostics: Diagnostics,
}

/// The result of reading one object: `Err` leaves its operation out.
type Reading<'d, T> = Result<T, Finding<'d>>;

/// By this at its root a document asks for strict input schemas.
pub(crate) const STRICT: &str = "x-mcp-strict";

/// What every part of lowering works with.
struct Context<'d, 'o> {
    document: &'d Document,
    options: &'o Options,
    version: Version,
    schemas: Schemas<'d>,
    findings: Findings<'d>,
    room: strict::Room,
    /// Bytes of the shared schemas that tools' inputs reach, each time anew.
    reached: usize,
}

/// Turns a document into the API it describes.
///
/// # Errors
/// The document is of no supported version, has no paths, or has more operations
/// than the limits allow.
pub fn lower(document: &Document, options: &Options) -> Result<Lowered, Diagnostics> {
    let mut findings = Findings::default();
    match info::version(document) {
        Ok(version) => {
            let normal = dialect::normalize(document, version);
            let schemas = Schemas::new(&normal, version, &options.limits);
            let mut context = Context {
                document: &normal,
                options,
                version,
                schemas,
                findings,
                room: strict::Room::default(),
                reached: 0,
            };
            let api = context.api();
            let diagnostics = context.findings.resolve(document);
            match api {
                Ok(api) => Ok(Lowered { api, diagnostics }),
                Err(()) => Err(diagnostics),
            }
        }
        Err(finding) => {
            findings.add(finding);
            Err(findings.resolve(document))
        }
    }
}

impl<'d> Context<'d, '_> {
    fn warn(&mut self, node: &'d Node, code: &'static str, message: impl Into<String>) {
        self.findings.add(Finding::warning(node, code, message));
    }

    /// Whether input schemas are for the strictest providers.
    fn is_strict(&self) -> bool {
        self.options.schema_profile == SchemaProfile::Strict || self.document.root.flag(STRICT)
    }

    /// `Err` where a finding says why there is none.
    fn api(&mut self) -> Result<Api, ()> {
        let info = self.info();
        let schemes = self.security_schemes();
        let servers = self.document_servers();
        let drafts = self
            .operations(&schemes)
            .map_err(|finding| self.findings.add(finding))?;
        let named: Vec<_> = drafts.iter().map(Draft::operation).collect();
        let names = names::operations(&named, self.options.lock.as_deref());
        let definitions = self.schemas.finish(&mut self.findings);
        let finish = |(draft, names)| self.finish(draft, names, &definitions);
        let tools: Vec<_> = drafts.into_iter().zip(names).filter_map(finish).collect();
        if let Some(finding) = no_operation(self.document) {
            self.findings.add(finding);
        }
        let used = tools.iter().flat_map(Tool::definitions).cloned().collect();
        Ok(Api {
            slug: self.options.slug.clone(),
            title: info.title,
            version: info.version,
            description: info.description,
            servers,
            schemes,
            definitions: definitions.into_map(&used),
            tools,
            source: Source {
                format: self.document.format,
                bytes: self.document.bytes.clone(),
            },
        })
    }
}

/// Where all operations were left out, the findings of each say why; here it is
/// said where there is none.
fn no_operation(document: &Document) -> Option<Finding<'_>> {
    let paths = document.root.get("paths")?;
    let mut items = paths.members().map(|(_, item)| item);
    let empty = items.all(|item| item.members().next().is_none());
    let message = "The specification has no operation, so there is nothing to make tools of.";
    empty.then(|| Finding::error(paths, "no-operation", message).hint("Add one to `paths`."))
}
