//! What refers to other files without `$ref`.

use serde_json::Value as Json;
use url::Url;

use super::{Here, Walk};
use crate::bundle::Reason;
use crate::bundle::kind::Kind;
use crate::bundle::target::{self, Target};
use crate::document::{Node, Position};

/// A link to an operation by its place in another file.
pub struct Operation {
    /// Of the `operationRef`, in the one document.
    pointer: String,
    reference: String,
    target: Option<Target>,
}

impl<'f> Walk<'f> {
    /// Looks at references of other kinds that stand in an object.
    pub fn other_references(&mut self, here: &Here<'f>) {
        let keyword = match here.kind {
            Kind::Link => "operationRef",
            Kind::Schema => "$dynamicRef",
            _ => return,
        };
        let Some(reference) = here.node.get(keyword).and_then(Node::string) else {
            return;
        };
        if reference.starts_with('#') {
            return;
        }
        let pointer = format!("{}/{keyword}", here.pointer);
        if here.kind == Kind::Schema {
            return self.unresolved(pointer, reference, Reason::Dynamic);
        }
        let found = self.files.find(reference, &here.url).ok();
        self.operations.push(Operation {
            pointer,
            reference: reference.to_owned(),
            target: found.map(|found| found.target),
        });
    }

    /// Once everything has its place, lets links lead there (OpenAPI 3.0, Link
    /// Object). An operation of no path that is in the document stays outside.
    pub fn operations(&mut self, bundled: &mut Json) {
        for operation in std::mem::take(&mut self.operations) {
            let target = operation.target.as_ref();
            let home = target.and_then(|target| self.homes.find(target));
            match (home, bundled.pointer_mut(&operation.pointer)) {
                (Some(home), Some(written)) => *written = target::reference(&home).into(),
                _ => self.unresolved(operation.pointer, &operation.reference, Reason::Operation),
            }
        }
    }

    /// Says once of an `$id` that it does not count, where a reference to the file
    /// at `url` would lead elsewhere with it (JSON Schema 2020-12, section 8.2.1).
    pub fn base(&mut self, here: &Here<'f>, reference: &str, url: &Url) {
        let (file, _) = reference.split_once('#').unwrap_or((reference, ""));
        let Some((base, at)) = self.id(here) else {
            return;
        };
        let Some(meant) = target::file(file, &base) else {
            return;
        };
        if !file.is_empty() && meant != *url && self.ids.insert((here.url.clone(), at)) {
            let pointer = format!("{}/$ref", here.pointer);
            self.unresolved(pointer, reference, Reason::Id(meant));
        }
    }

    /// The base that the `$id`s around a place of a file come to, and where the
    /// nearest of them stands.
    fn id(&self, here: &Here<'f>) -> Option<(Url, Position)> {
        let place = self.bundled.origins.find(&here.pointer)?;
        let mut node = &self.files.get(&place.url)?.root;
        let mut base = place.url.clone();
        let mut at = None;
        let mut segments = place.pointer.split('/').skip(1);
        loop {
            if let Some(id) = node.get("$id")
                && let Some(joined) = id.string().and_then(|id| base.join(id).ok())
            {
                base = joined;
                at = Some(id.at);
            }
            let inner = segments.next().map(|segment| format!("/{segment}"));
            match inner.and_then(|inner| target::at(node, &inner)) {
                Some(inner) => node = inner,
                None => return Some((base, at?)),
            }
        }
    }
}
