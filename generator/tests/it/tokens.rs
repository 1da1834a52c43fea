//! What is left of sources where literals are taken out.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use toolmill_generator::FileSet;

/// What breaks out of strings, comments, attributes, raw strings, formats, TOML,
/// Dockerfiles, shells and Markdown.
pub const PAYLOADS: [&str; 14] = [
    "\"); std::process::abort(); (\"",
    "*/ fn pwned() {} /*",
    "x\nfn pwned() { std::process::abort() }\n",
    "x\rfn pwned() {}\u{2028}fn pwned() {}\u{85}fn pwned() {}",
    "\"# \"## \"###################################### fn pwned() {} r#\"",
    "{PWNED} {0:?} {{}} {:>99999999} {{{{ {% raw %} {# #}",
    "```\nstd::fs::write(\"/tmp/pwned\", \"\").unwrap();\n```\n~~~\nfn pwned() {}",
    "\\u{22}\\x22\\\"\\\\",
    "]]\n[dependencies]\npwned = \"*\"\n'''\"\"\"\\",
    "\nRUN touch /tmp/pwned\n# syntax=pwned\n$(touch /tmp/pwned) `id`",
    "include_str!(\"/etc/passwd\") env!(\"HOME\") concat!()",
    "#![allow(warnings)] #[cfg(test)] mod pwned {}",
    "<script>alert(1)</script> [x](javascript:alert(1)) | a | b",
    "\u{202e}\u{2066}nwop\u{200b}\u{e0041}\u{feff}\0\u{1b}[31m",
];

/// The tokens of each Rust file without literals and documentation.
pub fn skeletons(files: &FileSet) -> BTreeMap<String, String> {
    let sources = files.files.iter().filter(|(path, _)| path.ends_with(".rs"));
    sources
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes.clone()).expect("a text file");
            let tokens: TokenStream = text
                .parse()
                .unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
            let mut skeleton = String::new();
            write(tokens, &mut skeleton);
            (path.clone(), plain(&skeleton))
        })
        .collect()
}

/// A skeleton without what depends on a text in a way that is meant: documentation of several lines
/// is several attributes, and an argument that can't have its parameter's name is named as well.
fn plain(skeleton: &str) -> String {
    let mut plain = skeleton
        .replace("# [ doc = L ] ", "")
        .replace("# ! [ doc = L ] ", "")
        .replace(". property_from ( L , L ) ", "");
    for place in ["path", "query", "header", "cookie"] {
        let named = format!(". {place}_from ( L , L ");
        plain = plain.replace(&named, &format!(". {place} ( L "));
    }
    plain
}

fn write(tokens: TokenStream, skeleton: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Literal(_) => skeleton.push_str("L "),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("( ", ") "),
                    proc_macro2::Delimiter::Brace => ("{ ", "} "),
                    proc_macro2::Delimiter::Bracket => ("[ ", "] "),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                skeleton.push_str(open);
                write(group.stream(), skeleton);
                // A comma at the end is there where a list takes several lines.
                if let Some(listed) = skeleton.strip_suffix(", ") {
                    skeleton.truncate(listed.len());
                }
                skeleton.push_str(close);
            }
            other => skeleton.push_str(&format!("{other} ")),
        }
    }
}

/// The identifiers of sources, and how often each other token is there.
pub fn vocabulary(
    skeletons: &BTreeMap<String, String>,
) -> (BTreeSet<String>, BTreeMap<String, usize>) {
    let (mut words, mut marks) = (BTreeSet::new(), BTreeMap::new());
    for token in skeletons
        .values()
        .flat_map(|skeleton| skeleton.split_whitespace())
    {
        if token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && token != "L" {
            words.insert(token.to_owned());
        } else {
            *marks.entry(token.to_owned()).or_default() += 1;
        }
    }
    (words, marks)
}

/// Whether a word is what identifiers are made of where they come from a specification.
pub fn is_identifier(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.len() <= 42
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
