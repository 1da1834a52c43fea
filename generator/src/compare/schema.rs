//! Two schemas, and all that is within them.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::facts::{self, shown};
use super::view::{self, Definitions, View, reference};
use super::{Change, ChangeKind, Part};

/// Pairs of schemas that are compared in all.
const MAX_PAIRS: usize = 500_000;
/// Schemas within each other; tools have no deeper ones.
const MAX_DEPTH: usize = 80;
/// Changes that are reported.
pub const MAX_CHANGES: usize = 5_000;

/// Compares schemas of one direction. What both refer to is put aside and
/// compared once.
pub struct Schemas<'a> {
    before: &'a Definitions,
    after: &'a Definitions,
    part: Part,
    /// By where the two schemas are in memory, which ends circles.
    seen: HashSet<(*const Value, *const Value)>,
    /// Pairs of shared schemas that were met, and those not compared yet.
    met: HashSet<(&'a str, &'a str)>,
    waiting: VecDeque<(&'a str, &'a str)>,
    pub changes: Vec<Change>,
    pub incomplete: bool,
}

/// Where the walk is.
#[derive(Clone)]
pub struct Place<'p> {
    /// The tool, or none within a shared schema.
    pub tools: &'p [String],
    pub schema: Option<&'p str>,
    path: String,
    depth: usize,
}

impl<'p> Place<'p> {
    pub fn new(tools: &'p [String], schema: Option<&'p str>) -> Self {
        Self {
            tools,
            schema,
            path: String::new(),
            depth: 0,
        }
    }

    fn property(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.at(format!("{}{dot}{name}", self.path))
    }

    fn item(&self, index: &str) -> Self {
        self.at(format!("{}[{index}]", self.path))
    }

    /// The same value, described by a branch.
    fn same(&self) -> Self {
        self.at(self.path.clone())
    }

    fn at(&self, path: String) -> Self {
        Self {
            path,
            depth: self.depth + 1,
            ..self.clone()
        }
    }
}

impl<'a> Schemas<'a> {
    pub fn new(before: &'a Definitions, after: &'a Definitions, part: Part) -> Self {
        Self {
            before,
            after,
            part,
            seen: HashSet::new(),
            met: HashSet::new(),
            waiting: VecDeque::new(),
            changes: Vec::new(),
            incomplete: false,
        }
    }

    /// Compares the shared schemas that were met; `users` says for a pair of
    /// names which tools reach both.
    pub fn shared(&mut self, users: impl Fn(&str, &str) -> Vec<String>) {
        while let Some((before, after)) = self.waiting.pop_front() {
            let (old, new) = match (self.before.get(before), self.after.get(after)) {
                (Some(old), Some(new)) => (old, new),
                (None, None) => continue,
                _ => {
                    self.incomplete = true;
                    continue;
                }
            };
            let tools = users(before, after);
            self.compare(&Place::new(&tools, Some(after)), old, new);
        }
    }

    pub fn compare(&mut self, place: &Place<'_>, before: &'a Value, after: &'a Value) {
        let [before, after] = [before, after].map(|schema| view::meant(schema, self.part));
        if !self
            .seen
            .insert((std::ptr::from_ref(before), std::ptr::from_ref(after)))
        {
            return;
        }
        if self.seen.len() > MAX_PAIRS || place.depth > MAX_DEPTH {
            self.incomplete = true;
            return;
        }
        let (old, new) = match (reference(before), reference(after)) {
            (Some(x), Some(y)) => {
                self.put_aside(x, y);
                (
                    View::alone(before, self.before, self.part),
                    View::alone(after, self.after, self.part),
                )
            }
            _ => (
                View::new(before, self.before, self.part),
                View::new(after, self.after, self.part),
            ),
        };
        // The words for a tool as a whole are its own, not those of its schema.
        if !place.path.is_empty() || place.schema.is_some() {
            self.report_all(place, facts::text(&old, &new));
        }
        self.report_all(place, facts::facts(&old, &new, self.part));
        self.words(&old, &new);
        self.properties(place, &old, &new);
        self.items(place, &old, &new);
        self.alternatives(place, &old, &new);
        self.conjuncts(place, &old, &new);
    }

