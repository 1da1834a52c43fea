//! `pattern`, which is a regular expression of ECMA-262, as one of `regex-lite`: it matches in
//! linear time, and has no Unicode tables, which would be a quarter of a server.

use std::{iter::Peekable, str::Chars};

use regex_lite::{Regex, RegexBuilder};

/// The largest program that a pattern may compile to, in bytes.
const LARGEST: usize = 256 * 1024;

/// The smallest size that is told from others.
const SMALLEST: usize = 256;

/// Bytes of a program of which each character takes a step where it goes through all of it.
const STEP: usize = 64;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As it stands in the schema.
    pub(super) source: String,
    regex: Regex,
    /// Steps that one character may take, about.
    weight: usize,
}

impl Pattern {
    /// Compiles a pattern; nothing where it is beyond what can be enforced, such as one that looks
    /// ahead.
    pub(super) fn compile(source: &str) -> Option<Self> {
        let translated = translate(source)?;
        let build = |limit| RegexBuilder::new(&translated).size_limit(limit).build();
        // How large a program is can only be tried out.
        let smallest = translated.len().next_power_of_two().max(SMALLEST);
        let sizes = std::iter::successors(Some(smallest), |size| Some(size * 2));
        let mut sizes = sizes.take_while(|size| *size <= LARGEST);
        let (regex, size) = sizes.find_map(|size| Some((build(size).ok()?, size)))?;
        Some(Self {
            source: source.to_owned(),
            regex,
            weight: size / STEP,
        })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// About how many steps it takes to match a text of this length.
    pub(super) fn steps(&self, length: usize) -> usize {
        self.weight.saturating_mul(1 + length)
    }
}

/// What `\s` stands for in ECMA-262, as part of a class.
const SPACE: &str = r"\t\n\x0B\x0C\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";

/// What `\S` stands for, as part of a class: all others.
const NO_SPACE: &str = r"\x00-\x08\x0E-\x1F\x21-\x9F\u{A1}-\u{167F}\u{1681}-\u{1FFF}\u{200B}-\u{2027}\u{202A}-\u{202E}\u{2030}-\u{205E}\u{2060}-\u{2FFF}\u{3001}-\u{FEFE}\u{FF00}-\u{10FFFF}";

/// Writes a pattern as `regex-lite` reads it. Most of the syntax is the same.
fn translate(source: &str) -> Option<String> {
    let mut text = String::with_capacity(source.len());
    let mut rest = source.chars().peekable();
    let mut in_class = false;
    let mut after_dash = false;
    while let Some(character) = rest.next() {
        match character {
            '\\' => escape(&mut rest, in_class, &mut text)?,
            '[' if !in_class => {
                in_class = true;
                text.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    text.push('^');
                }
                // Without members it would match nothing, or anything.
                if rest.peek() == Some(&']') {
                    return None;
                }
            }
            ']' if in_class => {
                in_class = false;
                text.push(']');
            }
            // Within a class these have no meaning in ECMA-262.
            '[' | '&' | '~' if in_class => text.extend(['\\', character]),
            // Before others than the end, one of the two may be a border of a range.
            '-' if in_class && after_dash && rest.peek() != Some(&']') => return None,
            '-' if in_class && after_dash => text.push_str("\\-"),
            ']' | '}' => text.extend(['\\', character]),
            '{' if !in_class && !is_repetition(rest.clone()) => text.push_str("\\{"),
            '{' if !in_class => {
                text.push('{');
                text.extend(rest.by_ref().take_while(|next| *next != '}'));
                text.push('}');
            }
            '.' if !in_class => text.push_str(r"[^\n\r\u{2028}\u{2029}]"),
            _ => text.push(character),
        }
        after_dash = character == '-';
    }
    Some(text)
}

/// Whether what follows a brace makes it `{2}`, `{2,}` or `{2,3}`.
fn is_repetition(rest: Peekable<Chars<'_>>) -> bool {
    let inside: String = rest.take_while(|next| *next != '}').collect();
    let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
    let is_count = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && is_count(least) && is_count(most)
}

