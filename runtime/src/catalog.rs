//! The tools that a server has: manifest and function table put together at first use.

use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

use rmcp::model::Tool as ListedTool;

use crate::{
    Action, Server,
    base::Base,
    limits::Limits,
    manifest::{Entry, Manifest},
    validation::{self, Schema},
};

/// All tools of a server, in the order of the manifest, hand-written ones last.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) manifest: Manifest,
    /// Where the API is, by its description.
    pub(crate) base: Option<Result<Base, String>>,
    tools: Vec<CatalogTool>,
    indexes: HashMap<&'static str, usize>,
}

/// One tool with all that a call of it needs.
#[derive(Debug)]
pub(crate) struct CatalogTool {
    pub(crate) name: &'static str,
    pub(crate) action: Action,
    pub(crate) entry: Entry,
    /// Calls repeat some arguments in `Mcp-Param-…` headers, which have to be compared.
    pub(crate) mirrors_arguments: bool,
    arguments: OnceLock<Result<Schema, String>>,
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) tools: Vec<ListedTool>,
    pub(crate) next: Option<String>,
}

impl Catalog {
    /// Reads the manifest's frame and finds each tool's function.
    pub(crate) fn of(server: &'static Server) -> Self {
        let mut manifest = Manifest::read(server.manifest).unwrap_or_else(|error| {
            eprintln!("`tools.json` can not be read, the server has no tools: {error}.");
            Manifest::default()
        });
        let replaced: HashSet<&str> = server.hooks.tools.iter().map(|tool| tool.name).collect();
        let functions: HashMap<_, _> = server.tools.iter().map(|tool| (tool.name, tool)).collect();
        let generated = std::mem::take(&mut manifest.tools)
            .into_iter()
            .filter_map(|entry| {
                let tool = functions.get(&*entry.name)?;
                let replaced = replaced.contains(tool.name);
                (!replaced)
                    .then(|| CatalogTool::new(tool.name, Action::Request(tool.request), entry))
            });
        let mut tools: Vec<_> = generated.collect();
        for extra in server.hooks.tools {
            match Entry::read(extra.name, extra.definition) {
                Ok(entry) => tools.push(CatalogTool {
                    mirrors_arguments: extra.definition.contains("x-mcp-header"),
                    ..CatalogTool::new(extra.name, extra.action, entry)
                }),
                Err(error) => eprintln!(
                    "The tool `{}` has no usable definition: {error}.",
                    extra.name
                ),
            }
        }
        let indexes = tools
            .iter()
            .enumerate()
            .map(|(index, tool)| (tool.name, index))
            .collect();
        Self {
            base: manifest.servers.first().map(|url| Base::parse(url)),
            manifest,
            tools,
            indexes,
        }
    }

    /// The tool of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&CatalogTool> {
        self.indexes.get(name).map(|&index| &self.tools[index])
    }

    /// The tool's compiled input schema, compiled at its first call.
    pub(crate) fn arguments<'a>(&self, tool: &'a CatalogTool) -> Result<&'a Schema, &'a String> {
        let compile = || match self.manifest.checked_schema(&tool.entry) {
            Ok(schema) => Ok(validation::compile(schema)),
            Err(error) => Err(format!(
                "The tool's input schema is not JSON ({error}): regenerate the server."
            )),
        };
        tool.arguments.get_or_init(compile).as_ref()
    }

    /// The tool as clients see it, where some of its arguments come in headers as well. Generated
    /// schemas never ask for that (`x-mcp-header`), hand-written ones may.
    pub(crate) fn mirroring(&self, tool: &CatalogTool) -> Option<ListedTool> {
        tool.mirrors_arguments
            .then(|| self.manifest.listed(&tool.entry).ok())?
    }

    /// The page that begins at `cursor`, or nothing where the cursor is none of this server's.
    pub(crate) fn page(&self, cursor: Option<&str>, limits: &Limits) -> Option<Page> {
        let start = match cursor {
            None => 0,
            Some(cursor) => cursor
                .parse()
                .ok()
                .filter(|&start| start < self.tools.len())?,
        };
        let mut tools = Vec::new();
        let mut bytes = 0;
        let mut end = start;
        for tool in &self.tools[start..] {
            bytes += self.manifest.listed_size(&tool.entry);
            if end > start && (end - start == limits.page_tools || bytes > limits.page_bytes) {
                break;
            }
            end += 1;
            match self.manifest.listed(&tool.entry) {
                Ok(listed) => tools.push(listed),
                Err(error) => eprintln!("The tool `{}` can not be listed: {error}.", tool.name),
            }
        }
        Some(Page {
            tools,
            next: (end < self.tools.len()).then(|| end.to_string()),
        })
    }
}

impl CatalogTool {
    fn new(name: &'static str, action: Action, entry: Entry) -> Self {
        Self {
            name,
            action,
            entry,
            mirrors_arguments: false,
            arguments: OnceLock::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hooks, Request, Tool};

    /// A server with as many tools, each with a description of `length` bytes.
    fn catalog(tools: usize, length: usize) -> Catalog {
        let name = |index: usize| format!("tool{index}");
        let description = "x".repeat(length);
        let entries: Vec<_> = (0..tools)
            .map(|index| {
                serde_json::json!({
                    "name": name(index),
                    "description": description,
                    "inputSchema": {"type": "object"},
                })
            })
            .collect();
        let manifest = serde_json::json!({ "tools": entries }).to_string();
        let tools: Vec<_> = (0..tools)
            .map(|index| Tool {
                name: name(index).leak(),
                request: |args| Request::get("/", args).build(),
            })
            .collect();
        Catalog::of(Box::leak(Box::new(Server {
            slug: "test",
            manifest: manifest.leak(),
            security: &[],
            tools: tools.leak(),
            hooks: Hooks::NONE,
        })))
    }

    /// How many tools each page has.
    fn pages(catalog: &Catalog) -> Vec<usize> {
        let mut pages = Vec::new();
        let mut cursor = None;
        loop {
            let page = catalog
                .page(cursor.as_deref(), &Limits::default())
                .expect("a page");
            pages.push(page.tools.len());
            match page.next {
                Some(next) => cursor = Some(next),
                None => return pages,
            }
        }
    }

    #[test]
    fn a_page_ends_at_either_limit() {
        assert_eq!(pages(&catalog(0, 0)), [0]);
        assert_eq!(pages(&catalog(100, 10)), [100]);
        assert_eq!(pages(&catalog(250, 10)), [100, 100, 50]);
        assert_eq!(pages(&catalog(9, 150_000)), [3, 3, 3]);
        assert_eq!(pages(&catalog(2, 600_000)), [1, 1]);
    }

    #[test]
    fn a_strange_cursor_is_refused() {
        let catalog = catalog(3, 10);
        for cursor in ["", "x", "-1", "3", "99999999999999999999"] {
            assert!(
                catalog.page(Some(cursor), &Limits::default()).is_none(),
                "{cursor}"
            );
        }
    }
}
