//! Every name that is made from a specification is made here.
//!
//! A name never depends on the order of a document: what several want, nobody
//! gets without a suffix, and the suffix is a hash of what it stands for. Rust
//! identifiers and file names are `[a-z][a-z0-9_]*` whatever the text was.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use crate::ir::{Location, Names};
use crate::lock;
use crate::words::{
    ARGUMENT_CHARS, TOOL_CHARS, hash, identifier, is_argument, is_argument_char, is_tool_char,
    is_tool_name, replace, split,
};

/// What an operation's names are made from.
pub(crate) struct Operation<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub id: Option<&'a str>,
    /// What the author wants the tool to be called: a tool name.
    pub name: Option<&'a str>,
    pub tag: &'a str,
}

const IDENTIFIER_CHARS: usize = 41;
const HASH_CHARS: usize = 6;

/// The names of all operations, in their order. Names in the text of an earlier
/// `toolmill.lock` stay with their method and path.
pub(crate) fn operations(operations: &[Operation<'_>], lock: Option<&str>) -> Vec<Names> {
    let tools = tools(operations, lock);
    let modules: Vec<_> = operations
        .iter()
        .map(|operation| module(operation.tag))
        .collect();
    let functions = functions(operations, &tools, &modules);
    let names = tools.into_iter().zip(functions).zip(modules);
    names
        .map(|((tool, function), module)| Names {
            tool,
            function,
            module,
        })
        .collect()
}

fn tools(operations: &[Operation<'_>], lock: Option<&str>) -> Vec<String> {
    let pinned = lock.map(lock::pinned).unwrap_or_default();
    let keys: Vec<_> = operations
        .iter()
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect();
    let mut given: Vec<Option<String>> = vec![None; operations.len()];
    let mut taken = HashSet::new();
    // The author's own names come before those pinned, or nobody could rename a tool.
    let wishes: Vec<_> = operations.iter().map(|operation| operation.name).collect();
    for (name, wish) in given.iter_mut().zip(&wishes) {
        let alone = |wish: &&str| {
            let alike =
                |other: &&Option<&str>| other.is_some_and(|other| other.eq_ignore_ascii_case(wish));
            wishes.iter().filter(alike).count() == 1
        };
        *name = wish
            .filter(|wish| alone(wish) && taken.insert(wish.to_ascii_lowercase()))
            .map(str::to_owned);
    }
    for ((name, key), wish) in given.iter_mut().zip(&keys).zip(&wishes) {
        if wish.is_some() {
            continue;
        }
        let pin = pinned.get(key).filter(|pin| is_tool_name(pin));
        *name = pin
            .filter(|pin| taken.insert(pin.to_ascii_lowercase()))
            .cloned();
    }
    let open: Vec<_> = (0..operations.len())
        .filter(|index| given[*index].is_none())
        .collect();
    let wanted: Vec<_> = open
        .iter()
        .map(|index| (tool(&operations[*index]), keys[*index].as_str()))
        .collect();
    for (index, name) in open.iter().zip(settle(&wanted, TOOL_CHARS, taken)) {
        given[*index] = Some(name);
    }
    given.into_iter().flatten().collect()
}

/// The name an operation would like to have.
fn tool(operation: &Operation<'_>) -> String {
    if let Some(name) = operation.name {
        return name.to_owned();
    }
    let name = replace(operation.id.unwrap_or_default(), is_tool_char);
    if !name.is_empty() {
        return name;
    }
    replace(
        &format!(
            "{}_{}",
            operation.method.to_ascii_lowercase(),
            operation.path
        ),
        is_tool_char,
    )
}

fn functions(operations: &[Operation<'_>], tools: &[String], modules: &[String]) -> Vec<String> {
    let mut by_module: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, module) in modules.iter().enumerate() {
        by_module.entry(module).or_default().push(index);
    }
    let mut names = vec![String::new(); tools.len()];
    for indices in by_module.into_values() {
        let key =
            |index: &usize| format!("{} {}", operations[*index].method, operations[*index].path);
        let keys: Vec<_> = indices.iter().map(key).collect();
        let wanted: Vec<_> = indices
            .iter()
            .zip(&keys)
            .map(|(index, key)| (identifier(&tools[*index], "tool"), key.as_str()))
            .collect();
        for (index, name) in indices
            .iter()
            .zip(settle(&wanted, IDENTIFIER_CHARS, HashSet::new()))
        {
            names[*index] = name;
        }
    }
    names
}

/// The module, and file, of the operations with `tag`. Tags which differ only in
/// what no identifier can hold share it.
fn module(tag: &str) -> String {
    if tag.trim().is_empty() {
        "untagged".to_owned()
    } else {
        identifier(tag, "tag")
            .chars()
            .take(IDENTIFIER_CHARS)
            .collect()
    }
}

/// The arguments of parameters, in their order. A parameter whose own name will
/// do keeps it; of those in several places the first of path, query, header and
/// cookie does, and the others say where they belong.
pub(crate) fn arguments<'a>(parameters: impl Iterator<Item = (&'a str, Location)>) -> Vec<String> {
    let parameters: Vec<_> = parameters.collect();
    let mut given: Vec<Option<String>> = vec![None; parameters.len()];
    let mut taken = HashSet::new();
    for place in Location::ALL {
        for (index, (name, location)) in parameters.iter().enumerate() {
            if *location == place && is_argument(name) && taken.insert((*name).to_owned()) {
                given[index] = Some((*name).to_owned());
            }
        }
    }
    for place in Location::ALL {
        for (index, (name, location)) in parameters.iter().enumerate() {
            if *location == place && given[index].is_none() {
                let own = replace(&spelled(name), is_argument_char);
                let placed = format!("{}_{own}", location.as_str());
                let key = format!("{} {name}", location.as_str());
                let wanted = if is_argument(name) || own.is_empty() {
                    placed
                } else {
                    own
                };
                given[index] = Some(free(&wanted, &key, ARGUMENT_CHARS, &mut taken));
            }
        }
    }
    given.into_iter().flatten().collect()
}

