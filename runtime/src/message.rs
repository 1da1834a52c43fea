//! The text of a message, before its values are read.
//!
//! Of a name that appears twice in an object some readers take the first value and some the last
//! (RFC 8259, section 4), and those in use here take the last without a word. So a message is walked
//! through once while its text is still there, and one that says something twice is refused. Only
//! [ordinary](crate::ordinary) calls are read with the same care in one go.

use std::borrow::Cow;

use rmcp::{
    ErrorData,
    model::{RequestId, ServerJsonRpcMessage},
};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, value::RawValue};

use crate::{room, shorten::beginning};

/// Where a tool's arguments are in the message that calls it.
const ARGUMENTS: &str = "/params/arguments";

/// How the names begin that serde_json reads as numbers or as raw text, even where they stand in a
/// message.
const OF_SERDE: &str = "$serde_json::";

/// The one for the text of a number. An object of this name alone is read as the number.
const NUMBER: &str = "$serde_json::private::Number";

/// Bytes of a pointer that are told.
const TOLD: usize = 1024;

/// What a tool's arguments say twice: a JSON pointer into them (RFC 6901).
#[derive(Debug, Clone)]
pub(crate) struct Repeated(String);

impl Repeated {
    /// What the caller of the tool is told.
    pub(crate) fn text(&self) -> String {
        format!(
            "The arguments name `{}` twice, and it is not clear which value is meant: name it once.",
            beginning(&self.0, TOLD)
        )
    }
}

/// What was seen of a message.
#[derive(Debug)]
pub(crate) struct Seen {
    /// A name that appears twice among the arguments, of which the caller of the tool is to hear.
    pub(crate) repeated: Option<Repeated>,
    /// About what the message's values take once they are read, in bytes.
    pub(crate) room: usize,
}

/// Looks through a message.
///
/// # Errors
/// What is wrong with a message that says something else twice, or that is no JSON.
pub(crate) fn look_through(text: &[u8]) -> Result<Seen, ErrorData> {
    let mut names = Names::default();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let walked = Walk(&mut names).deserialize(&mut reader);
    let mut seen = Seen {
        repeated: None,
        room: names.room,
    };
    let Err(error) = walked.and_then(|()| reader.end()) else {
        return Ok(seen);
    };
    let pointer: String = names.found.into_iter().rev().collect();
    if pointer.is_empty() {
        let said = format!("The message is not JSON: {error}.");
        return Err(ErrorData::parse_error(said, None));
    }
    if names.is_reserved {
        let said = format!(
            "The message has the name `{}`, which has a meaning of its own here: choose another.",
            beginning(&pointer, TOLD)
        );
        return Err(ErrorData::invalid_request(said, None));
    }
    match pointer.strip_prefix(ARGUMENTS) {
        Some(within) if !within.is_empty() => {
            seen.repeated = Some(Repeated(within.to_owned()));
            Ok(seen)
        }
        _ => {
            let said = format!(
                "The message names `{}` twice: name it once.",
                beginning(&pointer, TOLD)
            );
            Err(ErrorData::invalid_request(said, None))
        }
    }
}

/// The answer to a message that is refused: with its id, where it is plain which it is.
pub(crate) fn refusal(error: ErrorData, message: &[u8]) -> ServerJsonRpcMessage {
    #[derive(Deserialize)]
    struct Request<'a> {
        #[serde(borrow)]
        id: &'a RawValue,
    }
    let request = serde_json::from_slice::<Request<'_>>(message).ok();
    ServerJsonRpcMessage::error(error, request.and_then(|request| id(request.id)))
}

/// An id, which is a text or a number; nothing where it is something else, of whatever size.
pub(crate) fn id(text: &RawValue) -> Option<RequestId> {
    let text = text.get();
    match text.parse() {
        Ok(number) => Some(RequestId::Number(number)),
        Err(_) if text.starts_with(['[', '{']) => None,
        Err(_) => serde_json::from_str(text).ok(),
    }
}

#[derive(Default)]
struct Names<'t> {
    /// Those of all objects that have not come to their end.
    open: Vec<Name<'t>>,
    /// What the values so far take once they are read, in bytes.
    room: usize,
    /// The steps to the name that is wrong, the last one first.
    found: Vec<String>,
    /// Whether it is wrong because serde_json would take it for one of its own.
    is_reserved: bool,
}

impl<'t> Names<'t> {
    fn enter<E: de::Error>(&mut self, name: Name<'t>, is_first: bool) -> Result<(), E> {
        if name.is_reserved() {
            self.found.push(name.step());
            self.is_reserved = true;
            return Err(E::custom("a name is reserved"));
        }
        self.room += room::OF_MEMBER + name.0.len();
        self.room += if is_first { room::OF_OBJECT } else { 0 };
        self.open.push(name);
        Ok(())
    }

