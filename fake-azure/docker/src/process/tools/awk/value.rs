//! Values: numbers, strings, and strings that look like numbers.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::process::tools::format::{Spec, Stars, whole};

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Value {
    /// Nothing yet: 0 and the empty string at once.
    #[default]
    Nothing,
    Number(f64),
    Text(Vec<u8>),
    /// Input that may be a number.
    Input(Vec<u8>),
}

impl Value {
    pub(super) fn truth(truth: bool) -> Self {
        Self::Number(f64::from(u8::from(truth)))
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub(super) fn count(count: usize) -> Self {
        Self::Number(count as f64)
    }

    /// The number it is.
    pub(super) fn number(&self) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Number(number) => *number,
            Self::Text(text) | Self::Input(text) => leading_number(text),
        }
    }

    /// The string it is; a number that is not whole is shown by `format`.
    pub(super) fn text(&self, format: &[u8]) -> Vec<u8> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Number(number) => show(*number, format),
            Self::Text(text) | Self::Input(text) => text.clone(),
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Input(text) => match whole_number(text) {
                Some(number) => number != 0.0,
                None => !text.is_empty(),
            },
        }
    }

    /// The number it is if it counts as one in comparisons.
    fn comparable(&self) -> Option<f64> {
        match self {
            Self::Nothing => Some(0.0),
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
            Self::Input(text) => whole_number(text),
        }
    }

    /// Compares as numbers if both are, else as strings.
    pub(super) fn compare(&self, other: &Self, format: &[u8]) -> Option<Ordering> {
        match (self.comparable(), other.comparable()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => Some(self.text(format).cmp(&other.text(format))),
        }
    }
}

/// Shows a number: whole ones as they are.
pub(super) fn show(number: f64, format: &[u8]) -> Vec<u8> {
    if number.fract() == 0.0 && number.abs() < 1e16 {
        return whole(number).to_string().into_bytes();
    }
    if number.is_nan() {
        return if number.is_sign_negative() {
            b"-nan".to_vec()
        } else {
            b"nan".to_vec()
        };
    }
    if number.is_infinite() {
        return if number < 0.0 {
            b"-inf".to_vec()
        } else {
            b"inf".to_vec()
        };
    }
    formatted(format, &[Value::Number(number)])
}

/// How many bytes of a text are a number without a sign.
pub(super) fn number_length(text: &[u8]) -> usize {
    let digits = |from: usize| {
        text[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let whole = digits(0);
    let mut end = whole;
    let mut any = whole > 0;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if any || fraction > 0 {
            end += 1 + fraction;
            any = true;
        }
    }
    if any && matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = text
            .get(end + 1 + sign)
            .map_or(0, |_| digits(end + 1 + sign));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    if any { end } else { 0 }
}

fn leading(text: &[u8]) -> (f64, usize) {
    let blanks = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let rest = &text[blanks..];
    let sign = usize::from(matches!(rest.first(), Some(b'+' | b'-')));
    let length = number_length(&rest[sign..]);
    let digits = std::str::from_utf8(&rest[sign..sign + length]).unwrap_or("0");
    let number: f64 = digits.parse().unwrap_or(0.0);
    let number = if rest.first() == Some(&b'-') {
        -number
    } else {
        number
    };
    (
        number,
        if length == 0 {
            0
        } else {
            blanks + sign + length
        },
    )
}

fn leading_number(text: &[u8]) -> f64 {
    leading(text).0
}

/// The number that a text is, blanks around it aside.
pub(super) fn whole_number(text: &[u8]) -> Option<f64> {
    let (number, length) = leading(text);
    (length > 0 && text[length..].trim_ascii().is_empty()).then_some(number)
}

struct Arguments<'a>(&'a [Value]);

impl Arguments<'_> {
    fn next(&mut self) -> Value {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                first.clone()
            }
            None => Value::Nothing,
        }
    }
}

impl Stars for Arguments<'_> {
    fn next_star(&mut self) -> i64 {
        i64::try_from(whole(self.next().number())).unwrap_or(0)
    }
}

/// What `printf` makes of a format and its arguments.
pub(super) fn formatted(format: &[u8], arguments: &[Value]) -> Vec<u8> {
    let mut arguments = Arguments(arguments);
    let mut text = Vec::new();
    let mut at = 0;
    while at < format.len() {
        if format[at] != b'%' {
            text.push(format[at]);
            at += 1;
            continue;
        }
        if format.get(at + 1) == Some(&b'%') {
            text.push(b'%');
            at += 2;
            continue;
        }
        let Some((spec, letter, taken)) = Spec::read(&format[at + 1..], &mut arguments) else {
            text.extend(&format[at..]);
            break;
        };
        match letter {
            b'd' | b'i' | b'o' | b'x' | b'X' | b'u' => {
                text.extend(spec.integer(whole(arguments.next().number()), letter));
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                text.extend(spec.float(arguments.next().number(), letter));
            }
            b'c' => {
                let first = match arguments.next() {
                    Value::Number(number) => {
                        let code = u32::try_from(whole(number)).ok().and_then(char::from_u32);
                        code.map_or_else(Vec::new, |c| c.to_string().into_bytes())
                    }
                    other => {
                        let text = other.text(b"%.6g");
                        let length = 1 + text
                            .iter()
                            .skip(1)
                            .take_while(|b| **b & 0xc0 == 0x80)
                            .count();
                        text[..length.min(text.len())].to_vec()
                    }
                };
                text.extend(spec.text(&first));
            }
            b's' => text.extend(spec.text(&arguments.next().text(b"%.6g"))),
            _ => text.extend(&format[at..=at + taken]),
        }
        at += taken + 1;
    }
    text
}

/// An array: values by their keys, which keep the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Array {
    values: HashMap<Vec<u8>, (u64, Value)>,
    count: u64,
}

impl Array {
    /// The value of a key, which is there from now on.
    pub(super) fn get(&mut self, key: &[u8]) -> Value {
        if let Some((_, value)) = self.values.get(key) {
            return value.clone();
        }
        self.set(key, Value::Nothing);
        Value::Nothing
    }

    pub(super) fn set(&mut self, key: &[u8], value: Value) {
        if let Some((_, known)) = self.values.get_mut(key) {
            *known = value;
            return;
        }
        self.count += 1;
        self.values.insert(key.to_vec(), (self.count, value));
    }

    pub(super) fn has(&self, key: &[u8]) -> bool {
        self.values.contains_key(key)
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        self.values.remove(key);
    }

    pub(super) fn clear(&mut self) {
        self.values.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn keys(&self) -> Vec<Vec<u8>> {
        let mut keys: Vec<_> = self
            .values
            .iter()
            .map(|(key, (at, _))| (*at, key))
            .collect();
        keys.sort_unstable_by_key(|(at, _)| *at);
        keys.into_iter().map(|(_, key)| key.clone()).collect()
    }
}
