//! The specification's facts of the API that tests register.

use serde_json::{Value, json};
use toolmill_core::Manifest;

/// What a test varies.
pub struct Api {
    /// The document's servers.
    pub servers: Vec<String>,
    /// Names the servers of the document away.
    pub base_url: Option<String>,
    pub schemes: Value,
    pub security: Value,
    pub tools: Vec<Tool>,
}

pub struct Tool {
    pub name: String,
    pub method: String,
    pub path: String,
}

impl Tool {
    /// One that gets whatever has a path of one segment.
    pub fn named(name: &str) -> Self {
        Self::of(name, "GET", "/{place}")
    }

    pub fn of(name: &str, method: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
        }
    }
}

impl Api {
    /// An API whose origin the user named, without credentials.
    pub fn at(base_url: &str) -> Self {
        Self {
            servers: Vec::new(),
            base_url: Some(base_url.to_owned()),
            schemes: json!({}),
            security: json!([]),
            tools: ["fetch", "mirror", "hang", "raw", "die"]
                .map(Tool::named)
                .into(),
        }
    }

    /// One whose origin comes from its specification.
    pub fn of_specification(server: &str) -> Self {
        Self {
            servers: vec![server.to_owned()],
            base_url: None,
            ..Self::at(server)
        }
    }

    pub fn with_schemes(self, schemes: Value, security: Value) -> Self {
        Self {
            schemes,
            security,
            ..self
        }
    }

    /// With another tool, whose arguments describe a request as those of `fetch` do.
    pub fn with_tool(mut self, name: &str, method: &str, path: &str) -> Self {
        self.tools.push(Tool::of(name, method, path));
        self
    }

    pub fn manifest(&self) -> Manifest {
        let tool = |Tool { name, method, path }: &Tool| {
            json!({
                "name": name,
                "title": name,
                "description": format!("Does as it is told.\n\n{method} {path}"),
                "method": method,
                "path": path,
                "security": self.security,
                "annotations": {"readOnlyHint": true},
                "inputSchema": {"type": "object", "properties": {"n": {"const": 12345678901234567890_u64}}},
            })
        };
        let manifest = json!({
            "api": {"slug": "pets", "title": "Pets", "version": "1"},
            "servers": self.servers,
            "securitySchemes": self.schemes,
            "tools": self.tools.iter().map(tool).collect::<Vec<_>>(),
        });
        serde_json::from_value(manifest).expect("a manifest")
    }
}
