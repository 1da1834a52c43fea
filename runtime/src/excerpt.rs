//! Large JSON answers, of which only what can be shown is ever held as values.
//!
//! A value takes many times the room of its text, and a server has little: so what a list or a
//! table has beyond the room for showing it is passed over as text, and only counted.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::{
    project::{Fields, Node},
    room, sanitize,
    scan::Scanner,
    shorten::{LEAST, escaped},
    view::From,
};

/// How deep values may be, as for serde_json.
const DEPTH: usize = 127;

/// Bytes that the values of one excerpt may take.
const HELD: usize = 24 * 1024 * 1024;

/// As much of an answer as can be shown, and somewhat more.
pub(crate) struct Excerpt {
    pub(crate) value: Value,
    /// How many items or members there are, by the pointers of lists and objects that lost some.
    pub(crate) totals: HashMap<String, usize>,
    /// Whether some object has lost members.
    pub(crate) lacks_members: bool,
    /// The bytes of JSON for which nothing is missing.
    pub(crate) budget: usize,
}

/// Why there is no excerpt.
#[derive(Debug)]
pub(crate) enum Unread {
    NotJson,
    /// There is no such place as that from which to read on.
    NothingThere,
    /// The values would take too much room, however few of them are shown.
    TooMany,
}

impl std::convert::From<serde_json::Error> for Unread {
    fn from(_: serde_json::Error) -> Self {
        Self::NotJson
    }
}

/// Whether a text is JSON, but for what its strings hold.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Reads JSON: these properties only, and from a place on. As much of it as `shown` bytes is read at
/// least or, where parts side by side take too much room, less of each.
pub(crate) fn read(
    text: &str,
    fields: Option<&Fields>,
    from: Option<&From>,
    shown: usize,
) -> Result<Excerpt, Unread> {
    let mut budget = shown;
    loop {
        match Reader::of(text, from, budget).all(fields) {
            Err(Unread::TooMany) if budget > LEAST * LEAST => budget /= 4,
            read => return read,
        }
    }
}

struct Reader<'t> {
    scanner: Scanner<'t>,
    from: Option<&'t From>,
    is_there: bool,
    budget: usize,
    /// The pointer of the value that is read.
    path: String,
    /// At least as many bytes of JSON were read.
    size: usize,
    held: usize,
    totals: HashMap<String, usize>,
    lacks_members: bool,
}

impl<'t> Reader<'t> {
    fn of(text: &'t str, from: Option<&'t From>, budget: usize) -> Self {
        Self {
            scanner: Scanner::of(text),
            from,
            is_there: from.is_none(),
            budget,
            path: String::new(),
            size: 0,
            held: 0,
            totals: HashMap::new(),
            lacks_members: false,
        }
    }

    fn all(mut self, fields: Option<&Fields>) -> Result<Excerpt, Unread> {
        let value = self.value(fields.map(Fields::root), 0)?;
        if !self.is_there {
            return Err(Unread::NothingThere);
        }
        Ok(Excerpt {
            value,
            totals: self.totals,
            lacks_members: self.lacks_members,
            budget: self.budget,
        })
    }

