//! Two manifests, tool by tool.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;
use toolmill_core::{Manifest, SecurityScheme, Tool};

use super::schema::{MAX_CHANGES, Place, Schemas};
use super::view::Definitions;
use super::{Change, ChangeKind, Comparison, Part, Requests};
use crate::text;

pub fn compare(
    before: &Manifest,
    after: &Manifest,
    requests: Option<[&Requests; 2]>,
) -> Comparison {
    let mut changes = api(before, after);
    let pairs = pairs(before, after, &mut changes);
    let parsed: Vec<_> = pairs.iter().map(|pair| Parsed::new(*pair)).collect();
    let definitions = [before, after].map(Definitions::new);
    let mut incomplete = false;
    let sides = [Part::Input, Part::Output].map(|part| {
        let mut schemas = Schemas::new(&definitions[0], &definitions[1], part);
        for tool in &parsed {
            let [old, new] = tool.schemas(part);
            if let (Some(old), Some(new)) = (old, new) {
                schemas.compare(&Place::new(&tool.names, None), old, new);
            }
        }
        schemas.shared(|old, new| {
            let reaches = |tool: &&Parsed<'_>| tool.reaches(part, old, new);
            let tools = parsed.iter().filter(reaches);
            tools.flat_map(|tool| tool.names.clone()).collect()
        });
        incomplete |= schemas.incomplete;
        schemas.changes
    });
    for tool in &parsed {
        own(tool, &mut changes);
        if let Some([old, new]) = requests {
            changes.extend(new.changes(old, &tool.before.name, &tool.after.name));
        }
    }
    changes.extend(sides.into_iter().flatten());
    incomplete |= changes.len() > MAX_CHANGES;
    let changes = ordered(changes, after);
    Comparison {
        changes,
        incomplete,
    }
}

/// Of the API, then of single tools in the order of `after`, then of shared schemas.
fn ordered(mut changes: Vec<Change>, after: &Manifest) -> Vec<Change> {
    let tools = after.tools.iter().enumerate();
    let order: HashMap<&str, usize> = tools.map(|(at, tool)| (&*tool.name, at)).collect();
    changes.sort_by_key(|change| {
        let first = change.tools.first().map(|name| order.get(&**name).copied());
        (
            change.schema.clone(),
            first.map(|known| known.unwrap_or(usize::MAX)),
        )
    });
    changes.truncate(MAX_CHANGES);
    changes
}

fn change(kind: ChangeKind, part: Part, tools: &[String], breaking: bool) -> Change {
    Change {
        kind,
        breaking,
        part,
        tools: tools.to_vec(),
        schema: None,
        path: String::new(),
        before: None,
        after: None,
    }
}

fn api(before: &Manifest, after: &Manifest) -> Vec<Change> {
    let mut changes = Vec::new();
    if before.servers != after.servers {
        changes.push(Change {
            before: Some(line(&before.servers)),
            after: Some(line(&after.servers)),
            ..change(ChangeKind::ServersChanged, Part::Api, &[], false)
        });
    }
    let names = before.security_schemes.keys().chain(
        after
            .security_schemes
            .keys()
            .filter(|name| !before.security_schemes.contains_key(*name)),
    );
    for name in names {
        let schemes = [before, after].map(|manifest| manifest.security_schemes.get(name));
        let (kind, breaking) = match schemes {
            [Some(old), Some(new)] if old == new => continue,
            [Some(old), Some(new)] => (
                ChangeKind::SchemeChanged,
                credential(old) != credential(new),
            ),
            [None, _] => (ChangeKind::SchemeAdded, false),
            [_, None] => (ChangeKind::SchemeRemoved, false),
        };
        let [old, new] = schemes.map(|scheme| scheme.map(line));
        changes.push(Change {
            path: name.clone(),
            before: old,
            after: new,
            ..change(kind, Part::Api, &[], breaking)
        });
    }
    changes
}

/// What a stored credential is: one of another form has to be stored anew.
fn credential(scheme: &SecurityScheme) -> &str {
    match scheme {
        SecurityScheme::ApiKey { .. } => "a key",
        SecurityScheme::MutualTls => "a certificate",
        SecurityScheme::Http { scheme } => scheme,
    }
}

type Pair<'a> = (&'a Tool, &'a Tool);