/// A name whose only other characters are comparisons, which tell it from its
/// like, in words: `created>` beside `created<`.
fn spelled(name: &str) -> String {
    let words = [(">=", "_gte"), ("<=", "_lte"), (">", "_gt"), ("<", "_lt")];
    words.iter().fold(name.to_owned(), |name, (sign, word)| {
        name.replace(sign, word)
    })
}

/// The arguments of a body's properties, in their order; `None` where one of
/// them would meet another or one of those already `taken`.
pub(crate) fn body_properties<'a>(
    properties: impl Iterator<Item = &'a str>,
    taken: &Map<String, Value>,
) -> Option<Vec<String>> {
    let mut seen = HashSet::new();
    let argument = |name: &str| {
        let argument = if is_argument(name) {
            name.to_owned()
        } else {
            replace(name, is_argument_char)
        };
        let free = is_argument(&argument)
            && !taken.contains_key(&argument)
            && seen.insert(argument.clone());
        free.then_some(argument)
    };
    properties.map(argument).collect()
}

/// The argument of a whole body.
pub(crate) fn body(taken: &Map<String, Value>) -> String {
    let free = ["body", "requestBody", "request_body"]
        .into_iter()
        .find(|name| !taken.contains_key(*name));
    free.map_or_else(
        || format!("body_{}", &hash("the request body")[..HASH_CHARS]),
        str::to_owned,
    )
}

/// The argument of a header that a part of a form has.
pub(crate) fn part_header(part: &str, header: &str, taken: &Map<String, Value>) -> String {
    let header = replace(header, is_argument_char);
    let both = replace(&format!("{part}_{header}"), is_argument_char);
    let free = [header, both]
        .into_iter()
        .find(|name| is_argument(name) && !taken.contains_key(name));
    free.unwrap_or_else(|| {
        let key = format!("{part} {}", taken.len());
        format!("header_{}", &hash(&key)[..HASH_CHARS])
    })
}

/// The argument that chooses a body's media type.
pub(crate) fn content_type(taken: &Map<String, Value>) -> String {
    let free = ["contentType", "bodyContentType", "body_content_type"]
        .into_iter()
        .find(|name| !taken.contains_key(*name));
    free.map_or_else(
        || format!("contentType_{}", &hash("the media type")[..HASH_CHARS]),
        str::to_owned,
    )
}

/// The names of shared schemas: what follows the last slash of their pointers,
/// and a suffix.
pub(crate) fn definitions<'a>(wanted: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let wanted: Vec<_> = wanted
        .map(|(pointer, suffix)| {
            let last = pointer.rsplit('/').next().unwrap_or_default();
            let name = replace(
                &last.replace("~1", "/").replace("~0", "~"),
                is_argument_char,
            );
            let name = if name.is_empty() {
                "schema".to_owned()
            } else {
                name
            };
            (format!("{name}{suffix}"), format!("{pointer} {suffix}"))
        })
        .collect();
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(name, key)| (name.clone(), key.as_str()))
        .collect();
    settle(&wanted, ARGUMENT_CHARS, HashSet::new())
}

/// The environment variables of security schemes, in their order.
pub(crate) fn environments<'a>(schemes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<_> = schemes
        .map(|scheme| {
            (
                format!("credential_{}", identifier(scheme, "scheme")),
                scheme,
            )
        })
        .collect();
    settle(&wanted, ARGUMENT_CHARS, HashSet::new())
        .into_iter()
        .map(|name| name.to_ascii_uppercase())
        .collect()
}

