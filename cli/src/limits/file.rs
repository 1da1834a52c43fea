//! The file that changes limits.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::{ALL, Limit, Limits};
use crate::failure::{Code, Failure, Result};

/// The defaults, changed as the file says.
///
/// # Errors
/// All that is wrong with it.
pub fn read(path: &Path) -> Result<Limits> {
    let unusable = || {
        Failure::new(format!(
            "The limits in `{}` cannot be used.",
            path.display()
        ))
        .code(Code::UnusableLimits)
        .hint("`toolmill limits` lists what can be set, and `toolmill limits --toml` writes a file to begin with.")
    };
    let text = std::fs::read_to_string(path).map_err(|error| unusable().because(&error))?;
    parse(&text).map_err(|faults| Failure {
        causes: faults,
        ..unusable()
    })
}

fn parse(text: &str) -> Result<Limits, Vec<String>> {
    let mut reader = Reader {
        text,
        limits: Limits::default(),
        faults: Vec::new(),
    };
    match DeTable::parse(text) {
        Ok(document) => reader.document(document.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.fault(at, error.message());
        }
    }
    reader.faults.extend(reader.limits.contradiction());
    if reader.faults.is_empty() {
        Ok(reader.limits)
    } else {
        Err(reader.faults)
    }
}

struct Reader<'t> {
    text: &'t str,
    limits: Limits,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn document(&mut self, document: &DeTable<'_>) {
        for (name, value) in document {
            let known = ALL.iter().find(|table| table[0].table == name.get_ref());
            match (known, value.get_ref()) {
                (Some(known), DeValue::Table(table)) => self.table(known, table),
                (Some(_), other) => {
                    let found = other.type_str();
                    self.fault(
                        value.span().start,
                        format!(
                            "`{name}` is a table of limits, and no {found}.",
                            name = name.get_ref()
                        ),
                    );
                }
                (None, _) => {
                    let tables = ALL.iter().map(|table| table[0].table);
                    let names = listed(tables);
                    self.fault(
                        name.span().start,
                        format!("There is no table `{}`; there are {names}.", shown(name)),
                    );
                }
            }
        }
    }

    fn table(&mut self, known: &[Limit], table: &DeTable<'_>) {
        for (key, value) in table {
            match known.iter().find(|limit| limit.key == key.get_ref()) {
                Some(limit) => match whole(value.get_ref(), limit) {
                    Ok(value) => limit.set(&mut self.limits, value),
                    Err(fault) => self.fault(value.span().start, fault),
                },
                None => {
                    let names = listed(known.iter().map(|limit| limit.key));
                    self.fault(
                        key.span().start,
                        format!(
                            "`[{}]` has no limit `{}`; it has {names}.",
                            known[0].table,
                            shown(key)
                        ),
                    );
                }
            }
        }
    }

    /// `at` is a byte of the text.
    fn fault(&mut self, at: usize, what: impl AsRef<str>) {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count())
            + 1;
        self.faults
            .push(format!("line {line}, column {column}: {}", what.as_ref()));
    }
}

/// A value that the limit can have.
fn whole(value: &DeValue<'_>, limit: &Limit) -> Result<u64, String> {
    let number = match value {
        DeValue::Integer(integer) => number(integer),
        _ => None,
    };
    number
        .filter(|number| (limit.least..=limit.most).contains(number))
        .ok_or_else(|| {
            format!(
                "`{}` is a whole number from {} to {}.",
                limit.name(),
                limit.least,
                limit.most
            )
        })
}

fn number(integer: &DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn shown(name: &Spanned<std::borrow::Cow<'_, str>>) -> String {
    name.get_ref().escape_debug().to_string()
}

/// `` `a`, `b` and `c` ``
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}
