//! `POST /containers/{id}/update`: other limits for a container.

use serde::Serialize;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::engine::{bounds, check};
use crate::fault::Fault;
use crate::state::container::Status;
use crate::state::host_config::HostConfig;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Updated {
    warnings: Option<Vec<String>>,
}

pub(in crate::api) async fn update(call: &mut Call) -> Outcome {
    let asked: HostConfig = call.document().await?;
    let id = call.engine.container_id(&call.name)?;
    let about = |words: &str| format!("Cannot update container {id}: {words}");
    check::host(&asked, call.engine.host().cpus)?;
    let mut state = call.engine.state();
    let container = state.containers.get_mut(id);
    let container = container.ok_or_else(|| Fault::NoSuchContainer(call.name.clone()))?;
    if matches!(container.state.status, Status::Removing | Status::Dead) {
        let words = about("container is marked for removal and cannot be \"update\"");
        return Err(Fault::Conflict(words));
    }
    let host: &mut HostConfig = &mut container.host;
    let policy = &asked.restart_policy;
    if host.auto_remove && !matches!(policy.name.as_str(), "" | "no") {
        let words =
            "Restart policy cannot be updated because AutoRemove is enabled for the container";
        return Err(Fault::Conflict(about(words)));
    }
    // A container without limits has a swap limit of 0, which is smaller than any of memory; -1 is none.
    let stays = asked.memory_swap == 0 && host.memory_swap >= 0;
    if stays && asked.memory > host.memory_swap {
        let words = "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time";
        return Err(Fault::Conflict(about(words)));
    }
    let take = |mine: &mut i64, theirs: i64| {
        if theirs != 0 {
            *mine = theirs;
        }
    };
    take(&mut host.memory, asked.memory);
    take(&mut host.memory_swap, asked.memory_swap);
    take(&mut host.memory_reservation, asked.memory_reservation);
    take(&mut host.cpu_shares, asked.cpu_shares);
    take(&mut host.nano_cpus, asked.nano_cpus);
    take(&mut host.cpu_period, asked.cpu_period);
    take(&mut host.cpu_quota, asked.cpu_quota);
    take(&mut host.cpu_realtime_period, asked.cpu_realtime_period);
    take(&mut host.cpu_realtime_runtime, asked.cpu_realtime_runtime);
    if asked.blkio_weight != 0 {
        host.blkio_weight = asked.blkio_weight;
    }
    for (mine, theirs) in [
        (&mut host.cpuset_cpus, asked.cpuset_cpus),
        (&mut host.cpuset_mems, asked.cpuset_mems),
    ] {
        if !theirs.is_empty() {
            *mine = theirs;
        }
    }
    if let Some(limit) = asked.pids_limit {
        host.pids_limit = (limit > 0).then_some(limit);
    }
    if !policy.name.is_empty() {
        host.restart_policy = asked.restart_policy;
    }
    let bounds = bounds::of(host, call.engine.host().cpus);
    state.tell(call.engine.now(), id, "update", &[]);
    drop(state);
    if let Some(running) = call.engine.life(id)?.running() {
        running.space.set_bounds(bounds);
    }
    call.engine.happened();
    Ok(Answer::ok(&Updated { warnings: None }))
}
