//! What becomes of one reference.

use serde_json::{Map, Value as Json};

use super::{Here, Shared, Walk};
use crate::bundle::Reason;
use crate::bundle::files::Found;
use crate::bundle::kind::Kind;
use crate::bundle::target::{self, Target};

/// References that are replaced by what they name: many more than a specification
/// has path items and sections, and few enough to end files that name each other
/// again and again.
const MAX_WRITTEN_OUT: usize = 20_000;

impl<'f> Walk<'f> {
    pub fn reference(&mut self, here: &Here<'f>, reference: &str) -> Json {
        let found = match self.files.find(reference, &here.url) {
            // Within the root document nothing moves.
            Ok(found) if here.url == *self.root && found.target.url == *self.root => None,
            Ok(found) => {
                self.base(here, reference, &found.target.url);
                Some(found)
            }
            Err(reason) => self.elsewhere(here, "$ref", reference, reason),
        };
        let Some(found) = found else {
            return Json::Object(self.members(here));
        };
        if self.homes.is_at(&found.target, &here.pointer) || !self.can_refer(here, &found.target) {
            return self.written_out(here, &found);
        }
        let pointer = self.home(here.kind, &found.target);
        let mut members = self.members(here);
        members.insert("$ref".to_owned(), target::reference(&pointer).into());
        Json::Object(members)
    }

    /// What leads nowhere from where it stands may be meant for the root document.
    /// `key` is that of the reference.
    fn elsewhere(
        &mut self,
        here: &Here<'f>,
        key: &str,
        reference: &str,
        reason: Reason,
    ) -> Option<Found<'f>> {
        let pointer = format!("{}/{}", here.pointer, target::escape(key));
        let found = match &reason {
            // Lowering says what is wrong within a single document.
            Reason::Missing(url) if here.url == *self.root && url == self.root => return None,
            Reason::Missing(url) if *url == here.url => self.in_root(reference),
            _ => None,
        };
        if let Reason::Unavailable(url) = &reason
            && !self.files.knows(url)
        {
            self.bundled.lack(url, &here.url);
            return None;
        }
        let reason = if found.is_some() {
            Reason::InRoot
        } else {
            reason
        };
        self.unresolved(pointer, reference, reason);
        found
    }

    /// What a reference would lead to if it stood in the root document, the files
    /// that this is made of included.
    fn in_root(&self, reference: &str) -> Option<Found<'f>> {
        let pointer = self
            .files
            .pointer(self.root, reference.strip_prefix('#')?)?;
        let target = self.homes.at(&pointer)?;
        let node = self.files.at(&target)?;
        Some(Found { target, node })
    }

    /// Whether a reference may stand here (OpenAPI 3.0, Reference Object), or has
    /// to be replaced by what it names.
    fn can_refer(&self, here: &Here<'f>, target: &Target) -> bool {
        let known = here.kind == Kind::PathItem && self.homes.find(target).is_some();
        known || here.kind.section(self.swagger).is_some()
    }

    /// The pointer to `target`, which becomes a component where it is nowhere yet.
    fn home(&mut self, kind: Kind, target: &Target) -> String {
        if let Some(pointer) = self.homes.find(target) {
            return pointer;
        }
        let Some(section) = kind.section(self.swagger) else {
            return String::new();
        };
        let pointer = self.homes.place(section, target);
        self.shared.push_back(Shared {
            target: target.clone(),
            kind,
            section,
            pointer: pointer.clone(),
        });
        pointer
    }

    /// What the reference names, in its place. What stands beside the reference
    /// counts more.
    fn written_out(&mut self, here: &Here<'f>, found: &Found<'f>) -> Json {
        let reference = here.node.get_string("$ref").unwrap_or_default();
        let pointer = format!("{}/$ref", here.pointer);
        let too_deep = here.depth + self.inside.len() > self.limits.document_depth;
        let reason = if self.inside.contains(&found.target) {
            Some(Reason::Endless)
        } else if too_deep || self.is_full() || self.written_out >= MAX_WRITTEN_OUT {
            Some(Reason::TooLarge)
        } else {
            None
        };
        if let Some(reason) = reason {
            self.unresolved(pointer, reference, reason);
            let as_it_is = Here {
                kind: Kind::Data,
                ..here.clone()
            };
            return self.value(&as_it_is);
        }
        self.written_out += 1;
        let own = self.bundled.origins.find(&here.pointer);
        self.homes.settle(&found.target, &here.pointer);
        self.bundled.origins.add(&here.pointer, &found.target);
        self.inside.push(found.target.clone());
        let mut value = self.value(&Here {
            node: found.node,
            kind: here.kind,
            url: found.target.url.clone(),
            pointer: here.pointer.clone(),
            depth: here.depth,
        });
        self.inside.pop();
        if self.is_full() {
            // What it names stands here now, but not the reference.
            if let Some(own) = &own {
                let origins = &mut self.bundled.origins;
                origins.add(&pointer, &own.within("/$ref"));
            }
            self.unresolved(pointer, reference, Reason::TooLarge);
        }
        if let Json::Object(members) = &mut value
            && !here.is_alias()
        {
            self.beside(here, own.as_ref());
            let mut beside = self.members(here);
            beside.shift_remove("$ref");
            members.extend(beside);
        }
        value
    }

    /// Lets what stands beside a reference come from where it stands.
    fn beside(&mut self, here: &Here<'f>, own: Option<&Target>) {
        for (key, _) in here.node.members().filter(|(key, _)| *key != "$ref") {
            let segment = format!("/{}", target::escape(key));
            if let Some(own) = own {
                let pointer = format!("{}{segment}", here.pointer);
                self.bundled.origins.add(&pointer, &own.within(&segment));
            }
        }
    }

    /// A value of a discriminator is the name of a schema or a reference to one.
    pub fn mapping(&mut self, here: &Here<'f>) -> Json {
        let mut members = Map::new();
        for (key, node) in here.node.members() {
            let named = node.string().and_then(|text| self.mapped(here, key, text));
            let value = match named {
                Some(reference) => Json::String(reference),
                None => self.value(&here.member(key, node)),
            };
            members.insert(key.to_owned(), value);
        }
        Json::Object(members)
    }

    fn mapped(&mut self, here: &Here<'f>, key: &str, text: &str) -> Option<String> {
        let own = here.url == *self.root && text.starts_with('#');
        if !target::is_mapped_reference(text) || own {
            return None;
        }
        let found = match self.files.find(text, &here.url) {
            Ok(found) => found,
            Err(reason) => self.elsewhere(here, key, text, reason)?,
        };
        Some(target::reference(&self.home(Kind::Schema, &found.target)))
    }
}
