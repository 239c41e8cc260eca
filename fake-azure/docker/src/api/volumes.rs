//! Volumes.

use hyper::StatusCode;
use serde::Serialize;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;
use crate::state::event::{Event, EventKind};
use crate::state::id::ObjectId;
use crate::state::networks::{go_bool, no_go_bool};
use crate::state::volume::document::Document;
use crate::state::volume::{LOCAL, Volume, VolumeRequest};

const FILTERS: &[&str] = &["dangling", "driver", "label", "name"];
const PRUNE_FILTERS: &[&str] = &["all", "label", "label!"];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List<'a> {
    volumes: Vec<Document<'a>>,
    warnings: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pruned {
    volumes_deleted: Vec<String>,
    space_reclaimed: u64,
}

pub(super) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    let dangling = filters.flag("dangling")?;
    let state = call.engine.state();
    let users = state.users_of_volumes();
    let is_dangling = |volume: &Volume| !users.contains_key(volume.name.as_str());
    let shown = state
        .volumes
        .list()
        .into_iter()
        .filter(|volume| filters.matches("name", &volume.name))
        .filter(|_| filters.is_exactly("driver", LOCAL))
        .filter(|volume| {
            let none = [].into();
            filters.has_labels(volume.labels.as_ref().unwrap_or(&none))
        })
        .filter(|volume| dangling.is_none_or(|dangling| dangling == is_dangling(volume)))
        .map(|volume| volume.document(None));
    Ok(Answer::ok(&List {
        volumes: shown.collect(),
        warnings: None,
    }))
}

pub(super) fn inspect(call: &Call) -> Outcome {
    let state = call.engine.state();
    let volume = state.volumes.get(&call.name)?;
    Ok(Answer::ok(&volume.document(None)))
}

pub(super) async fn create(call: &mut Call) -> Outcome {
    let request: VolumeRequest = call.document().await?;
    let now = call.engine.now();
    let mut state = call.engine.state();
    let state = &mut *state;
    let chance = &mut state.chance;
    let mut fresh = || ObjectId::new(chance.bytes());
    let (volume, is_new) = state.volumes.create(request, now, &mut fresh)?;
    if is_new {
        state.events.push(volume.event(now, "create"));
    }
    call.engine.happened();
    Ok(Answer::json(StatusCode::CREATED, &volume.document(None)))
}

pub(super) fn delete(call: &Call) -> Outcome {
    let now = call.engine.now();
    let mut state = call.engine.state();
    let users = state.users_of_volumes();
    let users = users.get(call.name.as_str()).cloned().unwrap_or_default();
    let removed = state
        .volumes
        .remove(&call.name, &users, call.flag("force"))?;
    if let Some(volume) = removed {
        state.events.push(volume.event(now, "destroy"));
    }
    drop(state);
    call.engine.happened();
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

pub(super) fn prune(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, PRUNE_FILTERS)?;
    // Older clients prune volumes with names, too.
    let all = call.version.is_below("1.42") || all(&filters)?;
    let now = call.engine.now();
    let mut state = call.engine.state();
    let used: std::collections::HashSet<String> = {
        let users = state.users_of_volumes();
        users.into_keys().map(ToOwned::to_owned).collect()
    };
    let none = [].into();
    let gone = state.volumes.prune(
        all,
        |name| used.contains(name),
        |volume| filters.chooses(volume.labels.as_ref().unwrap_or(&none)),
    );
    let reclaimed = gone.iter().map(|volume| volume.usage().bytes).sum();
    for volume in &gone {
        state.events.push(volume.event(now, "destroy"));
    }
    let attributes = [("reclaimed".to_owned(), format!("{reclaimed}"))].into();
    let pruned = Event::new(now, EventKind::Volume, "prune", "", attributes);
    state.events.push(pruned);
    drop(state);
    call.engine.happened();
    Ok(Answer::ok(&Pruned {
        volumes_deleted: gone.into_iter().map(|volume| volume.name).collect(),
        space_reclaimed: reclaimed,
    }))
}

/// Whether volumes with names are pruned, too.
fn all(filters: &Filters) -> Result<bool, Fault> {
    let values: Vec<&str> = filters.values("all").collect();
    match values.as_slice() {
        [] => Ok(false),
        [value] => go_bool(value).ok_or_else(|| {
            let why = no_go_bool(value);
            Fault::Invalid(format!("invalid filter 'all': {why}"))
        }),
        several => Err(Fault::Invalid(format!(
            "invalid filter 'all=[{}]': only one value is expected",
            several.join(" ")
        ))),
    }
}

/// Answers who would change a volume of a swarm.
pub(super) fn update(_: &Call) -> Fault {
    let words = "volume update only valid for cluster volumes, but swarm is unavailable";
    Fault::Unavailable(words.to_owned())
}
