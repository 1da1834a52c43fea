//! Equality of JSON values (JSON Schema 2020-12 core, section 4.2.2): by the value of numbers, and
//! without the order of members.

use std::{collections::HashSet, fmt::Write as _};

use serde_json::Value;

use super::{number::Decimal, steps::Steps};

/// Whether two values are equal, as far as there are steps for it.
pub(super) fn equal(one: &Value, other: &Value, steps: &mut Steps) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            steps.spend_on_number(one)
                && steps.spend_on_number(other)
                && (one == other || Decimal::of(one) == Decimal::of(other))
        }
        (Value::String(one), Value::String(other)) => {
            one.len() == other.len() && steps.spend_on_text(one) && one == other
        }
        (Value::Array(one), Value::Array(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.all(|(one, other)| steps.spend(1) && equal(one, other, steps))
        }
        (Value::Object(one), Value::Object(other)) => {
            let mut same = |(name, value): (&String, &Value)| {
                steps.spend_on_text(name)
                    && other
                        .get(name)
                        .is_some_and(|other| equal(value, other, steps))
            };
            one.len() == other.len() && one.iter().all(&mut same)
        }
        _ => one == other,
    }
}

/// Whether no two of these are equal, in one walk over them, as far as there are steps for it.
pub(super) fn all_differ(items: &[Value], steps: &mut Steps) -> bool {
    let mut seen = HashSet::new();
    items.len() < 2
        || items.iter().all(|item| {
            let mut text = String::new();
            write_canonical(item, &mut text, steps);
            seen.insert(text) || steps.are_over()
        })
}

/// Writes equal values as equal texts, and others as others, until the steps are over. What is
/// written takes about a step for each byte.
fn write_canonical(value: &Value, text: &mut String, steps: &mut Steps) {
    let bytes = match value {
        Value::Number(number) => number.as_str().len(),
        Value::String(string) => string.len(),
        Value::Object(members) => members.keys().map(String::len).sum(),
        Value::Null | Value::Bool(_) | Value::Array(_) => 0,
    };
    if !steps.spend(1 + bytes) {
        return;
    }
    match value {
        Value::Number(number) => {
            // Writing to a string can not fail.
            let _ = write!(text, "{:?}", Decimal::of(number));
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text, steps);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in members {
                let _ = write!(text, "{name:?}:");
                write_canonical(value, text, steps);
                text.push(',');
            }
            text.push('}');
        }
        Value::String(string) => {
            let _ = write!(text, "{string:?}");
        }
        Value::Null | Value::Bool(_) => {
            let _ = write!(text, "{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_found_however_they_are_written() {
        let one = r#"{"a": [1.0, "x"], "b": null}"#;
        let other = r#"{"b": null, "a": [1, "x"]}"#;
        let third = r#"{"b": null, "a": [1, "y"]}"#;
        let read = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
        let same = |one, other| equal(&read(one), &read(other), &mut Steps::all());
        assert!(same(one, other));
        assert!(!same(one, third));
        let differ = |items: &[&str]| {
            let items: Vec<_> = items.iter().map(|item| read(item)).collect();
            all_differ(&items, &mut Steps::all())
        };
        assert!(!differ(&[one, third, other]));
        assert!(differ(&[one, third, "1", "\"1\""]));
    }
}
