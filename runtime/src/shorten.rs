//! Answers that are too large for a model: lists, objects and texts lose their ends, and nothing
//! changes its type, so that what is left still matches the answer's schema.

use std::{collections::HashMap, io};

use serde_json::{Map, Value};

use crate::{excerpt::Excerpt, view::From};

/// A member of an object that gets less than this is not worth showing.
pub(crate) const LEAST: usize = 64;

/// What was left out at one place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Where to go on: the place, and how much of it has been shown.
    pub(crate) rest: From,
    /// Items, members or characters that there are.
    pub(crate) of: usize,
    pub(crate) unit: &'static str,
}

/// Shortens an excerpt to about as many bytes of JSON as it was made for, and tells where. `from` is
/// where an earlier answer was read on, so that places stay those of the whole answer.
pub(crate) fn shorten(excerpt: &mut Excerpt, from: Option<&From>) -> Vec<Cut> {
    let mut shortener = Shortener {
        cuts: Vec::new(),
        from,
        totals: &excerpt.totals,
    };
    shortener.value(&mut excerpt.value, excerpt.budget, String::new());
    // What holds the most comes first: it is what a caller most likely wants to go on with.
    shortener.cuts.reverse();
    shortener.cuts
}

/// The beginning of a text, of at most `bytes` bytes.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

struct Shortener<'a> {
    cuts: Vec<Cut>,
    from: Option<&'a From>,
    totals: &'a HashMap<String, usize>,
}

impl Shortener<'_> {
    fn value(&mut self, value: &mut Value, budget: usize, pointer: String) {
        if size(value, budget) <= budget {
            return;
        }
        match value {
            Value::String(text) => self.text(text, budget, pointer),
            Value::Array(items) => self.items(items, budget, pointer),
            Value::Object(members) if members.len() * LEAST > budget => {
                self.many_members(members, budget, pointer);
            }
            Value::Object(members) => self.members(members, budget, &pointer),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &mut String, budget: usize, pointer: String) {
        let mut left = budget.saturating_sub(5);
        let kept = text.chars().take_while(|&character| {
            let cost = cost(character);
            let fits = cost <= left;
            left = left.saturating_sub(cost);
            fits
        });
        let kept = kept.count();
        let of = text.chars().count();
        let end = text.char_indices().nth(kept).map(|(end, _)| end);
        text.truncate(end.unwrap_or(text.len()));
        text.push('…');
        self.cut(pointer, kept, of, "characters");
    }

    fn items(&mut self, items: &mut Vec<Value>, budget: usize, pointer: String) {
        let mut left = budget.saturating_sub(2);
        let of = self.total(&pointer, items.len());
        let kept = items
            .iter()
            .take_while(|item| fits(&mut left, size(item, budget) + 1));
        let kept = kept.count().max(1);
        items.truncate(kept);
        if let [only] = items.as_mut_slice() {
            let first = self.offset(&pointer);
            self.value(only, budget.saturating_sub(2), format!("{pointer}/{first}"));
        }
        if kept < of {
            self.cut(pointer, kept, of, "items");
        }
    }

    /// An object that is a table rather than a structure: it loses its last members.
    fn many_members(&mut self, members: &mut Map<String, Value>, budget: usize, pointer: String) {
        let mut left = budget.saturating_sub(2);
        let of = self.total(&pointer, members.len());
        let kept = members
            .iter()
            .take_while(|(name, value)| fits(&mut left, name.len() + 4 + size(value, budget)));
        let kept = kept.count().max(1);
        let all = std::mem::take(members).into_iter();
        *members = all.take(kept).collect();
        if kept == 1
            && let Some((name, value)) = members.iter_mut().next()
        {
            let name = escaped(name);
            self.value(
                value,
                budget.saturating_sub(name.len() + 6),
                format!("{pointer}/{name}"),
            );
        }
        if kept < of {
            self.cut(pointer, kept, of, "members");
        }
    }

    /// All members stay; what the small ones leave over is shared by the large ones.
    fn members(&mut self, members: &mut Map<String, Value>, budget: usize, pointer: &str) {
        let names: usize = members.keys().map(|name| name.len() + 4).sum();
        let mut sizes: Vec<_> = members.values().map(|value| size(value, budget)).collect();
        sizes.sort_unstable();
        let mut left = budget.saturating_sub(names + 2);
        let mut share = left;
        for (index, size) in sizes.iter().enumerate() {
            share = left / (sizes.len() - index);
            if *size > share {
                break;
            }
            left -= size;
        }
        for (name, value) in members.iter_mut() {
            self.value(value, share, format!("{pointer}/{}", escaped(name)));
        }
    }

    fn cut(&mut self, pointer: String, kept: usize, of: usize, unit: &'static str) {
        let offset = self.offset(&pointer);
        self.cuts.push(Cut {
            rest: From {
                pointer,
                skip: offset + kept,
            },
            of: offset + of,
            unit,
        });
    }

    /// How many items or members there are at a place, where so many are at hand.
    fn total(&self, pointer: &str, held: usize) -> usize {
        self.totals.get(pointer).copied().unwrap_or(held)
    }

    /// How much of a place an earlier answer has shown.
    fn offset(&self, pointer: &str) -> usize {
        let from = self.from.filter(|from| from.pointer == pointer);
        from.map_or(0, |from| from.skip)
    }
}

