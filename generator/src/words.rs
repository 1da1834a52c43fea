//! Text as identifiers, by allow-lists.

use sha2::{Digest, Sha256};

use crate::text;

/// Characters of a tool's name.
pub(crate) const TOOL_CHARS: usize = 46;

/// Characters of an argument's name.
pub(crate) const ARGUMENT_CHARS: usize = 64;

/// Lower-case hex of SHA-256.
pub(crate) fn hash(text: impl AsRef<[u8]>) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// `text` as a Rust identifier; `fallback` where nothing of it can be in one.
pub(crate) fn identifier(text: &str, fallback: &str) -> String {
    let name = split(text).join("_");
    let name = if name.is_empty() {
        fallback.to_owned()
    } else {
        name
    };
    let name = if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("{fallback}_{name}")
    } else {
        name
    };
    let reserved = syn::parse_str::<syn::Ident>(&name).is_err() || is_device(&name);
    if reserved { format!("{name}_") } else { name }
}

/// Names that Windows keeps for devices, with any extension.
fn is_device(name: &str) -> bool {
    let numbered = |stem| {
        name.strip_prefix(stem)
            .is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    matches!(name, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// The words of `text` in lower case: runs of Latin letters and digits, parted
/// where a capital begins a word.
pub(crate) fn split(text: &str) -> Vec<String> {
    let chars: Vec<char> = text::clean(text).chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    for (index, c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            inside = false;
            continue;
        }
        let before = index.checked_sub(1).map(|index| chars[index]);
        let next_is_lower = chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || b.is_ascii_uppercase() && next_is_lower
            });
        match words.last_mut() {
            Some(word) if inside && !begins => word.push(c.to_ascii_lowercase()),
            _ => words.push(c.to_ascii_lowercase().to_string()),
        }
        inside = true;
    }
    words
}

/// `text` with each run of other characters replaced by one `_`.
pub(crate) fn replace(text: &str, allowed: fn(char) -> bool) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if allowed(c) {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_matches(['_', '-', '.']).to_owned()
}

pub(crate) fn is_tool_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

pub(crate) fn is_argument_char(c: char) -> bool {
    is_tool_char(c) || c == '.'
}

pub(crate) fn is_tool_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= TOOL_CHARS && name.chars().all(is_tool_char)
}

/// What every model provider accepts as the name of a property.
pub(crate) fn is_argument(name: &str) -> bool {
    !name.is_empty() && name.len() <= ARGUMENT_CHARS && name.chars().all(is_argument_char)
}
