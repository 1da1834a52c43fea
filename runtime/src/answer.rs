//! What the API answered, before it becomes a tool result.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE};

/// What the API answered to one call, as a hook sees it.
#[derive(Debug)]
pub struct Answer {
    pub(crate) tool: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The tool that is called.
    pub fn tool(&self) -> &str {
        self.tool
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header's value, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The decoded body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Puts another body in its place. A media type that a header can not carry is left out.
    pub fn set_body(&mut self, media_type: &str, bytes: Vec<u8>) {
        match HeaderValue::from_str(media_type) {
            Ok(value) => self.headers.insert(CONTENT_TYPE, value),
            Err(_) => self.headers.remove(CONTENT_TYPE),
        };
        self.body = bytes.into();
    }
}
