//! Operations (OpenAPI 3.0, Paths Object, Path Item Object, Operation Object).

use super::arguments::arguments;
use super::draft::Draft;
use super::findings::Finding;
use super::parameter::ParameterDraft;
use super::{Context, Reading};
use crate::document::{Node, Resolved};
use crate::ir::{Location, Method, Scheme};
use crate::lower::schema::Converted;
use crate::{names, text};

impl<'d> Context<'d, '_> {
    /// Every operation that makes a tool, in the order of the document.
    pub fn operations(&mut self, schemes: &[Scheme]) -> Reading<'d, Vec<Draft<'d>>> {
        let root = &self.document.root;
        let Some(paths) = root.get("paths").filter(|paths| paths.object().is_some()) else {
            return Err(Finding::error(root, "no-paths", "The document has no `paths`, so there is nothing to call."));
        };
        let mut drafts = Vec::new();
        for (path, declared) in paths.members().filter(|(path, _)| !path.starts_with("x-")) {
            let item = match self.resolve(declared) {
                Ok(item) => item,
                Err(finding) => {
                    self.findings.add(finding);
                    continue;
                }
            };
            for (method, operation) in self.methods(item) {
                if drafts.len() >= self.options.limits.operations {
                    let message = format!("The document has more than {} operations.", self.options.limits.operations);
                    return Err(Finding::error(paths, "limit", message).hint("Split the specification."));
                }
                match self.operation(path, item, method, operation, schemes) {
                    Ok(draft) => drafts.push(draft),
                    Err(mut finding) => {
                        let left_out = format!(" `{} {}` is left out.", method.as_str(), text::line(path, 200));
                        finding.message.push_str(&left_out);
                        self.findings.add(finding);
                    }
                }
            }
        }
        Ok(drafts)
    }

    /// The operations of a path. HEAD, OPTIONS and TRACE make no tools.
    fn methods(&mut self, item: &'d Node) -> Vec<(Method, &'d Node)> {
        const KNOWN: [&str; 8] = ["$ref", "summary", "description", "servers", "parameters", "head", "options", "trace"];
        let mut found = Vec::new();
        for (key, node) in item.members() {
            match Method::ALL.into_iter().find(|method| method.key() == key) {
                Some(method) if node.object().is_some() => found.push((method, node)),
                Some(_) => self.findings.add(Finding::error(node, "operation-unusable", format!("An operation is an object, this is {}.", node.kind()))),
                None if KNOWN.contains(&key) || key.starts_with("x-") => {}
                None => {
                    let message = format!("A path has no `{}`; it is left out.", text::line(key, 40));
                    self.findings.add(Finding::warning(node, "member-unknown", message).hint("Methods are written in lower case."));
                }
            }
        }
        found
    }

    fn operation(
        &mut self,
        path: &'d str,
        item: &'d Node,
        method: Method,
        node: &'d Node,
        schemes: &[Scheme],
    ) -> Reading<'d, Draft<'d>> {
        let placeholders = placeholders(path).map_err(|message| Finding::error(node, "path-unusable", message))?;
        let mut parameters = self.parameters(item, node, schemes)?;
        self.match_placeholders(node, &placeholders, &mut parameters);
        let body = self.body(node)?;
        let answer = self.answer(node);
        let own = self.servers(node);
        let servers = if own.is_empty() { self.servers(item) } else { own };
        let prose = self.prose(method, path, item, node);
        Ok(Draft {
            node,
            method,
            path,
            operation_id: node.get("operationId").and_then(Node::text),
            tag: node.get("tags").and_then(|tags| tags.array()?.first()?.text()).unwrap_or_default().to_owned(),
            title: prose.title,
            summary: prose.summary,
            description: prose.description,
            servers,
            security: self.security(node, schemes),
            arguments: arguments(parameters, body),
            answer,
        })
    }

    /// Lets path parameters and the placeholders of the template agree.
    fn match_placeholders(&mut self, node: &'d Node, placeholders: &[&str], parameters: &mut Vec<ParameterDraft>) {
        parameters.retain(|parameter| {
            let placed = parameter.location != Location::Path || placeholders.contains(&parameter.name.as_str());
            if !placed {
                let message = format!("The path has no placeholder for the parameter `{}`, which is left out.", text::line(&parameter.name, 80));
                self.findings.add(Finding::warning(node, "path-parameter", message));
            }
            placed
        });
        for (index, name) in placeholders.iter().enumerate() {
            let declared = parameters.iter().any(|known| known.location == Location::Path && known.name == *name);
            if !declared {
                let message = format!("The path parameter `{}` is not described; text is taken for it.", text::line(name, 80));
                self.findings.add(Finding::warning(node, "path-parameter", message));
                parameters.insert(index.min(parameters.len()), undescribed(name));
            }
        }
    }

    fn prose(&mut self, method: Method, path: &str, item: &'d Node, node: &'d Node) -> Prose {
        let limits = &self.options.limits;
        let get = |key: &str| node.get_string(key).or_else(|| item.get_string(key));
        let summary = text::clean(get("summary").unwrap_or_default()).trim().to_owned();
        let description = text::clean(get("description").unwrap_or_default()).trim().to_owned();
        for holder in [node, item] {
            for raw in ["summary", "description"].into_iter().filter_map(|key| holder.get(key)) {
                if raw.string().is_some_and(text::has_hidden) {
                    self.findings.add(Finding::warning(raw, "hidden-text", "Invisible characters are taken out of this text."));
                }
            }
        }
        let request = format!("{} {}", method.as_str(), path);
        let id = node.get("operationId").and_then(Node::text).map(names::words);
        let title = [Some(summary.clone()), id].into_iter().flatten().map(|title| text::line(&title, limits.title_chars)).find(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| text::line(&request, limits.title_chars));
        let mut parts: Vec<&str> = Vec::new();
        if node.flag("deprecated") {
            parts.push("Deprecated.");
        }
        if !description.starts_with(&summary) {
            parts.push(&summary);
        }
        parts.push(&description);
        let said = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        let said = if said.is_empty() { summary } else { said };
        let room = limits.description_bytes.saturating_sub(request.len() + 2);
        let said = text::cap(&said, room);
        let description = if said.is_empty() { request } else { format!("{said}\n\n{request}") };
        Prose { summary: title.clone(), title, description }
    }

    /// The object itself, or what its `$ref` names.
    pub fn resolve(&self, node: &'d Node) -> Reading<'d, &'d Node> {
        match self.document.resolve(node) {
            Ok(Resolved { node: target, .. }) if target.object().is_some() => Ok(target),
            Ok(target) => {
                let message = format!("An object is expected here, this is {}.", target.node.kind());
                Err(Finding::error(node, "object-expected", message))
            }
            Err(broken) => Err(Finding::error(node, broken.code(), broken.message()).hint(broken.hint())),
        }
    }
}

