//! A compiled schema.

use std::{cmp::Ordering, collections::HashMap};

use serde_json::{Number, Value};

use super::{number::Decimal, pattern::Pattern};

/// A schema with all that it refers to. The first node is the root.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(super) nodes: Vec<Node>,
}

impl Schema {
    /// Whether a subschema is `false`.
    pub(super) fn is_never(&self, id: Id) -> bool {
        matches!(self.nodes[id].keywords[..], [Keyword::Never])
    }
}

/// The place of a subschema among the nodes.
pub(super) type Id = usize;

/// A subschema: what all of a value is held against.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) keywords: Vec<Keyword>,
}

/// A keyword, or several that only together have a meaning.
#[derive(Debug)]
pub(super) enum Keyword {
    /// The schema `false`.
    Never,
    /// One that says something about such values, and that is not enforced.
    Unenforced(Types),
    Ref(Id),

    Type(Types),
    Enum(Vec<Value>),

    AtLeast(Bound),
    MoreThan(Bound),
    AtMost(Bound),
    LessThan(Bound),
    MultipleOf(Bound),

    MinLength(usize),
    MaxLength(usize),
    Pattern(Pattern),

    MinItems(usize),
    MaxItems(usize),
    UniqueItems,
    /// `prefixItems` and `items`.
    Items {
        first: Vec<Id>,
        rest: Option<Id>,
    },
    /// `contains`, `minContains` and `maxContains`.
    Contains {
        schema: Id,
        least: usize,
        most: usize,
    },

    MinProperties(usize),
    MaxProperties(usize),
    Required(Vec<String>),
    DependentRequired(Vec<(String, Vec<String>)>),
    DependentSchemas(Vec<(String, Id)>),
    PropertyNames(Id),
    Members(Members),

    AllOf(Vec<Id>),
    AnyOf(Vec<Id>),
    OneOf(Vec<Id>),
    Not(Id),
    If {
        condition: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
    },

    /// These two come last in a node, since they see what the others have not.
    UnevaluatedItems(Id),
    UnevaluatedProperties(Id),
}

/// A number, and how the schema writes it.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) written: Number,
    pub(super) decimal: Decimal,
}

impl Bound {
    /// On which side of it a number is. Most are whole and of usual size.
    pub(super) fn order_of(&self, number: &Number) -> Ordering {
        match (number.as_i64(), self.written.as_i64()) {
            (Some(number), Some(bound)) => number.cmp(&bound),
            _ => Decimal::of(number).cmp(&self.decimal),
        }
    }
}

/// `properties`, `patternProperties` and `additionalProperties`.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) named: HashMap<String, Id>,
    /// Without a pattern where that is not enforced: any name may be meant.
    pub(super) matching: Vec<(Option<Pattern>, Id)>,
    pub(super) others: Option<Id>,
}

/// A set of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ALL: Self = Self(u8::MAX);
    pub(super) const STRING: Self = Self(1 << 5);
    pub(super) const NUMBER: Self = Self(1 << 3);
    const INTEGER: Self = Self(1 << 2);

    /// Their names, in the order of their bits.
    const NAMES: [&str; 7] = [
        "null", "boolean", "integer", "number", "array", "string", "object",
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        let bit = Self::NAMES.iter().position(|known| *known == name)?;
        Some(Self(1 << bit))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn admit(self, value: &Value) -> bool {
        let bit = match value {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) if self.0 & Self::NUMBER.0 != 0 => 3,
            Value::Number(number) => {
                return self.0 & Self::INTEGER.0 != 0 && is_integer(number);
            }
            Value::Array(_) => 4,
            Value::String(_) => 5,
            Value::Object(_) => 6,
        };
        self.0 & (1 << bit) != 0
    }

    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        let names = Self::NAMES.into_iter().enumerate();
        names.filter_map(move |(bit, name)| (self.0 & (1 << bit) != 0).then_some(name))
    }
}

/// Nearly all integers are written as such, and others as `1.0` or `1e2`.
fn is_integer(number: &Number) -> bool {
    let mut bytes = number.as_str().bytes();
    bytes.all(|byte| byte.is_ascii_digit()) || Decimal::of(number).is_integer()
}
