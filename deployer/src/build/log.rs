//! The first and the last part of what a program says.

use std::collections::VecDeque;

/// Keeps at most `2 * half` bytes of a text of any length.
pub(super) struct HeadTail {
    half: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    dropped: usize,
}

impl HeadTail {
    pub(super) fn new(half: usize) -> Self {
        Self {
            half,
            head: Vec::new(),
            tail: VecDeque::new(),
            dropped: 0,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = (self.half - self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(self.half);
        self.tail.drain(..over);
        self.dropped += over;
    }

    pub(super) fn text(&self) -> String {
        let (a, b) = self.tail.as_slices();
        let tail = [a, b].concat();
        let head = String::from_utf8_lossy(&self.head);
        let tail = String::from_utf8_lossy(&tail);
        match self.dropped {
            0 => format!("{head}{tail}"),
            dropped => format!("{head}\n… {dropped} bytes left out …\n{tail}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HeadTail;

    #[test]
    fn short_texts_stay_whole() {
        let mut log = HeadTail::new(4);
        log.push(b"abc");
        log.push(b"defgh");
        assert_eq!(log.text(), "abcdefgh");
    }

    #[test]
    fn long_texts_lose_their_middle() {
        let mut log = HeadTail::new(4);
        log.push(b"abcdefgh");
        log.push(b"ijkl");
        assert_eq!(log.text(), "abcd\n… 4 bytes left out …\nijkl");
    }
}
