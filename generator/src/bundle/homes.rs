//! Where the parts of all files are in the one document.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use url::Url;

use super::target::{Target, escape, unescape};

/// A part of the one document, and what it was made of.
#[derive(Clone, Debug)]
pub struct Origin {
    /// A JSON pointer into the one document.
    pub pointer: String,
    pub target: Target,
}

#[derive(Debug, Default)]
pub struct Homes {
    /// In the order they were found, what is inside after what is around it.
    homes: IndexMap<Target, String>,
    /// Names that are taken, by section.
    names: HashMap<&'static [&'static str], HashSet<String>>,
}

impl Homes {
    /// Lets `target`, and all within it, be found at `pointer`, unless it has a
    /// home already.
    pub fn settle(&mut self, target: &Target, pointer: &str) {
        self.homes
            .entry(target.clone())
            .or_insert_with(|| pointer.to_owned());
    }

    pub fn is_at(&self, target: &Target, pointer: &str) -> bool {
        self.homes.get(target).is_some_and(|home| home == pointer)
    }

    /// The pointer that leads to `target`, by itself or within something larger.
    pub fn find(&self, target: &Target) -> Option<String> {
        let mut outer = target.clone();
        loop {
            if let Some(home) = self.homes.get(&outer) {
                return Some(format!("{home}{}", &target.pointer[outer.pointer.len()..]));
            }
            let end = outer.pointer.rfind('/')?;
            outer.pointer.truncate(end);
        }
    }

    /// What is at a pointer of the one document, as far as homes are known.
    pub fn at(&self, pointer: &str) -> Option<Target> {
        let mut outer = pointer;
        loop {
            let inside = self.homes.iter().rev().find(|(_, home)| *home == outer);
            if let Some((target, _)) = inside {
                return Some(Target {
                    url: target.url.clone(),
                    pointer: format!("{}{}", target.pointer, &pointer[outer.len()..]),
                });
            }
            outer = &outer[..outer.rfind('/')?];
        }
    }

    pub fn take(&mut self, section: &'static [&'static str], name: &str) {
        self.names
            .entry(section)
            .or_default()
            .insert(name.to_owned());
    }

    /// A pointer in a section for `target`, named after it.
    pub fn place(&mut self, section: &'static [&'static str], target: &Target) -> String {
        let name = name(target);
        let names = self.names.entry(section).or_default();
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| !names.contains(name))
            .unwrap_or(name);
        names.insert(free.clone());
        let pointer = format!("/{}/{}", section.join("/"), escape(&free));
        self.settle(target, &pointer);
        pointer
    }
}

/// What a part is called: by the last key that leads to it, a whole file by its
/// name, an index file by its folder. Components have names of
/// `[A-Za-z0-9._-]` (OpenAPI 3.0, Components Object).
fn name(target: &Target) -> String {
    let raw = match target.pointer.rsplit_once('/') {
        Some((_, last)) => unescape(last),
        None => file_name(&target.url),
    };
    let mut name = String::new();
    for c in raw.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    if name.is_empty() { "part" } else { name }.to_owned()
}

fn file_name(url: &Url) -> String {
    let decode = |segment: &str| {
        let decoded = percent_encoding::percent_decode_str(segment);
        decoded.decode_utf8_lossy().into_owned()
    };
    let segments: Vec<_> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let last = decode(segments.last().copied().unwrap_or_default());
    let stem = last.rsplit_once('.').map_or(&*last, |(stem, _)| stem);
    match (stem, &segments[..]) {
        ("index" | "_index", [.., folder, _]) => decode(folder),
        _ => stem.to_owned(),
    }
}
