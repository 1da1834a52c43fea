//! Reading JSON into values, once and with all that has to be seen of its text.

use std::fmt;

use rmcp::model::JsonObject;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, value::RawValue};

use crate::{message::Name, room};

/// Members for which there is space from the first on.
const USUAL: usize = 7;

/// A value that says nothing twice, and that takes no more than `room` bytes, which become less by
/// them; nothing where the text is another. [`message::look_through`](crate::message::look_through)
/// says what is wrong.
pub(crate) fn value(text: &str, room: &mut usize) -> Option<Value> {
    read(text, room, None)
}

/// The same, of an object.
pub(crate) fn object(text: &RawValue, room: &mut usize) -> Option<JsonObject> {
    match value(text.get(), room)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// What an API answered, and whether it says something twice: then the last counts, as it does for
/// most readers. Names are what they are, but for that by which serde_json hands over numbers.
pub(crate) fn of_answer(text: &str) -> Option<(Value, bool)> {
    let (mut room, mut repeats) = (usize::MAX, false);
    let value = read(text, &mut room, Some(&mut repeats))?;
    Some((value, repeats))
}

fn read(text: &str, room: &mut usize, repeats: Option<&mut bool>) -> Option<Value> {
    let reader = Reader {
        room,
        usual: USUAL,
        repeats,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = reader.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// Reads a value.
struct Reader<'r> {
    /// The room that is left.
    room: &'r mut usize,
    /// How many members an object is expected to have.
    usual: usize,
    /// In an answer names may be any and come twice, which is noted; in a message they may not.
    repeats: Option<&'r mut bool>,
}

impl Reader<'_> {
    /// A reader of what is inside.
    fn inner(&mut self) -> Reader<'_> {
        Reader {
            room: self.room,
            usual: 0,
            repeats: self.repeats.as_deref_mut(),
        }
    }

    fn take<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        let left = self.room.checked_sub(bytes);
        *self.room = left.ok_or_else(|| E::custom("there is no room"))?;
        Ok(())
    }
}

impl<'t> DeserializeSeed<'t> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'t>>(mut self, deserializer: D) -> Result<Value, D::Error> {
        self.take(room::OF_VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<Value, E> {
        self.take(room::OF_TEXT)?;
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<Value, E> {
        self.take(room::OF_TEXT)?;
        Ok(Value::from(value))
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<Value, E> {
        self.take(room::OF_TEXT + text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            if list.is_empty() {
                self.take(room::OF_LIST)?;
            }
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut object = JsonObject::new();
        while let Some(name) = members.next_key::<Name<'t>>()? {
            if object.is_empty() && name.is_of_number() {
                let Name(text) = members.next_value()?;
                self.take(room::OF_TEXT + text.len())?;
                return text.parse().map(Value::Number).map_err(A::Error::custom);
            }
            if name.is_reserved() && self.repeats.is_none() {
                return Err(A::Error::custom("a name is reserved"));
            }
            if object.is_empty() {
                self.take(room::OF_OBJECT)?;
                object = JsonObject::with_capacity(self.usual);
            }
            let Name(name) = name;
            self.take(room::OF_MEMBER + name.len())?;
            let value = members.next_value_seed(self.inner())?;
            if object.insert(name.into_owned(), value).is_some() {
                match &mut self.repeats {
                    Some(repeats) => **repeats = true,
                    None => return Err(A::Error::custom("a name appears twice")),
                }
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str, mut room: usize) -> Option<JsonObject> {
        super::object(serde_json::from_str(text).expect("JSON"), &mut room)
    }

    #[test]
    fn values_are_what_serde_json_makes_of_them() {
        let text = r#"{"i":[5,-5,0,-0,1.0],"n":-12345678901234567890.10,"e":1E+400,"l":[null,true,{"a\u00e9":"\n"}],"o":{},"":""}"#;
        let expected: JsonObject = serde_json::from_str(text).expect("an object");
        assert_eq!(object(text, usize::MAX), Some(expected));
    }

    #[test]
    fn an_answer_may_say_anything() {
        let text =
            r#"{"a":1,"n":{"$serde_json::private::RawValue":"{}"},"a":[1.50,{"b":2,"b":3}]} "#;
        let expected = r#"{"a":[1.50,{"b":3}],"n":{"$serde_json::private::RawValue":"{}"}}"#;
        let (read, repeats) = of_answer(text).expect("JSON");
        assert_eq!((read.to_string().as_str(), repeats), (expected, true));
        assert_eq!(
            of_answer("[{\"a\":1},{\"a\":1}]").map(|(_, repeats)| repeats),
            Some(false)
        );
        for text in ["", "{", "[1] 2", "{\"a\":1,}"] {
            assert_eq!(of_answer(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_said_twice_or_is_reserved_or_is_no_object_is_not_read() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":[{"b":1,"\u0062":2}]}"#,
            r#"{"a":{"$serde_json::private::RawValue":"{\"b\":1,\"b\":2}"}}"#,
            r#"{"a":{"b":1,"$serde_json::private::Number":"2"}}"#,
            "[]",
            "null",
        ] {
            assert_eq!(object(text, usize::MAX), None, "{text}");
        }
    }

    #[test]
    fn there_is_room_for_as_much_as_a_message_is_said_to_take() {
        let text = r#"{"a":["b\n",{"c":null,"d":false}],"e":{},"\u0066":[-1.50,2e400,0]}"#;
        let seen = crate::message::look_through(text.as_bytes()).expect("JSON");
        assert!(object(text, seen.room).is_some());
        assert!(object(text, seen.room - 1).is_none());
    }
}