struct Prose {
    title: String,
    summary: String,
    description: String,
}

fn undescribed(name: &str) -> ParameterDraft {
    let schema = Converted { schema: serde_json::json!({ "type": "string" }), schemas: 1, broken: false };
    let style = Location::Path.default_style();
    ParameterDraft { name: name.to_owned(), location: Location::Path, required: true, style, explode: false, reserved: false, schema }
}

/// The placeholders of a path template, each once. The text between them has to
/// be a path that stays under the server's, whatever reads it.
fn placeholders(path: &str) -> Result<Vec<&str>, String> {
    let shown = || text::line(path, 200);
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(format!("The path `{}` does not start with one `/`.", shown()));
    }
    let mut found = Vec::new();
    let mut rest = path;
    let mut literal = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or_else(|| format!("A brace stays open in the path `{}`.", shown()))?;
        if name.is_empty() || name.contains('{') {
            return Err(format!("The path `{}` has a placeholder without a usable name.", shown()));
        }
        if !found.contains(&name) {
            found.push(name);
        }
        literal.push_str(before);
        // Stands for a value, so that a segment beside it is not taken for dots alone.
        literal.push('x');
        rest = behind;
    }
    literal.push_str(rest);
    let path_alone = literal.split(['?', '#']).next().unwrap_or_default();
    if literal.contains('\\') || literal.contains(char::is_control) || text::has_hidden(path) {
        return Err(format!("The path `{}` holds a backslash or an invisible character.", shown()));
    }
    if path_alone.split('/').any(|segment| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")) {
        return Err(format!("The path `{}` has a segment of dots.", shown()));
    }
    Ok(found)
}
