//! Hooks and hand-written tools.

use toolmill_runtime::{
    Action, Answer, Args, Error, ExtraTool, Hooks, Outgoing, Request, Result, Style, Value, json,
};

pub static HOOKS: Hooks = Hooks {
    before: Some(before),
    after: Some(after),
    tools: &[
        ExtraTool {
            name: "add",
            definition: r#"{
                "description": "Adds two numbers.",
                "inputSchema": {
                    "type": "object",
                    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                    "required": ["a", "b"]
                },
                "outputSchema": {"type": "object", "properties": {"sum": {"type": "integer"}}}
            }"#,
            action: Action::Value(add),
        },
        ExtraTool {
            name: "replaced",
            definition: r#"{"description": "In place of the generated tool.", "inputSchema": {"type": "object"}}"#,
            action: Action::Request(replaced),
        },
    ],
};

fn before(outgoing: &mut Outgoing) -> Result<()> {
    match outgoing.tool() {
        "hooked" => {
            outgoing.set_header("X-Hook", "before")?;
            outgoing.add_query("hook", "a b");
            outgoing.set_body("text/plain", b"from the hook".to_vec())
        }
        "refused" => Err(Error::Refused("Not today.".into())),
        _ => Ok(()),
    }
}

fn after(answer: &mut Answer) -> Result<()> {
    if answer.tool() == "hooked" {
        let text = format!("{} and after", String::from_utf8_lossy(answer.body()));
        answer.set_body("text/plain", text.into_bytes());
    }
    Ok(())
}

fn add(args: &Args<'_>) -> Result<Value> {
    let number = |name| {
        args.get(name)
            .value()
            .and_then(Value::as_i64)
            .unwrap_or_default()
    };
    Ok(json!({ "sum": number("a") + number("b") }))
}

fn replaced(args: &Args<'_>) -> Result<Request> {
    Request::get("/replaced")
        .query("by", args.get("by"), Style::Form.exploded())
        .build()
}
