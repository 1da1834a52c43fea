//! Reading what a specification refers to, as far as the policy goes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use toolmill_generator::Limits;
use url::{Origin, Url};

use super::{Policy, Refusal};
use crate::client::{Fetched, Reach, fetch};
use crate::failure::{Failure, Result};
use crate::limits::size;
use crate::spec::{Spec, at_most};

/// Documents fetched for one specification, and how long that may take.
const MAX_FETCHED: usize = 100;
const MAX_FETCHING: Duration = Duration::from_secs(60);

pub struct Reader<'p> {
    policy: &'p Policy,
    limits: &'p Limits,
    /// Where the specification itself is from, as its own files may be: another
    /// port of that host may be somebody else's.
    own: Origin,
    fetched: usize,
    begun: Instant,
    pub refusals: HashMap<Url, Refusal>,
}

type Reading = Result<Fetched, Refusal>;

impl<'p> Reader<'p> {
    pub fn new(policy: &'p Policy, root: &Url, limits: &'p Limits) -> Self {
        Self {
            policy,
            limits,
            own: root.origin(),
            fetched: 0,
            begun: Instant::now(),
            refusals: HashMap::new(),
        }
    }

    /// The file at `url`, which the one at `by` refers to; `None` where a refusal
    /// says why it is not read.
    pub async fn read(&mut self, url: &Url, by: &Url) -> Result<Option<Spec>> {
        let reading = match url.scheme() {
            "file" if by.scheme() != "file" => Err(refusal(
                format!(
                    "`{}` names a file of this machine, which `{by}` may not.",
                    shown(url)
                ),
                "Copy the file to where the document that names it is.",
            )),
            "file" => self.file(url),
            "http" | "https" => self.remote(url).await,
            other => Err(refusal(
                format!("`{url}` is of the scheme `{other}`, which is not read."),
                "Use a file, or a URL that begins with http:// or https://.",
            )),
        };
        match reading {
            Ok(Fetched { bytes, url: from }) => {
                Ok(Some(Spec::new(&shown(url), bytes).at(Some(from))))
            }
            Err(refusal) => {
                self.refusals.insert(url.clone(), refusal);
                Ok(None)
            }
        }
    }

    fn file(&self, url: &Url) -> Reading {
        let name = shown(url);
        let unreadable = |error: std::io::Error| {
            let hint = "Correct the reference, or add the file.";
            refusal(format!("`{name}` cannot be read: {error}."), hint)
        };
        let path = url.to_file_path().unwrap_or_default();
        let root = self.policy.root.clone().unwrap_or_default();
        let root = root.canonicalize().map_err(unreadable)?;
        // Not even whether it exists is told of a file elsewhere.
        let found = path.canonicalize();
        let within = match &found {
            Ok(real) => real.starts_with(&root),
            Err(_) => lexically(&path).starts_with(&root) || path.starts_with(&root),
        };
        if !within {
            return Err(refusal(
                format!("`{name}` is outside of the folder `{}`.", root.display()),
                "Bundle it with a folder that holds all files: `toolmill bundle SPEC --root DIR -o bundled.json`.",
            ));
        }
        let real = found.map_err(unreadable)?;
        if !real.metadata().map_err(unreadable)?.is_file() {
            return Err(refusal(format!("`{name}` is no file."), "Name a file."));
        }
        let file = std::fs::File::open(real).map_err(unreadable)?;
        let most = self.limits.document_bytes;
        let Some(bytes) = at_most(file, most).map_err(unreadable)? else {
            let message = format!("`{name}` is larger than {}.", size(most));
            return Err(refusal(message, "Split the file."));
        };
        let url = url.clone();
        Ok(Fetched { bytes, url })
    }

    async fn remote(&mut self, url: &Url) -> Reading {
        let host = url.host_str().unwrap_or_default();
        let named = self.policy.hosts.iter().any(|known| known == host);
        if !named && !self.policy.public {
            return Err(refusal(
                format!("`{url}` is on the network, and is not fetched unasked."),
                "Bundle it first: `toolmill bundle SPEC --allow-remote -o bundled.json`.",
            ));
        }
        self.fetched += 1;
        if self.fetched > MAX_FETCHED || self.begun.elapsed() > MAX_FETCHING {
            return Err(refusal(
                format!("`{url}` is not fetched: {MAX_FETCHED} documents or a minute are enough."),
                "Download the files, and bundle them from disk.",
            ));
        }
        let reach = if named || url.origin() == self.own {
            Reach::Anywhere
        } else {
            Reach::Public
        };
        let most = self.limits.document_bytes;
        fetch(url, reach, most).await.map_err(|failure| {
            let hint = failure.hint.clone().unwrap_or_default();
            // The outermost cause is the client's, which says the address again.
            let cause = failure.causes.last().map_or("", String::as_str);
            refusal(format!("{} {}", failure.message, sentence(cause)), hint)
        })
    }
}

fn refusal(message: String, hint: impl Into<String>) -> Refusal {
    Refusal {
        message,
        hint: hint.into(),
    }
}

/// A cause as a sentence of its own.
fn sentence(cause: &str) -> String {
    let mut chars = cause.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), chars.as_str())
}

/// A path without `..`, as if there were no links.
fn lexically(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The URL of what would be read from standard input if it were in a folder.
pub fn folder_url(folder: &Path) -> Result<Url> {
    let unusable = || Failure::new(format!("`{}` is not a usable path.", folder.display()));
    let folder = std::path::absolute(folder).map_err(|error| unusable().because(&error))?;
    Url::from_file_path(folder.join("standard input")).map_err(|()| unusable())
}

/// A file by its path from here, anything else by its URL.
pub fn shown(url: &Url) -> String {
    let Ok(path) = url.to_file_path() else {
        return url.to_string();
    };
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(&path)
        .display()
        .to_string()
}
