//! Whether a request is one of the operation that was granted.
//!
//! The method must be the tool's, and the path its template, appended to the
//! base path, with a value in each placeholder. Values are percent-encoded by
//! servers (the runtime's `request/path.rs`), so none of them holds a slash, not
//! even with `allowReserved`. Of the query only what the template itself holds
//! is compared: the rest is arguments.

use http::Method;
use percent_encoding::percent_decode_str;
use toolmill_core::ToolRoute;
use url::Url;

use super::refusal::Refusal;

/// Stands for a value in a normal text, where it cannot come by itself.
const VALUE: char = '{';

/// How many layers of percent-encoding are looked through; what has more is refused.
const LAYERS: usize = 8;

/// Refuses a request that is not one of the route's operation.
pub(super) fn check(method: &Method, url: &Url, route: &ToolRoute) -> Result<(), Refusal> {
    let template = Template::read(&route.path);
    let path = below(url, route).filter(|path| template.takes(path, url.query()));
    if *method == *route.method && path.is_some() {
        return Ok(());
    }
    Err(Refusal::Operation {
        tool: route.tool.clone(),
        granted: format!("{} {}", route.method, route.path.escape_debug()),
    })
}

/// The URL's path, normal, from the end of the route's base path on; `None`
/// where it is not below that, or an upstream might see a `.` or `..` in it.
pub(super) fn below(url: &Url, route: &ToolRoute) -> Option<String> {
    let base = normal(route.base.as_ref()?.path(), is_in_path);
    let path = normal(url.path(), is_in_path);
    let below = path.strip_prefix(base.trim_end_matches('/'))?;
    (below.starts_with('/') && !has_dot_segment(below)).then(|| below.to_owned())
}

/// A path template, normal, with [`VALUE`] in the place of each placeholder.
struct Template {
    path: String,
    /// Pairs of the query that the template itself holds.
    query: Vec<String>,
}

impl Template {
    /// Reads the template as the runtime does, which cuts a fragment off.
    fn read(template: &str) -> Self {
        let mut rest = template.split('#').next().unwrap_or_default();
        let mut marked = String::from(if rest.starts_with('/') { "" } else { "/" });
        while let Some((literal, after)) = next_placeholder(rest) {
            marked.push_str(&literal.replace(VALUE, "%7B"));
            marked.push(VALUE);
            rest = after;
        }
        marked.push_str(&rest.replace(VALUE, "%7B"));
        let (path, query) = marked.split_once('?').unwrap_or((&marked, ""));
        let query = normal(query, |byte| byte == b'{' || is_in_query(byte));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self {
            path: normal(path, |byte| byte == b'{' || is_in_path(byte)),
            query: pairs.map(str::to_owned).collect(),
        }
    }

    fn takes(&self, path: &str, query: Option<&str>) -> bool {
        let query = normal(query.unwrap_or_default(), is_in_query);
        // Of a name that comes twice, some read the last value, others the first.
        let has = |pair: &String| {
            let mut of_its_name = query.split('&').filter(|given| name(given) == name(pair));
            query.split('&').any(|given| matches(pair, given))
                && of_its_name.all(|given| matches(pair, given))
        };
        let segments = self.path.split('/').count() == path.split('/').count();
        let mut pairs = self.path.split('/').zip(path.split('/'));
        segments
            && pairs.all(|(template, given)| matches(template, given))
            && self.query.iter().all(has)
    }
}

/// The name of a query's pair.
fn name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

/// Splits at the first `{name}`: the text before it, and the text after it.
fn next_placeholder(text: &str) -> Option<(&str, &str)> {
    let mut closing = text.match_indices('}').map(|(end, _)| end);
    let (start, end) = closing.find_map(|end| Some((text[..end].rfind('{')?, end)))?;
    Some((&text[..start], &text[end + 1..]))
}

