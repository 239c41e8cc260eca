//! Texts. Places and lengths are counted in units of UTF-16, as the service's own texts are.

use serde_json::Value;

use super::{ANY, Call, Function, function};
use crate::composite::{self, Unfit};
use crate::hash;
use crate::problem::Problem;
use crate::value::text_of;

pub(super) const FUNCTIONS: &[Function] = &[
    function("endsWith", 2, 2, |call| {
        let (text, end) = (
            call.texted(0)?.to_lowercase(),
            call.texted(1)?.to_lowercase(),
        );
        Ok(text.ends_with(&end).into())
    }),
    function("format", 1, ANY, format),
    function("guid", 1, ANY, |call| {
        Ok(hash::guid(&hyphenated(call)?).into())
    }),
    function("padLeft", 2, 3, pad_left),
    function("replace", 3, 3, replace),
    function("split", 2, 2, split),
    function("startsWith", 2, 2, |call| {
        let (text, start) = (
            call.texted(0)?.to_lowercase(),
            call.texted(1)?.to_lowercase(),
        );
        Ok(text.starts_with(&start).into())
    }),
    function("string", 1, 1, |call| Ok(text_of(call.value(0)?).into())),
    function("substring", 2, 3, substring),
    function("toLower", 1, 1, |call| {
        Ok(call.texted(0)?.to_lowercase().into())
    }),
    function("toUpper", 1, 1, |call| {
        Ok(call.texted(0)?.to_uppercase().into())
    }),
    function("trim", 1, 1, |call| Ok(call.texted(0)?.trim().into())),
    function("uniqueString", 1, ANY, |call| {
        Ok(hash::unique_string(&hyphenated(call)?).into())
    }),
];

fn format(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text(0)?;
    composite::format(
        text,
        |index| {
            call.arguments
                .get(index.checked_add(1)?)
                .map(|value| &**value)
        },
        call.effort,
    )
    .map(Value::from)
    .map_err(|unfit| match unfit {
        Unfit::Places => call.wrong(
            "the format is invalid: the index of each format item must be greater than or equal \
             to zero, and less than the number of arguments",
        ),
        Unfit::Form => call.wrong("the format specifier does not fit its argument"),
        Unfit::Problem(problem) => problem,
    })
}

fn hyphenated(call: &Call<'_>) -> Result<String, Problem> {
    let mut joined = call.text(0)?.to_owned();
    for index in 1..call.len() {
        joined.push('-');
        joined.push_str(call.text(index)?);
    }
    Ok(joined)
}

fn pad_left(call: &Call<'_>) -> Result<Value, Problem> {
    let (text, width) = (call.texted(0)?, call.integer(1)?);
    let padding = if call.len() > 2 {
        let padding = call.text(2)?;
        let mut characters = padding.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) => one,
            _ => return Err(call.wrong("the padding must be a single character")),
        }
    } else {
        ' '
    };
    let Ok(width) = usize::try_from(width) else {
        return Err(call.wrong("the total length must not be negative"));
    };
    let missing = width.saturating_sub(text.encode_utf16().count());
    call.effort.text(
        text.len()
            .saturating_add(missing.saturating_mul(padding.len_utf8())),
    )?;
    let mut padded: String = std::iter::repeat_n(padding, missing).collect();
    padded.push_str(&text);
    Ok(padded.into())
}

fn replace(call: &Call<'_>) -> Result<Value, Problem> {
    let (text, old, new) = (call.texted(0)?, call.texted(1)?, call.texted(2)?);
    if old.is_empty() {
        return Err(call.wrong("the string that is replaced cannot be empty"));
    }
    let places = text.matches(&old).count();
    call.effort
        .text(text.len().saturating_add(places.saturating_mul(new.len())))?;
    Ok(text.replace(&old, &new).into())
}

fn split(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text(0)?;
    let delimiter = call.value(1)?;
    let delimiters: Vec<&str> = match delimiter {
        Value::String(one) => vec![one],
        Value::Array(all) => all
            .iter()
            .map(|one| one.as_str())
            .collect::<Option<_>>()
            .ok_or_else(|| call.mistyped(delimiter, "a string or an array of strings"))?,
        other => return Err(call.mistyped(other, "a string or an array of strings")),
    };
    let delimiters: Vec<&str> = delimiters.into_iter().filter(|d| !d.is_empty()).collect();
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(next) = text[at..].chars().next() {
        call.effort.spend(delimiters.len() / 8 + 1)?;
        if let Some(found) = delimiters.iter().find(|d| text[at..].starts_with(**d)) {
            pieces.push(Value::from(&text[start..at]));
            at += found.len();
            start = at;
        } else {
            at += next.len_utf8();
        }
    }
    pieces.push(Value::from(&text[start..]));
    Ok(pieces.into())
}

fn substring(call: &Call<'_>) -> Result<Value, Problem> {
    let units: Vec<u16> = call.texted(0)?.encode_utf16().collect();
    let outside =
        || call.wrong("the index and length parameters must refer to a location within the string");
    let start = usize::try_from(call.integer(1)?).map_err(|_| outside())?;
    let end = if call.len() > 2 {
        let length = usize::try_from(call.integer(2)?).map_err(|_| outside())?;
        start.checked_add(length).ok_or_else(outside)?
    } else {
        units.len()
    };
    let part = units.get(start..end).ok_or_else(outside)?;
    Ok(String::from_utf16_lossy(part).into())
}