    /// Ends the object whose names begin here.
    fn close<E: de::Error>(&mut self, begin: usize) -> Result<(), E> {
        let names = &mut self.open[begin..];
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            self.found.push(twice[0].step());
            return Err(E::custom("a name appears twice"));
        }
        self.open.truncate(begin);
        Ok(())
    }

    /// Notes how a name that was found is reached.
    fn passed(&mut self, step: impl FnOnce(&Self) -> String) {
        if !self.found.is_empty() {
            self.found.push(step(self));
        }
    }
}

/// A member's name, which is copied only where it has escapes.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
pub(crate) struct Name<'t>(#[serde(borrow)] pub(crate) Cow<'t, str>);

impl Name<'_> {
    /// Whether serde_json hands over a number's text under it, which is then all that there is.
    pub(crate) fn is_of_number(&self) -> bool {
        self.0 == NUMBER
    }

    /// Whether serde_json may take it for one of its own.
    pub(crate) fn is_reserved(&self) -> bool {
        self.0.starts_with(OF_SERDE)
    }

    /// The name as a step of a JSON pointer.
    fn step(&self) -> String {
        format!("/{}", self.0.replace('~', "~0").replace('/', "~1"))
    }
}

/// Goes through a value, and keeps nothing of it.
struct Walk<'n, 't>(&'n mut Names<'t>);

impl<'t> DeserializeSeed<'t> for Walk<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.room += room::OF_VALUE;
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Walk<'_, 't> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.0.room += room::OF_TEXT;
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.0.room += room::OF_TEXT;
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.room += room::OF_TEXT + text.len();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            match items.next_element_seed(Walk(self.0)) {
                Ok(Some(())) if index == 0 => self.0.room += room::OF_LIST,
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(error) => {
                    self.0.passed(|_| format!("/{index}"));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// A number that is no short integer is a map as well.
    fn visit_map<A: MapAccess<'t>>(self, mut members: A) -> Result<(), A::Error> {
        let begin = self.0.open.len();
        while let Some(name) = members.next_key::<Name<'t>>()? {
            let place = self.0.open.len();
            let is_first = place == begin;
            if is_first && name.is_of_number() {
                return match members.next_value::<Name<'t>>() {
                    Ok(Name(text)) if text.parse::<Number>().is_ok() => {
                        self.0.room += room::OF_TEXT + text.len();
                        match members.next_key::<Name<'t>>()? {
                            None => Ok(()),
                            Some(_) => self.0.enter(name, is_first),
                        }
                    }
                    _ => self.0.enter(name, is_first),
                };
            }
            self.0.enter(name, is_first)?;
            if let Err(error) = members.next_value_seed(Walk(self.0)) {
                self.0.passed(|names| names.open[place].step());
                return Err(error);
            }
        }
        self.0.close(begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arguments: &str) -> String {
        format!(r#"{{"id":7,"params":{{"name":"x","arguments":{arguments}}}}}"#)
    }

    #[test]
    fn a_name_among_the_arguments_is_found_at_any_depth() {
        for (arguments, pointer) in [
            (r#"{"a":1,"a":1}"#, "/a"),
            (r#"{"a":1,"b":2,"\u0061":3}"#, "/a"),
            (r#"{"":1,"":2}"#, "/"),
            (
                r#"{"a/b":[0,{"~":{"c":1e400,"d":[],"c":null}}]}"#,
                "/a~1b/1/~0/c",
            ),
            (r#"{"a":{"b":1,"b":2},"a":3}"#, "/a/b"),
        ] {
            let found = look_through(call(arguments).as_bytes());
            let found = found.expect("an argument").repeated.expect("a name");
            assert_eq!(found.0, pointer, "{arguments}");
        }
    }

    #[test]
    fn what_is_said_once_is_left_alone() {
        for arguments in [
            "null",
            r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}],"A":1}"#,
            r#"{"n":-12345678901234567890.10,"m":1E+400,"t":true,"s":"\"a\":1,\"a\":2"}"#,
        ] {
            let found = look_through(call(arguments).as_bytes());
            assert!(found.expect("a message").repeated.is_none(), "{arguments}");
        }
    }

    #[test]
    fn the_message_itself_is_answered_with_its_id() {
        for (message, code, id) in [
            (
                r#"{"id":7,"params":{"arguments":{},"arguments":{}}}"#,
                -32600,
                true,
            ),
            (r#"{"id":7,"params":{"name":"a","name":"b"}}"#, -32600, true),
            (
                r#"{"id":7,"result":{"arguments":{"a":1,"a":2}}}"#,
                -32600,
                true,
            ),
            (r#"{"id":7,"id":8}"#, -32600, false),
            (r#"{"id":7} x"#, -32700, false),
            ("", -32700, false),
        ] {
            let error = look_through(message.as_bytes()).expect_err(message);
            let ServerJsonRpcMessage::Error(refused) = refusal(error, message.as_bytes()) else {
                panic!("{message}");
            };
            assert_eq!(refused.error.code.0, code, "{message}");
            assert_eq!(refused.id.is_some(), id, "{message}");
        }
    }
}
