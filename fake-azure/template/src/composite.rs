//! Texts with places for values, by .NET's rules: `{index,width:form}`.

use serde_json::{Number, Value};

use crate::effort::{Effort, MOST_SIZE};
use crate::problem::{Kind, Problem};
use crate::value::text_of;

/// Why a text cannot be made.
pub(crate) enum Unfit {
    /// Its places are not written as they should be, or have no value.
    Places,
    /// A value cannot be written in the form that is asked for.
    Form,
    /// It is too large.
    Problem(Problem),
}

/// Puts values into the places of a text.
pub(crate) fn format<'a>(
    text: &str,
    values: impl Fn(usize) -> Option<&'a Value>,
    effort: &Effort,
) -> Result<String, Unfit> {
    let mut made = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        made.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            made.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            return Err(Unfit::Places);
        }
        let (place, after) = rest.split_once('}').ok_or(Unfit::Places)?;
        rest = after;
        let (place, form) = place.split_once(':').unwrap_or((place, ""));
        let (index, width) = place.split_once(',').unwrap_or((place, "0"));
        let index = index.trim().parse().map_err(|_| Unfit::Places)?;
        let width: i64 = width.trim().parse().map_err(|_| Unfit::Places)?;
        let value = values(index).ok_or(Unfit::Places)?;
        effort.copy(value).map_err(Unfit::Problem)?;
        let written = write(value, form)?;
        let wanted = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        let padding = wanted.saturating_sub(written.chars().count());
        let size = made
            .len()
            .saturating_add(written.len())
            .saturating_add(padding);
        if size > MOST_SIZE {
            return Err(Unfit::Problem(Kind::TooLarge.into()));
        }
        effort.spend(padding / 8 + 1).map_err(Unfit::Problem)?;
        if width > 0 {
            made.extend(std::iter::repeat_n(' ', padding));
        }
        made.push_str(&written);
        if width < 0 {
            made.extend(std::iter::repeat_n(' ', padding));
        }
    }
    made.push_str(rest);
    Ok(made)
}

/// A value in a form; only numbers have any.
fn write(value: &Value, form: &str) -> Result<String, Unfit> {
    match value {
        Value::Number(number) if !form.is_empty() => number_in(number, form).ok_or(Unfit::Form),
        _ => Ok(text_of(value)),
    }
}

fn number_in(number: &Number, form: &str) -> Option<String> {
    let letter = form.chars().next()?;
    let precision = &form[letter.len_utf8()..];
    if !letter.is_ascii_alphabetic() || !precision.bytes().all(|b| b.is_ascii_digit()) {
        return Some(custom(number, form));
    }
    let precision: Option<usize> = if precision.is_empty() {
        None
    } else {
        Some(precision.parse().ok().filter(|digits| *digits <= 99)?)
    };
    let float = number.as_f64()?;
    let (sign, magnitude) = (if float < 0.0 { "-" } else { "" }, float.abs());
    Some(match letter.to_ascii_uppercase() {
        'D' => format!(
            "{sign}{:0width$}",
            number.as_i64()?.unsigned_abs(),
            width = precision.unwrap_or(0)
        ),
        'X' => {
            let width = precision.unwrap_or(0);
            // .NET's own whole numbers of this language have 64 bits.
            let bits = number.as_i64()?;
            if letter == 'X' {
                format!("{bits:0width$X}")
            } else {
                format!("{bits:0width$x}")
            }
        }
        'F' => fixed(number, precision.unwrap_or(2)),
        'N' => grouped(&fixed(number, precision.unwrap_or(2))),
        'C' => {
            let amount = grouped(&fixed(number, precision.unwrap_or(2)));
            match amount.strip_prefix('-') {
                Some(amount) => format!("(¤{amount})"),
                None => format!("¤{amount}"),
            }
        }
        'P' => format!(
            "{sign}{} %",
            grouped(&format!(
                "{:.digits$}",
                magnitude * 100.0,
                digits = precision.unwrap_or(2)
            ))
        ),
        'E' => exponent(float, precision.unwrap_or(6), letter),
        'G' | 'R' => text_of(&Value::Number(number.clone())),
        _ => return None,
    })
}

/// Whole numbers exactly, since a float holds no more than 53 bits of them.
fn fixed(number: &Number, digits: usize) -> String {
    match number.as_i64() {
        Some(whole) if digits == 0 => whole.to_string(),
        Some(whole) => format!("{whole}.{}", "0".repeat(digits)),
        None => format!("{:.digits$}", number.as_f64().unwrap_or_default()),
    }
}

fn exponent(float: f64, digits: usize, letter: char) -> String {
    let written = format!("{float:.digits$e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{mantissa}{letter}{sign}{exponent:0>3}")
}

/// Commas between thousands.
fn grouped(fixed: &str) -> String {
    let (sign, unsigned) = match fixed.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", fixed),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (unsigned, String::new()),
    };
    let mut groups = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            groups.push(',');
        }
        groups.push(digit);
    }
    format!("{sign}{groups}{fraction}")
}

/// A picture of a number: `0` is a digit in any case, `#` one if there is one, and what is neither
/// stands for itself around it.
fn custom(number: &Number, picture: &str) -> String {
    let is_digit = |c: char| matches!(c, '0' | '#' | ',' | '.');
    let Some(start) = picture.find(is_digit) else {
        return picture.to_owned();
    };
    let end = picture.rfind(is_digit).map_or(start, |end| end + 1);
    let (whole, fraction) = match picture[start..end].split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (&picture[start..end], ""),
    };
    let count = |text: &str, wanted: char| text.chars().filter(|c| *c == wanted).count();
    let most = count(fraction, '0') + count(fraction, '#');
    let least = fraction.rfind('0').map_or(0, |at| at + 1);
    let made = fixed(number, most);
    let (sign, unsigned) = match made.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", made.as_str()),
    };
    let (digits, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let width = count(whole, '0');
    let digits = if width == 0 && digits == "0" {
        String::new()
    } else {
        format!("{digits:0>width$}")
    };
    let digits = if whole.contains(',') {
        grouped(&digits)
    } else {
        digits
    };
    let kept = decimals.trim_end_matches('0').len().max(least);
    let decimals = decimals.get(..kept).unwrap_or(decimals);
    let point = if decimals.is_empty() { "" } else { "." };
    format!(
        "{}{sign}{digits}{point}{decimals}{}",
        &picture[..start],
        &picture[end..]
    )
}
