//! Arrays, and what arrays and texts have in common.

use serde_json::Value;

use super::{ANY, Call, Function, function, look};
use crate::problem::Problem;
use crate::value::{member, same, text_of};

/// How long an array of `range` may be.
const LONGEST_RANGE: i64 = 10_000;

pub(super) const FUNCTIONS: &[Function] = &[
    function("array", 1, 1, |call| {
        let value = call.value(0)?.clone();
        Ok(match value {
            Value::Array(_) => value,
            one => Value::Array(vec![one]),
        })
    }),
    function("concat", 0, ANY, concat),
    function("contains", 2, 2, contains),
    function("createArray", 0, ANY, |call| {
        Ok(call.values().cloned().collect())
    }),
    look("empty", 1, 1, |call| {
        let value = call.value(0)?;
        let empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => return Err(call.mistyped(value, "an object, an array or a string")),
        };
        Ok(empty.into())
    }),
    look("first", 1, 1, |call| {
        end(call, <[Value]>::first, |text| text.chars().next())
    }),
    function("flatten", 1, 1, |call| {
        let mut flat = Vec::new();
        for element in call.array(0)? {
            match element {
                Value::Array(inner) => flat.extend(inner.iter().cloned()),
                other => return Err(call.mistyped(other, "an array of arrays")),
            }
        }
        Ok(flat.into())
    }),
    function("indexOf", 2, 2, |call| find(call, Direction::Forwards)),
    function("indexFromEnd", 2, 2, index_from_end),
    function("join", 2, 2, join),
    look("last", 1, 1, |call| {
        end(call, <[Value]>::last, |text| text.chars().next_back())
    }),
    function("lastIndexOf", 2, 2, |call| find(call, Direction::Backwards)),
    look("length", 1, 1, |call| {
        let value = call.value(0)?;
        let length = match value {
            Value::String(text) => text.encode_utf16().count(),
            Value::Array(elements) => elements.len(),
            Value::Object(members) => members.len(),
            _ => return Err(call.mistyped(value, "an array, an object or a string")),
        };
        Ok(length.into())
    }),
    function("range", 2, 2, range),
    look("skip", 2, 2, |call| split_at(call, Half::Second)),
    look("take", 2, 2, |call| split_at(call, Half::First)),
    function("tryIndexFromEnd", 2, 2, |call| {
        Ok(index_from_end(call).unwrap_or(Value::Null))
    }),
];

fn concat(call: &Call<'_>) -> Result<Value, Problem> {
    if call.values().any(Value::is_array) {
        let mut all = Vec::new();
        for value in call.values() {
            match value {
                Value::Array(elements) => all.extend(elements.iter().cloned()),
                other => return Err(call.mistyped(other, "an array, as the others are")),
            }
        }
        return Ok(all.into());
    }
    let mut text = String::new();
    for value in call.values() {
        if value.is_object() {
            return Err(call.mistyped(value, "a string or an array"));
        }
        let piece = text_of(value);
        call.effort.text(text.len() + piece.len())?;
        text.push_str(&piece);
    }
    Ok(text.into())
}

fn contains(call: &Call<'_>) -> Result<Value, Problem> {
    let container = call.value(0)?;
    let found = match container {
        Value::String(text) => text.contains(&call.texted(1)?),
        Value::Array(elements) => {
            let item = call.value(1)?;
            elements.iter().any(|element| same(element, item))
        }
        Value::Object(members) => member(members, &call.texted(1)?).is_some(),
        _ => return Err(call.mistyped(container, "an array, an object or a string")),
    };
    Ok(found.into())
}

/// One end of an array, or of a text; nothing of an empty one.
fn end(
    call: &Call<'_>,
    element: fn(&[Value]) -> Option<&Value>,
    character: fn(&str) -> Option<char>,
) -> Result<Value, Problem> {
    let value = call.value(0)?;
    match value {
        Value::Array(elements) => Ok(element(elements).cloned().unwrap_or(Value::Null)),
        Value::String(text) => Ok(character(text).map(String::from).unwrap_or_default().into()),
        _ => Err(call.mistyped(value, "an array or a string")),
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Forwards,
    Backwards,
}

/// Where something is, or -1. Texts are looked through without regard to case.
fn find(call: &Call<'_>, direction: Direction) -> Result<Value, Problem> {
    let container = call.value(0)?;
    let index = match container {
        Value::Array(elements) => {
            let item = call.value(1)?;
            let is_item = |element: &Value| same(element, item);
            match direction {
                Direction::Forwards => elements.iter().position(is_item),
                Direction::Backwards => elements.iter().rposition(is_item),
            }
        }
        Value::String(text) => {
            let (text, wanted) = (text.to_lowercase(), call.text(1)?.to_lowercase());
            let at = match direction {
                Direction::Forwards => text.find(&wanted),
                Direction::Backwards => text.rfind(&wanted),
            };
            at.map(|at| text[..at].encode_utf16().count())
        }
        _ => return Err(call.mistyped(container, "an array or a string")),
    };
    Ok(index
        .and_then(|index| i64::try_from(index).ok())
        .unwrap_or(-1)
        .into())
}

/// An element counted from the end, where the last is 1.
fn index_from_end(call: &Call<'_>) -> Result<Value, Problem> {
    let elements = call.array(0)?;
    usize::try_from(call.integer(1)?)
        .ok()
        .and_then(|back| elements.len().checked_sub(back))
        .and_then(|index| elements.get(index))
        .cloned()
        .ok_or_else(|| call.wrong("the index is out of the bounds of the array"))
}

fn join(call: &Call<'_>) -> Result<Value, Problem> {
    let (elements, delimiter) = (call.array(0)?, call.text(1)?);
    let pieces: Vec<String> = elements.iter().map(text_of).collect();
    let length = pieces.iter().map(String::len).sum::<usize>();
    call.effort
        .text(length.saturating_add(delimiter.len().saturating_mul(pieces.len())))?;
    Ok(pieces.join(delimiter).into())
}

fn range(call: &Call<'_>) -> Result<Value, Problem> {
    let (start, count) = (call.integer(0)?, call.integer(1)?);
    let end = start.checked_add(count);
    let (Some(end), 0..=LONGEST_RANGE) = (end, count) else {
        return Err(call.wrong(format!(
            "the count must be from 0 to {LONGEST_RANGE}, and the last number an integer"
        )));
    };
    Ok((start..end).map(Value::from).collect())
}

#[derive(Clone, Copy)]
enum Half {
    First,
    Second,
}

/// What comes before or after so many elements or characters.
fn split_at(call: &Call<'_>, half: Half) -> Result<Value, Problem> {
    let (value, count) = (call.value(0)?, call.integer(1)?);
    let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
    match value {
        Value::Array(elements) => {
            let (first, second) = elements.split_at(count.min(elements.len()));
            Ok(match half {
                Half::First => first,
                Half::Second => second,
            }
            .to_vec()
            .into())
        }
        Value::String(text) => {
            let units: Vec<u16> = text.encode_utf16().collect();
            let (first, second) = units.split_at(count.min(units.len()));
            Ok(String::from_utf16_lossy(match half {
                Half::First => first,
                Half::Second => second,
            })
            .into())
        }
        _ => Err(call.mistyped(value, "an array or a string")),
    }
}