/// An operation id as words: `getPetById` → `Get pet by id`. One with letters that have no place in
/// a tool's name stays as it is: a title has them all.
pub(crate) fn words(id: &str) -> String {
    if id.chars().any(|c| c.is_alphanumeric() && !c.is_ascii()) {
        return id.to_owned();
    }
    let words = split(id).join(" ");
    let mut chars = words.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Gives everyone the name they want, at most `chars` long, where nobody else
/// wants it in any case; the others get it with a hash of their key.
fn settle(wanted: &[(String, &str)], chars: usize, mut taken: HashSet<String>) -> Vec<String> {
    let mut wishes: HashMap<String, usize> = HashMap::new();
    for (name, _) in wanted {
        *wishes.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    let mut given: Vec<Option<String>> = vec![None; wanted.len()];
    for (slot, (name, _)) in given.iter_mut().zip(wanted) {
        let folded = name.to_ascii_lowercase();
        if name.len() <= chars && wishes[&folded] == 1 && taken.insert(folded) {
            *slot = Some(name.clone());
        }
    }
    let mut open: Vec<_> = (0..wanted.len())
        .filter(|index| given[*index].is_none())
        .collect();
    open.sort_by_key(|index| wanted[*index].1);
    for index in open {
        let (name, key) = &wanted[index];
        given[index] = Some(suffixed(name, key, chars, &mut taken));
    }
    given.into_iter().flatten().collect()
}

/// `wanted` where it fits and is free, else with a hash of `key`.
fn free(wanted: &str, key: &str, chars: usize, taken: &mut HashSet<String>) -> String {
    if wanted.len() <= chars && taken.insert(wanted.to_owned()) {
        return wanted.to_owned();
    }
    suffixed(wanted, key, chars, taken)
}

fn suffixed(name: &str, key: &str, chars: usize, taken: &mut HashSet<String>) -> String {
    let hash = hash(key);
    let mut length = HASH_CHARS;
    loop {
        let stem: String = name.chars().take(chars - length - 1).collect();
        let candidate = format!("{}_{}", stem.trim_end_matches('_'), &hash[..length]);
        if taken.insert(candidate.to_ascii_lowercase()) || length + 2 > chars.min(hash.len()) {
            return candidate;
        }
        length += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(operations: &[(&str, &str, Option<&str>)], lock: Option<&str>) -> Vec<String> {
        let all: Vec<_> = operations
            .iter()
            .map(|(method, path, id)| Operation {
                method,
                path,
                id: *id,
                name: None,
                tag: "",
            })
            .collect();
        super::operations(&all, lock)
            .into_iter()
            .map(|names| names.tool)
            .collect()
    }

    #[test]
    fn tool_names_come_from_the_operation() {
        let long = "a".repeat(10_000);
        let names = named(
            &[
                ("GET", "/pets/{petId}", Some("getPetById")),
                ("GET", "/pets", None),
                ("POST", "/odd", Some("../../etc/passwd")),
                ("PUT", "/empty", Some("日本語")),
                ("PUT", "/long", Some(&long)),
            ],
            None,
        );
        assert_eq!(
            names[..4],
            ["getPetById", "get_pets", "etc_passwd", "put_empty"]
        );
        assert_eq!(names[4].len(), TOOL_CHARS);
    }

    #[test]
    fn collisions_do_not_depend_on_order() {
        let one = ("GET", "/a", Some("dup"));
        let two = ("GET", "/b", Some("DUP"));
        let [a, b] = <[String; 2]>::try_from(named(&[one, two], None)).unwrap();
        let [b2, a2] = <[String; 2]>::try_from(named(&[two, one], None)).unwrap();
        assert_eq!((&a, &b), (&a2, &b2));
        assert!(a.starts_with("dup_") && b.starts_with("DUP_") && a != b);
    }

    #[test]
    fn pinned_names_stay() {
        let lock = "[tools]\n\"GET /a\" = \"dup\"\n";
        let names = named(
            &[("GET", "/a", Some("dup")), ("GET", "/b", Some("dup"))],
            Some(lock),
        );
        assert_eq!(names[0], "dup");
        assert!(names[1].starts_with("dup_"));
    }

    #[test]
    fn identifiers_are_from_the_allow_list() {
        for (text, name) in [
            ("getPetById", "get_pet_by_id"),
            ("HTTPServer2Go", "http_server2_go"),
            ("type", "type_"),
            ("self", "self_"),
            ("3d-models", "tag_3d_models"),
            ("日本語", "tag"),
            ("con", "con_"),
            ("a\"; fn pwned() {}", "a_fn_pwned"),
        ] {
            assert_eq!(identifier(text, "tag"), name, "{text}");
        }
    }

    #[test]
    fn parameters_of_one_name_say_where_they_belong() {
        let parameters = [
            ("id", Location::Query),
            ("id", Location::Path),
            ("page[size]", Location::Query),
            ("page_size", Location::Query),
        ];
        let names = arguments(parameters.into_iter());
        assert_eq!(names[..2], ["query_id", "id"]);
        assert_eq!(names[3], "page_size");
        assert!(names[2].starts_with("page_size_"));
    }

    #[test]
    fn comparisons_are_spelled_out() {
        let names = ["at", "at>", "at<", "at>=", "at[gte]"].map(|name| (name, Location::Query));
        let given = arguments(names.into_iter());
        assert_eq!(given, ["at", "at_gt", "at_lt", "at_gte", &given[4]]);
        assert!(given[4].starts_with("at_gte_"));
    }

    #[test]
    fn words_are_readable() {
        assert_eq!(words("getPetByID"), "Get pet by id");
        assert_eq!(words("pets/list-all"), "Pets list all");
        assert_eq!(words(""), "");
    }
}
