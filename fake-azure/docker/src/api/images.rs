//! Images.

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;
use crate::reference::Reference;

const FILTERS: &[&str] = &["before", "dangling", "label", "reference", "since", "until"];

pub(super) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    filters.flag("dangling")?;
    for key in ["before", "since"] {
        if let Some(image) = filters.values(key).next() {
            return Err(no_such(image));
        }
    }
    Ok(Answer::ok(&call.engine.world().images))
}

pub(super) fn missing(call: &Call) -> Fault {
    no_such(&call.name)
}

pub(super) fn missing_to_delete(call: &Call) -> Fault {
    if call.name.trim().is_empty() {
        return Fault::BlankImage;
    }
    no_such(&call.name)
}

fn no_such(image: &str) -> Fault {
    match Reference::parse(image) {
        Ok(reference) => Fault::NoSuchImage(reference.familiar()),
        Err(invalid) => invalid.into(),
    }
}
