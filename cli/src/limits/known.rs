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
    /// The smallest and the largest value that it can have.
    pub least: u64,
    pub most: u64,
    /// What happens beyond it.
    pub reached: &'static str,
    place: fn(&mut Limits) -> Place<'_>,
}

/// Where a limit is kept, in the type that it has there.
pub(super) enum Place<'a> {
    Count(&'a mut usize),
    Short(&'a mut u32),
    Long(&'a mut u64),
    Seconds(&'a mut Duration),
}

impl Limit {
    /// `table.key`
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// Whether servers keep it themselves.
    pub(super) fn is_servers(&self) -> bool {
        matches!(
            (self.table, self.key),
            ("upstream" | "tools", _) | ("request", "bytes") | ("server", "memory_bytes")
        )
    }

    pub fn get(&self, limits: &Limits) -> u64 {
        match (self.place)(&mut limits.clone()) {
            Place::Count(count) => u64::try_from(*count).unwrap_or(u64::MAX),
            Place::Short(count) => u64::from(*count),
            Place::Long(count) => *count,
            Place::Seconds(time) => time.as_secs(),
        }
    }

    /// The value has to be one that this limit can have.
    pub(super) fn set(&self, limits: &mut Limits, value: u64) {
        match (self.place)(limits) {
            Place::Count(count) => *count = usize::try_from(value).unwrap_or(usize::MAX),
            Place::Short(count) => *count = u32::try_from(value).unwrap_or(u32::MAX),
            Place::Long(count) => *count = value,
            Place::Seconds(time) => *time = Duration::from_secs(value),
        }
    }
}

impl<'a> From<&'a mut usize> for Place<'a> {
    fn from(count: &'a mut usize) -> Self {
        Self::Count(count)
    }
}

impl<'a> From<&'a mut u32> for Place<'a> {
    fn from(count: &'a mut u32) -> Self {
        Self::Short(count)
    }
}

impl<'a> From<&'a mut u64> for Place<'a> {
    fn from(count: &'a mut u64) -> Self {
        Self::Long(count)
    }
}

impl<'a> From<&'a mut Duration> for Place<'a> {
    fn from(time: &'a mut Duration) -> Self {
        Self::Seconds(time)
    }
}

/// Entries as a table of the file: `key, values, what happens beyond it => place`.
macro_rules! table {
    ($table:literal, $limits:ident: $($key:literal, $least:literal..=$most:expr, $reached:expr => $place:expr;)*) => {
        &[$(Limit {
            table: $table,
            key: $key,
            least: $least,
            most: $most,
            reached: $reached,
            place: |$limits| (&mut $place).into(),
        }),*]
    };
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const MANY: u64 = 1_000_000_000;
const HOUR: u64 = 3_600;

const REFUSED: &str = "The specification is refused.";
const LEFT_OUT: &str = "The operation is left out.";
const CUT: &str = "The rest is cut off.";
const ANYTHING: &str = "What is deeper admits anything.";
const LATE: &str = "The call fails and says so.";
const FAILS: &str = "The build fails and says so.";

/// All of them, table by table.
pub const ALL: &[&[Limit]] = &[SPECIFICATION, REQUEST, UPSTREAM, TOOLS, BUILD, SERVER];

const SPECIFICATION: &[Limit] = table! { "specification", limits:
    "bytes", 1..=GIB, REFUSED => limits.specification.document_bytes;
    // Reading goes down the stack: 2 MiB of it are enough for so many levels.
    "nesting", 1..=256, REFUSED => limits.specification.document_depth;
    "nodes", 1..=MANY, REFUSED => limits.specification.document_nodes;
    "scalar_bytes", 1..=GIB, REFUSED => limits.specification.scalar_bytes;
    "alias_nodes", 1..=MANY, REFUSED => limits.specification.alias_nodes;
    "operations", 1..=1_000_000, REFUSED => limits.specification.operations;
    "parameters", 1..=100_000, LEFT_OUT => limits.specification.parameters;
    "schema_nesting", 1..=128, ANYTHING => limits.specification.schema_depth;
    "enum_values", 1..=1_000_000, "The `enum` is left out." => limits.specification.enum_values;
    "input_schema_nodes", 1..=1_000_000, ANYTHING => limits.specification.input_schemas;
    "schema_nodes", 1..=MANY, REFUSED => limits.specification.schemas;
    "shared_schema_bytes", 1..=1_024 * GIB, LEFT_OUT => limits.specification.shared_schema_bytes;
    "output_schema_bytes", 1..=GIB, ANYTHING => limits.specification.output_schema_bytes;
    "description_bytes", 1..=GIB, CUT => limits.specification.description_bytes;
    "title_characters", 1..=1_000_000, CUT => limits.specification.title_chars;
};

const REQUEST: &[Limit] = table! { "request", limits:
    "bytes", 1..=64 * MIB, "A client's message is refused (HTTP 413)." => limits.message;
    "call_seconds", 1..=HOUR, LATE => limits.call;
};

const UPSTREAM: &[Limit] = table! { "upstream", limits:
    "connect_seconds", 1..=HOUR, LATE => limits.upstream.connect;
    "tls_seconds", 1..=HOUR, LATE => limits.upstream.tls;
    "headers_seconds", 1..=HOUR, LATE => limits.upstream.headers;
    "idle_seconds", 1..=HOUR, LATE => limits.upstream.idle;
    "total_seconds", 1..=HOUR, LATE => limits.upstream.total;
    "answer_bytes", 1..=GIB, LATE => limits.upstream.answer;
    // A message of the hub's has room for twice as many, escaped.
    "shown_bytes", 1024..=4 * MIB, "The rest is shown when it is asked for." => limits.shown;
    "redirects", 0..=20, "The redirect itself is the answer." => limits.redirects;
};

const TOOLS: &[Limit] = table! { "tools", limits:
    "page_tools", 1..=10_000, "The list goes on with the next page." => limits.page.tools;
    "page_bytes", 1..=64 * MIB, "The list goes on with the next page." => limits.page.bytes;
};

const BUILD: &[Limit] = table! { "build", limits:
    "seconds", 1..=86_400, FAILS => limits.build.time;
    "memory_bytes", 268_435_456..=1_024 * GIB, FAILS => limits.build.memory;
    "processes", 16..=100_000, FAILS => limits.build.processes;
    "disk_bytes", 1_048_576..=1_024 * GIB, FAILS => limits.build.disk;
    "log_bytes", 1..=GIB, "The middle is left out." => limits.build.log;
};

const SERVER: &[Limit] = table! { "server", limits:
    "memory_bytes", 16_777_216..=1_024 * GIB, "It is started anew; calls in flight fail." => limits.server.memory;
    "pids", 4..=100_000, "It can start no more threads." => limits.server.pids;
    "cpu_percent", 1..=100_000, "It runs slower." => limits.server.cpu_percent;
};