    fn put_aside(&mut self, before: &'a str, after: &'a str) {
        if self.met.insert((before, after)) {
            self.waiting.push_back((before, after));
        }
    }

    /// Keywords that are compared to the letter may say the same of a shared
    /// schema that does not.
    fn words(&mut self, before: &View<'a>, after: &View<'a>) {
        for keyword in facts::TEXTS {
            if let (Some(old), Some(new)) = (before.get(keyword), after.get(keyword))
                && old == new
            {
                each_reference(old, &mut |name| self.put_aside(name, name));
            }
        }
    }

    fn properties(&mut self, place: &Place<'_>, before: &View<'a>, after: &View<'a>) {
        if self.part == Part::Output && (before.is_open() || after.is_open()) {
            return;
        }
        for (name, old) in before.properties() {
            let place = place.property(name);
            let Some(new) = after.property(name) else {
                self.report(&place, (ChangeKind::PropertyRemoved, None, None));
                continue;
            };
            match (before.requires(name), after.requires(name)) {
                (false, true) => self.report(&place, (ChangeKind::PropertyRequired, None, None)),
                (true, false) => self.report(&place, (ChangeKind::PropertyOptional, None, None)),
                _ => {}
            }
            self.compare(&place, old, new);
        }
        for (name, _) in after.properties() {
            if before.property(name).is_none() {
                let required = after.requires(name);
                let place = place.property(name);
                self.push(
                    &place,
                    (
                        ChangeKind::PropertyAdded,
                        None,
                        required.then(|| "required".to_owned()),
                    ),
                    required && self.part == Part::Input,
                );
            }
        }
        self.both(&place.property("*"), "additionalProperties", before, after);
    }

    fn items(&mut self, place: &Place<'_>, before: &View<'a>, after: &View<'a>) {
        self.both(&place.item(""), "items", before, after);
        let list = |view: &View<'a>| view.get("prefixItems").and_then(Value::as_array);
        if let (Some(old), Some(new)) = (list(before), list(after)) {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                self.compare(&place.item(&index.to_string()), old, new);
            }
            if old.len() != new.len() {
                let said = |items: &Vec<Value>| Some(format!("prefixItems: {}", items.len()));
                self.report(place, (ChangeKind::ConstraintChanged, said(old), said(new)));
            }
        }
    }

    /// A keyword that holds a schema. Where only one has it, the other admits any;
    /// where one is `false`, that is told already.
    fn both(&mut self, place: &Place<'_>, keyword: &str, before: &View<'a>, after: &View<'a>) {
        static ANY: Value = Value::Bool(true);
        let schemas = [before, after].map(|view| view.get(keyword).unwrap_or(&ANY));
        let [old, new] = schemas;
        let shut = schemas.contains(&&Value::Bool(false));
        if !shut && (old.is_object() || new.is_object()) {
            self.compare(place, old, new);
        }
    }

    fn alternatives(&mut self, place: &Place<'_>, before: &View<'a>, after: &View<'a>) {
        let (old, new) = match (before.alternatives(), after.alternatives()) {
            (Some(old), Some(new)) => (old, new),
            (None, None) => return,
            (old, new) => {
                // One shape became several, or the other way: the types are told already.
                let kind = if old.is_none() {
                    ChangeKind::AlternativeAdded
                } else {
                    ChangeKind::AlternativeRemoved
                };
                let said = |all: Option<Vec<&Value>>| all.map(|all| named(&all));
                return self.report(place, (kind, said(old), said(new)));
            }
        };
        let (pairs, lost, gained) = pair(&old, &new);
        for (old, new) in pairs {
            self.compare(&place.same(), old, new);
        }
        for old in lost {
            let name = named(&[old]);
            self.report(place, (ChangeKind::AlternativeRemoved, Some(name), None));
        }
        for new in gained {
            let name = named(&[new]);
            self.report(place, (ChangeKind::AlternativeAdded, None, Some(name)));
        }
    }

    fn conjuncts(&mut self, place: &Place<'_>, before: &View<'a>, after: &View<'a>) {
        let all = |view: &View<'a>| -> Vec<&'a Value> {
            view.conjuncts().unwrap_or_default().iter().collect()
        };
        let (pairs, lost, gained) = pair(&all(before), &all(after));
        for (old, new) in pairs {
            self.compare(&place.same(), old, new);
        }
        for (schemas, kind) in [
            (lost, ChangeKind::ConstraintLoosened),
            (gained, ChangeKind::ConstraintTightened),
        ] {
            for schema in schemas {
                let said = Some(format!("allOf: {}", named(&[schema])));
                let (before, after) = match kind {
                    ChangeKind::ConstraintLoosened => (said, None),
                    _ => (None, said),
                };
                self.report(place, (kind, before, after));
            }
        }
    }

    fn report_all(&mut self, place: &Place<'_>, facts: impl IntoIterator<Item = facts::Fact>) {
        for fact in facts {
            self.report(place, fact);
        }
    }

    fn report(&mut self, place: &Place<'_>, fact: facts::Fact) {
        let breaking = fact.0.breaks(self.part);
        self.push(place, fact, breaking);
    }

    fn push(&mut self, place: &Place<'_>, (kind, before, after): facts::Fact, breaking: bool) {
        if self.changes.len() >= MAX_CHANGES {
            self.incomplete = true;
            return;
        }
        self.changes.push(Change {
            kind,
            breaking,
            part: self.part,
            tools: place.tools.to_vec(),
            schema: place.schema.map(str::to_owned),
            path: place.path.clone(),
            before,
            after,
        });
    }
}

