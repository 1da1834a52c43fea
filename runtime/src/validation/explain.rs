//! What is wrong with which argument, for the caller of the tool: what was expected, and where.
//! The values themselves are left out: they may be long, and the caller has them.

use serde_json::Value;

use super::{
    evaluate::Evaluation,
    schema::{Bound, Id, Keyword, Members},
};

/// How many faults are told at once.
const TOLD: usize = 8;

/// How many names or values are listed.
const LISTED: usize = 20;

/// The longest fault that is told, in characters.
const LONGEST: usize = 500;

/// How deep faults are looked for.
const DEPTH: usize = 400;

/// Faults, each with its place.
#[derive(Default)]
pub(super) struct Faults {
    found: Vec<(String, String)>,
    more: usize,
    /// The subschemas under way, and the values that they are held against.
    path: Vec<(Id, *const Value)>,
}

impl Faults {
    /// Looks for everything in which a value does not match.
    pub(super) fn of(evaluation: &mut Evaluation<'_>, value: &Value) -> Self {
        let mut faults = Self::default();
        faults.node(evaluation, 0, value, &Place::Root);
        faults
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::from("The arguments do not match the tool's input schema:");
        for (place, fault) in &self.found {
            let place = if place.is_empty() {
                "the arguments"
            } else {
                place
            };
            text.push_str(&format!("\n- `{place}`: {fault}"));
        }
        if self.more > 0 {
            text.push_str(&format!("\n- and {} more", self.more));
        }
        text
    }

    fn node(&mut self, evaluation: &mut Evaluation<'_>, id: Id, value: &Value, place: &Place<'_>) {
        let here = (id, std::ptr::from_ref(value));
        // A schema that comes back to itself with the same value has nothing new to tell.
        if self.path.len() == DEPTH || self.path.contains(&here) {
            return;
        }
        self.path.push(here);
        let schema = evaluation.schema;
        for keyword in &schema.nodes[id].keywords {
            if evaluation.keyword(keyword, id, value).is_invalid() {
                self.keyword(evaluation, keyword, value, place);
            }
        }
        self.path.pop();
    }

    /// A keyword that the value does not match: what lies deeper is told where it lies.
    fn keyword(
        &mut self,
        evaluation: &mut Evaluation<'_>,
        keyword: &Keyword,
        value: &Value,
        place: &Place<'_>,
    ) {
        match keyword {
            Keyword::Ref(id) => self.node(evaluation, *id, value, place),
            Keyword::AllOf(ids) => {
                for id in ids {
                    self.node(evaluation, *id, value, place);
                }
            }
            Keyword::AnyOf(ids) | Keyword::OneOf(ids) => {
                let reasons: Vec<_> = ids
                    .iter()
                    .filter_map(|id| self.reason(evaluation, *id, value))
                    .take(TOLD)
                    .collect();
                self.tell(
                    place,
                    match reasons.len() < ids.len().min(TOLD) {
                        true => "matches more than one of the alternatives, and may match only one"
                            .into(),
                        false => format!(
                            "matches none of the alternatives ({})",
                            reasons.join("; or ")
                        ),
                    },
                );
            }
            Keyword::Members(members) => self.members(evaluation, members, value, place),
            Keyword::Items { first, rest } => {
                let items = value.as_array().into_iter().flatten();
                let schemas = first
                    .iter()
                    .map(Some)
                    .chain(std::iter::repeat(rest.as_ref()));
                for ((index, item), schema) in items.enumerate().zip(schemas) {
                    let place = Place::Item(place, index);
                    if let Some(id) = schema {
                        self.node(evaluation, *id, item, &place);
                    }
                }
            }
            Keyword::If {
                then, otherwise, ..
            } => {
                for id in then.iter().chain(otherwise) {
                    self.node(evaluation, *id, value, place);
                }
            }
            Keyword::DependentSchemas(schemas) => {
                for (_, id) in schemas.iter().filter(|(name, _)| value.get(name).is_some()) {
                    self.node(evaluation, *id, value, place);
                }
            }
            Keyword::Required(names) => {
                for name in names.iter().filter(|name| value.get(name).is_none()) {
                    self.tell(place, format!("{name:?} is required"));
                }
            }
            keyword => self.tell(place, expected(keyword)),
        }
    }

    /// The first fault of an alternative, with its place below the value; nothing where it matches.
    fn reason(&mut self, evaluation: &mut Evaluation<'_>, id: Id, value: &Value) -> Option<String> {
        if !evaluation.node(id, value).is_invalid() {
            return None;
        }
        let mut alternative = Self {
            path: std::mem::take(&mut self.path),
            ..Self::default()
        };
        alternative.node(evaluation, id, value, &Place::Root);
        self.path = alternative.path;
        let (place, fault) = alternative.found.into_iter().next()?;
        Some(format!("{place} {fault}").trim_start().to_owned())
    }

