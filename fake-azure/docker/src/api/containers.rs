//! Containers.

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;

const FILTERS: &[&str] = &[
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
];

const STATUSES: &[&str] = &[
    "created",
    "dead",
    "exited",
    "paused",
    "removing",
    "restarting",
    "running",
];

const HEALTH: &[&str] = &["healthy", "none", "starting", "unhealthy"];

pub(super) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    let limit = call.query.first("limit");
    if !limit.is_empty() && limit.parse::<i64>().is_err() {
        // Go's sentence, which the real engine takes for a failure of its own.
        let words = format!("strconv.Atoi: parsing {limit:?}: invalid syntax");
        return Err(Fault::Internal(words));
    }
    filters.each("exited", |code| code.parse::<i64>().is_ok())?;
    filters.each("status", |status| STATUSES.contains(&status))?;
    filters.each("health", |health| HEALTH.contains(&health))?;
    filters.flag("is-task")?;
    for key in ["before", "since"] {
        if let Some(container) = filters.values(key).next() {
            return Err(Fault::NoSuchContainer(container.to_owned()));
        }
    }
    Ok(Answer::ok(&call.engine.world().containers))
}

pub(super) fn missing(call: &Call) -> Fault {
    Fault::NoSuchContainer(call.name.clone())
}

pub(super) fn missing_exec(call: &Call) -> Fault {
    Fault::NoSuchExec(call.name.clone())
}