/// Writes what follows a backslash; nothing where it has no meaning in both syntaxes.
fn escape(rest: &mut Peekable<Chars<'_>>, in_class: bool, text: &mut String) -> Option<()> {
    match rest.next()? {
        's' if in_class => text.push_str(SPACE),
        's' => text.push_str(&format!("[{SPACE}]")),
        'S' if in_class => text.push_str(NO_SPACE),
        'S' => text.push_str(&format!("[^{SPACE}]")),
        'b' if in_class => text.push_str(r"\x08"),
        '0' => text.push_str(r"\x00"),
        'u' => text.push_str(&format!(r"\u{{{:X}}}", u32::from(unicode(rest)?))),
        'x' => text.push_str(&format!(r"\x{{{:X}}}", hexadecimal(rest, 2)?)),
        known @ ('d' | 'D' | 'w' | 'W' | 'b' | 'B' | 'n' | 'r' | 't' | 'v' | 'f') => {
            text.extend(['\\', known]);
        }
        letter if letter.is_ascii_alphanumeric() => return None,
        // `regex-lite` reads these two as borders of words.
        other @ ('<' | '>') => text.push(other),
        other if other.is_ascii_punctuation() => text.extend(['\\', other]),
        other => text.push(other),
    }
    Some(())
}

/// `\uD83D\uDE00`, `\u00E9` or `\u{E9}`, of which the `\u` has been read.
fn unicode(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    if rest.next_if_eq(&'{').is_some() {
        let digits: String = rest.by_ref().take_while(|next| *next != '}').collect();
        return char::from_u32(u32::from_str_radix(&digits, 16).ok()?);
    }
    let first = hexadecimal(rest, 4)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    rest.next_if_eq(&'\\')?;
    rest.next_if_eq(&'u')?;
    let second = hexadecimal(rest, 4)?;
    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((first - 0xd800) << 10) + low)
}

fn hexadecimal(rest: &mut Peekable<Chars<'_>>, digits: usize) -> Option<u32> {
    (0..digits).try_fold(0, |number, _| {
        Some(number * 16 + rest.next_if(char::is_ascii_hexdigit)?.to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_ecma_262_says() {
        for (pattern, good, bad) in [
            (r"^\d{2,3}$", "12", "٣٤"),
            (r"^[\w.+-]+@[\w-]+$", "a.b+c@d-e", "a@é"),
            (r"^\/a\-b\_c\@d\#$", "/a-b_c@d#", "/a-b_c@d"),
            (r"^{[a-z]+}$", "{a}", "a"),
            (r"^[[a]]$", "[]", "a"),
            (r"^[a&&b]$", "&", "&&"),
            (r"^[+--]$", ",", "."),
            (r"^\S+$", "aé", "a\u{a0}b"),
            (r"^[\s]$", "\u{3000}", "x"),
            (r"^\uD83D\uDE00\u{e9}\xe9\u00e9$", "😀ééé", "😀é"),
            (r"^.$", "😀", "\r"),
            (r"^(?<year>\d{4})(?:-\d\d){1,2}$", "2024-01", "2024"),
            (r"^\<a\>$", "<a>", "a"),
            (r"^[\s\S]$", "\u{a0}", ""),
            ("a|^$", "xax", "b"),
            (r"^[^\S]$", "\u{a0}", "a"),
            (r"^[^\W_]$", "a", "_"),
            (r"^[\Sx]$", "\u{feff0}", "\u{feff}"),
            (r"^[--]$", "-", "5"),
        ] {
            let compiled = Pattern::compile(pattern).expect(pattern);
            assert!(compiled.is_match(good), "{pattern} {good}");
            assert!(!compiled.is_match(bad), "{pattern} {bad}");
        }
    }

    #[test]
    fn what_can_not_be_enforced_is_not_compiled() {
        for pattern in [
            r"^(?=a)",
            r"(?<!a)b",
            r"(a)\1",
            r"\p{L}",
            r"^a\Z",
            "[]",
            "[^]",
            "[--a]",
            "[^--a]",
            "(",
            r"\u12",
            r"\ud800",
            "(((a{100}){100}){100})",
        ] {
            assert!(Pattern::compile(pattern).is_none(), "{pattern}");
        }
    }
}