    fn members(
        &mut self,
        evaluation: &mut Evaluation<'_>,
        members: &Members,
        value: &Value,
        place: &Place<'_>,
    ) {
        for (name, value) in value.as_object().into_iter().flatten() {
            if !evaluation.member(members, name, value).is_invalid() {
                continue;
            }
            let below = Place::Member(place, name);
            let told = self.found.len() + self.more;
            let matching = members
                .matching
                .iter()
                .filter_map(|(pattern, id)| pattern.as_ref()?.is_match(name).then_some(id));
            for id in members.named.get(name).into_iter().chain(matching) {
                self.node(evaluation, *id, value, &below);
            }
            if told < self.found.len() + self.more {
                continue;
            }
            match members.others {
                Some(id) if !evaluation.schema.is_never(id) => {
                    self.node(evaluation, id, value, &below);
                }
                _ => self.tell(place, unknown(name, members)),
            }
        }
    }

    fn tell(&mut self, place: &Place<'_>, mut fault: String) {
        if self.found.len() == TOLD {
            self.more += 1;
            return;
        }
        if let Some((end, _)) = fault.char_indices().nth(LONGEST) {
            fault.truncate(end);
            fault.push('…');
        }
        self.found.push((place.pointer(), fault));
    }
}

/// Where a value stands in the arguments.
enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// As a JSON Pointer (RFC 6901).
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(above, name) => {
                let name = name.replace('~', "~0").replace('/', "~1");
                format!("{}/{name}", above.pointer())
            }
            Self::Item(above, index) => format!("{}/{index}", above.pointer()),
        }
    }
}

fn unknown(name: &str, members: &Members) -> String {
    let mut known: Vec<_> = members
        .named
        .keys()
        .map(|name| format!("{name:?}"))
        .collect();
    known.sort();
    match known.len() {
        0 => format!("{name:?} is unknown"),
        _ => format!("{name:?} is unknown; known are {}", listed(&known)),
    }
}

fn expected(keyword: &Keyword) -> String {
    let number = |Bound { written, .. }: &Bound| written.to_string();
    match keyword {
        Keyword::Type(types) => {
            let names: Vec<_> = types.names().map(str::to_owned).collect();
            format!("has to be of type {}", names.join(" or "))
        }
        Keyword::Enum(values) => {
            let values: Vec<_> = values.iter().map(Value::to_string).collect();
            match &values[..] {
                [one] => format!("has to be {one}"),
                _ => format!("has to be one of {}", listed(&values)),
            }
        }
        Keyword::AtLeast(bound) => format!("has to be at least {}", number(bound)),
        Keyword::MoreThan(bound) => format!("has to be more than {}", number(bound)),
        Keyword::AtMost(bound) => format!("has to be at most {}", number(bound)),
        Keyword::LessThan(bound) => format!("has to be less than {}", number(bound)),
        Keyword::MultipleOf(bound) => format!("has to be a multiple of {}", number(bound)),
        Keyword::MinLength(least) => format!("needs {least} characters or more"),
        Keyword::MaxLength(most) => format!("may have at most {most} characters"),
        Keyword::Pattern(pattern) => format!("has to match the pattern {:?}", pattern.source),
        Keyword::MinItems(least) => format!("needs {least} items or more"),
        Keyword::MaxItems(most) => format!("may have at most {most} items"),
        Keyword::UniqueItems => "may have no two equal items".into(),
        Keyword::Contains { least, most, .. } => match *most {
            usize::MAX => format!(
                "needs {least} items or more of the kind that the schema's `contains` describes"
            ),
            most => format!(
                "needs {least} to {most} items of the kind that the schema's `contains` describes"
            ),
        },
        Keyword::MinProperties(least) => format!("needs {least} properties or more"),
        Keyword::MaxProperties(most) => format!("may have at most {most} properties"),
        Keyword::DependentRequired(needed) => {
            let needed: Vec<_> = needed
                .iter()
                .map(|(name, names)| format!("{name:?} needs {names:?}"))
                .collect();
            format!("lacks a property that another needs: {}", listed(&needed))
        }
        Keyword::PropertyNames(_) => "has a property whose name is not allowed".into(),
        Keyword::Not(_) => "is what the schema's `not` excludes".into(),
        Keyword::UnevaluatedItems(_) => "has items that the schema does not know".into(),
        Keyword::UnevaluatedProperties(_) => "has properties that the schema does not know".into(),
        _ => "is not allowed".into(),
    }
}

fn listed(parts: &[String]) -> String {
    let mut text = parts[..parts.len().min(LISTED)].join(", ");
    if parts.len() > LISTED {
        text.push_str(&format!(" and {} more", parts.len() - LISTED));
    }
    text
}
