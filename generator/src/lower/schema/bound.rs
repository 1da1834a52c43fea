//! Schemas cut down to a size: deeper parts admit anything.

use serde_json::{Map, Value, json};

use super::keyword::{Shape, shape};
use super::{Definitions, subschemas};

/// A schema within its limits.
pub struct Bounded {
    pub schema: Value,
    /// Every definition it reaches, sorted.
    pub definitions: Vec<String>,
    pub cut: bool,
}

/// `schema` whole, where it and all it reaches have at most `limit` schemas.
pub fn by_schemas(mut schema: Value, definitions: &Definitions, limit: usize) -> Bounded {
    let reached = definitions.closure(&definitions.settle(&mut schema));
    if count(&schema) + definitions.schemas(&reached) <= limit {
        return Bounded {
            schema,
            definitions: reached,
            cut: false,
        };
    }
    cut(
        &schema,
        definitions,
        Budget {
            schemas: limit,
            bytes: usize::MAX,
        },
    )
}

/// `schema` whole, where it and all it reaches are at most `limit` bytes of JSON.
pub fn by_bytes(mut schema: Value, definitions: &Definitions, limit: usize) -> Bounded {
    let reached = definitions.closure(&definitions.settle(&mut schema));
    if schema.to_string().len() + definitions.bytes(&reached) <= limit {
        return Bounded {
            schema,
            definitions: reached,
            cut: false,
        };
    }
    cut(
        &schema,
        definitions,
        Budget {
            schemas: usize::MAX,
            bytes: limit,
        },
    )
}

/// A schema and those within it.
pub fn count(schema: &Value) -> usize {
    let mut inner = 0;
    subschemas::each(schema, &mut |schema| inner += count(schema));
    inner + 1
}

/// The deepest cut that fits: the deeper, the larger, so half of the depths are
/// ruled out each time.
fn cut(schema: &Value, definitions: &Definitions, budget: Budget) -> Bounded {
    const DEEPEST: usize = 12;
    let mut best = None;
    let (mut low, mut high) = (1, DEEPEST);
    while low <= high {
        let depth = usize::midpoint(low, high);
        let mut cut = Cut {
            definitions,
            left: budget.clone(),
        };
        match cut.schema(schema, depth) {
            Some(fitting) => {
                best = Some(fitting);
                low = depth + 1;
            }
            None => high = depth - 1,
        }
    }
    Bounded {
        schema: best.unwrap_or_else(|| json!({ "type": "object" })),
        definitions: Vec::new(),
        cut: true,
    }
}

#[derive(Clone)]
struct Budget {
    schemas: usize,
    bytes: usize,
}

struct Cut<'a> {
    definitions: &'a Definitions,
    left: Budget,
}

impl Cut<'_> {
    /// `schema` with its references written out, `depth` schemas deep; `None`
    /// where that is more than what is left.
    fn schema(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        self.left.schemas = self.left.schemas.checked_sub(1)?;
        self.left.bytes = self.left.bytes.checked_sub(2)?;
        let Value::Object(keywords) = schema else {
            return Some(schema.clone());
        };
        let mut out = Map::new();
        if depth == 0 {
            let description = keywords
                .get("description")
                .or_else(|| self.target(keywords)?.get("description"));
            if let Some(text) = description.cloned() {
                self.keyword(&mut out, "description", text)?;
            }
            return Some(Value::Object(out));
        }
        if let Some(target) = self.target(keywords).cloned()
            && let Value::Object(inner) = self.schema(&target, depth - 1)?
        {
            out = inner;
        }
        for (keyword, value) in keywords {
            let value = match shape(keyword) {
                Some(Shape::Schema) => self.schema(value, depth - 1)?,
                Some(Shape::Schemas) => self.list(value, depth - 1)?,
                Some(Shape::SchemaMap) => self.map(value, depth - 1)?,
                Some(_) => value.clone(),
                None => continue,
            };
            match keyword.as_str() {
                // With parts that admit anything, these would come to refuse everything.
                "not"
                | "if"
                | "then"
                | "else"
                | "dependentSchemas"
                | "unevaluatedItems"
                | "unevaluatedProperties" => {}
                "examples" => {}
                "oneOf" if keywords.contains_key("anyOf") => {}
                "oneOf" => self.keyword(&mut out, "anyOf", value)?,
                _ => self.keyword(&mut out, keyword, value)?,
            }
        }
        Some(Value::Object(out))
    }

    fn target(&self, keywords: &Map<String, Value>) -> Option<&Value> {
        self.definitions.follow(keywords.get("$ref")?.as_str()?)
    }

    fn list(&mut self, schemas: &Value, depth: usize) -> Option<Value> {
        schemas
            .as_array()?
            .iter()
            .map(|schema| self.schema(schema, depth))
            .collect::<Option<Vec<_>>>()
            .map(Value::Array)
    }

    fn map(&mut self, schemas: &Value, depth: usize) -> Option<Value> {
        let mut out = Map::new();
        for (name, schema) in schemas.as_object()? {
            self.left.bytes = self.left.bytes.checked_sub(name.len() + 6)?;
            out.insert(name.clone(), self.schema(schema, depth)?);
        }
        Some(Value::Object(out))
    }

    /// Adds a keyword and pays for it; schemas within its value have paid for themselves.
    fn keyword(&mut self, out: &mut Map<String, Value>, keyword: &str, value: Value) -> Option<()> {
        let composed = matches!(
            shape(keyword),
            Some(Shape::Schema | Shape::Schemas | Shape::SchemaMap)
        );
        let bytes = if composed { 2 } else { value.to_string().len() };
        self.left.bytes = self.left.bytes.checked_sub(keyword.len() + 4 + bytes)?;
        out.insert(keyword.to_owned(), value);
        Some(())
    }
}
