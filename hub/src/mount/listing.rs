//! A user's tool list, page by page, read from the store: listing wakes no server.

use std::fmt::Write as _;

use toolmill_core::{MountedTool, Result, TenantCtx};

use super::Mounted;
use crate::config::PageLimits;
use crate::json::{Members, quoted};

/// Part of a tool list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// A JSON array of MCP `Tool` objects, named `slug__tool`.
    pub(crate) tools: String,
    /// Where the next page starts; `None` after the last one.
    pub(crate) next: Option<u32>,
}

impl Mounted {
    /// The page of the user's tools that starts at the one numbered `offset`.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn page(&self, ctx: &TenantCtx, offset: u32) -> Result<Page> {
        let limits = self.page;
        let most = limits.tools.saturating_add(1);
        let found = self.store.mounted_tools(ctx, offset, most).await?;
        Ok(page(offset, &found, limits))
    }
}

/// Lays out as many of `found` as fit a page. `found` holds one more than that
/// where there are further tools.
fn page(offset: u32, found: &[MountedTool], limits: PageLimits) -> Page {
    let mut tools = String::from("[");
    let mut taken: u32 = 0;
    for tool in found {
        if taken == limits.tools || (taken > 0 && tools.len() + tool.listing.len() > limits.bytes) {
            break;
        }
        taken += 1;
        match listed(tool) {
            Ok(listed) => {
                if tools.len() > 1 {
                    tools.push(',');
                }
                tools.push_str(&listed);
            }
            Err(error) => {
                tracing::error!(slug = %tool.slug, tool = tool.name, %error, "a stored tool listing is not a JSON object");
            }
        }
    }
    tools.push(']');
    let more = (taken as usize) < found.len();
    Page {
        tools,
        next: more.then(|| offset.saturating_add(taken)),
    }
}

/// The tool's listing under the name that the user sees.
fn listed(tool: &MountedTool) -> Result<String, serde_json::Error> {
    let name = quoted(&format!("{}__{}", tool.slug, tool.name));
    let mut listed = String::with_capacity(tool.listing.len() + name.len());
    listed.push_str("{\"name\":");
    listed.push_str(&name);
    for (member, value) in Members::parse(&tool.listing)?.iter() {
        if member != "name" {
            let written = write!(listed, ",{}:{}", quoted(member), value.get());
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
    }
    listed.push('}');
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(offset: u32, found: &[MountedTool]) -> Page {
        super::page(offset, found, PageLimits::default())
    }

    fn tool(name: &str, listing: String) -> MountedTool {
        MountedTool {
            slug: "pets".parse().expect("a slug"),
            name: name.to_owned(),
            method: "GET".to_owned(),
            path: "/pets".to_owned(),
            listing: listing.into(),
        }
    }

    fn names(page: &Page) -> Vec<String> {
        let tools: Vec<serde_json::Value> = serde_json::from_str(&page.tools).expect("an array");
        let name = |tool: &serde_json::Value| tool["name"].as_str().expect("a name").to_owned();
        tools.iter().map(name).collect()
    }

    #[test]
    fn only_the_name_changes() {
        let listing = r#"{"title":"A \"pet\"","name":"get","inputSchema":{"maximum":1e400}}"#;
        assert_eq!(
            page(0, &[tool("get", listing.to_owned())]).tools,
            r#"[{"name":"pets__get","title":"A \"pet\"","inputSchema":{"maximum":1e400}}]"#
        );
    }

    #[test]
    fn a_page_has_at_most_100_tools() {
        let tools = |count: u32| -> Vec<_> {
            (0..count)
                .map(|n| tool(&format!("t{n}"), "{}".to_owned()))
                .collect()
        };
        assert_eq!(page(0, &tools(100)).next, None);
        assert_eq!(names(&page(0, &tools(100))).len(), 100);
        let first = page(200, &tools(101));
        assert_eq!(names(&first).len(), 100);
        assert_eq!(first.next, Some(300));
        assert_eq!(page(0, &[]).tools, "[]");
    }

    #[test]
    fn a_page_has_at_most_512_kib_but_at_least_one_tool() {
        let large = |size: usize| tool("t", format!(r#"{{"d":"{}"}}"#, "x".repeat(size)));
        let page_of = |size| page(0, &[large(size), large(size), large(size)]);
        assert_eq!(
            names(&page_of(PageLimits::default().bytes / 2 - 100)).len(),
            2
        );
        assert_eq!(names(&page_of(PageLimits::default().bytes / 2)).len(), 1);
        let huge = page_of(PageLimits::default().bytes * 2);
        assert_eq!(names(&huge).len(), 1);
        assert_eq!(huge.next, Some(1));
    }

    #[test]
    fn a_broken_listing_costs_only_its_tool() {
        let page = page(
            0,
            &[
                tool("a", "{}".to_owned()),
                tool("b", "[".to_owned()),
                tool("c", "{}".to_owned()),
            ],
        );
        assert_eq!(names(&page), ["pets__a", "pets__c"]);
    }
}
