//! The next page of an answer: where the API names one, and what a caller says to get it.

use std::sync::LazyLock;

use http::{HeaderMap, header::LINK};
use memchr::memmem::Finder;
use serde_json::{Map, Value, json};

use crate::view::NEXT;

/// Places in an answer's body where APIs put the URL of the next page.
const LINKS: &[&str] = &[
    "/next",
    "/next_url",
    "/nextUrl",
    "/next_page_url",
    "/nextLink",
    "/@odata.nextLink",
    "/links/next",
    "/links/next/href",
    "/_links/next",
    "/_links/next/href",
    "/paging/next",
    "/pagination/next",
    "/pagination/next_url",
    "/meta/next",
];

/// Places where they put a cursor that is an argument of the next call.
const CURSORS: &[&str] = &[
    "/next_cursor",
    "/nextCursor",
    "/next_page_token",
    "/nextPageToken",
    "/next_token",
    "/nextToken",
    "/NextToken",
    "/response_metadata/next_cursor",
    "/pagination/next_cursor",
    "/paging/next_cursor",
    "/meta/next_cursor",
    "/page_info/next_cursor",
];

/// What `next` and `Next` have in common, one of which stands in every place.
static IN_ALL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ext"));

/// The arguments that, added to those of this call, get the next page. `body` is a JSON answer and
/// its text; `path` is that of the request; `takes` says whether the tool has an argument.
pub(crate) fn page(
    headers: &HeaderMap,
    body: Option<(&Value, &str)>,
    path: &str,
    takes: impl Fn(&str) -> bool,
) -> Option<Map<String, Value>> {
    // One look at the text says of most answers that they have none of the places.
    let body = body
        .filter(|(_, text)| IN_ALL.find(text.as_bytes()).is_some())
        .map(|(body, _)| body);
    let linked = linked(headers).into_iter();
    let named = LINKS.iter().filter_map(|place| {
        let link = body?.pointer(place)?.as_str()?;
        Some(link.to_owned())
    });
    let query = linked.chain(named).find_map(|link| query_of(&link, path));
    let arguments = match query {
        Some(query) => json!({ NEXT: query }),
        None => cursor(body?, takes)?,
    };
    match arguments {
        Value::Object(arguments) => Some(arguments),
        _ => None,
    }
}

/// The target of `rel="next"` (RFC 8288, section 3).
fn linked(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(LINK).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts.flat_map(links).find_map(|(target, parameters)| {
        let is_next = parameters.split(';').any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            let relations = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && relations
                    .split_ascii_whitespace()
                    .any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        is_next.then(|| target.to_owned())
    })
}

/// Each link's target and parameters. A comma inside a target ends nothing.
fn links(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let links = text.split('<').skip(1);
    links.filter_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        Some((target, parameters.trim_end_matches([' ', '\t', ','])))
    })
}

/// The query of a link to another page of the same resource. Only that is taken of a link, so that
/// no answer can lead a tool to another resource or another host.
fn query_of(link: &str, path: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    let (target, query) = link.split_once('?')?;
    let last = |path: &str| {
        path.trim_end_matches('/')
            .rsplit('/')
            .next()
            .map(str::to_owned)
    };
    let same = target.is_empty() || last(target) == last(path);
    // A credential that the link repeats is added anew.
    let kept: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.ends_with("=[redacted]"))
        .collect();
    (same && !query.is_empty()).then(|| kept.join("&"))
}

/// A cursor for which the tool has an argument: `next_page_token` for `pageToken`, say.
fn cursor(body: &Value, takes: impl Fn(&str) -> bool) -> Option<Value> {
    CURSORS.iter().find_map(|place| {
        let cursor = body.pointer(place).filter(|cursor| match cursor {
            Value::String(text) => !text.is_empty(),
            other => other.is_number(),
        })?;
        let name = place
            .rsplit('/')
            .next()?
            .to_ascii_lowercase()
            .replace('_', "");
        let candidates: &[&str] = match name.as_str() {
            "nextcursor" => &[
                "cursor",
                "after",
                "page_cursor",
                "next_cursor",
                "nextCursor",
            ],
            "nextpagetoken" => &[
                "page_token",
                "pageToken",
                "next_page_token",
                "nextPageToken",
            ],
            _ => &["next_token", "nextToken", "NextToken", "token"],
        };
        let argument = candidates.iter().find(|name| takes(name))?;
        Some(json!({ *argument: cursor }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(link: Option<&str>, body: &Value) -> Value {
        let mut headers = HeaderMap::new();
        if let Some(link) = link {
            headers.append(LINK, link.parse().expect("a value"));
        }
        let takes = |name: &str| ["pageToken", "cursor"].contains(&name);
        let text = body.to_string();
        page(&headers, Some((body, &text)), "/v1/pets", takes).map_or(Value::Null, Value::Object)
    }

    #[test]
    fn a_next_page_is_found_where_apis_put_it() {
        for (link, body, next) in [
            (
                Some(
                    r#"<https://a.test/v1/pets?page=1>; rel="prev", </x/pets?page=3&q=a,b>; title=x; rel="last Next""#,
                ),
                json!({}),
                json!({"_next": "page=3&q=a,b"}),
            ),
            (
                Some("<?cursor=x>; rel=next"),
                json!({}),
                json!({"_next": "cursor=x"}),
            ),
            (
                Some("</v1/others?page=2>; rel=next"),
                json!({}),
                Value::Null,
            ),
            (
                None,
                json!({"links": {"next": "https://a.test/v1/pets?p=2#x"}}),
                json!({"_next": "p=2"}),
            ),
            (
                None,
                json!({"next_cursor": "abc"}),
                json!({"cursor": "abc"}),
            ),
            (
                None,
                json!({"nextPageToken": "abc"}),
                json!({"pageToken": "abc"}),
            ),
            (
                None,
                json!({"next_token": "abc", "next": null}),
                Value::Null,
            ),
            (None, json!({"next_cursor": ""}), Value::Null),
            (None, json!([]), Value::Null),
        ] {
            assert_eq!(of(link, &body), next, "{link:?} {body}");
        }
    }
}
