//! Plugins, of which a new engine has none.

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;
use crate::reference::Named;

const FILTERS: &[&str] = &["capability", "enabled"];

pub(super) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    filters.flag("enabled")?;
    Ok(Answer::ok(&[(); 0]))
}

pub(super) fn missing(call: &Call) -> Fault {
    Fault::NoSuchPlugin(call.name.clone())
}

/// Looks for a plugin in a registry, none of which has one.
pub(super) fn pull(call: &Call) -> Outcome {
    let remote = call.query.first("remote");
    let named = Named::parse(remote).map_err(|wrong| Fault::Invalid(wrong.to_string()))?;
    Err(Fault::NotFound(format!(
        "error resolving plugin reference: {}: not found",
        named.or_latest()
    )))
}
