//! `README.md`. Text of the specification is shown as it reads: nothing in it is
//! Markdown or HTML.

use toolmill_templates::generated as template;

use crate::ir::{Api, Credential, Location, Scheme, Tool};
use crate::text;

pub fn readme(api: &Api, package: &str) -> String {
    template::readme(&template::Readme {
        title: plain(&api.title),
        version: plain(&api.version),
        package,
        document: api.source.format.file_name(),
        server: api.servers.first().map(|url| code(url)),
        schemes: api.schemes.iter().map(scheme).collect(),
        tools: api.tools.iter().map(tool).collect(),
    })
}

fn tool(tool: &Tool) -> template::ReadmeTool<'_> {
    let request = code(&format!("{} {}", tool.method.as_str(), tool.path));
    template::ReadmeTool {
        name: &tool.names.tool,
        request,
        title: plain(&tool.title),
    }
}

fn scheme(scheme: &Scheme) -> template::ReadmeScheme<'_> {
    let what = match &scheme.credential {
        Credential::ApiKey { location, name } => {
            let place = match location {
                Location::Query => "query parameter",
                Location::Cookie => "cookie",
                Location::Header | Location::Path | Location::QueryString => "header",
            };
            format!("the API key for the {place} {}", code(name))
        }
        Credential::Basic => "`user:password`".to_owned(),
        Credential::Bearer => "the bearer token".to_owned(),
        Credential::Http(name) => {
            format!("the credential for HTTP authentication by {}", code(name))
        }
        Credential::MutualTls => {
            "a PEM file with the client certificate and its key, or `CERTIFICATE,KEY`, a file for each"
                .to_owned()
        }
    };
    let meaning = format!("{what}, for the scheme {}", code(&scheme.name));
    template::ReadmeScheme {
        environment: &scheme.environment,
        meaning,
    }
}

/// Text on one line, with what Markdown or HTML would read escaped.
fn plain(raw: &str) -> String {
    let mut out = String::new();
    for c in text::line(raw, 256).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                out.extend(['\\', c])
            }
            // Keeps bare addresses from becoming links.
            ':' if out.to_ascii_lowercase().ends_with("http")
                || out.to_ascii_lowercase().ends_with("https") =>
            {
                out.push_str("&#58;")
            }
            _ => out.push(c),
        }
    }
    out
}

/// Text in a code span on one line of a table.
fn code(raw: &str) -> String {
    format!(
        "`{}`",
        text::line(raw, 256).replace('`', "'").replace('|', "\\|")
    )
}

#[cfg(test)]
mod tests {
    use super::{code, plain};

    #[test]
    fn markup_is_text() {
        assert_eq!(
            plain("<b>[x](http://evil.test)|\n"),
            "&lt;b&gt;\\[x\\](http&#58;//evil.test)\\|"
        );
        assert_eq!(code("GET /a`|b"), "`GET /a'\\|b`");
    }
}
