//! The walk over all files that are needed.

mod other;
mod refer;

use std::collections::{HashSet, VecDeque};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};
use url::Url;

use super::files::Files;
use super::homes::{Homes, Origins};
use super::kind::Kind;
use super::target::{self, Target, escape};
use super::{Bundled, Reason, Unresolved};
use crate::document::{self, Document, Node, Position, Value};
use crate::limits::Limits;

pub fn bundle(root: &Url, files: &Files, limits: &Limits) -> Bundled {
    let mut walk = Walk {
        root,
        files,
        limits,
        swagger: false,
        homes: Homes::default(),
        shared: VecDeque::new(),
        operations: Vec::new(),
        ids: HashSet::new(),
        inside: Vec::new(),
        written_out: 0,
        copied: Amount::default(),
        bundled: Bundled {
            document: Json::Null,
            lacking: IndexMap::new(),
            unresolved: Vec::new(),
            origins: Origins::default(),
        },
    };
    if let Some(document) = files.get(root) {
        walk.document(document);
    }
    walk.bundled
}

struct Walk<'f> {
    root: &'f Url,
    files: &'f Files,
    limits: &'f Limits,
    /// OpenAPI 2.0.
    swagger: bool,
    homes: Homes,
    /// Parts to be put among the components.
    shared: VecDeque<Shared>,
    /// Links to operations of other files.
    operations: Vec<other::Operation>,
    /// Files and where in them an `$id` was said to have no effect.
    ids: HashSet<(Url, Position)>,
    /// What is being written out, outermost first.
    inside: Vec<Target>,
    /// References that were replaced by what they name.
    written_out: usize,
    /// What came from elsewhere than where it stands now.
    copied: Amount,
    bundled: Bundled,
}

/// How large a part of the one document is.
#[derive(Default)]
struct Amount {
    nodes: usize,
    /// Of its text, indented.
    bytes: usize,
}

struct Shared {
    target: Target,
    kind: Kind,
    section: &'static [&'static str],
    pointer: String,
}

/// A node on the walk.
#[derive(Clone)]
struct Here<'f> {
    node: &'f Node,
    kind: Kind,
    url: Url,
    /// In the one document.
    pointer: String,
    depth: usize,
}

impl<'f> Here<'f> {
    fn member(&self, key: &str, node: &'f Node) -> Self {
        self.inner(self.kind.member(key), &escape(key), node)
    }

    fn item(&self, index: usize, node: &'f Node) -> Self {
        self.inner(self.kind.item(), &index.to_string(), node)
    }

    fn inner(&self, kind: Kind, segment: &str, node: &'f Node) -> Self {
        Self {
            node,
            kind,
            url: self.url.clone(),
            pointer: format!("{}/{segment}", self.pointer),
            depth: self.depth + 1,
        }
    }

    /// The reference that stands here.
    fn reference(&self) -> Option<&'f str> {
        let reference = self.node.get("$ref")?.string()?;
        let data = matches!(self.kind, Kind::Data | Kind::Mapping);
        (!data).then_some(reference)
    }

    /// Nothing stands beside the reference.
    fn is_alias(&self) -> bool {
        self.node.object().is_some_and(|object| object.len() == 1)
    }
}

impl<'f> Walk<'f> {
    fn document(&mut self, document: &'f Document) {
        self.swagger = document.root.get("swagger").is_some();
        let whole = Target {
            url: self.root.clone(),
            pointer: String::new(),
        };
        self.homes.settle(&whole, "");
        self.bundled.origins.add("", &whole);
        let root = Here {
            node: &document.root,
            kind: Kind::Document,
            url: self.root.clone(),
            pointer: String::new(),
            depth: 0,
        };
        self.settle_components(&root);
        let mut bundled = self.value(&root);
        while let Some(shared) = self.shared.pop_front() {
            self.share(&shared, &mut bundled);
        }
        self.operations(&mut bundled);
        self.bundled.document = bundled;
    }

