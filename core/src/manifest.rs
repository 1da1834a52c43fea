//! `tools.json`: what a generated server offers, as the hub and the broker read it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Alternatives of which one is enough; each names schemes that must all be
/// met (OpenAPI 3.0, Security Requirement Object). Empty: no credential is sent.
pub type SecurityRequirement = Vec<Vec<String>>;

/// The whole file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub api: ApiInfo,
    /// Absolute or relative URLs, variables filled in with their defaults.
    #[serde(default)]
    pub servers: Vec<String>,
    #[serde(default)]
    pub security_schemes: BTreeMap<String, SecurityScheme>,
    /// Schemas that tools share, referred to as `#/$defs/NAME`.
    #[serde(rename = "$defs", default)]
    pub defs: BTreeMap<String, Box<RawValue>>,
    pub tools: Vec<Tool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiInfo {
    pub slug: String,
    pub title: String,
    pub version: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A scheme whose credential Toolmill can send (OpenAPI 3.0, Security Scheme Object).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum SecurityScheme {
    ApiKey {
        /// `header`, `query` or `cookie`.
        #[serde(rename = "in")]
        location: String,
        name: String,
    },
    /// `bearer`, `basic` (the credential is `user:password`) or another scheme
    /// of RFC 9110, section 11. OAuth 2 and OpenID Connect are `bearer` here.
    Http { scheme: String },
    /// A client certificate; the credential is a PEM text ([`crate::ClientCertificate`]).
    #[serde(rename = "mutualTLS")]
    MutualTls,
}

/// One operation of the API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tool {
    pub name: String,
    pub title: String,
    pub description: String,
    /// Upper case.
    pub method: String,
    /// The path template as the specification has it.
    pub path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// Servers of the operation or path, where it has its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<String>,
    #[serde(default)]
    pub security: SecurityRequirement,
    pub annotations: Box<RawValue>,
    pub input_schema: Box<RawValue>,
    /// The names in `$defs` that the input schema reaches.
    #[serde(default)]
    pub input_defs: Vec<String>,
    /// Where the input schema is for strict providers: what arguments really are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<Strict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output_defs: Vec<String>,
    /// The answer is not an object and is shown as `{"result": …}`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wrap_result: bool,
}

/// How arguments that meet a tool's published input schema become those that its
/// operation takes. Places are JSON pointers, in which `*` stands for each item of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Strict {
    /// What the arguments are then checked against.
    pub schema: Box<RawValue>,
    /// The names in `$defs` that it reaches.
    #[serde(default)]
    pub defs: Vec<String>,
    /// Properties whose `null` means that they are not there.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Texts that hold JSON.
    #[serde(default)]
    pub json: Vec<String>,
}

impl Manifest {
    /// The tool as an MCP client sees it (MCP, `Tool`), each schema with the
    /// `$defs` it needs, so that it stands alone.
    ///
    /// # Errors
    /// Where a schema of the manifest is not a JSON object.
    pub fn listing(&self, tool: &Tool) -> Result<Map<String, Value>, serde_json::Error> {
        let mut listed = Map::new();
        listed.insert("name".into(), tool.name.clone().into());
        listed.insert("title".into(), tool.title.clone().into());
        listed.insert("description".into(), tool.description.clone().into());
        listed.insert(
            "inputSchema".into(),
            self.standalone(&tool.input_schema, &tool.input_defs)?,
        );
        if let Some(output) = &tool.output_schema {
            listed.insert(
                "outputSchema".into(),
                self.standalone(output, &tool.output_defs)?,
            );
        }
        listed.insert(
            "annotations".into(),
            serde_json::from_str(tool.annotations.get())?,
        );
        Ok(listed)
    }

    fn standalone(&self, schema: &RawValue, needed: &[String]) -> Result<Value, serde_json::Error> {
        let mut schema: Map<String, Value> = serde_json::from_str(schema.get())?;
        let mut defs = Map::new();
        for name in needed {
            if let Some(def) = self.defs.get(name) {
                defs.insert(name.clone(), serde_json::from_str(def.get())?);
            }
        }
        if !defs.is_empty() {
            schema.insert("$defs".into(), defs.into());
        }
        Ok(schema.into())
    }
}
