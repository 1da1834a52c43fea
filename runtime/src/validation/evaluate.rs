//! A value held against a compiled schema.

use serde_json::{Map, Value};

use super::{
    equal::{all_differ, equal},
    number::Decimal,
    pattern::Pattern,
    schema::{Id, Keyword, Members, Schema},
};

/// How many subschemas and characters one check looks at. What is left then is not enforced: a
/// schema can be made to take time that grows exponentially with its size.
const STEPS: usize = 8_000_000;

/// How deep subschemas and references lead before a schema counts as one that refers to itself
/// without an end.
const DEPTH: usize = 400;

/// Texts of more bytes are not held against patterns.
const PATTERN_TEXT: usize = 64 * 1024;

/// Whether a value matches a schema; the lesser of two verdicts is that of both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Invalid,
    /// As far as can be told: something in the schema is not enforced.
    Unsure,
    Valid,
}

impl Verdict {
    pub(super) fn is_invalid(self) -> bool {
        self == Self::Invalid
    }
}

impl From<bool> for Verdict {
    fn from(is_valid: bool) -> Self {
        if is_valid { Self::Valid } else { Self::Invalid }
    }
}

/// One check, with what is left of its time.
pub(super) struct Evaluation<'a> {
    pub(super) schema: &'a Schema,
    steps: usize,
    depth: usize,
}

impl<'a> Evaluation<'a> {
    pub(super) fn of(schema: &'a Schema) -> Self {
        Self {
            schema,
            steps: STEPS,
            depth: 0,
        }
    }

    /// A value against the subschema `id`.
    pub(super) fn node(&mut self, id: Id, value: &Value) -> Verdict {
        if self.depth == DEPTH || !self.spend(1) {
            return Verdict::Unsure;
        }
        self.depth += 1;
        let schema = self.schema;
        let keywords = schema.nodes[id].keywords.iter();
        let verdict = all(keywords.map(|keyword| self.keyword(keyword, id, value)));
        self.depth -= 1;
        verdict
    }

    /// A value against one keyword of the subschema `id`.
    pub(super) fn keyword(&mut self, keyword: &Keyword, id: Id, value: &Value) -> Verdict {
        match keyword {
            Keyword::Never => Verdict::Invalid,
            Keyword::Unenforced(types) if types.admit(value) => Verdict::Unsure,
            Keyword::Unenforced(_) => Verdict::Valid,
            Keyword::Ref(target) => self.node(*target, value),
            Keyword::Type(types) => types.admit(value).into(),
            Keyword::Enum(values) => values.iter().any(|one| equal(one, value)).into(),
            Keyword::AllOf(ids) => all(ids.iter().map(|id| self.node(*id, value))),
            Keyword::AnyOf(ids) => any(ids.iter().map(|id| self.node(*id, value))),
            Keyword::OneOf(ids) => self.one_of(ids, value),
            Keyword::Not(id) => negation(self.node(*id, value)),
            Keyword::If {
                condition,
                then,
                otherwise,
            } => self.choice(*condition, *then, *otherwise, value),
            _ => match value {
                Value::Number(number) => numeric(keyword, &Decimal::of(number)),
                Value::String(text) => self.text(keyword, text),
                Value::Array(items) => self.array(keyword, id, items, value),
                Value::Object(members) => self.object(keyword, id, members, value),
                Value::Null | Value::Bool(_) => Verdict::Valid,
            },
        }
    }

    /// Exactly one alternative has to match. Where more do only as far as can be told, that is
    /// enough.
    fn one_of(&mut self, ids: &[Id], value: &Value) -> Verdict {
        let (mut valid, mut unsure) = (0, 0);
        for id in ids {
            match self.node(*id, value) {
                Verdict::Valid => valid += 1,
                Verdict::Unsure => unsure += 1,
                Verdict::Invalid => {}
            }
        }
        match (valid, unsure) {
            (0, 0) | (2.., _) => Verdict::Invalid,
            (1, 0) => Verdict::Valid,
            _ => Verdict::Unsure,
        }
    }

    fn choice(
        &mut self,
        condition: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
        value: &Value,
    ) -> Verdict {
        let verdict = self.node(condition, value);
        let mut branch = |id: Option<Id>| id.map_or(Verdict::Valid, |id| self.node(id, value));
        match verdict {
            Verdict::Valid => branch(then),
            Verdict::Invalid => branch(otherwise),
            Verdict::Unsure => branch(then).max(branch(otherwise)).min(Verdict::Unsure),
        }
    }

    fn text(&mut self, keyword: &Keyword, text: &str) -> Verdict {
        match keyword {
            Keyword::MinLength(least) => (text.chars().count() >= *least).into(),
            Keyword::MaxLength(most) => (text.chars().count() <= *most).into(),
            Keyword::Pattern(pattern) => self.pattern(pattern, text),
            _ => Verdict::Valid,
        }
    }

    fn pattern(&mut self, pattern: &Pattern, text: &str) -> Verdict {
        if text.len() > PATTERN_TEXT || !self.spend(pattern.steps(text.len())) {
            return Verdict::Unsure;
        }
        pattern.is_match(text).into()
    }

