//! `toolmill limits`: how much of everything is taken.

use serde_json::json;

use super::Context;
use crate::args;
use crate::failure::Result;
use crate::limits::{ALL, Limit, Limits};
use crate::ui::{self, Table};

pub fn limits(context: &Context, args: &args::Limits) -> Result<()> {
    let limits = context.instance_limits()?;
    if context.json {
        let limits = ALL
            .iter()
            .copied()
            .flatten()
            .map(|limit| object(limit, &limits));
        ui::json(&limits.collect::<Vec<_>>());
    } else if args.toml {
        ui::say(file(&limits).trim_end());
    } else {
        show(&limits);
    }
    Ok(())
}

fn object(limit: &Limit, limits: &Limits) -> serde_json::Value {
    json!({
        "name": limit.name(),
        "value": limit.get(limits),
        "default": limit.get(&Limits::default()),
        "least": limit.least,
        "most": limit.most,
        "reached": limit.reached,
    })
}

fn show(limits: &Limits) {
    let mut table = Table::new(["LIMIT", "VALUE", "DEFAULT", "BEYOND IT"]);
    for limit in ALL.iter().copied().flatten() {
        table.row([
            limit.name(),
            grouped(limit.get(limits)),
            grouped(limit.get(&Limits::default())),
            limit.reached.to_owned(),
        ]);
    }
    table.print("");
}

/// What can be saved as the file of limits. Defaults are comments, so that they
/// go on to be what this program's version has.
fn file(limits: &Limits) -> String {
    let mut text = String::new();
    for table in ALL {
        text += &format!("[{}]\n", table[0].table);
        for limit in *table {
            let (value, default) = (limit.get(limits), limit.get(&Limits::default()));
            let mark = if value == default { "# " } else { "" };
            text += &format!("{mark}{} = {}\n", limit.key, grouped(value));
        }
        text.push('\n');
    }
    text
}

/// `16_777_216`, as TOML takes it.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let parts: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&parts.join(&b'_')).into_owned()
}
