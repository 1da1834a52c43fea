//! Which patterns can be enforced in bounded time and memory.

use std::collections::HashMap;

use regex::RegexBuilder;

/// What was found of each pattern, as documents repeat them.
#[derive(Debug, Default)]
pub struct Patterns(HashMap<String, bool>);

/// The bounds that validators of untrusted patterns keep.
const MAX_BYTES: usize = 1 << 20;
const MAX_NESTING: u32 = 64;

impl Patterns {
    /// Whether `pattern` compiles without backtracking, within the bounds.
    pub fn is_enforced(&mut self, pattern: &str) -> bool {
        if let Some(known) = self.0.get(pattern) {
            return *known;
        }
        let compiles = RegexBuilder::new(pattern)
            .size_limit(MAX_BYTES)
            .nest_limit(MAX_NESTING)
            .build()
            .is_ok();
        self.0.insert(pattern.to_owned(), compiles);
        compiles
    }
}
