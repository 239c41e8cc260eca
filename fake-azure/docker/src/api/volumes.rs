//! Volumes.

use serde::Serialize;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;
use crate::world::Volume;

const FILTERS: &[&str] = &["dangling", "driver", "label", "name"];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List<'a> {
    volumes: &'a [Volume],
    warnings: Option<Vec<String>>,
}

pub(super) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    filters.flag("dangling")?;
    let world = call.engine.world();
    Ok(Answer::ok(&List {
        volumes: &world.volumes,
        warnings: None,
    }))
}

pub(super) fn missing(call: &Call) -> Fault {
    Fault::NoSuchVolume(call.name.clone())
}
