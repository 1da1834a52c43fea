//! Command lines that people copy.

use std::ffi::OsString;

/// The command that runs now, without the flags named, ready to be typed again.
pub fn this_command_without(flags: &[&str]) -> String {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let kept = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .filter(|argument| !flags.contains(&&**argument))
        .map(|argument| quoted(&argument));
    let words: Vec<_> = std::iter::once("toolmill".to_owned()).chain(kept).collect();
    words.join(" ")
}

/// One word of a POSIX shell's command line.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_it_as_one_word() {
        for (word, typed) in [
            ("openapi.yaml", "openapi.yaml"),
            ("my api.yaml", "'my api.yaml'"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
            ("path=/pets/**", "'path=/pets/**'"),
        ] {
            assert_eq!(quoted(word), typed);
        }
    }
}
