//! Which parts of a value a subschema has looked at (JSON Schema 2020-12 core, section 11): what
//! `unevaluatedItems` and `unevaluatedProperties` leave alone.
//!
//! A part was looked at for certain, perhaps, or not: where it is not sure whether a value matches
//! a subschema, neither is whether what that says of a part counts.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    evaluate::{Evaluation, PASSED, Verdict},
    schema::{Id, Keyword, Members, Types},
};

impl Evaluation<'_> {
    /// For each item, whether a keyword of the subschema `id` has looked at it.
    pub(super) fn evaluated_items(
        &mut self,
        id: Id,
        items: &[Value],
        value: &Value,
    ) -> Vec<Verdict> {
        let schema = self.schema;
        let mut seen = vec![Verdict::Invalid; items.len()];
        for (applied, certainty) in self.applied(id, value) {
            self.steps.spend(items.len() / PASSED);
            for keyword in &schema.nodes[applied].keywords {
                let (count, certainty) = match keyword {
                    Keyword::Items { first, rest: None } => (first.len(), certainty),
                    Keyword::Items { rest: Some(_), .. } => (items.len(), certainty),
                    Keyword::UnevaluatedItems(_) if applied != id => (items.len(), certainty),
                    Keyword::Unenforced(Types::ALL) => (items.len(), Verdict::Unsure),
                    Keyword::Contains { schema, .. } => {
                        for (item, seen) in items.iter().zip(&mut seen) {
                            *seen = certainty.min(self.node(*schema, item)).max(*seen);
                        }
                        continue;
                    }
                    _ => continue,
                };
                let looked_at = seen.iter_mut().take(count);
                looked_at.for_each(|seen| *seen = certainty.max(*seen));
            }
        }
        seen
    }

    /// For each member, whether a keyword of the subschema `id` has looked at it.
    pub(super) fn evaluated_members(
        &mut self,
        id: Id,
        members: &Map<String, Value>,
        value: &Value,
    ) -> Vec<Verdict> {
        let schema = self.schema;
        let mut seen = vec![Verdict::Invalid; members.len()];
        for (applied, certainty) in self.applied(id, value) {
            self.steps.spend(members.len() / PASSED);
            for keyword in &schema.nodes[applied].keywords {
                for (name, seen) in members.keys().zip(&mut seen) {
                    let looked_at = match keyword {
                        Keyword::Members(members) => self.looks_at(members, name),
                        Keyword::UnevaluatedProperties(_) if applied != id => Verdict::Valid,
                        Keyword::Unenforced(Types::ALL) => Verdict::Unsure,
                        _ => break,
                    };
                    *seen = certainty.min(looked_at).max(*seen);
                }
            }
        }
        seen
    }

    /// The verdict of what was left unevaluated, on a part that was looked at to this extent.
    pub(super) fn unevaluated(&mut self, schema: Id, part: &Value, seen: Verdict) -> Verdict {
        match seen {
            Verdict::Valid => Verdict::Valid,
            _ => self.node(schema, part).max(seen),
        }
    }

    /// Whether one of these schemas is for the member of this name.
    fn looks_at(&mut self, members: &Members, name: &str) -> Verdict {
        if members.others.is_some() || members.named.contains_key(name) {
            return Verdict::Valid;
        }
        let matches = members.matching.iter().map(|(pattern, _)| match pattern {
            Some(pattern) => self.pattern(pattern, name),
            None => Verdict::Unsure,
        });
        matches.max().unwrap_or(Verdict::Invalid)
    }

    /// The subschema `id` and all that it applies to the same value, and whether that counts.
    fn applied(&mut self, id: Id, value: &Value) -> HashMap<Id, Verdict> {
        let mut applied = HashMap::new();
        let mut waiting = vec![(id, Verdict::Valid)];
        while let Some((id, certainty)) = waiting.pop() {
            let is_news = applied.get(&id).is_none_or(|known| *known < certainty);
            if is_news && !certainty.is_invalid() && self.steps.spend(1) {
                applied.insert(id, certainty);
                self.apply(id, certainty, value, &mut waiting);
            }
        }
        applied
    }

    /// Adds what one subschema itself applies to the same value, and how far the value matches.
    fn apply(
        &mut self,
        id: Id,
        certainty: Verdict,
        value: &Value,
        applied: &mut Vec<(Id, Verdict)>,
    ) {
        let schema = self.schema;
        let mut apply = |id: Id, here: Verdict| applied.push((id, here.min(certainty)));
        for keyword in &schema.nodes[id].keywords {
            match keyword {
                // Where the value matches not all of these, it does not match this subschema.
                Keyword::Ref(target) => apply(*target, Verdict::Valid),
                Keyword::AllOf(ids) => ids.iter().for_each(|id| apply(*id, Verdict::Valid)),
                Keyword::AnyOf(ids) | Keyword::OneOf(ids) => {
                    ids.iter().for_each(|id| apply(*id, self.node(*id, value)));
                }
                Keyword::If {
                    condition,
                    then,
                    otherwise,
                } => {
                    let verdict = self.node(*condition, value);
                    let branches = then.iter().chain([condition]);
                    branches.for_each(|id| apply(*id, verdict));
                    otherwise.iter().for_each(|id| apply(*id, !verdict));
                }
                Keyword::DependentSchemas(schemas) => {
                    let asked = |name: &str| value.get(name).is_some();
                    let schemas = schemas.iter().filter(|(name, _)| asked(name));
                    schemas.for_each(|(_, id)| apply(*id, Verdict::Valid));
                }
                _ => {}
            }
        }
    }
}
