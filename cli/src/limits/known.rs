//! What each limit is called, which values it can have, and what happens where
//! it is reached.

use std::time::Duration;

use super::Limits;

/// One limit of the file.
pub struct Limit {
    /// The table that it is in.
    pub table: &'static str,
    /// Its key there, with its unit.
    pub key: &'static str,
    /// The largest value that it can have; the smallest is 1.
    pub most: u64,
    /// What happens beyond it.
    pub reached: &'static str,
    place: fn(&mut Limits) -> Place<'_>,
}

/// Where a limit is kept, in the type that it has there.
pub(super) enum Place<'a> {
    Count(&'a mut usize),
    Seconds(&'a mut Duration),
}

impl Limit {
    /// `table.key`
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    pub fn get(&self, limits: &Limits) -> u64 {
        match (self.place)(&mut limits.clone()) {
            Place::Count(count) => u64::try_from(*count).unwrap_or(u64::MAX),
            Place::Seconds(time) => time.as_secs(),
        }
    }

    /// The value has to be one that this limit can have.
    pub(super) fn set(&self, limits: &mut Limits, value: u64) {
        match (self.place)(limits) {
            Place::Count(count) => *count = usize::try_from(value).unwrap_or(usize::MAX),
            Place::Seconds(time) => *time = Duration::from_secs(value),
        }
    }
}

impl<'a> From<&'a mut usize> for Place<'a> {
    fn from(count: &'a mut usize) -> Self {
        Self::Count(count)
    }
}

impl<'a> From<&'a mut Duration> for Place<'a> {
    fn from(time: &'a mut Duration) -> Self {
        Self::Seconds(time)
    }
}

/// Entries as a table of the file: `key, largest value, what happens beyond it => place`.
macro_rules! table {
    ($table:literal, $limits:ident: $($key:literal, $most:expr, $reached:expr => $place:expr;)*) => {
        &[$(Limit {
            table: $table,
            key: $key,
            most: $most,
            reached: $reached,
            place: |$limits| (&mut $place).into(),
        }),*]
    };
}

const GIB: u64 = 1 << 30;
const MANY: u64 = 1_000_000_000;
/// Reading goes down the stack, which has room for twice as many levels.
const LEVELS: u64 = 256;

const REFUSED: &str = "The specification is refused.";
const LEFT_OUT: &str = "The operation is left out.";
const CUT: &str = "The rest is cut off.";
const ANYTHING: &str = "What is deeper admits anything.";

/// All of them, table by table.
pub const ALL: &[&[Limit]] = &[SPECIFICATION];

const SPECIFICATION: &[Limit] = table! { "specification", limits:
    "bytes", GIB, REFUSED => limits.specification.document_bytes;
    "nesting", LEVELS, REFUSED => limits.specification.document_depth;
    "nodes", MANY, REFUSED => limits.specification.document_nodes;
    "scalar_bytes", GIB, REFUSED => limits.specification.scalar_bytes;
    "alias_nodes", MANY, REFUSED => limits.specification.alias_nodes;
    "operations", 1_000_000, REFUSED => limits.specification.operations;
    "parameters", 100_000, LEFT_OUT => limits.specification.parameters;
    "schema_nesting", 128, ANYTHING => limits.specification.schema_depth;
    "enum_values", 1_000_000, "The `enum` is left out." => limits.specification.enum_values;
    "input_schema_nodes", 1_000_000, ANYTHING => limits.specification.input_schemas;
    "output_schema_bytes", GIB, ANYTHING => limits.specification.output_schema_bytes;
    "description_bytes", GIB, CUT => limits.specification.description_bytes;
    "title_characters", 1_000_000, CUT => limits.specification.title_chars;
};