/// Which branches belong together, and which of the one or the other are left:
/// those that say the same; then, where as many are left of each, one by one.
fn pair<'a>(
    before: &[&'a Value],
    after: &[&'a Value],
) -> (Vec<(&'a Value, &'a Value)>, Vec<&'a Value>, Vec<&'a Value>) {
    let mut texts: HashMap<String, Vec<&'a Value>> = HashMap::new();
    for new in after.iter().rev() {
        texts.entry(new.to_string()).or_default().push(new);
    }
    let mut pairs = Vec::new();
    let mut lost = Vec::new();
    for old in before {
        match texts.get_mut(&old.to_string()).and_then(Vec::pop) {
            Some(new) => pairs.push((*old, new)),
            None => lost.push(*old),
        }
    }
    let left: HashSet<*const Value> = texts
        .values()
        .flatten()
        .map(|new| std::ptr::from_ref(*new))
        .collect();
    let gained: Vec<_> = after
        .iter()
        .copied()
        .filter(|new| left.contains(&std::ptr::from_ref(*new)))
        .collect();
    if lost.len() == gained.len() {
        pairs.extend(lost.into_iter().zip(gained));
        return (pairs, Vec::new(), Vec::new());
    }
    (pairs, lost, gained)
}

/// Calls `visit` with the name of every shared schema that `value` refers to.
fn each_reference<'v>(value: &'v Value, visit: &mut dyn FnMut(&'v str)) {
    if let Some(name) = reference(value) {
        visit(name);
    }
    match value {
        Value::Object(members) => members
            .values()
            .for_each(|value| each_reference(value, visit)),
        Value::Array(items) => items.iter().for_each(|value| each_reference(value, visit)),
        _ => {}
    }
}

/// Branches by the names they refer to, else by what they say.
fn named(branches: &[&Value]) -> String {
    let name = |branch: &&Value| reference(branch).map_or_else(|| shown(branch), str::to_owned);
    let names: Vec<_> = branches.iter().map(name).collect();
    crate::text::line(&names.join(", "), 160)
}
