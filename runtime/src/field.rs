//! How one property of a form is sent: OpenAPI's Encoding Object.

use crate::Style;

/// How one property of a form is sent, where that is not as [`form`] and [`multipart`] do by
/// themselves (OpenAPI, Encoding Object).
///
/// [`form`]: crate::RequestBuilder::form
/// [`multipart`]: crate::RequestBuilder::multipart
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) style: Option<Style>,
    pub(crate) media_type: Option<&'a str>,
    pub(crate) is_file: bool,
    pub(crate) headers: &'a [(&'a str, &'a str)],
}

impl<'a> Field<'a> {
    /// The property `name`, sent as it would be without this.
    pub fn of(name: &'a str) -> Self {
        Self {
            name,
            style: None,
            media_type: None,
            is_file: false,
            headers: &[],
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

    /// Headers of the property's part (`headers`): pairs of name and argument. One whose argument is
    /// absent is left out.
    #[must_use]
    pub fn headers(self, headers: &'a [(&'a str, &'a str)]) -> Self {
        Self { headers, ..self }
    }
}
