//! Numbers as text.

use std::borrow::Cow;

/// The JSON form (RFC 8259, section 6) of a number as YAML's core schema allows
/// it (YAML 1.2.2, section 10.3.2): `+1`, `007`, `.5`, `1.`, `0x1F`, `0o17`.
///
/// `None` for what JSON has no number for: infinities, not-a-number, and
/// hexadecimal or octal numbers beyond 128 bits.
#[must_use]
pub fn json_number(text: &str) -> Option<Cow<'_, str>> {
    if is_json(text) {
        return Some(Cow::Borrowed(text));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return u128::from_str_radix(digits, 16)
            .ok()
            .map(|n| Cow::Owned(n.to_string()));
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u128::from_str_radix(digits, 8)
            .ok()
            .map(|n| Cow::Owned(n.to_string()));
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = rest
        .find(['e', 'E'])
        .map_or((rest, ""), |at| rest.split_at(at));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let number = format!("{sign}{whole}{point}{fraction}{exponent}");
    is_json(&number).then_some(Cow::Owned(number))
}

/// Whether `text` is a number by the grammar of RFC 8259.
pub(super) fn is_json(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
mod tests {
    use super::json_number;

    #[test]
    fn yaml_forms_become_json() {
        for (yaml, json) in [
            ("12", Some("12")),
            ("+12", Some("12")),
            ("-007", Some("-7")),
            (".5", Some("0.5")),
            ("1.", Some("1")),
            ("1e3", Some("1e3")),
            ("0x1F", Some("31")),
            ("0o17", Some("15")),
            ("9007199254740993", Some("9007199254740993")),
            (".inf", None),
            ("-.inf", None),
            (".nan", None),
        ] {
            assert_eq!(json_number(yaml).as_deref(), json, "{yaml}");
        }
    }
}
