//! Volumes.

use serde::Serialize;

use super::answer::Answer;
use super::fault::Fault;
use super::filters::Filters;
use super::{Call, Outcome};
use crate::world::Volume;

const FILTERS: &[&str] = &["dangling", "driver", "label", "name"];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List<'a> {
    volumes: &'a [Volume],
    warnings: Option<Vec<String>>,
}

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    filters.flag("dangling")?;
    let world = call.engine.world();
    Ok(Answer::ok(&List {
        volumes: &world.volumes,
        warnings: None,
    }))
}

pub(super) fn missing(call: &Call<'_>) -> Fault {
    Fault::NoSuchVolume(call.name.to_owned())
}
