//! `POST /containers/prune`: containers that do not run go.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::filters::Filters;
use crate::state::event::{Event, EventKind};
use crate::state::id::ObjectId;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pruned {
    containers_deleted: Option<Vec<ObjectId>>,
    space_reclaimed: u64,
}

pub(in crate::api) fn prune(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, &["label", "label!", "until"])?;
    let now = call.engine.now();
    let until = filters.until(now)?;
    let empty = BTreeMap::new();
    let chosen: Vec<(ObjectId, u64)> = {
        let state = call.engine.state();
        let mut chosen: Vec<_> = state
            .containers
            .iter()
            .filter(|container| !container.is_running())
            .filter(|container| until.is_none_or(|until| container.created < until))
            .filter(|container| {
                let labels = container.config.labels.as_ref().unwrap_or(&empty);
                filters.has_labels(labels) && filters.lacks_labels(labels)
            })
            .collect();
        chosen.sort_by_key(|container| std::cmp::Reverse(container.created));
        chosen.iter().map(|c| (c.id, state.sizes(c).0)).collect()
    };
    let mut deleted = Vec::new();
    let mut reclaimed = 0;
    for (id, size) in chosen {
        if call.engine.take_away(id, false).is_some() {
            deleted.push(id);
            reclaimed += size;
        }
    }
    let attributes = BTreeMap::from([("reclaimed".to_owned(), reclaimed.to_string())]);
    let event = Event::new(now, EventKind::Container, "prune", "", attributes);
    call.engine.state().events.push(event);
    call.engine.happened();
    Ok(Answer::ok(&Pruned {
        containers_deleted: (!deleted.is_empty()).then_some(deleted),
        space_reclaimed: reclaimed,
    }))
}
