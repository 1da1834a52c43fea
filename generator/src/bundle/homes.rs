//! Where the parts of all files are in the one document.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::target::{Target, escape, unescape};

/// What the parts of the one document were made of, by JSON pointers into it.
#[derive(Clone, Debug, Default)]
pub struct Origins(HashMap<String, Target>);

impl Origins {
    /// Of parts that stand at one place, the last is the innermost.
    pub(super) fn add(&mut self, pointer: &str, target: &Target) {
        self.0.insert(pointer.to_owned(), target.clone());
    }

    /// The place that `pointer` of the one document was made of.
    #[must_use]
    pub fn find(&self, pointer: &str) -> Option<Target> {
        let mut outer = pointer;
        loop {
            if let Some(target) = self.0.get(outer) {
                return Some(target.within(&pointer[outer.len()..]));
            }
            outer = &outer[..outer.rfind('/')?];
        }
    }
}

/// Which pointer of the one document leads to a part.
#[derive(Debug, Default)]
pub struct Homes {
    homes: HashMap<Target, String>,
    /// The other way. Of parts that stand at one place, the innermost, which is
    /// settled last.
    parts: Origins,
    /// Names that are taken, by section.
    names: HashMap<&'static [&'static str], HashSet<String>>,
    /// The number that a name which is taken gets next.
    numbers: HashMap<(&'static [&'static str], String), usize>,
}

impl Homes {
    /// Lets `target`, and all within it, be found at `pointer`, unless it has a
    /// home already.
    pub fn settle(&mut self, target: &Target, pointer: &str) {
        if !self.homes.contains_key(target) {
            self.homes.insert(target.clone(), pointer.to_owned());
            self.parts.add(pointer, target);
        }
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
        self.parts.find(pointer)
    }

    pub fn take(&mut self, section: &'static [&'static str], name: &str) {
        self.names
            .entry(section)
            .or_default()
            .insert(name.to_owned());
    }

    /// A pointer in a section for `target`, named after it.
    pub fn place(&mut self, section: &'static [&'static str], target: &Target) -> String {
        let free = self.free(section, name(target));
        let pointer = format!("/{}/{}", section.join("/"), escape(&free));
        self.settle(target, &pointer);
        pointer
    }

    /// A name that nothing in the section has, and takes it.
    fn free(&mut self, section: &'static [&'static str], name: String) -> String {
        let names = self.names.entry(section).or_default();
        if names.insert(name.clone()) {
            return name;
        }
        let number = self.numbers.entry((section, name.clone())).or_insert(1);
        loop {
            *number += 1;
            let numbered = format!("{name}_{number}");
            if names.insert(numbered.clone()) {
                return numbered;
            }
        }
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
