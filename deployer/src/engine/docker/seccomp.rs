//! The refused system calls as a profile for Docker (its seccomp profile
//! format, as in moby's `profiles/seccomp`).

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::engine::calls::{ABSENT, Call, REFUSED, REFUSED_HERE, Test, rules};

/// The profile as JSON text, always the same.
pub(super) fn profile() -> &'static str {
    static PROFILE: LazyLock<String> = LazyLock::new(|| made().to_string());
    &PROFILE
}

fn made() -> Value {
    let mut refused = vec![
        refusal(&[REFUSED, REFUSED_HERE].concat(), libc::EPERM, json!([])),
        refusal(ABSENT, libc::ENOSYS, json!([])),
    ];
    refused.extend(rules().into_iter().map(|rule| {
        let (compare, value, second) = match rule.test {
            Test::Not(value) => ("SCMP_CMP_NE", value, 0),
            Test::Masked { mask, value } => ("SCMP_CMP_MASKED_EQ", mask, value),
        };
        let condition =
            json!({ "index": rule.argument, "value": value, "valueTwo": second, "op": compare });
        refusal(&[rule.call], libc::EPERM, json!([condition]))
    }));
    // With one architecture named, calls of all others, x32 included, kill.
    json!({
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": [architecture()],
        "syscalls": refused,
    })
}

fn refusal(calls: &[Call], errno: i32, conditions: Value) -> Value {
    let names = calls
        .iter()
        .map(|(name, _)| name.trim_start_matches("SYS_"));
    json!({
        "names": names.collect::<Vec<_>>(),
        "action": "SCMP_ACT_ERRNO",
        "errnoRet": errno,
        "args": conditions,
    })
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "SCMP_ARCH_AARCH64",
        _ => "SCMP_ARCH_X86_64",
    }
}
