//! What a server takes at most, and how `--limit` changes it.

use std::time::Duration;

/// Limits, by the names that `toolmill limits` has for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of a client's message.
    pub(crate) message: usize,
    /// How much of the tool list comes at once: whichever is reached first ends a page.
    pub(crate) page_tools: usize,
    pub(crate) page_bytes: usize,
    pub(crate) upstream: Upstream,
    /// Bytes of an answer, decoded.
    pub(crate) answer: usize,
    /// Bytes of an answer that are shown at a time.
    pub(crate) shown: usize,
    /// How many redirects are followed.
    pub(crate) redirects: usize,
    /// Bytes of memory that the platform gives the server.
    pub(crate) memory: usize,
}

/// How long the parts of an exchange may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upstream {
    pub(crate) connect: Duration,
    pub(crate) tls: Duration,
    pub(crate) head: Duration,
    pub(crate) idle: Duration,
    pub(crate) total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 4 * 1024 * 1024,
            page_tools: 100,
            page_bytes: 512 * 1024,
            upstream: Upstream {
                connect: Duration::from_secs(5),
                tls: Duration::from_secs(10),
                head: Duration::from_secs(10),
                idle: Duration::from_secs(15),
                total: Duration::from_secs(30),
            },
            answer: 10 * 1024 * 1024,
            shown: 256 * 1024,
            redirects: 3,
            memory: 64 * 1024 * 1024,
        }
    }
}

impl Upstream {
    /// The broker keeps the limits of its API; these come later, so that its own message about them
    /// arrives.
    pub(crate) fn beyond_broker(self) -> Self {
        let later = self.total.max(Duration::from_secs(300)) + Duration::from_secs(10);
        Self {
            head: later,
            idle: later,
            total: later,
            ..self
        }
    }
}

/// A limit in the type that it has.
enum Place<'a> {
    Count(&'a mut usize),
    Time(&'a mut Duration),
}

/// Every name, with its place.
type Named = (&'static str, fn(&mut Limits) -> Place<'_>);

const NAMED: [Named; 12] = [
    ("request.bytes", |all| Place::Count(&mut all.message)),
    ("tools.page_tools", |all| Place::Count(&mut all.page_tools)),
    ("tools.page_bytes", |all| Place::Count(&mut all.page_bytes)),
    ("upstream.connect_seconds", |all| {
        Place::Time(&mut all.upstream.connect)
    }),
    ("upstream.tls_seconds", |all| {
        Place::Time(&mut all.upstream.tls)
    }),
    ("upstream.headers_seconds", |all| {
        Place::Time(&mut all.upstream.head)
    }),
    ("upstream.idle_seconds", |all| {
        Place::Time(&mut all.upstream.idle)
    }),
    ("upstream.total_seconds", |all| {
        Place::Time(&mut all.upstream.total)
    }),
    ("upstream.answer_bytes", |all| Place::Count(&mut all.answer)),
    ("upstream.shown_bytes", |all| Place::Count(&mut all.shown)),
    ("upstream.redirects", |all| Place::Count(&mut all.redirects)),
    ("server.memory_bytes", |all| Place::Count(&mut all.memory)),
];

impl Limits {
    /// Takes `NAME=VALUE`, or several of them with commas between.
    ///
    /// # Errors
    /// A sentence for the person at the keyboard.
    pub(crate) fn set(&mut self, text: &str) -> Result<(), String> {
        for one in text.split(',') {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            let named = NAMED.iter().find(|(known, _)| *known == name);
            let (_, place) = named.ok_or_else(|| {
                format!("`{name}` is not a limit of this server; `--help` lists them.")
            })?;
            let number: usize = value.parse().map_err(|_| {
                format!("`{name}` needs a whole number, such as `--limit {name}=10`.")
            })?;
            match place(self) {
                Place::Count(count) => *count = number,
                Place::Time(time) => *time = Duration::from_secs(number as u64),
            }
        }
        Ok(())
    }

    /// `NAME=VALUE` for each, as they are without the option.
    pub(crate) fn listed() -> impl Iterator<Item = String> {
        NAMED.iter().map(|(name, place)| {
            let value = match place(&mut Self::default()) {
                Place::Count(count) => *count as u64,
                Place::Time(time) => time.as_secs(),
            };
            format!("{name}={value}")
        })
    }
}

/// `10 MiB`, `3 KiB`, `1000 bytes`.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0 => "0 bytes".into(),
        _ if bytes.trailing_zeros() >= 20 => format!("{} MiB", bytes >> 20),
        _ if bytes.trailing_zeros() >= 10 => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}
