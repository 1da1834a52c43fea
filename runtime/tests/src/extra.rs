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
        ExtraTool {
            name: "regional",
            definition: r#"{
                "description": "Mirrors an argument into a header, so that gateways can route by it.",
                "inputSchema": {
                    "type": "object",
                    "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
                    "required": ["region"]
                }
            }"#,
            action: Action::Value(regional),
        },
        ExtraTool {
            name: "panicsTwice",
            definition: r#"{"description": "Fails, and what it throws fails as well.", "inputSchema": {"type": "object"}}"#,
            action: Action::Value(panics_twice),
        },
        // MCP's conformance suite looks whether this very schema arrives.
        ExtraTool {
            name: "json_schema_2020_12_tool",
            definition: r##"{
                "description": "Has a schema that uses much of JSON Schema 2020-12.",
                "inputSchema": {
                    "$schema": "https://json-schema.org/draft/2020-12/schema",
                    "type": "object",
                    "$defs": {
                        "address": {
                            "$anchor": "addressDef",
                            "type": "object",
                            "properties": {"street": {"type": "string"}, "city": {"type": "string"}}
                        }
                    },
                    "properties": {
                        "name": {"type": "string"},
                        "address": {"$ref": "#/$defs/address"},
                        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
                        "phone": {"type": "string"},
                        "email": {"type": "string"}
                    },
                    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
                    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
                    "then": {"required": ["phone"]},
                    "else": {"required": ["email"]},
                    "additionalProperties": false
                }
            }"##,
            action: Action::Value(contact),
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
    let number = |name| args.get(name).and_then(Value::as_i64).unwrap_or_default();
    Ok(json!({ "sum": number("a") + number("b") }))
}

fn replaced(args: &Args<'_>) -> Result<Request> {
    Request::get("/replaced", args)
        .query("by", Style::Form)
        .build()
}

fn regional(args: &Args<'_>) -> Result<Value> {
    Ok(json!({ "region": args.required("region")? }))
}

fn panics_twice(_: &Args<'_>) -> Result<Value> {
    struct Thrown;

    impl Drop for Thrown {
        fn drop(&mut self) {
            panic!("once more")
        }
    }

    std::panic::panic_any(Thrown)
}

fn contact(args: &Args<'_>) -> Result<Value> {
    Ok(json!({ "added": args.get("name") }))
}
