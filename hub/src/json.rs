//! JSON read one level deep: the members of an object, their values untouched.
//!
//! The hub forwards what it does not need to understand byte for byte, so it
//! never reads a message into a tree, which would drop what the tree's types do
//! not know.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// More members than this in a protocol object are an attack on the search for
/// duplicates, not a message.
const MAX_MEMBERS: usize = 256;

/// The members of an object in their order. Names are unique.
#[derive(Debug, Default)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads `text`, which must be one object.
    ///
    /// # Errors
    /// Where it is not, where a name stands twice (which readers take
    /// differently), or where there are more than 256 members.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let members = reader.deserialize_map(MembersVisitor)?;
        reader.end()?;
        Ok(members)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.iter()
            .find_map(|(member, value)| (member == name).then_some(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (&**name, *value))
    }

    /// The member that differs from one of `names` only by case. Some readers
    /// would take it for that member, so a message with one is ambiguous.
    pub(crate) fn lookalike(&self, names: &[&str]) -> Option<&str> {
        let like = |member: &str| {
            names
                .iter()
                .any(|name| member.eq_ignore_ascii_case(name) && member != *name)
        };
        self.iter()
            .map(|(member, _)| member)
            .find(|member| like(member))
    }
}

/// The text of a JSON string; `None` for any other value.
pub(crate) fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// `text` as a JSON string, quotes included.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The part of `whole` that `part` is, sharing its memory. `part` must have
/// been borrowed from `whole`.
pub(crate) fn share(whole: &Bytes, part: &RawValue) -> Bytes {
    whole.slice_ref(part.get().as_bytes())
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(8);
        while let Some(name) = map.next_key_seed(Name)? {
            if members.iter().any(|(earlier, _)| *earlier == name) {
                return Err(A::Error::custom("a member stands twice in one object"));
            }
            if members.len() == MAX_MEMBERS {
                return Err(A::Error::custom("an object has more than 256 members"));
            }
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

/// A member's name, borrowed unless it has escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_to_the_byte() {
        let members = Members::parse(r#" {"a": {"x" :1.0e2, "x":2} ,"b":12345678901234567890}"#)
            .expect("an object");
        assert_eq!(
            members.get("a").map(RawValue::get),
            Some(r#"{"x" :1.0e2, "x":2}"#)
        );
        assert_eq!(
            members.get("b").map(RawValue::get),
            Some("12345678901234567890")
        );
        assert!(members.get("B").is_none());
    }

    #[test]
    fn a_name_may_stand_once() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            "[]",
            "1",
            "{} {}",
            "{",
            "",
        ] {
            assert!(Members::parse(text).is_err(), "{text}");
        }
        let many = (0..=MAX_MEMBERS).map(|n| format!("\"{n}\":0"));
        let many = format!("{{{}}}", many.collect::<Vec<_>>().join(","));
        assert!(Members::parse(&many).is_err());
    }

    #[test]
    fn names_that_differ_by_case_are_noticed() {
        let members = Members::parse(r#"{"method":1,"Method":2,"other":3}"#).expect("an object");
        assert_eq!(members.lookalike(&["method", "id"]), Some("Method"));
        assert_eq!(members.lookalike(&["other"]), None);
    }
}
