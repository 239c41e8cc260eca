//! Moments of time. `utcNow` belongs to the evaluation, which knows what time it is.

use jiff::Timestamp;
use serde_json::Value;

use super::{Call, Function, function};
use crate::moment;
use crate::problem::Problem;

pub(super) const FUNCTIONS: &[Function] = &[
    function("dateTimeAdd", 2, 3, add),
    function("dateTimeFromEpoch", 1, 1, |call| {
        Timestamp::from_second(call.integer(0)?)
            .ok()
            .and_then(|moment| moment::write(moment, moment::ISO))
            .map(Value::from)
            .ok_or_else(|| call.wrong("the provided value is out of the range of dates"))
    }),
    function("dateTimeToEpoch", 1, 1, |call| {
        Ok(moment_at(call)?.0.as_second().into())
    }),
];

fn moment_at(call: &Call<'_>) -> Result<(Timestamp, &'static str), Problem> {
    moment::read(call.text(0)?)
        .ok_or_else(|| call.wrong("the provided value is not a valid date and time"))
}

fn add(call: &Call<'_>) -> Result<Value, Problem> {
    let (base, as_written) = moment_at(call)?;
    let later = moment::later(base, call.text(1)?).ok_or_else(|| {
        call.wrong("the duration is not a valid ISO 8601 duration, or leads out of the calendar")
    })?;
    let pattern = if call.len() > 2 {
        call.text(2)?
    } else {
        as_written
    };
    moment::write(later, pattern)
        .map(Value::from)
        .ok_or_else(|| call.wrong("the format is not a valid format of dates"))
}
