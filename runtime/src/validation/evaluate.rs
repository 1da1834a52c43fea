//! A value held against a compiled schema.

use serde_json::{Map, Number, Value};

use super::{
    equal::{all_differ, equal},
    number::Decimal,
    pattern::Pattern,
    schema::{Id, Keyword, Members, Schema, Types},
    steps::Steps,
};

/// How deep subschemas and references lead before a schema counts as one that refers to itself
/// without an end.
const DEPTH: usize = 400;

/// Values of an enumeration, or items, that are passed over in one step.
pub(super) const PASSED: usize = 8;

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

impl std::ops::Not for Verdict {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Valid => Self::Invalid,
            Self::Unsure => Self::Unsure,
            Self::Invalid => Self::Valid,
        }
    }
}

/// One check, with what is left of its work.
pub(super) struct Evaluation<'a> {
    pub(super) schema: &'a Schema,
    pub(super) steps: Steps,
    depth: usize,
}

impl<'a> Evaluation<'a> {
    pub(super) fn of(schema: &'a Schema) -> Self {
        Self {
            schema,
            steps: Steps::all(),
            depth: 0,
        }
    }

    /// A value against the subschema `id`.
    pub(super) fn node(&mut self, id: Id, value: &Value) -> Verdict {
        if self.depth == DEPTH || !self.steps.spend(1) {
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
        // A walk that is still to come is not begun.
        if self.steps.are_over() {
            return Verdict::Unsure;
        }
        match keyword {
            Keyword::Never => Verdict::Invalid,
            Keyword::Unenforced(types) if types.admit(value) => Verdict::Unsure,
            Keyword::Unenforced(_) => Verdict::Valid,
            Keyword::Ref(target) => self.node(*target, value),
            Keyword::Type(types) => self.types(*types, value),
            Keyword::Enum(values) => self.one_of_values(values, value),
            Keyword::AllOf(ids) => all(ids.iter().map(|id| self.node(*id, value))),
            Keyword::AnyOf(ids) => any(ids.iter().map(|id| self.node(*id, value))),
            Keyword::OneOf(ids) => self.one_of(ids, value),
            Keyword::Not(id) => !self.node(*id, value),
            Keyword::If {
                condition,
                then,
                otherwise,
            } => self.choice(*condition, *then, *otherwise, value),
            _ => match value {
                Value::Number(number) => self.numeric(keyword, number),
                Value::String(text) => self.text(keyword, text),
                Value::Array(items) => self.array(keyword, id, items, value),
                Value::Object(members) => self.object(keyword, id, members, value),
                Value::Null | Value::Bool(_) => Verdict::Valid,
            },
        }
    }

    fn types(&mut self, types: Types, value: &Value) -> Verdict {
        match value {
            Value::Number(number) if !self.steps.spend_on_number(number) => Verdict::Unsure,
            _ => types.admit(value).into(),
        }
    }

    fn one_of_values(&mut self, values: &[Value], value: &Value) -> Verdict {
        self.steps.spend(values.len() / PASSED);
        let is_one = values.iter().any(|one| equal(one, value, &mut self.steps));
        self.as_far_as_told(is_one)
    }

    /// What was found out, unless the steps were over before.
    fn as_far_as_told(&self, is_valid: bool) -> Verdict {
        match self.steps.are_over() {
            true => Verdict::Unsure,
            false => is_valid.into(),
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

    fn numeric(&mut self, keyword: &Keyword, number: &Number) -> Verdict {
        let bound = match keyword {
            Keyword::AtLeast(bound)
            | Keyword::MoreThan(bound)
            | Keyword::AtMost(bound)
            | Keyword::LessThan(bound)
            | Keyword::MultipleOf(bound) => bound,
            _ => return Verdict::Valid,
        };
        // A division goes digit by digit.
        let division = match keyword {
            Keyword::MultipleOf(_) => number.as_str().len(),
            _ => 0,
        };
        if !self.steps.spend_on_number(number) || !self.steps.spend(division) {
            return Verdict::Unsure;
        }
        match keyword {
            Keyword::AtLeast(_) => bound.order_of(number).is_ge().into(),
            Keyword::MoreThan(_) => bound.order_of(number).is_gt().into(),
            Keyword::AtMost(_) => bound.order_of(number).is_le().into(),
            Keyword::LessThan(_) => bound.order_of(number).is_lt().into(),
            _ => Decimal::of(number)
                .is_multiple_of(&bound.decimal)
                .map_or(Verdict::Unsure, Verdict::from),
        }
    }

    fn text(&mut self, keyword: &Keyword, text: &str) -> Verdict {
        let length = match keyword {
            Keyword::Pattern(pattern) => return self.pattern(pattern, text),
            Keyword::MinLength(length) | Keyword::MaxLength(length) => *length,
            _ => return Verdict::Valid,
        };
        if !self.steps.spend_on_text(text) {
            return Verdict::Unsure;
        }
        let count = text.chars().count();
        match keyword {
            Keyword::MinLength(_) => (count >= length).into(),
            _ => (count <= length).into(),
        }
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern, text: &str) -> Verdict {
        if text.len() > PATTERN_TEXT || !self.steps.spend(pattern.steps(text.len())) {
            return Verdict::Unsure;
        }
        pattern.is_match(text).into()
    }

    fn array(&mut self, keyword: &Keyword, id: Id, items: &[Value], value: &Value) -> Verdict {
        match keyword {
            Keyword::MinItems(least) => (items.len() >= *least).into(),
            Keyword::MaxItems(most) => (items.len() <= *most).into(),
            Keyword::UniqueItems => {
                let differ = all_differ(items, &mut self.steps);
                self.as_far_as_told(differ)
            }
            Keyword::Items { first, rest } => {
                self.steps.spend(items.len() / PASSED);
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
                let seen = self.evaluated_items(id, items, value);
                let items = items.iter().zip(seen);
                all(items.map(|(item, seen)| self.unevaluated(*schema, item, seen)))
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
        match keyword {
            Keyword::MinProperties(least) => (members.len() >= *least).into(),
            Keyword::MaxProperties(most) => (members.len() <= *most).into(),
            Keyword::Required(names) => self.has_all(members, names),
            Keyword::DependentRequired(needed) => {
                self.steps.spend(needed.len());
                let asked = needed.iter().filter(|(name, _)| members.contains_key(name));
                all(asked.map(|(_, names)| self.has_all(members, names)))
            }
            Keyword::DependentSchemas(schemas) => {
                self.steps.spend(schemas.len());
                let asked = schemas
                    .iter()
                    .filter(|(name, _)| members.contains_key(name));
                all(asked.map(|(_, schema)| self.node(*schema, value)))
            }
            Keyword::PropertyNames(schema) => {
                all(members.keys().map(|name| self.name(*schema, name)))
            }
            Keyword::Members(schemas) => all(members
                .iter()
                .map(|(name, value)| self.member(schemas, name, value))),
            Keyword::UnevaluatedProperties(schema) => {
                let seen = self.evaluated_members(id, members, value);
                let members = members.values().zip(seen);
                all(members.map(|(member, seen)| self.unevaluated(*schema, member, seen)))
            }
            _ => Verdict::Valid,
        }
    }

    fn has_all(&mut self, members: &Map<String, Value>, names: &[String]) -> Verdict {
        match self.steps.spend(names.len()) {
            true => names.iter().all(|name| members.contains_key(name)).into(),
            false => Verdict::Unsure,
        }
    }

    /// The name of a member, as a value of its own.
    fn name(&mut self, schema: Id, name: &str) -> Verdict {
        match self.steps.spend_on_text(name) {
            true => self.node(schema, &Value::String(name.to_owned())),
            false => Verdict::Unsure,
        }
    }

    /// One member of an object.
    pub(super) fn member(&mut self, schemas: &Members, name: &str, value: &Value) -> Verdict {
        if !self.steps.spend_on_text(name) {
            return Verdict::Unsure;
        }
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
