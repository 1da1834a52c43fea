//! The words by which the database keeps what is an enumeration elsewhere.

use toolmill_core::{Error, Isolation, Outcome, Role, SpecFormat, Step};

use crate::error::{Unreadable, unreadable};

pub(crate) trait Word: Copy + PartialEq + Sized + 'static {
    const WHAT: &'static str;
    const WORDS: &'static [(Self, &'static str)];

    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("", |(_, word)| word)
    }

    fn read(text: &str) -> Result<Self, Error> {
        Self::WORDS
            .iter()
            .find(|(_, word)| *word == text)
            .map(|(value, _)| *value)
            .ok_or_else(|| {
                unreadable(Unreadable {
                    what: Self::WHAT,
                    value: text.to_owned(),
                })
            })
    }
}

impl Word for Role {
    const WHAT: &'static str = "role";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Admin, "admin"), (Self::Member, "member")];
}

impl Word for Isolation {
    const WHAT: &'static str = "isolation";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::User, "user"), (Self::Shared, "shared")];
}

impl Word for SpecFormat {
    const WHAT: &'static str = "format";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Json, "json"), (Self::Yaml, "yaml")];
}

impl Word for Outcome {
    const WHAT: &'static str = "outcome";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Ok, "ok"),
        (Self::Error, "error"),
        (Self::Refused, "refused"),
    ];
}

/// A step's place among the eight, by which versions are ordered.
pub(crate) fn place(step: Step) -> i64 {
    step as i64
}

/// The step at this place.
pub(crate) fn step_at(place: i64) -> Result<Step, Error> {
    usize::try_from(place)
        .ok()
        .and_then(|place| Step::ALL.get(place).copied())
        .ok_or_else(|| {
            unreadable(Unreadable {
                what: "step",
                value: place.to_string(),
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_by_their_place() {
        for step in Step::ALL {
            assert_eq!(step_at(place(step)).expect("it is a place"), step);
        }
        assert!(step_at(8).is_err());
        assert!(step_at(-1).is_err());
    }
}
