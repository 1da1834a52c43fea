//! `toolmill bundle SPEC [-o FILE]`: one document of several files.

use std::path::Path;

use serde_json::json;
use toolmill_generator::Limits;

use super::Context;
use crate::args::Bundle;
use crate::bundle::{self, Policy};
use crate::document::parsed;
use crate::failure::{Code, Exit, Failure, Result};
use crate::spec::{self, Spec};
use crate::ui::{self, counted};

/// Fails, and writes nothing, where a reference leads nowhere.
pub async fn bundle(context: &Context, args: &Bundle) -> Result<()> {
    let limits = context.limits()?.specification;
    let spec = spec::read(&args.spec, &limits).await?;
    is_specification(&spec, &limits)?;
    let policy = policy(args, &spec)?;
    let bundle = bundle::bundle(spec, &policy, &limits).await?;
    if let Some(failure) = bundle.failure() {
        return Err(failure);
    }
    ui::show_findings(&bundle.findings(), &bundle.spec);
    let text = &bundle.spec.bytes;
    let output = args.output.as_deref();
    let Some(output) = output.filter(|output| *output != Path::new("-")) else {
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
    // Standard output by another name holds nothing but the document.
    if !output.is_file() {
        return Ok(());
    }
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

/// A fragment has no place for what it refers to.
fn is_specification(spec: &Spec, limits: &Limits) -> Result<()> {
    let root = parsed(spec, limits)?.root;
    if root.get("openapi").is_some() || root.get("swagger").is_some() {
        return Ok(());
    }
    Err(Failure {
        exit: Exit::Specification,
        ..Failure::new(format!(
            "`{}` is no specification: it says neither `openapi: 3.x` nor `swagger: '2.0'`.",
            spec.name
        ))
    }
    .code(Code::UnusableSpecification)
    .hint("Give the file that the others are referred to from."))
}

fn policy(args: &Bundle, spec: &Spec) -> Result<Policy> {
    if let Some(root) = args.root.as_ref().filter(|root| !root.is_dir()) {
        return Err(Failure::new(format!("`{}` is no folder.", root.display()))
            .hint("Name a folder that is there with `--root DIR`."));
    }
    let folder = Policy::beside(spec).root;
    Ok(Policy {
        root: args.root.clone().or(folder),
        public: args.allow_remote.iter().any(|host| host == "*"),
        hosts: args
            .allow_remote
            .iter()
            .filter(|host| *host != "*")
            .cloned()
            .collect(),
    })
}

/// Whole or not at all: a file. What is there and no file, such as a pipe, stays
/// what it is. A link leads where it leads.
fn write(output: &Path, text: &[u8]) -> std::io::Result<()> {
    let there = std::fs::metadata(output);
    if there.is_ok_and(|found| !found.is_file()) {
        return std::fs::write(output, text);
    }
    let output = &output.canonicalize().unwrap_or_else(|_| output.to_owned());
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let aside = output.with_file_name(format!(".{name}.new"));
    std::fs::write(&aside, text)?;
    std::fs::rename(aside, output)
}
