//! The files that are at hand, and what references in them lead to.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use url::Url;

use super::Reason;
use super::target::{self, Target};
use crate::document::{Document, Node};

/// Files by the URLs that references name.
#[derive(Debug, Default)]
pub struct Files {
    /// `None` for those that cannot be had.
    files: HashMap<Url, Option<File>>,
}

#[derive(Debug)]
struct File {
    document: Arc<Document>,
    base: Url,
    anchors: OnceLock<HashMap<String, String>>,
}

/// What a reference leads to.
#[derive(Clone, Debug)]
pub(super) struct Found<'f> {
    pub target: Target,
    pub node: &'f Node,
}

impl Files {
    /// Adds a file. `base` is what relative references in it start from: `url`
    /// itself, unless it was found elsewhere (RFC 3986, section 5.1.3).
    pub fn add(&mut self, url: Url, base: Url, document: Arc<Document>) {
        let file = File {
            document,
            base,
            anchors: OnceLock::new(),
        };
        self.files.insert(url, Some(file));
    }

    /// Remembers that a file cannot be had.
    pub fn lose(&mut self, url: Url) {
        self.files.insert(url, None);
    }

    #[must_use]
    pub fn get(&self, url: &Url) -> Option<&Document> {
        self.file(url).map(|file| &*file.document)
    }

    /// How many there are, lost ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether it is known what is at `url`, or that nothing is.
    pub(super) fn knows(&self, url: &Url) -> bool {
        self.files.contains_key(url)
    }

    /// The file that a reference in the file at `url` names, and the fragment as
    /// it is written. `None` where it is relative to nothing.
    pub(super) fn split<'r>(&self, reference: &'r str, url: &Url) -> Option<(Url, &'r str)> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if file.is_empty() {
            return Some((url.clone(), fragment));
        }
        let base = self.file(url).map_or(url, |file| &file.base);
        Some((target::file(file, base)?, fragment))
    }

    /// What a reference in the file at `url` leads to.
    pub(super) fn find(&self, reference: &str, url: &Url) -> Result<Found<'_>, Reason> {
        let (url, fragment) = self.split(reference, url).ok_or(Reason::Nowhere)?;
        if self.file(&url).is_none() {
            return Err(Reason::Unavailable(url));
        }
        let found = self.pointer(&url, fragment).and_then(|pointer| {
            let target = Target {
                url: url.clone(),
                pointer,
            };
            let node = self.at(&target)?;
            Some(Found { target, node })
        });
        found.ok_or(Reason::Missing(url))
    }

    /// The pointer that a fragment is, or that the `$anchor` it names stands at.
    pub(super) fn pointer(&self, url: &Url, fragment: &str) -> Option<String> {
        if fragment.is_empty() || fragment.starts_with('/') {
            return target::pointer(fragment);
        }
        let file = self.file(url)?;
        let anchors = file
            .anchors
            .get_or_init(|| target::anchors(&file.document.root));
        anchors.get(fragment).cloned()
    }

    pub(super) fn at(&self, target: &Target) -> Option<&Node> {
        target::at(&self.get(&target.url)?.root, &target.pointer)
    }

    fn file(&self, url: &Url) -> Option<&File> {
        self.files.get(url)?.as_ref()
    }
}
