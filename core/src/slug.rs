//! The short name of an API in a user's namespace.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// At most 16 characters of `[a-z][a-z0-9-]*`.
///
/// The hub shows a tool as `slug__tool`. A slug has no underscore, so the first
/// `__` always splits, and with 46 characters for the tool every name fits the
/// 64 that model providers accept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

const MAX: usize = 16;

impl Slug {
    /// The slug that `title` suggests: its words in lower case, joined by `-`
    /// and cut at a word where that leaves something; `api` for a title
    /// without a Latin letter.
    #[must_use]
    pub fn suggest(title: &str) -> Self {
        let mut slug = String::new();
        for word in title
            .split(|c: char| !c.is_ascii_alphanumeric())
            .map(str::to_ascii_lowercase)
            .filter(|word| !word.is_empty() && word != "api" && word != "openapi")
        {
            let word = if slug.is_empty() {
                word.trim_start_matches(|c: char| c.is_ascii_digit())
            } else {
                &word
            };
            if word.is_empty() {
                continue;
            }
            if slug.is_empty() {
                slug.push_str(&word[..word.len().min(MAX)]);
            } else if slug.len() + 1 + word.len() <= MAX {
                slug.push('-');
                slug.push_str(word);
            } else {
                break;
            }
        }
        if slug.is_empty() {
            slug.push_str("api");
        }
        Self(slug)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Splits a name as shown by the hub, `slug__tool`, or as people write it,
/// `slug.tool`, into its two halves. `None` where neither separator is there.
#[must_use]
pub fn split_tool_name(name: &str) -> Option<(&str, &str)> {
    name.split_once("__").or_else(|| name.split_once('.'))
}

impl FromStr for Slug {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut bytes = text.bytes();
        let fits = text.len() <= MAX
            && bytes.next().is_some_and(|b| b.is_ascii_lowercase())
            && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::invalid(
                format!("`{}` is not a name for an API.", text.escape_debug()),
                "Use at most 16 characters: a lower-case letter first, then lower-case letters, digits and `-`.",
            ))
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_slugs() {
        for (title, slug) in [
            ("Petstore", "petstore"),
            ("Swagger Petstore - OpenAPI 3.0", "swagger-petstore"),
            ("GitHub v3 REST API", "github-v3-rest"),
            ("3D Printing API", "d-printing"),
            ("日本語", "api"),
            ("", "api"),
            ("Averyveryverylongsinglewordtitle", "averyveryverylon"),
        ] {
            assert_eq!(Slug::suggest(title).as_str(), slug, "{title}");
            assert!(
                Slug::suggest(title).as_str().parse::<Slug>().is_ok(),
                "{title}"
            );
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in ["", "A", "1a", "a_b", "a b", "-a", "abcdefghijklmnopq", "é"] {
            assert!(name.parse::<Slug>().is_err(), "{name}");
        }
    }

    #[test]
    fn the_first_separator_splits() {
        assert_eq!(split_tool_name("a__b__c"), Some(("a", "b__c")));
        assert_eq!(split_tool_name("a.b"), Some(("a", "b")));
        assert_eq!(split_tool_name("ab"), None);
    }
}