    fn value(&mut self, fields: Option<&Node>, depth: usize) -> Result<Value, Unread> {
        self.hold(room::OF_VALUE)?;
        match self.scanner.next() {
            _ if depth == DEPTH => Err(Unread::NotJson),
            Some(b'[') => self.items(fields, depth),
            Some(b'{') => self.members(fields, depth),
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Result<Value, Unread> {
        let raw = self.scanner.pass();
        let mut value = serde_json::from_str(raw)?;
        match &mut value {
            Value::String(text) => {
                *text = sanitize::text(std::mem::take(text));
                if let Some(from) = self.from.filter(|from| from.pointer == self.path) {
                    *text = from.rest(text).to_owned();
                    self.is_there = true;
                }
                self.size += text.len() + 2;
            }
            _ => self.size += raw.len(),
        }
        self.hold(room::OF_TEXT)?;
        Ok(value)
    }

    fn items(&mut self, fields: Option<&Node>, depth: usize) -> Result<Value, Unread> {
        let (begin, skipped) = (self.size, self.skipped());
        let (mut items, mut of) = (Vec::new(), 0);
        while self.scanner.goes_on() {
            let is_kept = of >= skipped && self.size - begin <= self.budget;
            if items.is_empty() && is_kept {
                self.hold(room::OF_LIST)?;
            }
            let step = || of.to_string();
            items.extend(self.part(step, is_kept, fields, depth)?);
            of += 1;
        }
        self.end(skipped, of, items.len());
        Ok(Value::Array(items))
    }

    fn members(&mut self, fields: Option<&Node>, depth: usize) -> Result<Value, Unread> {
        let (begin, skipped) = (self.size, self.skipped());
        let (mut members, mut kept, mut of) = (Map::new(), 0, 0);
        while self.scanner.goes_on() {
            let name = sanitize::text(serde_json::from_str(self.scanner.pass())?);
            self.scanner.pass_colon();
            let below = fields.map(|fields| fields.below(&name));
            if let Some(None) = below {
                self.scanner.pass();
                continue;
            }
            // What is small is a structure, and keeps all of its members.
            let is_table = kept * LEAST > self.budget && self.size - begin > self.budget;
            let is_kept = of >= skipped && !is_table;
            let step = || escaped(&name);
            if let Some(value) = self.part(step, is_kept, below.flatten(), depth)? {
                self.hold(
                    room::OF_MEMBER + name.len() + if kept == 0 { room::OF_OBJECT } else { 0 },
                )?;
                self.size += name.len() + 3;
                kept += 1;
                members.insert(name, value);
            }
            of += 1;
        }
        self.lacks_members |= kept < of;
        self.end(skipped, of, kept);
        Ok(Value::Object(members))
    }

    /// An item or a member; nothing where it is not kept.
    fn part(
        &mut self,
        step: impl FnOnce() -> String,
        is_kept: bool,
        fields: Option<&Node>,
        depth: usize,
    ) -> Result<Option<Value>, Unread> {
        if !is_kept && !self.leads_on() {
            self.scanner.pass();
            return Ok(None);
        }
        let (length, size, held) = (self.path.len(), self.size, self.held);
        self.path.push('/');
        self.path.push_str(&step());
        // The place from which to read on may be in what is not kept, and is there all the same.
        let value = match is_kept || self.leads_on() {
            true => Some(self.value(fields, depth + 1)?),
            false => {
                self.scanner.pass();
                None
            }
        };
        self.path.truncate(length);
        if is_kept {
            self.size += 1;
            return Ok(value);
        }
        (self.size, self.held) = (size, held);
        Ok(None)
    }

    /// Whether the place from which to read on is here, or below.
    fn leads_on(&self) -> bool {
        let from = self
            .from
            .and_then(|from| from.pointer.strip_prefix(&self.path));
        from.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// How many items or members of what begins here were shown before.
    fn skipped(&self) -> usize {
        let from = self.from.filter(|from| from.pointer == self.path);
        from.map_or(0, |from| from.skip)
    }

    fn end(&mut self, skipped: usize, of: usize, kept: usize) {
        self.is_there |= skipped <= of && self.from.is_some_and(|from| from.pointer == self.path);
        let rest = of.saturating_sub(skipped);
        if kept < rest {
            self.totals.insert(self.path.clone(), rest);
        }
    }

    fn hold(&mut self, bytes: usize) -> Result<(), Unread> {
        self.held += bytes;
        match self.held > HELD {
            true => Err(Unread::TooMany),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::shorten::{Cut, shorten};

    /// What is shown of a text that is read whole first.
    fn of_whole(text: &str, fields: Option<&Fields>, from: Option<&From>) -> (Value, Vec<Cut>) {
        let mut value = serde_json::from_str(text).expect("JSON");
        if let Some(fields) = fields {
            fields.apply(&mut value);
        }
        assert!(from.is_none_or(|from| from.apply(&mut value)));
        let mut excerpt = Excerpt {
            value,
            totals: HashMap::new(),
            lacks_members: false,
            budget: BUDGET,
        };
        let cuts = shorten(&mut excerpt, from);
        (excerpt.value, cuts)
    }

    const BUDGET: usize = 1_000;

    #[test]
    fn an_excerpt_shows_what_the_whole_would() {
        let items: Vec<_> = (0..300)
            .map(|n| json!({"id": n, "n,[{\"": 1.5, "texts": ["é\"\\", ""], "none": null}))
            .collect();
        let table: Map<_, _> = (0..300)
            .map(|n| (format!("{n}/~"), json!({"id": n, "list": [n]})))
            .collect();
        let long = "é\"\n".repeat(900);
        let fields = Fields::read(&json!(["id", "list.id", "more.table"])).expect("fields");
        for whole in [
            json!(items),
            json!(table),
            json!(long),
            json!({"list": items, "id": true, "more": {"table": table, "text": long, "empty": {}}}),
            json!([[[long, items]], [], items]),
            json!([{"list": items}, 1, {"list": items}]),
        ] {
            for (text, fields) in [
                (whole.to_string(), None),
                (format!("{whole:#} "), None),
                (whole.to_string(), Some(&fields)),
            ] {
                let (mut from, mut steps) = (None::<From>, 0);
                loop {
                    let reader = Reader::of(&text, from.as_ref(), BUDGET);
                    let mut excerpt = reader.all(fields).expect("an excerpt");
                    let cuts = shorten(&mut excerpt, from.as_ref());
                    let expected = of_whole(&text, fields, from.as_ref());
                    assert_eq!((&excerpt.value, &cuts), (&expected.0, &expected.1));
                    steps += 1;
                    match cuts.into_iter().next() {
                        Some(cut) if steps < 40 => from = Some(cut.rest),
                        _ => break,
                    }
                }
                assert!(steps > 1 || fields.is_some(), "{text}");
            }
        }
    }

    #[test]
    fn what_can_not_be_read_is_told() {
        let there = |pointer: &str, skip| From {
            pointer: pointer.to_owned(),
            skip,
        };
        let text = r#"{"a":[1,2],"b":"x"}"#;
        for (pointer, skip, is_there) in [
            ("", 2, true),
            ("", 3, false),
            ("/a", 2, true),
            ("/a", 3, false),
            ("/b", 1, true),
            ("/c", 0, false),
            ("/a/0", 0, false),
        ] {
            let from = there(pointer, skip);
            assert_eq!(
                read(text, None, Some(&from), LEAST * LEAST).is_ok(),
                is_there,
                "{from}"
            );
        }
        let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
        assert!(is_json(&deep) && !is_json("[1,]"));
        assert!(matches!(
            read(&deep, None, None, LEAST * LEAST),
            Err(Unread::NotJson)
        ));
        let odd = r#"["\ud800"]"#;
        assert!(matches!(
            read(odd, None, None, LEAST * LEAST),
            Err(Unread::NotJson)
        ));
        let mut much = "1".to_owned();
        for _ in 0..3 {
            let members: Vec<_> = (0..60).map(|n| format!("\"{n}\":{much}")).collect();
            much = format!("{{{}}}", members.join(","));
        }
        assert!(matches!(
            read(&much, None, None, LEAST * LEAST),
            Err(Unread::TooMany)
        ));
    }
}
