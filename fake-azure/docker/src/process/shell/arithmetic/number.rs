//! Numbers as expressions write them, and their powers.

use super::super::dialect::Dialect;
use super::Error;

/// Raises by squaring; what overflows wraps around.
pub(super) fn power(base: i64, exponent: i64, is_skipping: bool) -> Result<i64, Error> {
    if exponent < 0 {
        return if is_skipping {
            Ok(0)
        } else {
            Err(Error::NegativeExponent)
        };
    }
    let (mut value, mut factor, mut left) = (1_i64, base, exponent);
    while left > 0 {
        if left & 1 == 1 {
            value = value.wrapping_mul(factor);
        }
        factor = factor.wrapping_mul(factor);
        left >>= 1;
    }
    Ok(value)
}

pub(super) fn signed_number(text: &str, dialect: Dialect) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(digits) => number(digits, dialect).map(i64::wrapping_neg),
        None => number(text.strip_prefix('+').unwrap_or(text), dialect),
    }
}

/// Reads `10`, `0x1f`, `017` and `2#101`.
pub(super) fn number(text: &str, dialect: Dialect) -> Option<i64> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some((base, digits)) = text.split_once('#') {
        let base = base.parse().ok().filter(|base| (2..=64).contains(base))?;
        return if dialect.has_bash_compatibility() {
            digits_of(digits, base)
        } else {
            None
        };
    }
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) => digits_of(digits, 16),
        None if text.starts_with('0') => digits_of(text, 8),
        None => digits_of(text, 10),
    }
}

/// Reads the number that a text begins with, as `strtol` does: as much of it as there is, and no
/// more than fits.
pub(super) fn beginning(text: &str) -> Option<(i64, &str)> {
    let first = text.chars().next().filter(char::is_ascii_digit)?;
    let hexadecimal = text.strip_prefix("0x").or(text.strip_prefix("0X"));
    let hexadecimal = hexadecimal.filter(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()));
    let (digits, base) = match (hexadecimal, first) {
        (Some(digits), _) => (digits, 16),
        (None, '0') => (text, 8),
        (None, _) => (text, 10),
    };
    let end = digits.find(|c: char| !c.is_digit(base));
    let (digits, rest) = digits.split_at(end.unwrap_or(digits.len()));
    Some((i64::from_str_radix(digits, base).unwrap_or(i64::MAX), rest))
}

fn digits_of(digits: &str, base: i64) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    digits.chars().try_fold(0_i64, |value, digit| {
        let digit = match digit {
            '0'..='9' => digit as i64 - '0' as i64,
            'a'..='z' => digit as i64 - 'a' as i64 + 10,
            'A'..='Z' if base <= 36 => digit as i64 - 'A' as i64 + 10,
            'A'..='Z' => digit as i64 - 'A' as i64 + 36,
            '@' => 62,
            '_' => 63,
            _ => return None,
        };
        (digit < base).then(|| value.wrapping_mul(base).wrapping_add(digit))
    })
}