    /// Before all else, lets every component that only names a file be the home
    /// of that file's content, and keeps the names of the others.
    fn settle_components(&mut self, root: &Here<'f>) {
        let Some(root) = self.entered(root) else {
            return;
        };
        for (key, node) in root.node.members() {
            let here = root.member(key, node);
            if here.kind == Kind::Components {
                self.settle_components(&here);
                continue;
            }
            let section = here.kind.item().section(self.swagger);
            if let Some(section) =
                section.filter(|section| here.pointer == format!("/{}", section.join("/")))
                && let Some(map) = self.entered(&here)
            {
                for (name, node) in map.node.members() {
                    self.homes.take(section, name);
                    self.settle_alias(&map.member(name, node));
                }
            }
        }
    }

    fn settle_alias(&mut self, component: &Here<'f>) {
        if let Some(reference) = component.reference()
            && component.is_alias()
            && let Ok(found) = self.files.find(reference, &component.url)
            && found.target.url != *self.root
        {
            self.homes.settle(&found.target, &component.pointer);
        }
    }

    /// What a container is, where it is written in another file, of which it is
    /// the home; the container itself where it is not. `None` where its reference
    /// leads nowhere.
    fn entered(&mut self, here: &Here<'f>) -> Option<Here<'f>> {
        let mut here = here.clone();
        for _ in 0..self.limits.document_depth {
            let Some(reference) = here.reference() else {
                return Some(here);
            };
            let found = self.files.find(reference, &here.url).ok()?;
            if found.target.url != *self.root {
                self.homes.settle(&found.target, &here.pointer);
            }
            here.node = found.node;
            here.url = found.target.url;
        }
        None
    }

    fn share(&mut self, shared: &Shared, bundled: &mut Json) {
        let Some(node) = self.files.at(&shared.target) else {
            return;
        };
        self.bundled.origins.add(&shared.pointer, &shared.target);
        let value = self.value(&Here {
            node,
            kind: shared.kind,
            url: shared.target.url.clone(),
            pointer: shared.pointer.clone(),
            depth: shared.section.len() + 1,
        });
        if self.is_full() {
            let reference = target::reference(&shared.target.pointer);
            self.unresolved(shared.pointer.clone(), &reference, Reason::TooLarge);
        }
        let mut map = bundled;
        for key in shared.section {
            let Some(members) = map.as_object_mut() else {
                return;
            };
            map = members.entry(*key).or_insert_with(|| Map::new().into());
        }
        if let (Some(members), Some((_, name))) =
            (map.as_object_mut(), shared.pointer.rsplit_once('/'))
        {
            members.insert(target::unescape(name), value);
        }
    }

    fn value(&mut self, here: &Here<'f>) -> Json {
        if self.is_copy(here) {
            let text = here.node.text().map_or(0, str::len);
            self.copied.nodes += 1;
            self.copied.bytes += text + 2 * here.depth;
            // Whoever asked for the copy says so.
            if self.is_full() {
                return Json::Null;
            }
        }
        if let Some(reference) = here.reference() {
            return self.reference(here, reference);
        }
        self.other_references(here);
        match &here.node.value {
            Value::Object(_) if here.kind == Kind::Mapping => self.mapping(here),
            Value::Object(_) => Json::Object(self.members(here)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.value(&here.item(index, item)))
                .collect(),
            _ => document::json(here.node),
        }
    }

    fn members(&mut self, here: &Here<'f>) -> Map<String, Json> {
        if self.is_copy(here) {
            let keys = here.node.members().map(|(key, _)| key.len());
            self.copied.bytes += keys.sum::<usize>();
        }
        here.node
            .members()
            .map(|(key, node)| (key.to_owned(), self.value(&here.member(key, node))))
            .collect()
    }

    /// Whether a node was somewhere else, and may come to stand in several places.
    fn is_copy(&self, here: &Here<'f>) -> bool {
        !self.inside.is_empty() || here.url != *self.root
    }

    /// Whether the document could not be read again for all that was copied.
    fn is_full(&self) -> bool {
        self.copied.nodes > self.limits.document_nodes
            || self.copied.bytes > self.limits.document_bytes
    }

    /// Says of a reference at a pointer of the one document what is wrong with it.
    fn unresolved(&mut self, pointer: String, reference: &str, reason: Reason) {
        self.bundled.unresolved.push(Unresolved {
            pointer,
            reference: reference.to_owned(),
            reason,
        });
    }
}
