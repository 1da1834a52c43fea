//! JSON (RFC 8259) with positions.
//!
//! A reader of its own, since the usual ones give no positions, keep the last of
//! two duplicate keys, or go through floating point.

use std::sync::Arc;

use super::ReadError;
use super::node::{Member, Node, Object, Position, Value};
use super::number::is_json;
use crate::limits::Limits;

pub const SYNTAX: &str = "json-syntax";

/// Reads one JSON text.
pub fn read(text: &str, limits: &Limits) -> Result<Node, ReadError> {
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
        line_start: 0,
        wide: 0,
        depth: 0,
        nodes: 0,
        limits,
    };
    reader.skip_space();
    let root = reader.node()?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end of the document"));
    }
    Ok(root)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    line_start: usize,
    /// Bytes of this line that continue a character, so that columns count characters.
    wide: usize,
    depth: usize,
    nodes: usize,
    limits: &'a Limits,
}

impl Reader<'_> {
    fn node(&mut self) -> Result<Node, ReadError> {
        let at = self.position();
        self.nodes += 1;
        if self.nodes > self.limits.document_nodes {
            return Err(ReadError::limit(at, "values", self.limits.document_nodes));
        }
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node { at, value })
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Value, ReadError>,
    ) -> Result<Value, ReadError> {
        self.depth += 1;
        if self.depth > self.limits.document_depth {
            return Err(ReadError::limit(
                self.position(),
                "levels",
                self.limits.document_depth,
            ));
        }
        self.at += 1;
        self.skip_space();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, ReadError> {
        let mut object = Object::new();
        if self.take(b'}') {
            return Ok(Value::Object(Arc::new(object)));
        }
        loop {
            let key_at = self.position();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            if let Some(first) = object.get(&key) {
                return Err(ReadError::duplicate(key_at, &key, first.key_at));
            }
            self.skip_space();
            self.expect(b':', "`:`")?;
            self.skip_space();
            object.insert(
                key,
                Member {
                    key_at,
                    node: self.node()?,
                },
            );
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Object(Arc::new(object)));
            }
            self.expect(b',', "`,` or `}`")?;
            self.skip_space();
        }
    }

    fn array(&mut self) -> Result<Value, ReadError> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(items.into()));
        }
        loop {
            items.push(self.node()?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(items.into()));
            }
            self.expect(b',', "`,` or `]`")?;
            self.skip_space();
        }
    }

    fn number(&mut self) -> Result<Value, ReadError> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .unwrap_or(rest.len());
        if !is_json(&rest[..end]) {
            return Err(self.unexpected("a number"));
        }
        self.check_scalar(end)?;
        self.at += end;
        Ok(Value::Number(Arc::from(&rest[..end])))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, ReadError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    /// A string, from its opening quote to behind its closing one.
    fn string(&mut self) -> Result<Arc<str>, ReadError> {
        self.at += 1;
        let start = self.at;
        let stop = self.run()?;
        if self.text.as_bytes()[stop] == b'"' {
            self.at = stop + 1;
            self.check_scalar(stop - start)?;
            return Ok(Arc::from(&self.text[start..stop]));
        }
        let mut decoded = String::from(&self.text[start..stop]);
        self.at = stop;
        while !self.take(b'"') {
            decoded.push(self.escape()?);
            let from = self.at;
            self.at = self.run()?;
            decoded.push_str(&self.text[from..self.at]);
            self.check_scalar(decoded.len())?;
        }
        Ok(Arc::from(decoded))
    }

    /// Where the characters from here stop standing for themselves: at a quote or a backslash.
    fn run(&mut self) -> Result<usize, ReadError> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' | b'\\' => return Ok(at),
                0..=0x1f => break,
                0x80..=0xbf => self.wide += 1,
                _ => {}
            }
            at += 1;
        }
        self.at = at;
        Err(self.unexpected("the closing quote of a string"))
    }

    fn escape(&mut self) -> Result<char, ReadError> {
        let simple = match self.text.as_bytes().get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.unexpected("a JSON escape")),
        };
        self.at += 2;
        Ok(simple)
    }

    fn unicode_escape(&mut self) -> Result<char, ReadError> {
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff if self.text[self.at..].starts_with("\\u") => match self.hex()? {
                second @ 0xdc00..=0xdfff => 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                _ => first,
            },
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| {
            ReadError::new(
                "encoding",
                self.position(),
                "A surrogate escape stands alone in a string.",
            )
            .hint("Write both halves of the pair, or the character itself.")
        })
    }

    /// The four digits of `\uXXXX` at this place.
    fn hex(&mut self) -> Result<u32, ReadError> {
        let digits = self.text.as_bytes().get(self.at + 2..self.at + 6);
        let code = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.unexpected("four hexadecimal digits"))?;
        self.at += 6;
        Ok(code)
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => {
                    self.line += 1;
                    self.line_start = self.at + 1;
                    self.wide = 0;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    fn check_scalar(&self, bytes: usize) -> Result<(), ReadError> {
        if bytes > self.limits.scalar_bytes {
            return Err(ReadError::limit(
                self.position(),
                "bytes in one value",
                self.limits.scalar_bytes,
            ));
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), ReadError> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.unexpected(what))
        }
    }

    fn position(&self) -> Position {
        Position::new(
            self.line,
            (self.at - self.line_start).saturating_sub(self.wide) + 1,
        )
    }

    fn unexpected(&self, wanted: &str) -> ReadError {
        let found = match self.text[self.floor()..].chars().next() {
            Some(c) => format!("`{}`", c.escape_debug()),
            None => "the end of the document".to_owned(),
        };
        ReadError::new(
            SYNTAX,
            self.position(),
            format!("This is not JSON: {wanted} is expected, {found} is found."),
        )
    }

    /// This place, or the start of the character it falls into.
    fn floor(&self) -> usize {
        (0..=self.at.min(self.text.len()))
            .rev()
            .find(|&at| self.text.is_char_boundary(at))
            .unwrap_or(0)
    }
}
