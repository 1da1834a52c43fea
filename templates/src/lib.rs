//! Templates of generated files, with typed render functions.
//!
//! A template lays out a whole file; what stands in its holes was decided before,
//! in a view struct. Templates live under `templates/` with the extension of what
//! they become, and are compiled into the crate.

mod engine;
pub mod generated;
