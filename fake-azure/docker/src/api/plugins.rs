//! Plugins, of which a new engine has none.

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;

const FILTERS: &[&str] = &["capability", "enabled"];

pub(super) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    filters.flag("enabled")?;
    Ok(Answer::ok(&[(); 0]))
}

pub(super) fn missing(call: &Call) -> Fault {
    Fault::NoSuchPlugin(call.name.clone())
}
