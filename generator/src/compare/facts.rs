//! What two schemas say of a value itself: types, values, bounds.

use std::collections::BTreeSet;

use serde_json::Value;

use super::view::{GaveUp, Types, View};
use super::{ChangeKind, Part};
use crate::text;

/// Characters shown of a value.
const SHOWN: usize = 160;

/// A change of kind, and what it was and is.
pub type Fact = (ChangeKind, Option<String>, Option<String>);

/// Everything but what is within the value.
pub fn facts(before: &View<'_>, after: &View<'_>, part: Part) -> Vec<Fact> {
    let mut facts = Vec::new();
    // Of an answer, what is not described any more is not promised otherwise.
    if part == Part::Output && (before.is_open() || after.is_open()) {
        return facts;
    }
    facts.extend(types(before, after));
    values(before, after, &mut facts);
    for (keyword, sense) in BOUNDS {
        facts.extend(bound(keyword, sense, before, after));
    }
    for keyword in TEXTS {
        facts.extend(changed(keyword, before, after));
    }
    facts.extend(closed(before, after));
    let default = [before, after].map(|view| view.get("default"));
    if default[0] != default[1] {
        let [before, after] = default.map(|value| value.map(shown));
        facts.push((ChangeKind::DefaultChanged, before, after));
    }
    facts
}

/// Text for people that is other than before.
pub fn text(before: &View<'_>, after: &View<'_>) -> Option<Fact> {
    let [old, new] = [before, after].map(|view| view.get("description").and_then(Value::as_str));
    (old != new).then(|| {
        let line = |text: &str| text::line(text, SHOWN);
        (ChangeKind::DescriptionChanged, old.map(line), new.map(line))
    })
}

/// A value on one line, shortened.
pub fn shown(value: &Value) -> String {
    text::line(&value.to_string(), SHOWN)
}

fn types(before: &View<'_>, after: &View<'_>) -> Option<Fact> {
    let (old, new) = match (before.types(), after.types()) {
        (Ok(old), Ok(new)) => (old, new),
        // What is within both is compared by itself.
        (Err(GaveUp), Err(GaveUp)) => return None,
        _ => return Some((ChangeKind::TypeNotCompared, None, None)),
    };
    let lost = !within(old.as_ref(), new.as_ref());
    let gained = !within(new.as_ref(), old.as_ref());
    let kind = match (lost, gained) {
        (false, false) => return None,
        (true, false) => ChangeKind::TypeNarrowed,
        (false, true) => ChangeKind::TypeWidened,
        (true, true) => ChangeKind::TypeChanged,
    };
    let name = |types: Types<'_>| match types {
        None => "any".to_owned(),
        Some(types) => types.into_iter().collect::<Vec<_>>().join(" or "),
    };
    Some((kind, Some(name(old)), Some(name(new))))
}

/// Whether every type of `inner` is one of `outer`.
fn within(inner: Option<&BTreeSet<&str>>, outer: Option<&BTreeSet<&str>>) -> bool {
    match (inner, outer) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => inner
            .iter()
            .all(|kind| outer.contains(kind) || *kind == "integer" && outer.contains("number")),
    }
}

fn values(before: &View<'_>, after: &View<'_>, facts: &mut Vec<Fact>) {
    let all = |values: &BTreeSet<String>| {
        let listed = values.iter().map(String::as_str).collect::<Vec<_>>();
        Some(text::line(&listed.join(", "), SHOWN))
    };
    match (before.values(), after.values()) {
        (Some(old), Some(new)) => {
            let line = |value: &String| Some(text::line(value, SHOWN));
            let removed = old.difference(&new);
            facts.extend(removed.map(|value| (ChangeKind::EnumValueRemoved, line(value), None)));
            let added = new.difference(&old);
            facts.extend(added.map(|value| (ChangeKind::EnumValueAdded, None, line(value))));
        }
        (None, Some(new)) => facts.push((ChangeKind::ConstraintTightened, None, all(&new))),
        (Some(old), None) => facts.push((ChangeKind::ConstraintLoosened, all(&old), None)),
        (None, None) => {}
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Sense {
    /// A greater number admits less.
    Least,
    /// A greater number admits more.
    Most,
}

const BOUNDS: [(&str, Sense); 12] = [
    ("minimum", Sense::Least),
    ("exclusiveMinimum", Sense::Least),
    ("minLength", Sense::Least),
    ("minItems", Sense::Least),
    ("minProperties", Sense::Least),
    ("minContains", Sense::Least),
    ("maximum", Sense::Most),
    ("exclusiveMaximum", Sense::Most),
    ("maxLength", Sense::Most),
    ("maxItems", Sense::Most),
    ("maxProperties", Sense::Most),
    ("maxContains", Sense::Most),
];

fn bound(keyword: &str, sense: Sense, before: &View<'_>, after: &View<'_>) -> Option<Fact> {
    let (old, new) = (before.get(keyword), after.get(keyword));
    if old == new {
        return None;
    }
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let kind = match (number(old), number(new)) {
        (None, Some(0.0)) if keyword.starts_with("min") && keyword != "minimum" => return None,
        (None, _) => ChangeKind::ConstraintTightened,
        (_, None) => ChangeKind::ConstraintLoosened,
        (Some(old), Some(new)) if (new > old) == (sense == Sense::Least) => {
            ChangeKind::ConstraintTightened
        }
        _ => ChangeKind::ConstraintLoosened,
    };
    Some(fact(kind, keyword, old, new))
}

/// Keywords of which no order is known.
pub const TEXTS: [&str; 13] = [
    "pattern",
    "multipleOf",
    "contentEncoding",
    "propertyNames",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "unevaluatedItems",
];

fn changed(keyword: &str, before: &View<'_>, after: &View<'_>) -> Option<Fact> {
    let (old, new) = (before.get(keyword), after.get(keyword));
    let kind = match (old, new) {
        (old, new) if old == new => return None,
        (None, _) => ChangeKind::ConstraintTightened,
        (_, None) => ChangeKind::ConstraintLoosened,
        _ => ChangeKind::ConstraintChanged,
    };
    Some(fact(kind, keyword, old, new))
}

/// Keywords that shut a value: unique items, no other properties or items.
fn closed(before: &View<'_>, after: &View<'_>) -> Vec<Fact> {
    let shut = |keyword: &'static str, when: bool| {
        let is = |view: &View<'_>| view.get(keyword).and_then(Value::as_bool) == Some(when);
        let kind = match (is(before), is(after)) {
            (false, true) => ChangeKind::ConstraintTightened,
            (true, false) => ChangeKind::ConstraintLoosened,
            _ => return None,
        };
        Some(fact(kind, keyword, before.get(keyword), after.get(keyword)))
    };
    [
        shut("uniqueItems", true),
        shut("additionalProperties", false),
        shut("unevaluatedProperties", false),
        shut("items", false),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn fact(kind: ChangeKind, keyword: &str, before: Option<&Value>, after: Option<&Value>) -> Fact {
    let said = |value: Option<&Value>| value.map(|value| format!("{keyword}: {}", shown(value)));
    (kind, said(before), said(after))
}
