//! Why a call's request could not be stated.

/// The result of stating a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call's request could not be stated.
///
/// The text goes to whoever called the tool, as an `isError` result: it names the argument and says
/// what would be accepted, and never holds a credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A required argument is absent.
    #[error("The argument `{name}` is required: give it a value.")]
    MissingArgument {
        /// The argument's name.
        name: String,
    },
    /// A path parameter without text, or null, would address another resource.
    #[error(
        "The path parameter `{name}` is empty, which would address another resource: give it a value."
    )]
    EmptyPath {
        /// The parameter's name.
        name: String,
    },
    /// `.` or `..` as a path segment, in whatever encoding, would leave the resource.
    #[error(
        "The path parameter `{name}` holds a `.` or `..` segment, which would address another resource: leave it out."
    )]
    DotSegment {
        /// The parameter's name, or the path template where several parameters make up the segment.
        name: String,
    },
    /// A control character in a path.
    #[error("The path parameter `{name}` holds a control character: leave it out.")]
    ControlCharacter {
        /// The parameter's name.
        name: String,
    },
    /// The path template names a parameter for which the tool states no value.
    #[error(
        "The path `{template}` needs a value for `{name}`, and this tool has none: regenerate the server."
    )]
    UnfilledPath {
        /// The path template.
        template: &'static str,
        /// The parameter's name.
        name: String,
    },
    /// A method that is no token (RFC 9110, section 5.6.2).
    #[error("`{method}` is not a method that HTTP can have: regenerate the server.")]
    Method {
        /// The method's name.
        method: &'static str,
    },
    /// A value that a header can not carry (RFC 9110, section 5.5).
    #[error(
        "The header parameter `{name}` takes at most 8192 visible ASCII characters and spaces on one line; this value does not fit."
    )]
    HeaderValue {
        /// The header's name.
        name: String,
    },
    /// A name that is not a header name (RFC 9110, section 5.1).
    #[error("`{name}` is not a name that an HTTP header can have.")]
    HeaderName {
        /// The name.
        name: String,
    },
    /// A name that is not a cookie name (RFC 6265, section 4.1.1).
    #[error("`{name}` is not a name that a cookie can have.")]
    CookieName {
        /// The name.
        name: String,
    },
    /// A body that could not be written as its media type asks.
    #[error("The body can not be written as `{media_type}`: {reason}.")]
    Body {
        /// The media type.
        media_type: String,
        /// What was in the way, as a clause.
        reason: String,
    },
    /// Several of the above.
    #[error("{}", sentences(.0))]
    Several(Vec<Error>),
    /// A hook's own refusal; the text is shown to the caller.
    #[error("{0}")]
    Refused(String),
}

fn sentences(errors: &[Error]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join(" ")
}
