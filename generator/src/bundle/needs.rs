//! Which files a document is made of.

use std::collections::{HashMap, HashSet, VecDeque};

use indexmap::IndexMap;
use url::Url;

use super::files::{Files, Found};
use super::kind::Kind;
use super::target::{self, Target};
use super::{Lacking, Reason};
use crate::document::{Node, Position, Value};

/// What has been looked through of the files that a document refers to, and what
/// is still to be.
#[derive(Debug)]
pub struct Needs {
    root: Url,
    waiting: VecDeque<(Target, Kind)>,
    /// References into files that are not known yet.
    open: IndexMap<Url, Vec<Open>>,
    /// Containers by where they stand, with what they were taken for. What aliases
    /// repeat stands at one place.
    seen: HashMap<Url, HashSet<(Position, Kind)>>,
}

#[derive(Debug)]
struct Open {
    reference: String,
    by: Url,
    kind: Kind,
}

impl Needs {
    /// Those of the file at `root`.
    #[must_use]
    pub fn of(root: &Url) -> Self {
        let whole = Target {
            url: root.clone(),
            pointer: String::new(),
        };
        Self {
            root: root.clone(),
            waiting: VecDeque::from([(whole, Kind::Document)]),
            open: IndexMap::new(),
            seen: HashMap::new(),
        }
    }

    /// Looks through what came since the last time, and says which files are
    /// referred to and neither among `files` nor lost. None when all are known.
    pub fn lacking(&mut self, files: &Files) -> IndexMap<Url, Lacking> {
        let (come, open) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|(url, _)| files.knows(url));
        self.open = open;
        for open in IndexMap::<_, Vec<Open>>::into_values(come).flatten() {
            self.follow(files, &open.reference, &open.by, open.kind);
        }
        while let Some((target, kind)) = self.waiting.pop_front() {
            if let Some(node) = files.at(&target) {
                self.look(files, node, kind, &target.url);
            }
        }
        let lacking = self.open.iter().filter_map(|(url, open)| {
            let by = open.first()?.by.clone();
            Some((url.clone(), Lacking { by }))
        });
        lacking.collect()
    }

    /// How many containers were looked through in all.
    #[must_use]
    pub fn looked_through(&self) -> usize {
        self.seen.values().map(HashSet::len).sum()
    }

    /// Recursion is bounded by the document's depth limit.
    fn look(&mut self, files: &Files, node: &Node, kind: Kind, url: &Url) {
        let container = matches!(node.value, Value::Object(_) | Value::Array(_));
        if !container || kind == Kind::Data || !self.is_new(node, kind, url) {
            return;
        }
        if let Some(reference) = node.get("$ref").and_then(Node::string)
            && kind != Kind::Mapping
        {
            self.follow(files, reference, url, kind);
        }
        for (key, member) in node.members() {
            if let (Kind::Mapping, Some(text)) = (kind, member.string())
                && target::is_mapped_reference(text)
            {
                self.follow(files, text, url, Kind::Schema);
            }
            self.look(files, member, kind.member(key), url);
        }
        if let Value::Array(items) = &node.value {
            for item in items.iter() {
                self.look(files, item, kind.item(), url);
            }
        }
    }

    fn is_new(&mut self, node: &Node, kind: Kind, url: &Url) -> bool {
        if !self.seen.contains_key(url) {
            self.seen.insert(url.clone(), HashSet::new());
        }
        let seen = self.seen.get_mut(url);
        seen.is_some_and(|seen| seen.insert((node.at, kind)))
    }

    fn follow(&mut self, files: &Files, reference: &str, by: &Url, kind: Kind) {
        let found = match files.find(reference, by) {
            Ok(found) => found.target,
            Err(Reason::Unavailable(url)) if !files.knows(&url) => {
                let open = self.open.entry(url).or_default();
                return open.push(Open {
                    reference: reference.to_owned(),
                    by: by.clone(),
                    kind,
                });
            }
            Err(Reason::Missing(url)) if url == *by => match self.in_root(files, reference) {
                Some(target) => target,
                None => return,
            },
            Err(_) => return,
        };
        self.waiting.push_back((found, kind));
    }

    /// What a reference would lead to if it stood in the root document, through
    /// the references on its way.
    fn in_root(&self, files: &Files, reference: &str) -> Option<Target> {
        const MOST: usize = 100;
        let pointer = files.pointer(&self.root, reference.strip_prefix('#')?)?;
        let mut target = Target {
            url: self.root.clone(),
            pointer: String::new(),
        };
        let mut followed = 0;
        for segment in pointer.split('/').skip(1) {
            let mut next = target.within(&format!("/{segment}"));
            while files.at(&next).is_none() && followed < MOST {
                followed += 1;
                let reference = files.at(&target)?.get("$ref")?.string()?;
                let Found { target: found, .. } = files.find(reference, &target.url).ok()?;
                target = found;
                next = target.within(&format!("/{segment}"));
            }
            target = next;
        }
        Some(target)
    }
}
