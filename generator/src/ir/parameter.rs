//! Parameters (OpenAPI 3.0, Parameter Object).

use super::Field;

/// A parameter and the argument it is filled from.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// On the wire.
    pub name: String,
    /// Of the tool: `[A-Za-z0-9_.-]{1,64}`, unique within it.
    pub argument: String,
    pub location: Location,
    pub required: bool,
    pub style: Style,
    pub explode: bool,
    /// Reserved characters of URLs stay as they are (`allowReserved`).
    pub reserved: bool,
    /// Of a whole query that is a form: properties that are not sent as properties
    /// usually are.
    pub fields: Vec<Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    Path,
    Query,
    /// The whole query (OpenAPI 3.2): a form, JSON text or any text.
    QueryString,
    Header,
    Cookie,
}

impl Location {
    /// In the order in which they get a name that several want.
    pub const ALL: [Self; 5] = [
        Self::Path,
        Self::Query,
        Self::QueryString,
        Self::Header,
        Self::Cookie,
    ];

    /// As a Parameter Object's `in` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::QueryString => "querystring",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    /// The style of a parameter that names none.
    #[must_use]
    pub fn default_style(self) -> Style {
        match self {
            Self::Path | Self::Header | Self::QueryString => Style::Simple,
            Self::Query | Self::Cookie => Style::Form,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Matrix,
    Label,
    Simple,
    Form,
    SpaceDelimited,
    PipeDelimited,
    /// `collectionFormat: tsv` of Swagger 2.0, which no later version has.
    TabDelimited,
    DeepObject,
    /// JSON text, for a parameter with `content` of a JSON media type.
    Json,
}

impl Style {
    const NAMES: [(&'static str, Self); 8] = [
        ("matrix", Self::Matrix),
        ("label", Self::Label),
        ("simple", Self::Simple),
        ("form", Self::Form),
        ("spaceDelimited", Self::SpaceDelimited),
        ("pipeDelimited", Self::PipeDelimited),
        ("tabDelimited", Self::TabDelimited),
        ("deepObject", Self::DeepObject),
    ];

    /// The style a Parameter Object's `style` names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES
            .into_iter()
            .find_map(|(known, style)| (known == name).then_some(style))
    }

    /// As a Parameter Object's `style` has it; `Json` is none of them.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .into_iter()
            .find_map(|(name, style)| (style == self).then_some(name))
            .unwrap_or("json")
    }

    /// Whether a parameter of this style may stand at `location` since OpenAPI 3.0.
    #[must_use]
    pub fn suits(self, location: Location) -> bool {
        match self {
            Self::Matrix | Self::Label => location == Location::Path,
            Self::Simple => matches!(location, Location::Path | Location::Header),
            Self::Form => matches!(location, Location::Query | Location::Cookie),
            Self::SpaceDelimited | Self::PipeDelimited | Self::DeepObject => {
                location == Location::Query
            }
            Self::TabDelimited => false,
            Self::Json => true,
        }
    }

    /// Whether it is a `collectionFormat` of Swagger 2.0, which any place but a cookie has.
    #[must_use]
    pub fn is_collection_format(self) -> bool {
        matches!(
            self,
            Self::SpaceDelimited | Self::PipeDelimited | Self::TabDelimited
        )
    }

    /// The value of `explode` where it is not given.
    #[must_use]
    pub fn explodes_by_default(self) -> bool {
        matches!(self, Self::Form | Self::DeepObject)
    }
}
