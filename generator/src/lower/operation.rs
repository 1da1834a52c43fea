//! Operations (OpenAPI 3.0, Paths Object, Path Item Object, Operation Object).

use super::arguments::arguments;
use super::draft::Draft;
use super::findings::Finding;
use super::parameter::ParameterDraft;
use super::path;
use super::{Context, Reading};
use crate::document::{Node, Resolved};
use crate::ir::{Location, Method, Scheme};
use crate::lower::schema::Converted;
use crate::selection::{Candidate, Choice};
use crate::text;
use crate::words::is_tool_name;

impl<'d> Context<'d, '_> {
    /// Every operation that makes a tool, in the order of the document.
    pub fn operations(&mut self, schemes: &[Scheme]) -> Reading<'d, Vec<Draft<'d>>> {
        let root = &self.document.root;
        let Some(paths) = root.get("paths").filter(|paths| paths.object().is_some()) else {
            return Err(Finding::error(
                root,
                "no-paths",
                "The document has no `paths`, so there is nothing to call.",
            ));
        };
        let mut drafts = Vec::new();
        let mut written = 0;
        let mut choice = Choice::new(&self.options.selection);
        for (path, declared) in paths.members().filter(|(path, _)| !path.starts_with("x-")) {
            let item = match self.resolve(declared) {
                Ok(item) => item,
                Err(finding) => {
                    self.findings.add(finding);
                    continue;
                }
            };
            for (method, operation) in self.methods(item) {
                let switch = [operation, item, root]
                    .into_iter()
                    .find_map(|holder| holder.get("x-mcp")?.bool());
                if !choice.takes(&Candidate::new(path, &method, operation), switch) {
                    continue;
                }
                if drafts.len() >= self.options.limits.operations {
                    let limit = self.options.limits.operations;
                    let message = format!("The document has more than {limit} operations.");
                    return Err(
                        Finding::error(paths, "limit", message).hint("Split the specification.")
                    );
                }
                let draft = self.operation(path, item, method, operation, schemes);
                written += draft.as_ref().map_or(0, Draft::schemas);
                let limit = self.options.limits.schemas;
                if written > limit {
                    let message = format!("The operations have more than {limit} schemas in all.");
                    return Err(Finding::error(paths, "limit", message)
                        .hint("Split the specification, or share schemas under `components`."));
                }
                drafts.extend(draft);
            }
        }
        for rule in choice.unmatched() {
            let message = format!("No operation matches `{rule}`.");
            self.warn(root, "selection-unmatched", message);
        }
        Ok(drafts)
    }

    /// The operations of a path.
    fn methods(&mut self, item: &'d Node) -> Vec<(Method, &'d Node)> {
        const KNOWN: [&str; 5] = ["$ref", "summary", "description", "servers", "parameters"];
        let mut found = Vec::new();
        for (key, node) in item.members() {
            match Method::of_field(key) {
                Some(method) if node.object().is_some() => found.push((method, node)),
                Some(_) => self.findings.add(not_an_operation(node)),
                None if KNOWN.contains(&key) || key.starts_with("x-") => {}
                None if key == "additionalOperations" => self.additional(item, node, &mut found),
                None => {
                    let message =
                        format!("A path has no `{}`; it is left out.", text::line(key, 40));
                    self.findings.add(
                        Finding::warning(node, "member-unknown", message)
                            .hint("Methods are written in lower case."),
                    );
                }
            }
        }
        found
    }

    /// What the author calls the tool (`x-mcp-name`), where a tool can be called that.
    fn own_name(&mut self, operation: &'d Node) -> Option<&'d str> {
        let node = operation.get("x-mcp-name")?;
        let name = node.string().filter(|name| is_tool_name(name));
        if name.is_none() {
            let message = "A tool can't have this name; it is called as without it.";
            self.findings.add(
                Finding::warning(node, "name-unusable", message)
                    .hint("A name is 1 to 46 of `A-Z`, `a-z`, `0-9`, `_` and `-`."),
            );
        }
        name
    }

    /// The operations of `additionalOperations` (OpenAPI 3.2, Path Item Object), whose
    /// methods are sent as they are written.
    fn additional(
        &mut self,
        item: &'d Node,
        operations: &'d Node,
        found: &mut Vec<(Method, &'d Node)>,
    ) {
        for (name, node) in operations.members() {
            let method = Method::additional(name).and_then(|method| {
                let taken = method
                    .field()
                    .is_some_and(|field| item.get(field).is_some());
                if taken {
                    Err("the path has an operation of this method already")
                } else {
                    Ok(method)
                }
            });
            match method {
                Ok(method) if node.object().is_some() => found.push((method, node)),
                Ok(_) => self.findings.add(not_an_operation(node)),
                Err(reason) => {
                    let message = format!(
                        "The operation of the method `{}` is left out: {reason}.",
                        text::line(name, 40)
                    );
                    self.warn(node, "method-unsupported", message);
                }
            }
        }
    }

    /// The operation, or `None` and a finding that says why it is left out.
    fn operation(
        &mut self,
        path: &'d str,
        item: &'d Node,
        method: Method,
        node: &'d Node,
        schemes: &[Scheme],
    ) -> Option<Draft<'d>> {
        let shown = method.clone();
        let reading = self.read(path, item, method, node, schemes);
        reading
            .map_err(|mut finding| {
                let request = format!("{} {}", shown.as_str(), text::line(path, 200));
                finding
                    .message
                    .push_str(&format!(" `{request}` is left out."));
                self.findings.add(finding);
            })
            .ok()
    }

    fn read(
        &mut self,
        path: &'d str,
        item: &'d Node,
        method: Method,
        node: &'d Node,
        schemes: &[Scheme],
    ) -> Reading<'d, Draft<'d>> {
        let placeholders = path::placeholders(path)
            .map_err(|message| Finding::error(node, "path-unusable", message))?;
        let security = self.security(node, schemes);
        let credentials: Vec<_> = schemes
            .iter()
            .filter(|scheme| security.iter().flatten().any(|name| *name == scheme.name))
            .map(|scheme| &scheme.credential)
            .collect();
        let mut parameters = self.parameters(item, node, &credentials)?;
        self.match_placeholders(node, &placeholders, &mut parameters);
        let body = self.body(node)?;
        // A HEAD request is answered without what is documented for it.
        let answer = match method {
            Method::Head => None,
            _ => self.answer(node),
        };
        let own = self.servers(node);
        let servers = if own.is_empty() {
            self.servers(item)
        } else {
            own
        };
        let prose = self.prose(&method, path, item, node);
        Ok(Draft {
            node,
            method,
            path,
            operation_id: node.get("operationId").and_then(Node::text),
            own_name: self.own_name(node),
            tag: node
                .get("tags")
                .and_then(|tags| tags.array()?.first()?.text())
                .unwrap_or_default()
                .to_owned(),
            title: prose.title,
            prose: prose.aside,
            description: prose.shown,
            servers,
            security,
            arguments: arguments(parameters, body),
            answer,
        })
    }

    /// Lets path parameters and the placeholders of the template agree.
    fn match_placeholders(
        &mut self,
        node: &'d Node,
        placeholders: &[&str],
        parameters: &mut Vec<ParameterDraft>,
    ) {
        parameters.retain(|parameter| {
            let placed = parameter.location != Location::Path
                || placeholders.contains(&parameter.name.as_str());
            if !placed {
                let name = text::line(&parameter.name, 80);
                let message = format!(
                    "The path has no placeholder for the parameter `{name}`, which is left out."
                );
                self.warn(node, "path-parameter", message);
            }
            placed
        });
        for (index, name) in placeholders.iter().enumerate() {
            let declared = parameters
                .iter()
                .any(|known| known.location == Location::Path && known.name == *name);
            if !declared {
                let shown = text::line(name, 80);
                let message =
                    format!("The path parameter `{shown}` is not described; text is taken for it.");
                self.warn(node, "path-parameter", message);
                parameters.insert(index.min(parameters.len()), undescribed(name));
            }
        }
    }

    /// The object itself, or what its `$ref` names.
    pub fn resolve(&self, node: &'d Node) -> Reading<'d, &'d Node> {
        match self.document.resolve(node) {
            Ok(Resolved { node: target, .. }) if target.object().is_some() => Ok(target),
            Ok(target) => {
                let message = format!(
                    "An object is expected here, this is {}.",
                    target.node.kind()
                );
                Err(Finding::error(node, "object-expected", message))
            }
            Err(broken) => {
                Err(Finding::error(node, broken.code(), broken.message()).hint(broken.hint()))
            }
        }
    }
}

fn not_an_operation(node: &Node) -> Finding<'_> {
    let message = format!("An operation is an object, this is {}.", node.kind());
    Finding::error(node, "operation-unusable", message)
}

fn undescribed(name: &str) -> ParameterDraft {
    let schema = Converted {
        schema: serde_json::json!({ "type": "string" }),
        schemas: 1,
        broken: false,
    };
    let style = Location::Path.default_style();
    ParameterDraft {
        name: name.to_owned(),
        location: Location::Path,
        required: true,
        style,
        explode: false,
        reserved: false,
        fields: Vec::new(),
        schema,
    }
}
