//! Request bodies (OpenAPI 3.0, Request Body Object and Encoding Object).

use super::Style;

/// A request body.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// As the specification declares it, such as `application/merge-patch+json`.
    /// For bytes it may be several, separated by commas, or a range.
    pub media_type: String,
    pub required: bool,
    pub form: BodyForm,
    pub content: BodyContent,
    /// The argument by which a caller chooses among several media types.
    pub choice: Option<String>,
}

/// How a body is written.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyForm {
    Json,
    /// `application/x-www-form-urlencoded`.
    UrlEncoded(Vec<Field>),
    /// `multipart/form-data`.
    Multipart(Vec<Field>),
    /// JSON values one after another, as JSON Lines or as a JSON text sequence.
    Sequence,
    /// A string as it is.
    Text,
    /// What a string of base64 or a `data:` URI stands for.
    Bytes,
    /// An XML document, by what XML Objects say, as JSON text.
    Xml(String),
}

/// A property of a form that is not sent as properties usually are.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub style: Option<FieldStyle>,
    pub media_type: Option<String>,
    /// The value stands for bytes.
    pub is_file: bool,
    /// Headers of its part, with their arguments.
    pub headers: Vec<PartHeader>,
}

/// A header of a part, and the argument it is filled from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHeader {
    pub name: String,
    pub argument: String,
}

/// `style`, `explode` and `allowReserved` of an Encoding Object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldStyle {
    pub style: Style,
    pub explode: bool,
    pub reserved: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BodyContent {
    /// The whole value is one argument.
    Argument(String),
    /// The properties are arguments of their own: (argument, property).
    Properties(Vec<(String, String)>),
}
