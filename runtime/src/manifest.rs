//! `tools.json`: what the server says of itself and of its tools.
//!
//! Only the frame is read, and only when something of it is first needed; every schema stays the
//! text that it is in the program until its tool is listed or called.

use std::{borrow::Cow, collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use crate::strict::Strict;

/// The frame of `tools.json`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Manifest {
    #[serde(default)]
    pub(crate) api: Api,
    #[serde(default)]
    pub(crate) servers: Vec<String>,
    #[serde(default, rename = "$defs", borrow)]
    pub(crate) definitions: BTreeMap<Cow<'static, str>, &'static RawValue>,
    #[serde(default)]
    pub(crate) tools: Vec<Entry>,
}

/// What the API calls itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Api {
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) description: String,
}

/// One tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// Empty in the definition of a hand-written tool, whose name stands beside it.
    #[serde(default, borrow)]
    pub(crate) name: Cow<'static, str>,
    #[serde(default, borrow)]
    title: Option<&'static RawValue>,
    #[serde(default, borrow)]
    description: Option<&'static RawValue>,
    #[serde(default, borrow)]
    annotations: Option<&'static RawValue>,
    #[serde(borrow)]
    input_schema: &'static RawValue,
    #[serde(default, borrow)]
    input_defs: Option<&'static RawValue>,
    /// What arguments really are, where the input schema is for strict providers.
    #[serde(default, borrow)]
    pub(crate) strict: Option<Strict<'static>>,
    #[serde(default, borrow)]
    output_schema: Option<&'static RawValue>,
    #[serde(default, borrow)]
    output_defs: Option<&'static RawValue>,
    /// Whether answers are published below `result`, because they are no objects.
    #[serde(default)]
    pub(crate) wrap_result: bool,
    /// The output schema, read when the first answer is compared with it.
    #[serde(skip)]
    documented: OnceLock<Option<Value>>,
}

impl Manifest {
    /// Reads the frame.
    ///
    /// # Errors
    /// Where the text is not a manifest.
    pub(crate) fn read(text: &'static str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// A tool's complete input schema.
    pub(crate) fn input_schema(&self, entry: &Entry) -> serde_json::Result<Map<String, Value>> {
        self.complete(entry.input_schema, entry.input_defs)
    }

    /// The complete schema that arguments are checked against.
    pub(crate) fn checked_schema(&self, entry: &Entry) -> serde_json::Result<Map<String, Value>> {
        match &entry.strict {
            Some(strict) => self.complete(strict.schema, strict.defs),
            None => self.input_schema(entry),
        }
    }

    /// A tool as clients see it.
    pub(crate) fn listed(&self, entry: &Entry) -> serde_json::Result<rmcp::model::Tool> {
        let input = self.input_schema(entry)?;
        let mut tool = rmcp::model::Tool::new_with_raw(entry.name.clone(), None, input);
        tool.title = entry.title.map(read).transpose()?;
        tool.description = entry
            .description
            .map(read::<String>)
            .transpose()?
            .map(Cow::Owned);
        tool.annotations = entry.annotations.map(read).transpose()?;
        if let Some(schema) = entry.output_schema {
            tool.output_schema = Some(self.complete(schema, entry.output_defs)?.into());
        }
        Ok(tool)
    }

    /// About how many bytes a tool takes in a list.
    pub(crate) fn listed_size(&self, entry: &Entry) -> usize {
        let texts = [
            entry.title,
            entry.description,
            entry.annotations,
            entry.output_schema,
        ];
        let own: usize = texts
            .into_iter()
            .flatten()
            .map(|text| text.get().len())
            .sum();
        let shared: usize = [entry.input_defs, entry.output_defs]
            .into_iter()
            .filter_map(|names| self.definitions_of(names).ok())
            .flatten()
            .map(|(name, schema)| name.len() + schema.get().len() + 4)
            .sum();
        own + entry.input_schema.get().len() + shared + 128
    }

    fn complete(
        &self,
        schema: &'static RawValue,
        names: Option<&'static RawValue>,
    ) -> serde_json::Result<Map<String, Value>> {
        let mut schema: Map<String, Value> = read(schema)?;
        let definitions = self.definitions_of(names)?;
        if !definitions.is_empty() {
            let own = schema
                .entry("$defs")
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(own) = own {
                for (name, text) in definitions {
                    own.insert(name.into_owned(), read(text)?);
                }
            }
        }
        Ok(schema)
    }

    fn definitions_of(
        &self,
        names: Option<&'static RawValue>,
    ) -> serde_json::Result<Vec<(Cow<'static, str>, &'static RawValue)>> {
        let names: Vec<String> = names.map(read).transpose()?.unwrap_or_default();
        let found = names.into_iter().filter_map(|name| {
            let text = self.definitions.get(name.as_str())?;
            Some((Cow::Owned(name), *text))
        });
        Ok(found.collect())
    }
}

impl Entry {
    /// Reads the definition of a hand-written tool.
    ///
    /// # Errors
    /// Where it is not a JSON object with an `inputSchema`.
    pub(crate) fn read(name: &'static str, text: &'static str) -> serde_json::Result<Self> {
        let entry: Self = serde_json::from_str(text)?;
        Ok(Self {
            name: name.into(),
            ..entry
        })
    }

    /// Whether the tool publishes what its answers look like; clients then expect structured content.
    pub(crate) fn is_documented(&self) -> bool {
        self.output_schema.is_some()
    }

    /// The complete output schema.
    pub(crate) fn documented(&self, manifest: &Manifest) -> Option<&Value> {
        let schema = self.output_schema?;
        let read = || manifest.complete(schema, self.output_defs).ok();
        let read = self.documented.get_or_init(|| read().map(Value::Object));
        read.as_ref()
    }

    /// Whether the input schema so much as mentions a name.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.input_schema.get().contains(&format!("\"{name}\""))
    }

    /// Whether the tool has an argument of this name.
    pub(crate) fn takes(&self, name: &str) -> bool {
        let schema = |schema: Map<String, Value>| schema.get("properties")?.get(name).cloned();
        self.names(name) && read(self.input_schema).ok().and_then(schema).is_some()
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &RawValue) -> serde_json::Result<T> {
    serde_json::from_str(text.get())
}
