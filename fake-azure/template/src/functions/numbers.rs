//! Numbers.

use serde_json::{Number, Value};

use super::{ANY, Call, Function, function};
use crate::problem::Problem;

pub(super) const FUNCTIONS: &[Function] = &[
    function("add", 2, 2, |call| whole(call, i64::checked_add)),
    function("div", 2, 2, |call| whole(call, i64::checked_div)),
    function("float", 1, 1, float),
    function("int", 1, 1, int),
    function("max", 1, ANY, |call| {
        Ok(all(call)?.into_iter().max().into())
    }),
    function("min", 1, ANY, |call| {
        Ok(all(call)?.into_iter().min().into())
    }),
    function("mod", 2, 2, |call| whole(call, i64::checked_rem)),
    function("mul", 2, 2, |call| whole(call, i64::checked_mul)),
    function("sub", 2, 2, |call| whole(call, i64::checked_sub)),
];

fn whole(call: &Call<'_>, compute: fn(i64, i64) -> Option<i64>) -> Result<Value, Problem> {
    let (a, b) = (call.integer(0)?, call.integer(1)?);
    compute(a, b).map(Value::from).ok_or_else(|| {
        if b == 0 {
            call.wrong("the divisor cannot be zero")
        } else {
            call.wrong("the result is not in the range of 64-bit integers")
        }
    })
}

fn int(call: &Call<'_>) -> Result<Value, Problem> {
    let value = call.value(0)?;
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64().or_else(|| truncated(number)),
        _ => None,
    };
    number
        .map(|number: i64| number.into())
        .ok_or_else(|| call.wrong("the provided value cannot be converted to an integer"))
}

fn truncated(number: &Number) -> Option<i64> {
    format!("{:.0}", number.as_f64()?.trunc()).parse().ok()
}

fn float(call: &Call<'_>) -> Result<Value, Problem> {
    let value = call.value(0)?;
    match value {
        Value::String(text) => text.trim().parse().ok().and_then(Number::from_f64),
        Value::Number(number) => number.as_f64().and_then(Number::from_f64),
        _ => None,
    }
    .map(Value::Number)
    .ok_or_else(|| call.wrong("the provided value cannot be converted to a floating point number"))
}

/// Integers, or those of one array.
fn all(call: &Call<'_>) -> Result<Vec<i64>, Problem> {
    let values: Vec<&Value> = match call.value(0)? {
        Value::Array(elements) if call.len() == 1 => elements.iter().collect(),
        _ => call.values().collect(),
    };
    if values.is_empty() {
        return Err(call.wrong("the array cannot be empty"));
    }
    values
        .into_iter()
        .map(|value| {
            value
                .as_i64()
                .ok_or_else(|| call.mistyped(value, "integers or an array of integers"))
        })
        .collect()
}
