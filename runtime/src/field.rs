//! How one property of a form is sent: OpenAPI's Encoding Object.

use crate::{Argument, Style};

/// How one property of a form is sent, where that is not as [`form`] and [`multipart`] do by
/// themselves (OpenAPI, Encoding Object).
///
/// [`form`]: crate::RequestBuilder::form
/// [`multipart`]: crate::RequestBuilder::multipart
#[derive(Debug, Clone)]
pub struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) style: Option<Style>,
    pub(crate) media_type: Option<&'a str>,
    pub(crate) is_file: bool,
    pub(crate) headers: Vec<(&'a str, Argument<'a>)>,
}

impl<'a> Field<'a> {
    /// The property `name`, sent as it would be without this.
    pub fn of(name: &'a str) -> Self {
        Self {
            name,
            style: None,
            media_type: None,
            is_file: false,
            headers: Vec::new(),
        }
    }

    /// `style` and `explode`: written as a query parameter of that style is.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self {
            style: Some(style),
            ..self
        }
    }

    /// `contentType`: one media type, or several that are accepted, separated by commas.
    #[must_use]
    pub fn media_type(self, media_type: &'a str) -> Self {
        Self {
            media_type: Some(media_type),
            ..self
        }
    }

    /// The value stands for bytes: base64, a `data:` URI or a `file:` path.
    #[must_use]
    pub fn file(self) -> Self {
        Self {
            is_file: true,
            ..self
        }
    }

    /// A header of the property's part (`headers`), left out where its value is absent.
    #[must_use]
    pub fn header(mut self, name: &'a str, value: Argument<'a>) -> Self {
        self.headers.push((name, value));
        self
    }
}
