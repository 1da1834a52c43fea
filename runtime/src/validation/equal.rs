//! Equality of JSON values (JSON Schema 2020-12 core, section 4.2.2): by the value of numbers, and
//! without the order of members.

use std::{collections::HashSet, fmt::Write as _};

use serde_json::Value;

use super::number::Decimal;

pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || Decimal::of(one) == Decimal::of(other)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(name, value): (&String, &Value)| {
                other.get(name).is_some_and(|other| equal(value, other))
            };
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

/// Whether no two of these are equal, in one walk over them.
pub(super) fn all_differ(items: &[Value]) -> bool {
    let mut seen = HashSet::new();
    items.len() < 2
        || items.iter().all(|item| {
            let mut text = String::new();
            write_canonical(item, &mut text);
            seen.insert(text)
        })
}

/// Writes equal values as equal texts, and others as others.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => {
            // Writing to a string can not fail.
            let _ = write!(text, "{:?}", Decimal::of(number));
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text);
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
                write_canonical(value, text);
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
        assert!(equal(&read(one), &read(other)));
        assert!(!equal(&read(one), &read(third)));
        assert!(!all_differ(&[read(one), read(third), read(other)]));
        assert!(all_differ(&[
            read(one),
            read(third),
            read("1"),
            read("\"1\"")
        ]));
    }
}
