//! `toolmill generate --check`: whether a folder is what would be generated now.

use serde_json::json;
use toolmill_generator::FileSet;

use super::Context;
use crate::failure::{Code, Failure, Result};
use crate::output::{Folder, Plan, plan};
use crate::shell::this_command_without;
use crate::ui::{self, counted};

/// Fails where generating again would change a generated file. A file that was
/// edited by hand would stay, so it is named, and is no reason to fail.
pub fn check(context: &Context, folder: &Folder, files: &FileSet) -> Result<()> {
    let refresh = this_command_without(&["--check", "--json"]);
    let name = folder.path.display();
    if !folder.is_generated() {
        let message = format!("`{name}` holds no crate that Toolmill generated.");
        return Err(Failure::new(message)
            .code(Code::NotGenerated)
            .hint(format!("Generate one with: {refresh}")));
    }
    let plan = plan(folder, files)?;
    if context.json {
        ui::json(&json!({
            "stale": plan.is_stale(),
            "folder": name.to_string(),
            "changed": plan.changed,
            "missing": plan.missing,
            "obsolete": plan.obsolete,
            "edited": plan.edited,
            "abandoned": plan.abandoned,
            "interrupted": plan.interrupted,
            "refresh": refresh,
        }));
    } else {
        show(&plan);
    }
    if !plan.is_stale() {
        if !context.json {
            ui::say(format!("`{name}` is up to date."));
        }
        return Ok(());
    }
    let count = plan.changed.len() + plan.missing.len() + plan.obsolete.len();
    let what = match count {
        0 => "a run was killed while it wrote".to_owned(),
        count => format!("{} would change", counted(count, "file")),
    };
    Err(Failure::new(format!("`{name}` is stale: {what}."))
        .code(Code::Stale)
        .hint(format!("Refresh it with: {refresh}")))
}

fn show(plan: &Plan) {
    for (paths, what) in [
        (&plan.changed, "differs"),
        (&plan.missing, "is missing"),
        (&plan.obsolete, "is no longer generated"),
        (&plan.edited, "was edited by hand, and stays"),
        (
            &plan.abandoned,
            "was edited by hand, is no longer generated, and stays",
        ),
    ] {
        for path in paths {
            ui::say(format!("{}  {what}", path.escape_debug()));
        }
    }
}
