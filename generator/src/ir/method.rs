//! Methods of HTTP.

/// A method that can make a tool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Patch,
    /// Safe, with a body that says what is asked for (OpenAPI 3.2).
    Query,
    Head,
    Options,
    Trace,
    /// Any other, as it is sent (OpenAPI 3.2, Path Item Object, `additionalOperations`).
    Other(Box<str>),
}

/// Methods of the IANA registry "HTTP Method" beside those of the enum, which
/// change nothing.
const SAFE: [&str; 3] = ["PROPFIND", "REPORT", "SEARCH"];

/// Methods of the same registry, which do twice what they do once.
const IDEMPOTENT: [&str; 24] = [
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "COPY",
    "LABEL",
    "LINK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "ORDERPATCH",
    "PROPPATCH",
    "REBIND",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "VERSION-CONTROL",
];

impl Method {
    /// Those that a Path Item Object has fields for.
    pub const FIELDS: [Self; 9] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Patch,
        Self::Query,
        Self::Head,
        Self::Options,
        Self::Trace,
    ];

    /// The method of a Path Item Object's field.
    #[must_use]
    pub fn of_field(key: &str) -> Option<Self> {
        Self::FIELDS
            .into_iter()
            .find(|method| method.field() == Some(key))
    }

    /// The method that is sent as `name`, which `additionalOperations` may hold, or why there is
    /// none. Two of HTTP's methods are no requests to an API at all.
    ///
    /// # Errors
    /// Half a sentence.
    pub fn additional(name: &str) -> Result<Self, &'static str> {
        const LONGEST: usize = 40;
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_token) {
            return Err("HTTP has no method of such a name");
        }
        if ["CONNECT", "PRI"].contains(&name.to_ascii_uppercase().as_str()) {
            return Err("such requests are not sent");
        }
        let known = Self::FIELDS.into_iter().find(|one| one.as_str() == name);
        Ok(known.unwrap_or_else(|| Self::Other(name.into())))
    }

    /// The field of a Path Item Object that holds its operation, where it has one.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        Some(match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Patch => "patch",
            Self::Query => "query",
            Self::Head => "head",
            Self::Options => "options",
            Self::Trace => "trace",
            Self::Other(_) => return None,
        })
    }

    /// As HTTP has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Patch => "PATCH",
            Self::Query => "QUERY",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
            Self::Other(name) => name,
        }
    }

    /// Whether it makes a tool unasked: what HEAD, OPTIONS and TRACE tell is of the
    /// exchange, and not what an API is called for.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        !matches!(self, Self::Head | Self::Options | Self::Trace)
    }

    /// Whether calling it changes nothing (RFC 9110, section 9.2.1).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        match self {
            Self::Put | Self::Post | Self::Delete | Self::Patch => false,
            Self::Other(name) => SAFE.contains(&&**name),
            _ => true,
        }
    }

    /// Whether calling it twice is like calling it once (RFC 9110, section 9.2.2).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        match self {
            Self::Put | Self::Delete => true,
            Self::Other(name) if IDEMPOTENT.contains(&&**name) => true,
            _ => self.is_safe(),
        }
    }

    /// Whether calling it may take away what was there: a replaced, changed or
    /// removed resource is gone, while POST usually adds one. Of a method that is
    /// not known to be safe the worst is taken.
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        match self {
            Self::Put | Self::Delete | Self::Patch => true,
            Self::Other(_) => !self.is_safe(),
            _ => false,
        }
    }
}
