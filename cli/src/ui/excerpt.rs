//! The lines of a specification that a finding is about.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use toolmill_core::Diagnostic;

use crate::spec::Spec;

/// Lines shown around the one that is meant.
const AROUND: usize = 1;
/// Characters shown of a line; of a longer one, those around the place.
const WIDTH: usize = 120;

/// A part of a text, small enough to be drawn: a specification may be megabytes
/// on one line.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    text: String,
    /// Of the whole text, counted from 0.
    first_line: usize,
    line: usize,
    column: usize,
    lines: usize,
    /// What is meant, in `text`.
    pub span: SourceSpan,
}

impl Excerpt {
    /// `None` where the finding has no place in this text.
    pub fn new(spec: &Spec, diagnostic: &Diagnostic) -> Option<Self> {
        let line = usize::try_from(diagnostic.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(diagnostic.column).ok()?.checked_sub(1)?;
        let meant = spec.line(line)?;
        let first_line = line.saturating_sub(AROUND);
        // The same characters of each line, so that they stay under each other.
        let from = if meant.chars().nth(WIDTH).is_some() {
            column.saturating_sub(WIDTH / 3)
        } else {
            0
        };
        let mut text = String::new();
        let mut span = SourceSpan::from((0, 0));
        let mut lines = 0;
        for index in first_line..=line + AROUND {
            let Some(whole) = spec.line(index) else { break };
            if index == line {
                let before = cut(whole, from, column - from);
                let token = token(whole.chars().skip(column).take(WIDTH / 2));
                span = SourceSpan::from((text.len() + before.len(), token));
            }
            text.push_str(&cut(whole, from, WIDTH));
            text.push('\n');
            lines += 1;
        }
        Some(Self {
            name: spec.name.clone(),
            text,
            first_line,
            line,
            column,
            lines,
            span,
        })
    }
}

/// Characters of a line as a terminal may see them: no control characters, and
/// nothing that turns the direction of what follows.
fn cut(line: &str, from: usize, chars: usize) -> String {
    line.chars().skip(from).take(chars).map(visible).collect()
}

fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => '\u{fffd}',
        '\u{feff}' | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// Bytes of the key or value that begins here.
fn token(rest: impl Iterator<Item = char>) -> usize {
    let mut rest = rest.map(visible).peekable();
    let quote = rest.peek().copied().filter(|c| matches!(c, '"' | '\''));
    let mut bytes = 0;
    for (index, c) in rest.enumerate() {
        match quote {
            Some(quote) if index > 0 && c == quote => return bytes + c.len_utf8(),
            None if c.is_whitespace()
                || index > 0 && matches!(c, ':' | ',' | '{' | '}' | '[' | ']') =>
            {
                break;
            }
            _ => bytes += c.len_utf8(),
        }
    }
    bytes
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without lines around it, the place itself is asked for.
        let (line, column) = if before + after == 0 {
            (self.line, self.column)
        } else {
            (self.first_line, 0)
        };
        let whole = SourceSpan::from((0, self.text.len()));
        let span = if before + after == 0 { *span } else { whole };
        let data = &self.text.as_bytes()[span.offset()..span.offset() + span.len()];
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data,
            span,
            line,
            column,
            self.lines,
        )))
    }
}
