//! What writing would change.

use serde::Serialize;
use toolmill_generator::FileSet;

use super::{Folder, LOCK};
use crate::failure::Result;

/// Paths within the folder, each list in their order.
#[derive(Debug, Default, Serialize)]
pub struct Plan {
    /// Generated earlier, and other now.
    pub changed: Vec<String>,
    /// Not there.
    pub missing: Vec<String>,
    /// Generated earlier, and no longer part of the output.
    pub obsolete: Vec<String>,
    /// Edited by hand: they stay as they are.
    pub edited: Vec<String>,
    /// Edited by hand, and no longer part of the output: they stay, too.
    pub abandoned: Vec<String>,
    /// The owner's from the start, and not there.
    #[serde(skip)]
    pub absent: Vec<String>,
    /// A run was killed while it wrote.
    pub interrupted: bool,
}

impl Plan {
    /// Whether writing would change a generated file. What was edited by hand
    /// would stay as it is, so that makes nothing stale.
    pub fn is_stale(&self) -> bool {
        self.interrupted
            || [&self.changed, &self.missing, &self.obsolete]
                .iter()
                .any(|paths| !paths.is_empty())
    }

    /// Files to be written, the lock file not among them.
    pub fn to_write(&self) -> impl Iterator<Item = &String> {
        let all = [&self.changed, &self.missing, &self.absent];
        all.into_iter().flatten().filter(|path| *path != LOCK)
    }
}

/// Compares a folder with what would be generated now.
///
/// # Errors
/// Where a file cannot be read, or a link stands where one should be.
pub fn plan(folder: &Folder, files: &FileSet) -> Result<Plan> {
    let mut plan = Plan {
        interrupted: folder.interrupted,
        ..Plan::default()
    };
    for (path, content) in &files.files {
        let kept = FileSet::KEPT.contains(&path.as_str());
        let list = match folder.read(path)? {
            None if kept => &mut plan.absent,
            None => &mut plan.missing,
            Some(_) if kept => continue,
            Some(present) if present == *content => continue,
            Some(present) if path == LOCK || folder.wrote(path, &present) => &mut plan.changed,
            Some(_) => &mut plan.edited,
        };
        list.push(path.clone());
    }
    for path in folder.generated() {
        if files.files.contains_key(path) || FileSet::KEPT.contains(&path) {
            continue;
        }
        match folder.read(path)? {
            None => {}
            Some(present) if folder.wrote(path, &present) => plan.obsolete.push(path.to_owned()),
            Some(_) => plan.abandoned.push(path.to_owned()),
        }
    }
    Ok(plan)
}
