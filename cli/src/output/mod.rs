//! A generated crate in a folder, beside what its owner made of it.
//!
//! [`plan()`] compares the folder with what would be generated now, [`write()`]
//! carries the plan out. A file is the generator's as long as it hashes to what
//! `toolmill.lock` says it was when it was generated; one that does not is the
//! owner's, and is neither replaced nor removed.
//!
//! New files are staged in `.toolmill-new` within the folder, the new lock file
//! last, then renamed into place, the lock file last again. A run that is killed
//! on the way leaves whole files only, and the next run knows from both lock
//! files which of them were generated.

mod folder;
mod plan;
mod write;

pub use folder::Folder;
pub use plan::{Plan, plan};
pub use write::write;

use std::path::Path;

use crate::failure::Failure;

const LOCK: &str = "toolmill.lock";
const STAGE: &str = ".toolmill-new";

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::missing(
        format!("`{}` cannot be used.", path.display()),
        "See whether the path is right, it is yours, and the disk has space.",
    )
    .because(error)
}
