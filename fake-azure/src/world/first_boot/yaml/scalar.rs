//! What a scalar means in YAML 1.1, to Python.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saphyr_parser::Tag;

use super::{Yaml, YamlError, is_unspecific};

/// The value of a scalar: by its tag, by its look when it is plain, or else as text.
pub(super) fn value(text: &str, is_plain: bool, tag: Option<&Tag>) -> Result<Yaml, YamlError> {
    let Some(tag) = tag else {
        return Ok(if is_plain {
            plain(text)
        } else {
            Yaml::Text(text.to_owned())
        });
    };
    if is_unspecific(tag) {
        return Ok(Yaml::Text(text.to_owned()));
    }
    if !tag.is_yaml_core_schema() {
        return Err(YamlError::Tag);
    }
    let typed = match tag.suffix.as_str() {
        "str" | "timestamp" => Some(Yaml::Text(text.to_owned())),
        "null" => Some(Yaml::Null),
        "bool" => boolean(&text.to_lowercase()).map(Yaml::Bool),
        "int" => integer(text).map(Yaml::Int),
        "float" => float(text)
            .or_else(|| text.replace('_', "").parse().ok())
            .map(Yaml::Float),
        "binary" => {
            let bare: String = text.split_whitespace().collect();
            STANDARD.decode(bare).ok().map(Yaml::Bytes)
        }
        _ => None,
    };
    typed.ok_or(YamlError::Tag)
}

/// A plain scalar's value by its look.
fn plain(text: &str) -> Yaml {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Yaml::Null;
    }
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Yaml::Bool(true);
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Yaml::Bool(false);
        }
        _ => {}
    }
    if let Some(number) = integer(text) {
        return Yaml::Int(number);
    }
    match float(text) {
        Some(number) => Yaml::Float(number),
        None => Yaml::Text(text.to_owned()),
    }
}

fn boolean(lower: &str) -> Option<bool> {
    match lower {
        "yes" | "true" | "on" => Some(true),
        "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// An integer: binary, octal by a leading zero, decimal, hexadecimal, or of base 60.
fn integer(text: &str) -> Option<i128> {
    let (is_negative, digits) = signed(text);
    let number = if let Some(digits) = digits.strip_prefix("0b") {
        of_base(digits, 2)
    } else if let Some(digits) = digits.strip_prefix("0x") {
        of_base(digits, 16)
    } else if digits == "0" {
        Some(0)
    } else if let Some(digits) = digits.strip_prefix('0') {
        of_base(digits, 8)
    } else if digits.starts_with(|first: char| first.is_ascii_digit()) {
        if digits.contains(':') {
            of_base_60(digits)
        } else {
            of_base(digits, 10)
        }
    } else {
        None
    };
    number.map(|number| if is_negative { -number } else { number })
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(positive) => (true, positive),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A number whose digits may have underscores between them.
fn of_base(digits: &str, base: u32) -> Option<i128> {
    let plain: String = digits.chars().filter(|digit| *digit != '_').collect();
    if plain.is_empty() || !plain.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    i128::from_str_radix(&plain, base).ok()
}

fn of_base_60(text: &str) -> Option<i128> {
    let mut parts = text.split(':');
    let mut number = of_base(parts.next()?, 10)?;
    for part in parts {
        number = number
            .checked_mul(60)?
            .checked_add(i128::from(sixtieth(part)?))?;
    }
    Some(number)
}

/// Two digits at most, below 60.
fn sixtieth(text: &str) -> Option<u8> {
    let is_number = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number.filter(|number| *number < 60)
}

/// A fraction: it has a point, and a sign in its exponent if it has one.
fn float(text: &str) -> Option<f64> {
    let (is_negative, rest) = signed(text);
    let sign = if is_negative { -1.0 } else { 1.0 };
    if matches!(rest, ".inf" | ".Inf" | ".INF") {
        return Some(sign * f64::INFINITY);
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(f64::NAN);
    }
    let (whole, fraction) = rest.split_once('.')?;
    if let Some((minutes, last)) = whole.rsplit_once(':') {
        let whole = of_base_60(minutes)?;
        let digits = fraction.replace('_', "");
        let last: f64 = format!("{}.{digits}", sixtieth(last)?).parse().ok()?;
        let number = format!("{whole}").parse::<f64>().ok()? * 60.0 + last;
        return Some(sign * number);
    }
    let is_number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let (fraction, exponent) = match fraction.split_once(['e', 'E']) {
        Some((fraction, exponent)) => {
            let digits = exponent.strip_prefix(['-', '+'])?;
            let is_exponent = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            (fraction, Some(exponent).filter(|_| is_exponent)?)
        }
        None => (fraction, "+0"),
    };
    let begins = |digits: &str| digits.starts_with(|first: char| first.is_ascii_digit());
    let is_float = is_number(whole)
        && is_number(fraction)
        && if whole.is_empty() {
            begins(fraction) && rest.len() == text.len()
        } else {
            begins(whole)
        };
    if !is_float {
        return None;
    }
    let [whole, fraction] = [whole, fraction].map(|digits| digits.replace('_', ""));
    let number: f64 = format!("0{whole}.{fraction}0e{exponent}").parse().ok()?;
    Some(sign * number)
}
