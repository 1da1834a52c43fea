//! `toolmill bundle SPEC [-o FILE]`: one document of several files.

use std::path::Path;

use serde_json::json;

use super::Context;
use crate::args::Bundle;
use crate::bundle::{self, Policy};
use crate::failure::{Failure, Result};
use crate::spec;
use crate::ui::{self, counted};

/// Fails, and writes nothing, where a reference leads nowhere.
pub async fn bundle(context: &Context, args: &Bundle) -> Result<()> {
    let spec = spec::read(&args.spec).await?;
    let policy = policy(args, &spec);
    let bundle = bundle::bundle(spec, &policy).await?;
    if let Some(failure) = bundle.failure() {
        return Err(failure);
    }
    ui::show_findings(&bundle.findings(), &bundle.spec);
    let text = &bundle.spec.bytes;
    let Some(output) = &args.output else {
        ui::say(String::from_utf8_lossy(text).trim_end());
        return Ok(());
    };
    write(output, text).map_err(|error| {
        Failure::missing(
            format!("`{}` cannot be written.", output.display()),
            "See whether the folder is there, it is yours, and the disk has space.",
        )
        .because(&error)
    })?;
    if context.json {
        ui::json(&json!({ "output": output, "files": bundle.files, "bytes": text.len() }));
    } else {
        let files = counted(bundle.files, "file");
        let is_json = output.extension().is_some_and(|known| known == "json");
        // Who asked for another format gets one that its readers take.
        let format = if is_json { "" } else { ", as JSON" };
        ui::say(format!(
            "`{}` holds all of {files}{format}.",
            output.display()
        ));
    }
    Ok(())
}

fn policy(args: &Bundle, spec: &spec::Spec) -> Policy {
    let folder = Policy::beside(spec).root;
    Policy {
        root: args.root.clone().or(folder),
        public: args.allow_remote.iter().any(|host| host == "*"),
        hosts: args
            .allow_remote
            .iter()
            .filter(|host| *host != "*")
            .cloned()
            .collect(),
    }
}

/// Whole or not at all.
fn write(output: &Path, text: &[u8]) -> std::io::Result<()> {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let aside = output.with_file_name(format!(".{name}.new"));
    std::fs::write(&aside, text)?;
    std::fs::rename(aside, output)
}
