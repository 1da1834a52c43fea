//! Which parts of a value a subschema has looked at (JSON Schema 2020-12 core, section 11): what
//! `unevaluatedItems` and `unevaluatedProperties` leave alone.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    evaluate::{Evaluation, Verdict},
    schema::{Id, Keyword, Members},
};

impl Evaluation<'_> {
    /// For each item, whether a keyword of the subschema `id` has looked at it.
    pub(super) fn evaluated_items(&mut self, id: Id, value: &Value) -> Vec<bool> {
        let items = value.as_array().map_or(&[][..], Vec::as_slice);
        let mut seen = vec![false; items.len()];
        for applied in self.applied(id, value) {
            for keyword in &self.schema.nodes[applied].keywords {
                match keyword {
                    Keyword::Items { first, rest: None } => {
                        let count = first.len().min(seen.len());
                        seen[..count].fill(true);
                    }
                    Keyword::Items { rest: Some(_), .. } => seen.fill(true),
                    Keyword::UnevaluatedItems(_) if applied != id => seen.fill(true),
                    Keyword::Contains { schema, .. } => {
                        for (item, seen) in items.iter().zip(&mut seen) {
                            *seen |= !self.node(*schema, item).is_invalid();
                        }
                    }
                    _ => {}
                }
            }
        }
        seen
    }

    /// The names of the members that a keyword of the subschema `id` has looked at.
    pub(super) fn evaluated_members<'v>(&mut self, id: Id, value: &'v Value) -> HashSet<&'v str> {
        let names = || {
            value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
        };
        let mut seen = HashSet::new();
        for applied in self.applied(id, value) {
            for keyword in &self.schema.nodes[applied].keywords {
                match keyword {
                    Keyword::Members(members) => {
                        seen.extend(names().filter(|name| looks_at(members, name)));
                    }
                    Keyword::UnevaluatedProperties(_) if applied != id => seen.extend(names()),
                    _ => {}
                }
            }
        }
        seen
    }

    /// The subschema `id` and all that it applies to the same value, and that the value matches.
    fn applied(&mut self, id: Id, value: &Value) -> HashSet<Id> {
        let mut applied = HashSet::new();
        let mut waiting = vec![id];
        while let Some(id) = waiting.pop() {
            if self.steps.spend(1) && applied.insert(id) {
                self.apply(id, value, &mut waiting);
            }
        }
        applied
    }

    /// Adds what one subschema itself applies to the same value, and that the value matches.
    fn apply(&mut self, id: Id, value: &Value, applied: &mut Vec<Id>) {
        let schema = self.schema;
        for keyword in &schema.nodes[id].keywords {
            match keyword {
                Keyword::Ref(target) => applied.push(*target),
                Keyword::AllOf(ids) => applied.extend(ids),
                Keyword::AnyOf(ids) | Keyword::OneOf(ids) => {
                    let matching = ids.iter().filter(|id| !self.node(**id, value).is_invalid());
                    applied.extend(matching);
                }
                Keyword::If {
                    condition,
                    then,
                    otherwise,
                } => match self.node(*condition, value) {
                    Verdict::Valid => applied.extend(then.iter().chain([condition])),
                    Verdict::Invalid => applied.extend(otherwise),
                    Verdict::Unsure => {
                        applied.extend(then.iter().chain(otherwise).chain([condition]));
                    }
                },
                Keyword::DependentSchemas(schemas) => {
                    let asked = |name: &str| value.get(name).is_some();
                    let schemas = schemas.iter().filter(|(name, _)| asked(name));
                    applied.extend(schemas.map(|(_, schema)| schema));
                }
                _ => {}
            }
        }
    }
}

/// Whether one of these schemas is for the member of this name.
fn looks_at(members: &Members, name: &str) -> bool {
    let mut patterns = members.matching.iter().map(|(pattern, _)| pattern.as_ref());
    members.others.is_some()
        || members.named.contains_key(name)
        || patterns.any(|pattern| pattern.is_none_or(|pattern| pattern.is_match(name)))
}