/// The tools that are in both, those that were renamed among them.
fn pairs<'a>(
    before: &'a Manifest,
    after: &'a Manifest,
    changes: &mut Vec<Change>,
) -> Vec<Pair<'a>> {
    let named: BTreeMap<&str, &Tool> = before
        .tools
        .iter()
        .map(|tool| (&*tool.name, tool))
        .collect();
    let still: BTreeMap<&str, &Tool> = after.tools.iter().map(|tool| (&*tool.name, tool)).collect();
    let mut gone: HashMap<(&str, &str), &Tool> = before
        .tools
        .iter()
        .filter(|tool| !still.contains_key(&*tool.name))
        .map(|tool| ((&*tool.method, &*tool.path), tool))
        .collect();
    let mut pairs = Vec::new();
    for tool in &after.tools {
        let name = [tool.name.clone()];
        if let Some(old) = named.get(&*tool.name) {
            pairs.push((*old, tool));
        } else if let Some(old) = gone.remove(&(&*tool.method, &*tool.path)) {
            changes.push(Change {
                before: Some(old.name.clone()),
                after: Some(tool.name.clone()),
                ..change(ChangeKind::ToolRenamed, Part::Tool, &name, true)
            });
            pairs.push((old, tool));
        } else {
            changes.push(Change {
                after: Some(operation(tool)),
                ..change(ChangeKind::ToolAdded, Part::Tool, &name, false)
            });
        }
    }
    let left = |tool: &&Tool| gone.contains_key(&(&*tool.method, &*tool.path));
    for tool in before.tools.iter().filter(left) {
        changes.push(Change {
            before: Some(operation(tool)),
            ..change(
                ChangeKind::ToolRemoved,
                Part::Tool,
                std::slice::from_ref(&tool.name),
                true,
            )
        });
    }
    pairs
}

fn operation(tool: &Tool) -> String {
    text::line(&format!("{} {}", tool.method, tool.path), 200)
}

/// A tool of before and after, its schemas read.
struct Parsed<'a> {
    before: &'a Tool,
    after: &'a Tool,
    /// The one name it has now.
    names: Vec<String>,
    input: [Option<Value>; 2],
    output: [Option<Value>; 2],
}

impl<'a> Parsed<'a> {
    fn new((before, after): Pair<'a>) -> Self {
        let both = [before, after];
        let read = |text: &serde_json::value::RawValue| serde_json::from_str(text.get()).ok();
        Self {
            before,
            after,
            names: vec![after.name.clone()],
            input: both.map(|tool| read(&tool.input_schema)),
            output: both.map(|tool| tool.output_schema.as_deref().and_then(read)),
        }
    }

    fn schemas(&self, part: Part) -> [Option<&Value>; 2] {
        let schemas = if part == Part::Input {
            &self.input
        } else {
            &self.output
        };
        schemas.each_ref().map(Option::as_ref)
    }

    /// Whether it uses the one shared schema before, and the other after.
    fn reaches(&self, part: Part, before: &str, after: &str) -> bool {
        let (old, new) = match part {
            Part::Input => (&self.before.input_defs, &self.after.input_defs),
            _ => (&self.before.output_defs, &self.after.output_defs),
        };
        old.iter().any(|name| name == before) && new.iter().any(|name| name == after)
    }
}

/// What a tool says besides its schemas.
fn own(tool: &Parsed<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (tool.before, tool.after);
    let was_safe = reads_only(old) && !reads_only(new);
    let needs_more = !new.security.is_empty() && !covered(&old.security, &new.security);
    let facts = [
        (
            ChangeKind::MethodChanged,
            &old.method,
            &new.method,
            was_safe,
        ),
        (ChangeKind::PathChanged, &old.path, &new.path, false),
        (ChangeKind::TitleChanged, &old.title, &new.title, false),
        (
            ChangeKind::DescriptionChanged,
            &old.description,
            &new.description,
            false,
        ),
    ];
    let shown = |text: &String| Some(text::line(text, 160));
    for (kind, before, after, breaking) in facts {
        if before != after {
            changes.push(Change {
                before: shown(before),
                after: shown(after),
                ..change(kind, Part::Tool, &tool.names, breaking)
            });
        }
    }
    if old.servers != new.servers {
        changes.push(Change {
            before: Some(line(&old.servers)),
            after: Some(line(&new.servers)),
            ..change(ChangeKind::ServersChanged, Part::Tool, &tool.names, false)
        });
    }
    if old.security != new.security {
        changes.push(Change {
            before: Some(line(&old.security)),
            after: Some(line(&new.security)),
            ..change(
                ChangeKind::SecurityChanged,
                Part::Tool,
                &tool.names,
                needs_more,
            )
        });
    }
    let output = |kind, breaking| change(kind, Part::Output, &tool.names, breaking);
    match (&old.output_schema, &new.output_schema) {
        (None, Some(_)) => changes.push(output(ChangeKind::OutputAdded, false)),
        (Some(_), None) => changes.push(output(ChangeKind::OutputRemoved, true)),
        _ if old.wrap_result != new.wrap_result => {
            changes.push(output(ChangeKind::OutputWrapped, true));
        }
        _ => {}
    }
}

fn reads_only(tool: &Tool) -> bool {
    let annotations: Option<Value> = serde_json::from_str(tool.annotations.get()).ok();
    annotations.is_some_and(|said| said["readOnlyHint"] == true)
}

/// Whether whoever met one of the alternatives of before meets one of after.
/// None at all asks for no credential.
fn covered(before: &[Vec<String>], after: &[Vec<String>]) -> bool {
    let enough = |has: &[String]| {
        after
            .iter()
            .any(|needs| needs.iter().all(|scheme| has.contains(scheme)))
    };
    match before {
        [] => enough(&[]),
        several => several.iter().all(|has| enough(has)),
    }
}

fn line(value: &(impl Serialize + ?Sized)) -> String {
    text::line(&serde_json::to_string(value).unwrap_or_default(), 200)
}
