//! Path parameters and the path template.

use super::{encode, parts, parts::Parts};
use crate::{Error, Result, Style, args::Argument, style::Shape};

/// The text that stands for `{name}`.
pub(super) fn value(name: &str, argument: &Argument<'_>, style: Style) -> Result<String> {
    if argument.is_absent() {
        return Err(Error::MissingArgument { name: name.into() });
    }
    let Some(parts) = parts::take_apart(argument, style.shape()) else {
        return Err(Error::EmptyPath { name: name.into() });
    };
    let plain = parts.join(",", "=", encode::raw);
    if plain.is_empty() {
        return Err(Error::EmptyPath { name: name.into() });
    }
    if plain.contains(char::is_control) {
        return Err(Error::ControlCharacter { name: name.into() });
    }
    if encode::has_dot_segment(&plain) {
        return Err(Error::DotSegment { name: name.into() });
    }
    Ok(match style.shape() {
        Shape::Label if style.is_exploded() => format!(".{}", parts.join(".", "=", encode::value)),
        Shape::Label => format!(".{}", parts.join(",", ",", encode::value)),
        Shape::Matrix => matrix(name, &parts, style.is_exploded()),
        _ => {
            let delimiter = style.delimiter().path;
            let assign = if style.is_exploded() { "=" } else { delimiter };
            parts.join(delimiter, assign, encode::value)
        }
    })
}

fn matrix(name: &str, parts: &Parts<'_>, explode: bool) -> String {
    let mut text = String::new();
    let mut pair = |name: &str, value: &str| {
        text.push(';');
        encode::value(name, &mut text);
        if !value.is_empty() {
            text.push('=');
            text.push_str(value);
        }
    };
    let encoded = |value: &str| {
        let mut text = String::new();
        encode::value(value, &mut text);
        text
    };
    match parts {
        Parts::List(items) if explode => items.iter().for_each(|item| pair(name, &encoded(item))),
        Parts::Members(members) if explode => {
            members
                .iter()
                .for_each(|(name, value)| pair(name, &encoded(value)));
        }
        _ => pair(name, &parts.join(",", ",", encode::value)),
    }
    text
}

/// Puts the values into the template, each placeholder once and from the template only. Returns the
/// path and the query that the template itself holds; a fragment in it is cut off.
pub(super) fn fill(
    template: &'static str,
    values: &[(&'static str, String)],
) -> Result<(String, Option<String>)> {
    let text = template.split('#').next().unwrap_or_default();
    let mut filled = String::with_capacity(text.len() + 16);
    if !text.starts_with('/') {
        filled.push('/');
    }
    let mut rest = text;
    while let Some((literal, name, after)) = next_placeholder(rest) {
        encode::literal(literal, &mut filled);
        let (_, value) = values
            .iter()
            .find(|(parameter, _)| *parameter == name)
            .ok_or_else(|| Error::UnfilledPath {
                template,
                name: name.into(),
            })?;
        filled.push_str(value);
        rest = after;
    }
    encode::literal(rest, &mut filled);
    let (path, query) = match filled.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (filled, None),
    };
    if encode::has_dot_segment(&path) {
        return Err(Error::DotSegment {
            name: template.into(),
        });
    }
    Ok((path, query.filter(|query| !query.is_empty())))
}

/// Splits at the first `{name}`: the text before it, the name, the text after it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut closing = text.match_indices('}').map(|(end, _)| end);
    let (start, end) = closing.find_map(|end| Some((text[..end].rfind('{')?, end)))?;
    Some((&text[..start], &text[start + 1..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_keeps_what_is_no_placeholder() {
        for (template, path, query) in [
            ("/a}b{c}", "/a%7DbC", None),
            ("/a{b{c}", "/a%7BbC", None),
            ("/{c}{c}/:d;e=f,g@h", "/CC/:d;e=f,g@h", None),
            ("/a b/%41%zz/\u{e9}", "/a%20b/%41%25zz/%C3%A9", None),
            ("a/?x={c}&y#{z}", "/a/", Some("x=C&y")),
            ("/?#", "/", None),
            ("", "/", None),
        ] {
            let filled = fill(template, &[("c", "C".into())]).expect("a path");
            assert_eq!(filled, (path.into(), query.map(Into::into)), "{template}");
        }
        assert!(fill("/{c}/{d}", &[("c", "C".into())]).is_err());
        assert!(fill("/a/../{c}", &[("c", "C".into())]).is_err());
    }
}
