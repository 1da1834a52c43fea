//! Parameters as text (OpenAPI 3.0, Parameter Object, "Style Examples"; RFC 6570).
//!
//! `None` for what the standards leave open: lists and objects within each other.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::ir::{Parameter, Style};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// Names often hold these; no server needs them encoded.
const NAME: &AsciiSet = &UNRESERVED
    .remove(b'$')
    .remove(b'@')
    .remove(b':')
    .remove(b'*')
    .remove(b'/');

pub fn name(text: &str) -> String {
    utf8_percent_encode(text, NAME).to_string()
}

pub fn value(text: &str) -> String {
    encoded(text)
}

pub fn path(parameter: &Parameter, value: &Value) -> Option<String> {
    let name = encoded(&parameter.name);
    let parts = parts(parameter, value)?;
    let explode = parameter.explode;
    Some(match parameter.style {
        Style::Label => format!(
            ".{}",
            parts.join(if explode { "." } else { "," }, explode, encoded)
        ),
        Style::Matrix if explode => match parts {
            Parts::Members(members) => members
                .iter()
                .map(|(key, value)| format!(";{}={}", encoded(key), encoded(value)))
                .collect(),
            Parts::List(items) => items
                .iter()
                .map(|item| format!(";{name}={}", encoded(item)))
                .collect(),
            Parts::One(item) => format!(";{name}={}", encoded(&item)),
        },
        Style::Matrix => format!(";{name}={}", parts.join(",", false, encoded)),
        Style::SpaceDelimited => parts.join("%20", explode, encoded),
        Style::PipeDelimited => parts.join("%7C", explode, encoded),
        Style::TabDelimited => parts.join("%09", explode, encoded),
        _ => parts.join(",", explode, encoded),
    })
}

pub fn query(parameter: &Parameter, value: &Value) -> Option<Vec<String>> {
    let name = name(&parameter.name);
    let parts = parts(parameter, value)?;
    let delimiter = match parameter.style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "|",
        Style::TabDelimited => "%09",
        _ => ",",
    };
    Some(match parts {
        Parts::Members(members) if parameter.style == Style::DeepObject => {
            let key = |key: &str| {
                utf8_percent_encode(&format!("{}[{key}]", parameter.name), NAME).to_string()
            };
            members
                .iter()
                .map(|(member, value)| format!("{}={}", key(member), encoded(value)))
                .collect()
        }
        _ if parameter.style == Style::DeepObject => return None,
        Parts::Members(members) if parameter.explode => {
            let pair =
                |(key, value): &(String, String)| format!("{}={}", self::name(key), encoded(value));
            members.iter().map(pair).collect()
        }
        Parts::List(items) if parameter.explode => items
            .iter()
            .map(|item| format!("{name}={}", encoded(item)))
            .collect(),
        parts => vec![format!("{name}={}", parts.join(delimiter, false, encoded))],
    })
}

pub fn header(parameter: &Parameter, value: &Value) -> Option<String> {
    let delimiter = match parameter.style {
        Style::SpaceDelimited => " ",
        Style::PipeDelimited => "|",
        Style::TabDelimited => "\t",
        _ => ",",
    };
    let text = parts(parameter, value)?.join(delimiter, parameter.explode, str::to_owned);
    // What no header holds is refused, and in JSON escaped, which is the runtime's to test.
    let is_plain = |byte: u8| byte == b'\t' || matches!(byte, b' '..=b'~');
    text.bytes().all(is_plain).then_some(text)
}

pub fn cookie(parameter: &Parameter, value: &Value) -> Option<Vec<String>> {
    let name = &parameter.name;
    Some(match parts(parameter, value)? {
        Parts::List(items) if parameter.explode => items
            .iter()
            .map(|item| format!("{name}={}", in_cookie(item)))
            .collect(),
        Parts::Members(members) if parameter.explode => members
            .iter()
            .map(|(key, value)| format!("{key}={}", in_cookie(value)))
            .collect(),
        parts => vec![format!("{name}={}", parts.join(",", false, in_cookie))],
    })
}

enum Parts {
    One(String),
    List(Vec<String>),
    Members(Vec<(String, String)>),
}

