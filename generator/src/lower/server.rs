//! Servers (OpenAPI 3.0, Server Object).

use url::Url;

use super::findings::Finding;
use super::{Context, Reading};
use crate::document::Node;
use crate::text;

impl<'d> Context<'d, '_> {
    /// The servers of the document.
    pub fn document_servers(&mut self) -> Vec<String> {
        self.servers(&self.document.root)
    }

    /// The servers that `holder` (the document, a path or an operation) lists
    /// itself. What can't be called is left out.
    pub fn servers(&mut self, holder: &'d Node) -> Vec<String> {
        let listed = holder.get("servers").into_iter().flat_map(Node::items);
        let mut urls = Vec::new();
        for server in listed {
            match server_url(server) {
                Ok(url) if !urls.contains(&url) => urls.push(url),
                Ok(_) => {}
                Err(finding) => self.findings.add(finding),
            }
        }
        urls
    }
}

fn server_url(server: &Node) -> Reading<'_, String> {
    let node = server.get("url").unwrap_or(server);
    let refuse = |message: String| {
        Finding::warning(
            node,
            "server-unusable",
            format!("{message} This server is left out."),
        )
        .hint("Give a server yourself with `--base-url`.")
    };
    let Some(template) = node.string() else {
        return Err(refuse("A server has no `url`.".to_owned()));
    };
    let url = fill_in(template.trim(), server.get("variables")).map_err(refuse)?;
    // Where the document came from is not known here, only that it is the API's host.
    let url = match url.strip_prefix('.') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            format!("/{}", rest.trim_start_matches('/'))
        }
        _ if url.is_empty() => "/".to_owned(),
        _ => url,
    };
    check(&url).map_err(refuse)?;
    Ok(url)
}

/// The URL with its variables at their defaults.
fn fill_in(template: &str, variables: Option<&Node>) -> Result<String, String> {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            return Err(format!(
                "A brace stays open in the URL `{}`.",
                text::line(template, 200)
            ));
        };
        let variable = variables.and_then(|variables| variables.get(name));
        let first = || variable?.get("enum")?.items().find_map(Node::text);
        let Some(value) = variable
            .and_then(|variable| variable.get("default")?.text())
            .or_else(first)
        else {
            return Err(format!(
                "The variable `{}` of a server's URL has no default.",
                text::line(name, 80)
            ));
        };
        url.push_str(before);
        url.push_str(value);
        rest = behind;
    }
    url.push_str(rest);
    Ok(url)
}

/// Only plain http(s) URLs and paths relative to where the document came from:
/// no credentials inside, nothing that another reader could take for another host.
fn check(url: &str) -> Result<(), String> {
    let shown = text::line(url, 200);
    if url.contains(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\\' | '{' | '}' | '<' | '>' | '"')
    }) {
        return Err(format!("`{shown}` is no URL."));
    }
    let relative = url.starts_with('/') && !url.starts_with("//");
    if relative {
        return Ok(());
    }
    let parsed = Url::parse(url).map_err(|error| format!("`{shown}` is no URL: {error}."))?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none_or(str::is_empty) {
        return Err(format!("`{shown}` is no http or https URL."));
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("A server's URL holds a user name or a password.".to_owned());
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(format!(
            "`{shown}` has a query or a fragment, so that no path can follow it."
        ));
    }
    Ok(())
}
