//! JSON gone through as text: what is not wanted of it is passed over.

/// A place in a text that is JSON.
pub(crate) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte with which the next value begins.
    pub(crate) fn next(&mut self) -> Option<u8> {
        self.pass_space();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes what is between a name and its value.
    pub(crate) fn pass_colon(&mut self) {
        self.pass_space();
        self.at += 1;
    }

    fn pass_space(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
        self.at += space.count();
    }

    /// Passes what is before the next item or member, or the end of them all.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.pass_space();
        // What opens a list or an object, or a comma.
        if !self.is_at_end() {
            self.at += 1;
            self.pass_space();
        }
        let is_at_end = self.is_at_end();
        self.at += usize::from(is_at_end);
        !is_at_end
    }

    fn is_at_end(&self) -> bool {
        matches!(self.text.as_bytes().get(self.at), None | Some(b']' | b'}'))
    }

    /// Passes a value; its text.
    pub(crate) fn pass(&mut self) -> &'t str {
        self.pass_space();
        let (bytes, begin) = (self.text.as_bytes(), self.at);
        let mut depth = 0_usize;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => self.at = end_of_string(bytes, self.at),
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth > 0 => depth -= 1,
                b',' | b':' if depth > 0 => {}
                b']' | b'}' | b',' | b':' => break,
                byte if depth == 0 && byte.is_ascii_whitespace() => break,
                _ => {}
            }
            self.at += 1;
        }
        self.text.get(begin..self.at).unwrap_or_default()
    }
}

/// Where the string that begins here has its last quote.
fn end_of_string(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    let next = |at| memchr::memchr2(b'"', b'\\', bytes.get(at..)?);
    while let Some(found) = next(at) {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}
