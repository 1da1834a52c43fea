//! A text that a pattern matches, out of the pattern itself.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The shortest usual text for `pattern`. It still has to be checked: what stands
/// at a place (`^`, `\b`) is not looked at.
pub fn text(pattern: &str) -> Option<String> {
    let mut text = String::new();
    write(&regex_syntax::parse(pattern).ok()?, &mut text)?;
    Some(text)
}

const MAX_CHARS: usize = 4_096;

fn write(hir: &Hir, text: &mut String) -> Option<()> {
    if text.len() > MAX_CHARS {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(character(class)?),
        HirKind::Capture(capture) => write(&capture.sub, text)?,
        HirKind::Repetition(repetition) => {
            let least = if repetition.max == Some(0) {
                0
            } else {
                repetition.min.max(1)
            };
            for _ in 0..least {
                write(&repetition.sub, text)?;
            }
        }
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, text)?,
    }
    Some(())
}

/// A common character of a class.
fn character(class: &Class) -> Option<char> {
    const COMMON: [char; 7] = ['a', 'A', '1', '0', '-', '_', '.'];
    match class {
        Class::Unicode(class) => {
            let has = |c: &char| {
                class
                    .ranges()
                    .iter()
                    .any(|range| (range.start()..=range.end()).contains(c))
            };
            COMMON
                .into_iter()
                .find(has)
                .or_else(|| class.ranges().first().map(|range| range.start()))
        }
        Class::Bytes(class) => {
            let has = |c: &char| {
                class.ranges().iter().any(|range| {
                    u32::from(*c) >= range.start().into() && u32::from(*c) <= range.end().into()
                })
            };
            COMMON.into_iter().find(has).or_else(|| {
                class
                    .ranges()
                    .first()
                    .map(|range| char::from(range.start()))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::text;

    #[test]
    fn texts_match_their_patterns() {
        for pattern in [
            "^AC[0-9a-fA-F]{32}$",
            "^[A-Z]{2}$",
            "^(foo|bar)-\\d+$",
            "^[^@]+@[^@]+$",
            "^.+$",
            "^\\w{3,}(\\.\\w+)?$",
        ] {
            let text = text(pattern).unwrap();
            assert!(
                Regex::new(pattern).unwrap().is_match(&text),
                "{pattern} {text}"
            );
        }
    }
}
