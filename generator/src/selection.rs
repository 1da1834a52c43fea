//! Which operations make tools.

use std::fmt;
use std::str::FromStr;

use regex::Regex;

use crate::document::Node;
use crate::ir::Method;

/// What a user takes of an API: where `include` has rules, only operations that
/// one of them matches, and in any case none that a rule of `exclude` matches.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub include: Vec<Rule>,
    pub exclude: Vec<Rule>,
}

/// `tag=GLOB`, `path=GLOB`, `method=GLOB` or `operation=GLOB`.
///
/// `*` stands for any characters (in a path, of one segment), `**` for any
/// characters at all, `?` for one. Methods match in any case.
#[derive(Clone, Debug)]
pub struct Rule {
    text: String,
    subject: Subject,
    glob: Regex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Tag,
    Path,
    Method,
    Operation,
}

/// Why a text is no [`Rule`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum RuleError {
    #[error(
        "`{0}` is no rule: write `tag=NAME`, `path=/pets/**`, `method=GET` or `operation=listPets`."
    )]
    Unknown(String),
    #[error("`{0}` is too long a pattern: use fewer or shorter words.")]
    TooLong(String),
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let unknown = || RuleError::Unknown(text.to_owned());
        let (subject, glob) = match text.split_once('=') {
            _ if text.starts_with('/') => (Subject::Path, text),
            Some(("tag", glob)) => (Subject::Tag, glob),
            Some(("path", glob)) => (Subject::Path, glob),
            Some(("method", glob)) => (Subject::Method, glob),
            Some(("operation", glob)) => (Subject::Operation, glob),
            _ => return Err(unknown()),
        };
        if glob.is_empty() {
            return Err(unknown());
        }
        let glob = regex(subject, glob).map_err(|_| RuleError::TooLong(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            subject,
            glob,
        })
    }
}

impl Selection {
    /// Whether it takes everything.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The glob as a regular expression of the whole text.
fn regex(subject: Subject, glob: &str) -> Result<Regex, regex::Error> {
    let one = if subject == Subject::Path {
        "[^/]*"
    } else {
        ".*"
    };
    let mut pattern = String::from(if subject == Subject::Method {
        "(?si)^"
    } else {
        "(?s)^"
    });
    let mut rest = glob.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => pattern.push_str(".*"),
            '*' => pattern.push_str(one),
            '?' => pattern.push('.'),
            c => pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    pattern.push('$');
    Regex::new(&pattern)
}

/// What a rule is asked about.
pub(crate) struct Candidate<'a> {
    pub path: &'a str,
    pub method: &'a Method,
    pub tags: Vec<&'a str>,
    pub operation_id: Option<&'a str>,
}

impl<'a> Candidate<'a> {
    pub fn new(path: &'a str, method: &'a Method, operation: &'a Node) -> Self {
        let tags = operation.get("tags").into_iter().flat_map(Node::items);
        Self {
            path,
            method,
            tags: tags.filter_map(Node::text).collect(),
            operation_id: operation.get("operationId").and_then(Node::text),
        }
    }
}

impl Rule {
    fn matches(&self, candidate: &Candidate<'_>) -> bool {
        match self.subject {
            Subject::Tag => candidate.tags.iter().any(|tag| self.glob.is_match(tag)),
            Subject::Path => self.glob.is_match(candidate.path),
            Subject::Method => self.glob.is_match(candidate.method.as_str()),
            Subject::Operation => candidate
                .operation_id
                .is_some_and(|id| self.glob.is_match(id)),
        }
    }
}

/// A selection at work, which learns which of its rules match anything.
pub(crate) struct Choice<'a> {
    include: Vec<(&'a Rule, bool)>,
    exclude: Vec<(&'a Rule, bool)>,
}

impl<'a> Choice<'a> {
    pub fn new(selection: &'a Selection) -> Self {
        let fresh = |rules: &'a [Rule]| rules.iter().map(|rule| (rule, false)).collect();
        Self {
            include: fresh(&selection.include),
            exclude: fresh(&selection.exclude),
        }
    }

    /// Whether an operation makes a tool. `switch` is what its document says of it
    /// (`x-mcp`). An unusual method is taken only where a rule asks for methods.
    pub fn takes(&mut self, candidate: &Candidate<'_>, switch: Option<bool>) -> bool {
        let mut included = self.include.is_empty();
        let mut named = false;
        for (rule, matched) in &mut self.include {
            if rule.matches(candidate) {
                (*matched, included) = (true, true);
                named |= rule.subject == Subject::Method;
            }
        }
        let mut excluded = false;
        for (rule, matched) in &mut self.exclude {
            if rule.matches(candidate) {
                (*matched, excluded) = (true, true);
            }
        }
        let usual = candidate.method.is_usual() || named;
        included && !excluded && usual && switch != Some(false)
    }

    /// The rules that have matched nothing, which are usually misspelt.
    pub fn unmatched(&self) -> impl Iterator<Item = &'a Rule> {
        let rules = self.include.iter().chain(&self.exclude);
        rules.filter(|(_, matched)| !matched).map(|(rule, _)| *rule)
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Rule};
    use crate::ir::Method;

    #[test]
    fn rules_match_as_globs() {
        let candidate = Candidate {
            path: "/pets/{petId}/toys",
            method: &Method::Get,
            tags: vec!["pet toys"],
            operation_id: Some("listToys"),
        };
        for (rule, expected) in [
            ("tag=pet toys", true),
            ("tag=pet*", true),
            ("tag=pet", false),
            ("path=/pets/*/toys", true),
            ("path=/pets/*", false),
            ("/pets/**", true),
            ("path=/pets/{petId}/toy?", true),
            ("method=get", true),
            ("method=*", true),
            ("method=post", false),
            ("operation=list*", true),
            ("operation=.*", false),
        ] {
            let rule: Rule = rule.parse().unwrap();
            assert_eq!(rule.matches(&candidate), expected, "{rule}");
        }
        for wrong in ["", "pets", "tag=", "colour=red"] {
            assert!(wrong.parse::<Rule>().is_err(), "{wrong}");
        }
    }
}
