//! Text for models and for readers of generated sources.
//!
//! A specification's prose is somebody else's: characters that a person cannot
//! see but a model or a compiler reads are taken out of it.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// `text` in normalisation form C without invisible characters: controls other
/// than line feed and tab, format characters (bidirectional and zero-width
/// ones), surrogates, private use, tags and variation selectors. Line ends of
/// other systems become line feeds.
pub(crate) fn clean(text: &str) -> String {
    if is_clean(text) {
        return text.to_owned();
    }
    let unified = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    unified.chars().filter(|c| !is_hidden(*c)).nfc().collect()
}

/// Whether `text` holds a character that nobody sees. Line ends do not count.
pub(crate) fn has_hidden(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_hidden)
        || text
            .bytes()
            .any(|b| b.is_ascii_control() && !matches!(b, b'\n' | b'\t' | b'\r'))
}

/// Whether prose holds characters that nobody sees, other than those which choose
/// between a plain and a coloured sign.
pub(crate) fn hides_text(text: &str) -> bool {
    has_hidden(text) && has_hidden(&text.replace(['\u{fe0e}', '\u{fe0f}'], ""))
}

/// At most `bytes` bytes of `text`, cut at a word where one is near, and marked.
pub(crate) fn cap(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let room = text.floor_char_boundary(bytes.saturating_sub(MARK.len()));
    let kept = &text[..room];
    let word = kept
        .rfind(char::is_whitespace)
        .filter(|at| room - at < 40)
        .unwrap_or(room);
    format!("{}{MARK}", kept[..word].trim_end())
}

/// `text` on one line of at most `chars` characters.
pub(crate) fn line(text: &str, chars: usize) -> String {
    let joined = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(chars) {
        None => joined,
        Some(_) => joined
            .chars()
            .take(chars.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

/// `text` as lines of a Rust doc comment. Code fences are neutralised, so that
/// nothing in it is ever taken for an example to run.
pub(crate) fn doc_lines(text: &str) -> Vec<String> {
    clean(text)
        .replace("```", "'''")
        .replace("~~~", "---")
        .lines()
        .map(|line| line.replace('\t', " ").trim().to_owned())
        .collect()
}

const MARK: &str = " […]";

fn is_clean(text: &str) -> bool {
    if text.is_ascii() {
        return !text
            .bytes()
            .any(|b| b.is_ascii_control() && !matches!(b, b'\n' | b'\t'));
    }
    is_nfc_quick(text.chars()) == IsNormalized::Yes
        && !text
            .chars()
            .any(|c| is_hidden(c) || matches!(c, '\u{2028}' | '\u{2029}'))
}

fn is_hidden(c: char) -> bool {
    use GeneralCategory::{Control, Format, PrivateUse, Surrogate};
    match c {
        '\n' | '\t' | '\r' | '\u{85}' => false,
        ' '..='~' => false,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180f}' => true,
        // Filler letters, which show nothing.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{34f}' | '\u{17b4}' | '\u{17b5}' => {
            true
        }
        _ => matches!(
            c.general_category(),
            Control | Format | PrivateUse | Surrogate
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_go() {
        for (raw, clean_text) in [
            ("plain\ttext\n", "plain\ttext\n"),
            ("a\u{202e}b\u{200b}c\u{feff}", "abc"),
            ("tag\u{e0041}\u{e007f}s", "tags"),
            ("esc\u{1b}[31m", "esc[31m"),
            ("line\r\nend\rend\u{2028}end", "line\nend\nend\nend"),
            ("e\u{301}", "é"),
            ("variation\u{fe0f}", "variation"),
        ] {
            assert_eq!(clean(raw), clean_text, "{raw:?}");
        }
    }

    #[test]
    fn cuts_are_marked_and_within_the_limit() {
        let long = "word ".repeat(100);
        let cut = cap(&long, 50);
        assert!(cut.len() <= 50 && cut.ends_with(MARK), "{cut}");
        assert_eq!(cap("short", 50), "short");
        assert!(cap(&"é".repeat(100), 51).len() <= 51);
        assert_eq!(line("two\n\nlines", 5), "two …");
    }

    #[test]
    fn fences_never_open_in_doc_comments() {
        assert!(
            doc_lines("a\n```\nfn main() {}\n```")
                .iter()
                .all(|line| !line.contains("```"))
        );
    }
}