fn fits(left: &mut usize, size: usize) -> bool {
    let fits = size <= *left;
    *left = left.saturating_sub(size);
    fits
}

/// A name as a reference token (RFC 6901, section 3).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The bytes that a character takes in JSON text.
fn cost(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        character if character.is_control() => 6,
        character => character.len_utf8(),
    }
}

/// The bytes of a value's JSON text; something above `most` where there are more. Nothing is counted
/// twice on each of many levels so.
fn size(value: &Value, most: usize) -> usize {
    struct Count {
        bytes: usize,
        most: usize,
    }
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.bytes += bytes.len();
            if self.bytes > self.most {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count { bytes: 0, most };
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.bytes,
        Err(_) => most.saturating_add(1),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cut(value: Value, budget: usize, from: Option<&From>) -> (Value, Vec<Cut>) {
        let mut excerpt = Excerpt {
            value,
            totals: HashMap::new(),
            lacks_members: false,
            budget,
        };
        let cuts = shorten(&mut excerpt, from);
        (excerpt.value, cuts)
    }

    #[test]
    fn what_is_left_fits_and_keeps_its_types() {
        let long = "é\"".repeat(4_000);
        let table: Map<_, _> = (0..900).map(|n| (n.to_string(), json!({"n": n}))).collect();
        let items: Vec<_> = (0..900).map(|n| json!({"id": n, "name": "x"})).collect();
        for value in [
            json!(long),
            json!({ "id": 1, "items": items, "text": long, "flag": true }),
            json!({ "table": table }),
            json!([[long]]),
            json!(items),
            json!({"a": {"b": {"c": [long, 1]}}}),
        ] {
            let (left, cuts) = cut(value.clone(), 2_000, None);
            assert!(!cuts.is_empty() && size(&left, 2_000) <= 2_000, "{left}");
            for cut in cuts {
                let mut rest = value.clone();
                assert!(cut.rest.apply(&mut rest), "{cut:?}");
                assert!(cut.rest.skip < cut.of, "{cut:?}");
            }
            if let (Value::Object(before), Value::Object(after)) = (&value, &left) {
                assert!(before.keys().eq(after.keys()));
            }
        }
    }

    #[test]
    fn reading_on_comes_to_an_end_and_misses_nothing() {
        let items: Vec<_> = (0..1_000).map(|n| json!({"id": n})).collect();
        let whole = json!({"meta": {"total": 1_000}, "items": items});
        let (mut seen, mut from) = (Vec::new(), None::<From>);
        loop {
            let mut answer = whole.clone();
            if let Some(from) = &from {
                assert!(from.apply(&mut answer));
            }
            let (answer, cuts) = cut(answer, 1_500, from.as_ref());
            seen.extend_from_slice(answer["items"].as_array().expect("a list"));
            match cuts.into_iter().next() {
                Some(cut) => from = Some(cut.rest),
                None => break,
            }
        }
        assert_eq!(Value::Array(seen), whole["items"]);
    }

    #[test]
    fn depth_costs_nothing() {
        let mut deep = json!(vec!["x".repeat(1_000); 5_000]);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        let (deep, cuts) = cut(deep, 10_000, None);
        assert!(!cuts.is_empty());
        assert!(size(&deep, 20_000) <= 10_000);
    }
}
