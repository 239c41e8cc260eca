//! Truths and comparisons. What is not always evaluated (`if`, `and`, `or`, `coalesce`) belongs to
//! the evaluation itself.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Call, Function, function};
use crate::problem::Problem;
use crate::value::same;

pub(super) const FUNCTIONS: &[Function] = &[
    function("bool", 1, 1, truth),
    function("equals", 2, 2, |call| {
        Ok(same(call.value(0)?, call.value(1)?).into())
    }),
    function("false", 0, 0, |_| Ok(false.into())),
    function("greater", 2, 2, |call| Ok(compare(call)?.is_gt().into())),
    function("greaterOrEquals", 2, 2, |call| {
        Ok(compare(call)?.is_ge().into())
    }),
    function("less", 2, 2, |call| Ok(compare(call)?.is_lt().into())),
    function("lessOrEquals", 2, 2, |call| {
        Ok(compare(call)?.is_le().into())
    }),
    function("not", 1, 1, |call| {
        let value = call.value(0)?;
        match value {
            Value::Bool(truth) => Ok((!truth).into()),
            _ => Err(call.mistyped(value, "a boolean")),
        }
    }),
    function("true", 0, 0, |_| Ok(true.into())),
];

fn truth(call: &Call<'_>) -> Result<Value, Problem> {
    let value = call.value(0)?;
    let truth = match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => Some(number.as_f64() != Some(0.0)),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        // A text of a number, as the service takes it.
        Value::String(text) => text.trim().parse::<i64>().ok().map(|number| number != 0),
        _ => None,
    };
    truth
        .map(Value::from)
        .ok_or_else(|| call.wrong("the provided value cannot be converted to a boolean"))
}

fn compare(call: &Call<'_>) -> Result<Ordering, Problem> {
    match (call.value(0)?, call.value(1)?) {
        (Value::String(a), Value::String(b)) => Ok(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Ok(a.cmp(&b)),
            _ => Ok(a
                .as_f64()
                .partial_cmp(&b.as_f64())
                .unwrap_or(Ordering::Equal)),
        },
        (Value::Number(_) | Value::String(_), other) | (other, _) => {
            Err(call.mistyped(other, "two integers or two strings"))
        }
    }
}
