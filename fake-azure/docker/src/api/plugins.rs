//! Plugins, of which a new engine has none.

use super::answer::Answer;
use super::fault::Fault;
use super::filters::Filters;
use super::{Call, Outcome};

const FILTERS: &[&str] = &["capability", "enabled"];

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    filters.flag("enabled")?;
    Ok(Answer::ok(&[(); 0]))
}

pub(super) fn missing(call: &Call<'_>) -> Fault {
    Fault::NoSuchPlugin(call.name.to_owned())
}