/// Whether `given` is `template` with at least one character for each [`VALUE`].
fn matches(template: &str, given: &str) -> bool {
    let mut literals = template.split(VALUE);
    let Some(mut rest) = given.strip_prefix(literals.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = literals.next_back() else {
        return rest.is_empty();
    };
    // The first place where a literal fits leaves the most to those behind it.
    for literal in literals {
        let found = rest.get(1..).and_then(|rest| rest.split_once(literal));
        let Some((_, after)) = found else {
            return false;
        };
        rest = after;
    }
    rest.len() > last.len() && rest.ends_with(last)
}

/// The text with equal octets written equally (RFC 3986, section 6.2.2):
/// unreserved characters raw, all that `is_raw` does not have as `%XX`.
fn normal(text: &str, is_raw: fn(u8) -> bool) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let encoded = after
            .first_chunk()
            .filter(|_| first == b'%')
            .and_then(octet);
        let (octet, keeps) = match encoded {
            Some(octet) => (octet, is_unreserved(octet)),
            None => (first, is_unreserved(first) || is_raw(first)),
        };
        rest = if encoded.is_some() {
            &after[2..]
        } else {
            after
        };
        if keeps {
            normal.push(char::from(octet));
        } else {
            normal.push('%');
            for digit in [octet >> 4, octet & 15] {
                normal.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    normal
}

fn octet(digits: &[u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? << 4 | low?).ok()
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// RFC 3986, section 3.3.
fn is_in_path(byte: u8) -> bool {
    b"/!$&'()*+,;=:@".contains(&byte)
}

/// RFC 3986, section 3.4, but for the apostrophe, which URLs on the web encode.
fn is_in_query(byte: u8) -> bool {
    b"/?!$&()*+,;=:@".contains(&byte)
}

/// Whether an upstream that decodes the path, once or more often, might see a
/// `.` or `..` segment in it. Some cut parameters off a segment before they look.
fn has_dot_segment(path: &str) -> bool {
    let is_dots = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    let mut text = path.to_owned();
    for _ in 0..LAYERS {
        if text.split(['/', '\\']).any(is_dots) {
            return true;
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == text {
            return false;
        }
        text = decoded;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(template: &str, path_and_query: &str) -> bool {
        let url = Url::parse(&format!("https://api.example{path_and_query}")).expect("a URL");
        let path = normal(url.path(), is_in_path);
        Template::read(template).takes(&path, url.query())
    }

    #[test]
    fn a_value_is_within_its_segment_and_not_empty() {
        for (template, yes, no) in [
            (
                "/pets",
                &["/pets", "/pets?a=b", "/p%65ts"][..],
                &["/pets/", "/pet", "/petss", "//pets", "/", "/Pets"][..],
            ),
            ("pets", &["/pets"], &["/pet"]),
            ("", &["/"], &["/x"]),
            ("/?#x", &["/"], &["/x"]),
            (
                "/pets/{id}",
                &[
                    "/pets/7",
                    "/pets/a%2Fb",
                    "/pets/a,b",
                    "/pets/;id=1;id=2",
                    "/pets/.a.b",
                ],
                &["/pets/", "/pets", "/pets/7/x", "/pets/7/", "/pet/7"],
            ),
            ("/{a}/{b}", &["/1/2"], &["/1", "//2", "/1/", "/1/2/3"]),
            (
                "/{a}{b}.json",
                &["/xy.json", "/.json.json"],
                &["/x.json", "/.json", "/xy.jso"],
            ),
            (
                "/{a}-{b}-c",
                &["/1-2-c", "/----c", "/1-2-3-c"],
                &["/---c", "/1-2-d", "/-2-c"],
            ),
            ("/{a}:run", &["/x:run"], &["/x%3Arun", "/:run", "/x:runs"]),
            ("/{a/b}/c", &["/x/c"], &["/x/y/c"]),
        ] {
            for path in yes {
                assert!(takes(template, path), "{template} {path}");
            }
            for path in no {
                assert!(!takes(template, path), "{template} {path}");
            }
        }
    }

    #[test]
    fn literals_are_equal_however_they_are_encoded() {
        // As the runtime's own test has them: what it writes for a template.
        for (template, written) in [
            ("/a}b{c}", "/a%7DbC"),
            ("/a{b{c}", "/a%7BbC"),
            ("/{c}{c}/:d;e=f,g@h", "/CC/:d;e=f,g@h"),
            ("/a b/%41%zz/\u{e9}", "/a%20b/%41%25zz/%C3%A9"),
            ("a/?x={c}&y#{z}", "/a/?x=C&y"),
            ("/x?q='a b'&[]", "/x?q='a%20b'&%5B%5D"),
            ("/a|b^c`d\"<>[]\\", "/a%7Cb%5Ec%60d%22%3C%3E%5B%5D%5C"),
        ] {
            assert!(takes(template, written), "{template} {written}");
            assert!(!takes(template, &format!("/x{written}")), "{template}");
        }
    }

    #[test]
    fn the_templates_own_query_must_be_there() {
        assert!(takes("/?{any}", "/?x") && !takes("/?{any}", "/?"));
        let template = "/?Action=Read&v={v}";
        assert!(takes(template, "/?Action=Read&v=1&limit=3"));
        assert!(takes(template, "/?limit=3&v=%31&Action=Re%61d"));
        for query in [
            "",
            "?Action=Delete&v=1",
            "?Action=Read",
            "?Action=Read&v=",
            "?v=1&xAction=Read",
            "?Action=Read&v=1&Action=Delete",
            "?Action=Delete&v=1&%41ction=Read",
        ] {
            assert!(!takes(template, &format!("/{query}")), "{query}");
        }
    }

    #[test]
    fn dots_are_seen_through_encodings() {
        for path in [
            "/..",
            "/a/./b",
            "/%2e%2e/b",
            "/a%2F..%2Fb",
            "/a%252F%252e%252e",
            "/..%5Cb",
            "/..;x/b",
        ] {
            assert!(has_dot_segment(path), "{path}");
        }
        for path in ["/", "/a..b", "/...", "/.a", "/a%2Fb", "/%25"] {
            assert!(!has_dot_segment(path), "{path}");
        }
    }
}