    fn array(&mut self, keyword: &Keyword, id: Id, items: &[Value], value: &Value) -> Verdict {
        match keyword {
            Keyword::MinItems(least) => (items.len() >= *least).into(),
            Keyword::MaxItems(most) => (items.len() <= *most).into(),
            Keyword::UniqueItems => all_differ(items).into(),
            Keyword::Items { first, rest } => {
                let schemas = first
                    .iter()
                    .map(Some)
                    .chain(std::iter::repeat(rest.as_ref()));
                let pairs = items.iter().zip(schemas);
                all(pairs.filter_map(|(item, schema)| Some(self.node(*schema?, item))))
            }
            Keyword::Contains {
                schema,
                least,
                most,
            } => self.contains(*schema, (*least, *most), items),
            Keyword::UnevaluatedItems(schema) => {
                let seen = self.evaluated_items(id, value);
                let unseen = items.iter().zip(seen).filter(|(_, seen)| !seen);
                all(unseen.map(|(item, _)| self.node(*schema, item)))
            }
            _ => Verdict::Valid,
        }
    }

    fn contains(&mut self, schema: Id, (least, most): (usize, usize), items: &[Value]) -> Verdict {
        let verdicts: Vec<_> = items.iter().map(|item| self.node(schema, item)).collect();
        let at_least = |verdict| verdicts.iter().filter(|one| **one >= verdict).count();
        let (valid, perhaps) = (at_least(Verdict::Valid), at_least(Verdict::Unsure));
        match () {
            () if perhaps < least || valid > most => Verdict::Invalid,
            () if valid >= least && perhaps <= most => Verdict::Valid,
            () => Verdict::Unsure,
        }
    }

    fn object(
        &mut self,
        keyword: &Keyword,
        id: Id,
        members: &Map<String, Value>,
        value: &Value,
    ) -> Verdict {
        let has_all = |names: &[String]| names.iter().all(|name| members.contains_key(name));
        match keyword {
            Keyword::MinProperties(least) => (members.len() >= *least).into(),
            Keyword::MaxProperties(most) => (members.len() <= *most).into(),
            Keyword::Required(names) => has_all(names).into(),
            Keyword::DependentRequired(needed) => needed
                .iter()
                .all(|(name, names)| !members.contains_key(name) || has_all(names))
                .into(),
            Keyword::DependentSchemas(schemas) => {
                let asked = schemas
                    .iter()
                    .filter(|(name, _)| members.contains_key(name));
                all(asked.map(|(_, schema)| self.node(*schema, value)))
            }
            Keyword::PropertyNames(schema) => all(members
                .keys()
                .map(|name| self.node(*schema, &Value::String(name.clone())))),
            Keyword::Members(schemas) => all(members
                .iter()
                .map(|(name, value)| self.member(schemas, name, value))),
            Keyword::UnevaluatedProperties(schema) => {
                let seen = self.evaluated_members(id, value);
                let unseen = members
                    .iter()
                    .filter(|(name, _)| !seen.contains(name.as_str()));
                all(unseen.map(|(_, value)| self.node(*schema, value)))
            }
            _ => Verdict::Valid,
        }
    }

    /// One member of an object.
    pub(super) fn member(&mut self, schemas: &Members, name: &str, value: &Value) -> Verdict {
        let named = schemas.named.get(name);
        let mut verdict = named.map_or(Verdict::Valid, |schema| self.node(*schema, value));
        let mut is_known = named.is_some();
        for (pattern, schema) in &schemas.matching {
            let matches = match pattern {
                Some(pattern) => self.pattern(pattern, name),
                None => Verdict::Unsure,
            };
            if !matches.is_invalid() {
                is_known = true;
                let here = self.node(*schema, value);
                // Where it is not sure that the name is meant, neither is a refusal.
                verdict = verdict.min(match matches {
                    Verdict::Unsure => Verdict::Unsure,
                    _ => here,
                });
            }
        }
        match schemas.others {
            Some(others) if !is_known => self.node(others, value),
            _ => verdict,
        }
    }

    /// Takes steps off what is left of the check's time; false where it is over.
    fn spend(&mut self, steps: usize) -> bool {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }
}

/// All of these together.
pub(super) fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut least = Verdict::Valid;
    for verdict in verdicts {
        least = least.min(verdict);
        if least.is_invalid() {
            break;
        }
    }
    least
}

fn any(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut most = Verdict::Invalid;
    for verdict in verdicts {
        most = most.max(verdict);
        if most == Verdict::Valid {
            break;
        }
    }
    most
}

fn negation(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Valid => Verdict::Invalid,
        Verdict::Unsure => Verdict::Unsure,
        Verdict::Invalid => Verdict::Valid,
    }
}

fn numeric(keyword: &Keyword, number: &Decimal) -> Verdict {
    match keyword {
        Keyword::AtLeast(bound) => (*number >= bound.decimal).into(),
        Keyword::MoreThan(bound) => (*number > bound.decimal).into(),
        Keyword::AtMost(bound) => (*number <= bound.decimal).into(),
        Keyword::LessThan(bound) => (*number < bound.decimal).into(),
        Keyword::MultipleOf(bound) => number
            .is_multiple_of(&bound.decimal)
            .map_or(Verdict::Unsure, Verdict::from),
        _ => Verdict::Valid,
    }
}
