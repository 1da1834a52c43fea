//! Plain YAML scalars by the core schema (YAML 1.2.2, section 10.3.2): `no`,
//! `on`, `12:30:45` and `2024-02-29` are strings.

use std::sync::Arc;

use super::node::Value;

/// The value of an unquoted scalar without a tag.
pub fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(Arc::from(text)),
        _ => Value::String(Arc::from(text)),
    }
}

fn is_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    is_decimal(unsigned)
}

fn is_decimal(text: &str) -> bool {
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|e| {
            let digits = e.strip_prefix(['+', '-']).unwrap_or(e);
            !digits.is_empty() && all_digits(digits)
        })
}

#[cfg(test)]
mod tests {
    use super::{Value, plain};

    #[test]
    fn only_the_core_schema_is_special() {
        for text in [
            "no",
            "on",
            "y",
            "Yes",
            "1_000",
            "12:30:45",
            "2024-02-29",
            "0b11",
            "1e",
            ".",
            "-",
            "+",
            "0x",
            "1.2.3",
            "e3",
        ] {
            assert!(matches!(plain(text), Value::String(_)), "{text}");
        }
        for text in [
            "0", "-1", "+1", "1.5", ".5", "1.", "1e3", "1E-3", "0x1f", "0o17", "007", ".inf",
            "-.Inf", ".NaN",
        ] {
            assert!(matches!(plain(text), Value::Number(_)), "{text}");
        }
        assert!(matches!(plain("~"), Value::Null));
        assert!(matches!(plain("True"), Value::Bool(true)));
    }
}
