//! Path items and operations.

use indexmap::IndexMap;

use super::Dialect;
use crate::dialect::build::{ObjectBuilder, array};
use crate::document::Node;
use crate::ir::Method;

impl<'a> Dialect<'a> {
    /// A path item. What its operations share is written out in each of them, as a
    /// shared body parameter belongs to some and not to others.
    pub fn path_item(&mut self, declared: &'a Node) -> Option<Node> {
        let item = self.resolve(declared);
        let shared = item.get("parameters");
        let mut made = ObjectBuilder::new(item.at);
        made.keep(item, |key| key != "parameters");
        for (key, operation) in item.members() {
            let is_method = Method::of_field(key).is_some();
            if is_method && operation.object().is_some() {
                made.set(key, self.operation(operation, shared));
            }
        }
        item.object().map(|_| made.build())
    }

    fn operation(&mut self, operation: &'a Node, shared: Option<&'a Node>) -> Node {
        let mut made = ObjectBuilder::new(operation.at);
        made.keep(operation, |key| {
            !matches!(key, "parameters" | "consumes" | "produces" | "schemes")
        });
        let Parameters {
            parameters,
            body,
            form,
        } = self.parameters(operation, shared);
        if !parameters.is_empty() {
            let at = operation
                .get("parameters")
                .or(shared)
                .unwrap_or(operation)
                .at;
            made.set("parameters", array(at, parameters));
        }
        let consumes = self.media_types(operation, "consumes");
        let body = match body {
            Some(body) => Some(self.body(body, &consumes)),
            None => self.form(&form, &consumes),
        };
        if let Some(body) = body {
            made.set("requestBody", body);
        }
        if let Some(responses) = operation.get("responses") {
            let produces = self.media_types(operation, "produces");
            made.set("responses", self.responses(responses, &produces));
        }
        made.build()
    }

    /// The parameters that hold for an operation: those of its path, where it has
    /// none of the same name and place, then its own.
    fn parameters(&mut self, operation: &'a Node, shared: Option<&'a Node>) -> Parameters<'a> {
        let mut found = IndexMap::new();
        for list in shared.into_iter().chain(operation.get("parameters")) {
            if list.array().is_none() && list.members().next().is_some() {
                // Lowering says what is wrong with it.
                found.insert(("", ""), list);
            }
            for declared in list.items() {
                let node = self.resolve(declared);
                let key = match (node.get_string("in"), node.get("name").and_then(Node::text)) {
                    // There is one body, whatever it is called.
                    (Some("body"), _) => ("body", ""),
                    (Some(place), Some(name)) => (place, name),
                    // Lowering says what is wrong with it.
                    _ => ("", ""),
                };
                found.insert(key, node);
            }
        }
        let mut sorted = Parameters::default();
        for ((place, _), node) in found {
            match place {
                "body" => sorted.body = Some(node),
                "formData" => sorted.form.push(node),
                "" => sorted.parameters.push(node.clone()),
                _ => sorted.parameters.push(self.parameter(node)),
            }
        }
        sorted
    }
}

/// Parameters by where they go.
#[derive(Default)]
struct Parameters<'a> {
    /// In the path, the query or a header, made.
    parameters: Vec<Node>,
    body: Option<&'a Node>,
    form: Vec<&'a Node>,
}