fn parts(parameter: &Parameter, value: &Value) -> Option<Parts> {
    match value {
        _ if parameter.style == Style::Json => Some(Parts::One(value.to_string())),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => items
            .iter()
            .map(scalar)
            .collect::<Option<_>>()
            .map(Parts::List),
        Value::Object(members) if members.is_empty() => None,
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| Some((key.clone(), scalar(value)?));
            members
                .iter()
                .map(member)
                .collect::<Option<_>>()
                .map(Parts::Members)
        }
        _ => scalar(value).map(Parts::One),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

impl Parts {
    fn join(&self, delimiter: &str, assigned: bool, encode: fn(&str) -> String) -> String {
        match self {
            Self::One(item) => encode(item),
            Self::List(items) => items
                .iter()
                .map(|item| encode(item))
                .collect::<Vec<_>>()
                .join(delimiter),
            Self::Members(members) => {
                let assign = if assigned { "=" } else { delimiter };
                let pair = |(key, value): &(String, String)| {
                    format!("{}{assign}{}", encode(key), encode(value))
                };
                members.iter().map(pair).collect::<Vec<_>>().join(delimiter)
            }
        }
    }
}

/// What a cookie's value can't hold (RFC 6265, section 4.1.1), encoded.
fn in_cookie(text: &str) -> String {
    const HELD_BACK: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b',')
        .add(b';')
        .add(b'\\')
        .add(b'%');
    utf8_percent_encode(text, HELD_BACK).to_string()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ir::Location;

    fn parameter(location: Location, style: Style, explode: bool) -> Parameter {
        Parameter {
            name: "color".to_owned(),
            argument: "color".to_owned(),
            location,
            required: true,
            style,
            explode,
            reserved: false,
            fields: Vec::new(),
        }
    }

    /// The table "Style Examples" of OpenAPI 3.0.4.
    #[test]
    fn the_style_examples_of_openapi() {
        let array = json!(["blue", "black", "brown"]);
        let object = json!({ "R": 100, "G": 200, "B": 150 });
        for (style, explode, of_array, of_object) in [
            (
                Style::Matrix,
                false,
                ";color=blue,black,brown",
                ";color=R,100,G,200,B,150",
            ),
            (
                Style::Matrix,
                true,
                ";color=blue;color=black;color=brown",
                ";R=100;G=200;B=150",
            ),
            (
                Style::Label,
                false,
                ".blue,black,brown",
                ".R,100,G,200,B,150",
            ),
            (
                Style::Label,
                true,
                ".blue.black.brown",
                ".R=100.G=200.B=150",
            ),
            (
                Style::Simple,
                false,
                "blue,black,brown",
                "R,100,G,200,B,150",
            ),
            (Style::Simple, true, "blue,black,brown", "R=100,G=200,B=150"),
        ] {
            let parameter = parameter(Location::Path, style, explode);
            assert_eq!(
                path(&parameter, &array).as_deref(),
                Some(of_array),
                "{style:?} {explode}"
            );
            assert_eq!(
                path(&parameter, &object).as_deref(),
                Some(of_object),
                "{style:?} {explode}"
            );
        }
        for (style, explode, of_array, of_object) in [
            (
                Style::Form,
                false,
                "color=blue,black,brown",
                "color=R,100,G,200,B,150",
            ),
            (
                Style::Form,
                true,
                "color=blue&color=black&color=brown",
                "R=100&G=200&B=150",
            ),
            (
                Style::SpaceDelimited,
                false,
                "color=blue%20black%20brown",
                "color=R%20100%20G%20200%20B%20150",
            ),
            (
                Style::PipeDelimited,
                false,
                "color=blue|black|brown",
                "color=R|100|G|200|B|150",
            ),
        ] {
            let parameter = parameter(Location::Query, style, explode);
            assert_eq!(
                query(&parameter, &array).unwrap().join("&"),
                of_array,
                "{style:?} {explode}"
            );
            assert_eq!(
                query(&parameter, &object).unwrap().join("&"),
                of_object,
                "{style:?} {explode}"
            );
        }
        let deep = parameter(Location::Query, Style::DeepObject, true);
        assert_eq!(
            query(&deep, &object).unwrap().join("&"),
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"
        );
    }
}
