//! What stands at each place of a document, so that references are told from
//! data that only looks like them.

/// A structure of OpenAPI 2.0 or 3.x, or a map or list of such.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Document,
    Components,
    Paths,
    /// Path items by name: webhooks, shared ones, the expressions of a callback.
    PathItems,
    PathItem,
    Operations,
    Operation,
    /// A list, or in 2.0's root a map.
    Parameters,
    Parameter,
    RequestBodies,
    RequestBody,
    Responses,
    Response,
    Headers,
    Header,
    Contents,
    MediaType,
    Encodings,
    Encoding,
    Examples,
    Example,
    Links,
    Link,
    Callbacks,
    SecuritySchemes,
    SecurityScheme,
    /// A map or list of schemas.
    Schemas,
    Schema,
    Discriminator,
    /// Values of a discriminator → names of schemas or references.
    Mapping,
    /// Structures that hold none of the above, such as `info`.
    Plain,
    /// Values of somebody's, in which nothing is a reference.
    Data,
}

impl Kind {
    /// What the member `key` of an object of this kind is.
    pub fn member(self, key: &str) -> Self {
        if let Some(one) = self.element() {
            let extension = self == Self::Paths && key.starts_with("x-");
            return if extension { Self::Data } else { one };
        }
        match self {
            Self::Document => document(key),
            Self::Components => components(key),
            Self::PathItem => path_item(key),
            Self::Operation => operation(key),
            Self::Schema => schema(key),
            Self::Discriminator if key == "mapping" => Self::Mapping,
            // 2.0: examples by media type.
            Self::Response if key == "examples" => Self::Data,
            Self::Parameter
            | Self::RequestBody
            | Self::Response
            | Self::Header
            | Self::MediaType
            | Self::Encoding => carrier(key),
            Self::Plain => Self::Plain,
            _ => Self::Data,
        }
    }

    /// What the items of a list are that stands where this kind does.
    pub fn item(self) -> Self {
        self.element().unwrap_or(self)
    }

    /// What a map or list holds.
    fn element(self) -> Option<Self> {
        Some(match self {
            Self::Paths | Self::PathItems => Self::PathItem,
            Self::Operations => Self::Operation,
            Self::Parameters => Self::Parameter,
            Self::RequestBodies => Self::RequestBody,
            Self::Responses => Self::Response,
            Self::Headers => Self::Header,
            Self::Contents => Self::MediaType,
            Self::Encodings => Self::Encoding,
            Self::Examples => Self::Example,
            Self::Links => Self::Link,
            Self::Callbacks => Self::PathItems,
            Self::SecuritySchemes => Self::SecurityScheme,
            Self::Schemas => Self::Schema,
            _ => return None,
        })
    }

    /// Where a document of OpenAPI 2.0 or 3.x keeps shared structures of this
    /// kind; `None` for those it cannot share.
    pub fn section(self, swagger: bool) -> Option<&'static [&'static str]> {
        Some(match (self, swagger) {
            (Self::Schema, true) => &["definitions"],
            (Self::Parameter, true) => &["parameters"],
            (Self::Response, true) => &["responses"],
            (_, true) => return None,
            (Self::Schema, _) => &["components", "schemas"],
            (Self::Parameter, _) => &["components", "parameters"],
            (Self::Response, _) => &["components", "responses"],
            (Self::RequestBody, _) => &["components", "requestBodies"],
            (Self::Header, _) => &["components", "headers"],
            (Self::Example, _) => &["components", "examples"],
            (Self::Link, _) => &["components", "links"],
            (Self::SecurityScheme, _) => &["components", "securitySchemes"],
            _ => return None,
        })
    }
}

/// OpenAPI Object (3.x) and Swagger Object (2.0).
fn document(key: &str) -> Kind {
    match key {
        "paths" => Kind::Paths,
        "webhooks" => Kind::PathItems,
        "components" => Kind::Components,
        "definitions" => Kind::Schemas,
        "parameters" => Kind::Parameters,
        "responses" => Kind::Responses,
        "securityDefinitions" => Kind::SecuritySchemes,
        "info" | "servers" | "tags" | "externalDocs" | "security" => Kind::Plain,
        _ => Kind::Data,
    }
}

fn components(key: &str) -> Kind {
    match key {
        "schemas" => Kind::Schemas,
        "responses" => Kind::Responses,
        "parameters" => Kind::Parameters,
        "examples" => Kind::Examples,
        "requestBodies" => Kind::RequestBodies,
        "headers" => Kind::Headers,
        "securitySchemes" => Kind::SecuritySchemes,
        "links" => Kind::Links,
        "callbacks" => Kind::Callbacks,
        "pathItems" => Kind::PathItems,
        "mediaTypes" => Kind::Contents,
        _ => Kind::Data,
    }
}

fn path_item(key: &str) -> Kind {
    match key {
        "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query" => {
            Kind::Operation
        }
        "additionalOperations" => Kind::Operations,
        "parameters" => Kind::Parameters,
        "servers" => Kind::Plain,
        _ => Kind::Data,
    }
}

fn operation(key: &str) -> Kind {
    match key {
        "parameters" => Kind::Parameters,
        "requestBody" => Kind::RequestBody,
        "responses" => Kind::Responses,
        "callbacks" => Kind::Callbacks,
        "servers" | "security" | "externalDocs" => Kind::Plain,
        _ => Kind::Data,
    }
}

/// What carries values: parameters, headers, bodies, answers. Their members have
/// different names, so one table serves them all. In 2.0 a parameter has the `items`
/// of a schema.
fn carrier(key: &str) -> Kind {
    match key {
        "schema" | "itemSchema" | "items" => Kind::Schema,
        "content" => Kind::Contents,
        "headers" => Kind::Headers,
        "links" => Kind::Links,
        "examples" => Kind::Examples,
        "encoding" | "prefixEncoding" => Kind::Encodings,
        "itemEncoding" => Kind::Encoding,
        _ => Kind::Data,
    }
}

/// Schema Object, and JSON Schema from draft 4 to 2020-12.
fn schema(key: &str) -> Kind {
    match key {
        "items"
        | "additionalItems"
        | "additionalProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => Kind::Schema,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" | "properties" | "patternProperties"
        | "dependentSchemas" | "$defs" | "definitions" => Kind::Schemas,
        "discriminator" => Kind::Discriminator,
        _ => Kind::Data,
    }
}
