//! Which tool serves which operation.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use serde_json::{Map, json};
use toolmill_core::Slug;
use toolmill_generator::{Limits, Options, Selection, lower, parse};

/// Prints `{tool: [METHOD, path]}` for every operation of a specification, unusual methods included.
pub fn tools(spec: &Path) -> Result<()> {
    let document =
        parse(&fs::read(spec)?, &Limits::default()).map_err(|found| anyhow!("{found:?}"))?;
    let mut options = Options::new(Slug::suggest("tools"));
    options.selection = Selection {
        include: vec!["method=*".parse()?],
        exclude: Vec::new(),
    };
    let api = lower(&document, &options)
        .map_err(|found| anyhow!("{found:?}"))?
        .api;
    let tools: Map<_, _> = api
        .tools
        .iter()
        .map(|tool| {
            (
                tool.names.tool.clone(),
                json!([tool.method.as_str(), tool.path]),
            )
        })
        .collect();
    println!("{}", serde_json::to_string(&tools)?);
    Ok(())
}
