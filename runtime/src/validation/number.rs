//! Numbers of any size, as JSON writes them: exact, and without an arithmetic of large numbers.

use std::cmp::Ordering;

use serde_json::Number;

/// ± digits × 10^exponent, the digits without zeros at either end: equal numbers are equal here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Decimal {
    is_negative: bool,
    /// ASCII digits; none for zero.
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    pub(super) fn of(number: &Number) -> Self {
        let text = number.as_str();
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = [whole.as_bytes(), fraction.as_bytes()].concat();
        let mut exponent = saturating(exponent).saturating_sub_unsigned(fraction.len() as u64);
        while digits.last() == Some(&b'0') {
            digits.pop();
            exponent = exponent.saturating_add(1);
        }
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        if digits.is_empty() {
            return Self {
                is_negative: false,
                digits,
                exponent: 0,
            };
        }
        Self {
            is_negative,
            digits,
            exponent,
        }
    }

    /// Whether there is nothing after the decimal point; 1.0 and 1e2 are integers too (JSON Schema
    /// 2020-12 core, section 4.2.3).
    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    pub(super) fn is_positive(&self) -> bool {
        !self.is_negative && !self.digits.is_empty()
    }

    /// Whether this is `divisor` times an integer; nothing where the divisor has too many digits
    /// to tell.
    pub(super) fn is_multiple_of(&self, divisor: &Self) -> Option<bool> {
        if self.digits.is_empty() {
            return Some(true);
        }
        let text = std::str::from_utf8(&divisor.digits).ok()?;
        let modulus = u128::from(text.parse::<u64>().ok().filter(|modulus| *modulus > 0)?);
        let Ok(shift) = u64::try_from(self.exponent.saturating_sub(divisor.exponent)) else {
            // The quotient would have to end in a zero, which these digits do not.
            return Some(false);
        };
        let digits = self.digits.iter().fold(0, |rest, digit| {
            (rest * 10 + u128::from(digit - b'0')) % modulus
        });
        Some((digits * power_of_ten(shift, modulus)).is_multiple_of(modulus))
    }

    /// The place of the first digit: 0 for 0.1 to 0.99, 1 for 1 to 9.99.
    fn magnitude(&self) -> i64 {
        self.exponent
            .saturating_add_unsigned(self.digits.len() as u64)
    }

    fn compare_sizes(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .magnitude()
                .cmp(&other.magnitude())
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_sizes(other),
            (true, true) => other.compare_sizes(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An exponent, which may have more digits than an integer holds.
fn saturating(exponent: &str) -> i64 {
    exponent.parse().unwrap_or(if exponent.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    })
}

/// 10^`exponent` modulo `modulus`, by squaring.
fn power_of_ten(mut exponent: u64, modulus: u128) -> u128 {
    let (mut base, mut power) = (10 % modulus, 1 % modulus);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = power * base % modulus;
        }
        base = base * base % modulus;
        exponent /= 2;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::of(&serde_json::from_str(text).expect("a number"))
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let ordered = [
            "-1e999",
            "-10",
            "-9.5",
            "-0.01",
            "0",
            "1e-999",
            "0.1",
            "0.99",
            "1",
            "1.5",
            "9.99",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e30",
            "1e99999999999999999999",
        ];
        for (index, small) in ordered.iter().enumerate() {
            for large in &ordered[index + 1..] {
                assert!(decimal(small) < decimal(large), "{small} {large}");
            }
        }
        for (one, other) in [("1", "1.0"), ("-0", "0"), ("100", "1e2"), ("0.50", "5E-1")] {
            assert_eq!(decimal(one), decimal(other));
        }
    }

    #[test]
    fn multiples_are_exact() {
        for (number, divisor, expected) in [
            ("0", "3", Some(true)),
            ("-9", "3", Some(true)),
            ("10", "3", Some(false)),
            ("19.99", "0.01", Some(true)),
            ("0.3", "0.1", Some(true)),
            ("0.35", "0.1", Some(false)),
            ("1e300", "7", Some(false)),
            ("7e300", "7", Some(true)),
            ("1", "100", Some(false)),
            ("36893488147419103232", "18446744073709551615", Some(false)),
            ("1", "36893488147419103233", None),
        ] {
            let multiple = decimal(number).is_multiple_of(&decimal(divisor));
            assert_eq!(multiple, expected, "{number} {divisor}");
        }
    }
}
