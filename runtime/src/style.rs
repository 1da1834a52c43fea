//! How a parameter's value is written: OpenAPI's `style`, `explode`, `allowReserved` and `content`.

/// How a parameter's value is written (OpenAPI, Parameter Object, "Style Values").
///
/// A style that OpenAPI does not define for the place where it is used is written as that place's
/// default: `Simple` in a path or a header, `Form` in a query or a cookie.
///
/// `explode` is what OpenAPI says where a specification says nothing: true for `Form`, else false.
// One byte, which generated functions pass at no cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style(u8);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Shape {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    TabDelimited,
    DeepObject,
    Json,
}

/// The bits of a style: its shape, and what is said besides.
const SHAPE: u8 = 0x0f;
const EXPLODED: u8 = 0x10;
const RESERVED: u8 = 0x20;

/// By number.
const SHAPES: [Shape; 9] = [
    Shape::Simple,
    Shape::Label,
    Shape::Matrix,
    Shape::Form,
    Shape::SpaceDelimited,
    Shape::PipeDelimited,
    Shape::TabDelimited,
    Shape::DeepObject,
    Shape::Json,
];

/// What stands between the parts of one value, by the place it is in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delimiter {
    pub(crate) path: &'static str,
    pub(crate) query: &'static str,
    pub(crate) header: &'static str,
}

#[expect(
    non_upper_case_globals,
    reason = "they are read as OpenAPI's style values, not as constants"
)]
impl Style {
    /// `a,b` in a path or a header.
    pub const Simple: Self = Self::of(Shape::Simple);
    /// `.a,b`, exploded `.a.b`, in a path.
    pub const Label: Self = Self::of(Shape::Label);
    /// `;name=a,b`, exploded `;name=a;name=b`, in a path.
    pub const Matrix: Self = Self::of(Shape::Matrix);
    /// `name=a&name=b`, joined `name=a,b`, in a query or a cookie.
    pub const Form: Self = Self::of(Shape::Form).exploded();
    /// `name=a%20b` in a query. Items are parted by a space in a path or a header too, which only
    /// Swagger 2.0 has (`collectionFormat: ssv`); so are those of the next two.
    pub const SpaceDelimited: Self = Self::of(Shape::SpaceDelimited);
    /// `name=a|b` in a query.
    pub const PipeDelimited: Self = Self::of(Shape::PipeDelimited);
    /// `name=a%09b` in a query (`collectionFormat: tsv` of Swagger 2.0).
    pub const TabDelimited: Self = Self::of(Shape::TabDelimited);
    /// `name[key]=a` in a query.
    pub const DeepObject: Self = Self::of(Shape::DeepObject);
    /// The value as JSON text: a parameter with `content: {application/json: …}`.
    pub const Json: Self = Self::of(Shape::Json);

    /// What stands between the parts of one value in a path or a query, encoded, and in a header.
    ///
    /// In a query `|` is sent raw, as OpenAPI's examples have it, and so does not look like one
    /// inside an item. No path holds it raw (RFC 3986, section 3.3).
    pub(crate) fn delimiter(self) -> Delimiter {
        let (path, query, header) = match self.shape() {
            Shape::SpaceDelimited => ("%20", "%20", " "),
            Shape::PipeDelimited => ("%7C", "|", "|"),
            Shape::TabDelimited => ("%09", "%09", "\t"),
            _ => (",", ",", ","),
        };
        Delimiter {
            path,
            query,
            header,
        }
    }

    /// `explode: true`.
    #[must_use]
    pub const fn exploded(self) -> Self {
        Self(self.0 | EXPLODED)
    }

    /// `explode: false`.
    #[must_use]
    pub const fn joined(self) -> Self {
        Self(self.0 & !EXPLODED)
    }

    /// `allowReserved: true`: reserved characters of RFC 3986 stay as they are in a query, but for
    /// those that would end the value or be read as something else (`&`, `#`, `+`, `[`, `]`).
    #[must_use]
    pub const fn reserved(self) -> Self {
        Self(self.0 | RESERVED)
    }

    pub(crate) fn shape(self) -> Shape {
        SHAPES[usize::from(self.0 & SHAPE)]
    }

    pub(crate) const fn is_exploded(self) -> bool {
        self.0 & EXPLODED != 0
    }

    pub(crate) const fn is_reserved(self) -> bool {
        self.0 & RESERVED != 0
    }

    const fn of(shape: Shape) -> Self {
        Self(shape as u8)
    }
}
