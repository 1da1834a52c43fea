//! `tools.json`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use toolmill_core::{ApiInfo, Manifest, SecurityScheme, Strict, Tool as Entry};

use crate::ir::{Api, Credential, Definition, Method, Scheme, Tool};

/// What the generated server offers, and what `tools.json` says.
#[must_use]
pub fn manifest(api: &Api) -> Manifest {
    let definition =
        |(name, definition): (&String, &Definition)| (name.clone(), raw(&definition.schema));
    Manifest {
        api: ApiInfo {
            slug: api.slug.to_string(),
            title: api.title.clone(),
            version: api.version.clone(),
            description: api.description.clone(),
        },
        servers: api.servers.clone(),
        security_schemes: api.schemes.iter().map(scheme).collect(),
        defs: api
            .definitions
            .iter()
            .map(definition)
            .collect::<BTreeMap<_, _>>(),
        tools: api.tools.iter().map(entry).collect(),
    }
}

/// The file: one definition and one tool a line, so that a change is one line's.
pub fn text(manifest: &Manifest) -> String {
    let Manifest {
        api,
        servers,
        security_schemes,
        defs,
        tools,
    } = manifest;
    let defs: Vec<_> = defs
        .iter()
        .map(|(name, schema)| format!("{}:{}", compact(name), schema.get()))
        .collect();
    let tools: Vec<_> = tools.iter().map(compact).collect();
    format!(
        "{{\"api\":{},\n\"servers\":{},\n\"securitySchemes\":{},\n\"$defs\":{{\n{}\n}},\n\"tools\":[\n{}\n]}}\n",
        compact(api),
        compact(servers),
        compact(security_schemes),
        defs.join(",\n"),
        tools.join(",\n"),
    )
}

fn entry(tool: &Tool) -> Entry {
    let output = tool.output.as_ref();
    let strict = tool.input.strict.as_ref();
    let published = strict.map_or(&tool.input.schema, |strict| &strict.schema);
    Entry {
        name: tool.names.tool.clone(),
        title: tool.title.clone(),
        description: tool.description.clone(),
        method: tool.method.as_str().to_owned(),
        path: tool.path.clone(),
        tag: crate::text::line(&tool.tag, 256),
        servers: tool.servers.clone(),
        security: tool.security.clone(),
        annotations: annotations(&tool.method),
        input_schema: raw(published),
        input_defs: match &tool.input.strict {
            None => tool.input.definitions.clone(),
            Some(_) => Vec::new(),
        },
        strict: tool.input.strict.as_ref().map(|strict| Strict {
            schema: raw(&tool.input.schema),
            defs: tool.input.definitions.clone(),
            absent: strict.absent.clone(),
            json: strict.json.clone(),
        }),
        output_schema: output.map(|output| raw(&output.schema)),
        output_defs: output
            .map(|output| output.definitions.clone())
            .unwrap_or_default(),
        wrap_result: output.is_some_and(|output| output.wrapped),
    }
}

fn scheme(scheme: &Scheme) -> (String, SecurityScheme) {
    let http = |name: &str| SecurityScheme::Http {
        scheme: name.to_owned(),
    };
    let kind = match &scheme.credential {
        Credential::ApiKey { location, name } => SecurityScheme::ApiKey {
            location: location.as_str().to_owned(),
            name: name.clone(),
        },
        Credential::Basic => http("basic"),
        Credential::Bearer => http("bearer"),
        Credential::Http(name) => http(name),
        Credential::MutualTls => SecurityScheme::MutualTls,
    };
    (scheme.name.clone(), kind)
}

/// All hints are said, since a client takes the worst for one that is not (MCP, `ToolAnnotations`).
fn annotations(method: &Method) -> Box<RawValue> {
    raw(&json!({
        "readOnlyHint": method.is_safe(),
        "destructiveHint": method.is_destructive(),
        "idempotentHint": method.is_idempotent(),
        "openWorldHint": true,
    }))
}

fn raw(value: &serde_json::Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("a JSON value is JSON")
}

fn compact(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the manifest's parts are JSON")
}
