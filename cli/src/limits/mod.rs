//! How much of everything is taken: the limits that an operator can change.
//!
//! They have their defaults where they are kept, in the crates below. Here is
//! the file that changes them, and what each is called in it.

mod file;
mod known;

use std::path::Path;

use toolmill_generator as generator;

use crate::failure::Result;

pub use known::{ALL, Limit};

/// All limits, each in the words of the crate that keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub specification: generator::Limits,
}

impl Limits {
    /// The defaults, changed as a file says.
    ///
    /// # Errors
    /// Where the file cannot be read, names what is no limit, or gives a limit a
    /// value that it cannot have.
    pub fn read(path: &Path) -> Result<Self> {
        file::read(path)
    }
}

/// `16 MiB`, `3 KiB`, `1000 bytes`.
pub fn size(bytes: usize) -> String {
    match bytes {
        _ if bytes > 0 && bytes.trailing_zeros() >= 20 => format!("{} MiB", bytes >> 20),
        _ if bytes > 0 && bytes.trailing_zeros() >= 10 => format!("{} KiB", bytes >> 10),
        1 => "1 byte".to_owned(),
        _ => format!("{bytes} bytes"),
    }
}
