//! A request on its way out, as a hook sees it.

use http::{HeaderName, HeaderValue};

use super::{Body, Request, header, query};
use crate::{Error, Result};

/// A request just before it is sent, as a hook sees it.
#[derive(Debug)]
pub struct Outgoing {
    pub(crate) tool: &'static str,
    pub(crate) request: Box<Request>,
}

impl Outgoing {
    /// The tool that is called.
    pub fn tool(&self) -> &str {
        self.tool
    }

    /// The HTTP method.
    pub fn method(&self) -> &str {
        self.request.method.as_str()
    }

    /// The path, relative to the base URL, encoded.
    pub fn path(&self) -> &str {
        &self.request.path
    }

    /// The query without its question mark, encoded.
    pub fn query(&self) -> &str {
        &self.request.query
    }

    /// The body, empty where there is none.
    pub fn body(&self) -> &[u8] {
        self.request.body.as_ref().map_or(&[], |body| &body.bytes)
    }

    /// Sets a header, in place of one of the same name.
    ///
    /// # Errors
    /// [`Error::HeaderName`] or [`Error::HeaderValue`].
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<()> {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::HeaderName { name: name.into() })?;
        self.request
            .headers
            .insert(header, header::checked(name, value)?);
        Ok(())
    }

    /// Adds a query parameter.
    pub fn add_query(&mut self, name: &str, value: &str) {
        if !self.request.query.is_empty() {
            self.request.query.push('&');
        }
        self.request.query.push_str(&query::pair(name, value));
    }

    /// Sets the body.
    ///
    /// # Errors
    /// [`Error::Body`] where the media type is not one that a header can carry.
    pub fn set_body(&mut self, media_type: &str, bytes: Vec<u8>) -> Result<()> {
        let media_type = HeaderValue::from_str(media_type).map_err(|_| Error::Body {
            media_type: media_type.into(),
            reason: "it is not a media type that a header can carry".into(),
        })?;
        self.request.body = Some(Body {
            media_type,
            bytes: bytes.into(),
        });
        Ok(())
    }
}
