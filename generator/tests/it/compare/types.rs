//! Types of schemas that are deep, or not whole.

use serde_json::{Value, json};
use toolmill_generator::compare;

use super::{between, lines, manifest, specification};

/// A schema that is another by a chain of so many references.
fn chained(length: usize, innermost: &Value) -> Value {
    let mut specification = specification(&json!({ "$ref": "#/components/schemas/C0" }));
    let schemas = &mut specification["components"]["schemas"];
    for link in 0..length {
        let next = format!("#/components/schemas/C{}", link + 1);
        schemas[format!("C{link}")] = json!({ "allOf": [{ "$ref": next }] });
    }
    schemas[format!("C{length}")] = innermost.clone();
    specification
}

/// What one side is too deep to say is no change of type.
#[test]
fn a_type_that_one_side_does_not_tell_is_not_compared() {
    let alternatives = |levels: usize| {
        let mut specification = specification(&json!({ "$ref": "#/components/schemas/A0" }));
        let schemas = &mut specification["components"]["schemas"];
        for level in 0..levels {
            let next = format!("#/components/schemas/A{}", level + 1);
            schemas[format!("A{level}")] = json!({ "oneOf": vec![json!({ "$ref": next }); 2] });
        }
        schemas[format!("A{levels}")] = json!({ "type": "string" });
        specification
    };
    let string = json!({ "type": "string" });
    for (shallow, deep) in [
        (alternatives(1), alternatives(20)),
        (chained(1, &string), chained(60, &string)),
    ] {
        for (before, after) in [(&shallow, &deep), (&deep, &shallow)] {
            let comparison = between(before, after);
            let lines = lines(&comparison);
            let typed: Vec<_> = lines
                .iter()
                .filter(|line| line.starts_with("type-"))
                .collect();
            assert!(!typed.is_empty(), "{lines:?}");
            for line in typed {
                assert!(
                    line.starts_with("type-not-compared") && !line.ends_with('!'),
                    "{lines:?}"
                );
            }
        }
    }
    // Control: what can be told is.
    let comparison = between(
        &chained(1, &string),
        &chained(5, &json!({ "type": "boolean" })),
    );
    let told = lines(&comparison);
    let changed = |line: &String| line.starts_with("type-changed input");
    assert!(told.iter().any(changed), "{told:?}");
    // And what neither tells is silent.
    let same = between(&chained(60, &string), &chained(60, &string));
    assert!(same.is_empty(), "{:?}", lines(&same));
}

/// A manifest may be of somebody's making.
#[test]
fn a_reference_that_leads_nowhere_is_not_compared() {
    let whole = manifest(&specification(&json!({ "type": "string" })));
    let mut lacking = whole.clone();
    let property = lacking.defs.remove("Thing");
    assert!(property.is_some(), "{:?}", whole.defs.keys());
    for envelope in lacking.defs.values_mut() {
        let text = envelope.get().replace("Thing", "Nothing");
        *envelope = serde_json::value::RawValue::from_string(text).expect("JSON");
    }
    assert!(compare(&whole, &whole).is_empty() && compare(&lacking, &lacking).is_empty());
    for (before, after) in [(&whole, &lacking), (&lacking, &whole)] {
        let comparison = compare(before, after);
        assert!(comparison.incomplete, "what is not there was not compared");
        let lines = lines(&comparison);
        assert!(
            !lines
                .iter()
                .any(|line| line.starts_with("type-") && !line.starts_with("type-not-compared")),
            "{lines:?}"
        );
    }
}

/// `allOf` says the types that each of its branches admits.
#[test]
fn the_type_of_all_of_is_what_its_branches_share() {
    let thing = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let more = json!({ "allOf": [thing, { "type": "object", "description": "More." }] });
    let told = lines(&between(&specification(&thing), &specification(&more)));
    assert!(
        !told.iter().any(|line| line.starts_with("type-")),
        "{told:?}"
    );
    let number = json!({ "type": "number" });
    let narrow = json!({ "allOf": [{ "type": ["integer", "string"] }, { "type": "number" }] });
    let told = lines(&between(&specification(&number), &specification(&narrow)));
    assert!(
        told.iter().any(|line| line.starts_with("type-narrowed")),
        "{told:?}"
    );
}
