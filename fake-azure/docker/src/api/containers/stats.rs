//! `GET /containers/{id}/stats`: what a container uses, as far as there is something to use.

use std::time::Duration;

use axum::body::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::text::Moment;
use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::process::proc::cgroup::MEMORY_OF_ONE;
use crate::state::id::ObjectId;

/// How often a stream tells.
const INTERVAL: Duration = Duration::from_secs(1);
/// The processor's time of a process for each second that it runs, in nanoseconds.
const WORK_A_SECOND: i64 = 1_000_000;

pub(in crate::api) async fn stats(call: &mut Call) -> Outcome {
    let streams = call.query.get("stream").is_none() || call.flag("stream");
    let once = call.flag("one-shot");
    if streams && once {
        let words = "cannot have stream=true and one-shot=true";
        return Err(Fault::Invalid(words.to_owned()));
    }
    let id = call.engine.container_id(&call.name)?;
    let engine = call.engine.clone();
    if !streams {
        if !once && engine.is_running(id) {
            // The share of a processor needs two moments.
            engine.clock().sleep(INTERVAL).await;
        }
        let document = document(&engine, id, !once);
        return Ok(Answer::ok(&document.unwrap_or_else(|| json!({}))));
    }
    let begin = (engine, true);
    let body = stream::unfold(begin, move |(engine, is_first)| async move {
        if !is_first {
            engine.clock().sleep(INTERVAL).await;
        }
        let mut line = serde_json::to_vec(&document(&engine, id, !is_first)?).unwrap_or_default();
        line.push(b'\n');
        Some((Bytes::from(line), (engine, false)))
    });
    // The real engine does not say what a stream of them is.
    Ok(Answer::live("", body))
}

/// What a container uses at this moment; nothing when it is gone.
fn document(engine: &Engine, id: ObjectId, with_before: bool) -> Option<Value> {
    let now = engine.now();
    let running = engine.life(id).ok()?.running();
    let (name, started, limit, networks) = {
        let state = engine.state();
        let container = state.containers.get(id)?;
        let limit = u64::try_from(container.host.memory)
            .ok()
            .filter(|limit| *limit > 0);
        (
            container.name.clone(),
            container.state.started_at,
            limit.unwrap_or(engine.host().memory_bytes),
            container.networks.len(),
        )
    };
    let Some(running) = running else {
        return Some(idle(&name, id));
    };
    let processes = running.space.processes().len() as u64;
    let before = now
        .checked_sub(jiff::SignedDuration::from_secs(1))
        .unwrap_or(now);
    let cpus = engine.host().cpus;
    let preread = if with_before {
        Moment(Some(before))
    } else {
        Moment(None)
    };
    let mut interfaces = Map::new();
    for number in 0..networks {
        interfaces.insert(format!("eth{number}"), interface());
    }
    let mut document = json!({
        "name": format!("/{name}"),
        "id": id,
        "read": Moment(Some(now)),
        "preread": preread,
        "pids_stats": {"current": processes},
        "blkio_stats": disks(&json!([])),
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": processor(started, now, cpus),
        "precpu_stats": if with_before { processor(started, before, cpus) } else { no_processor() },
        "memory_stats": memory(processes, limit),
    });
    if let Some(members) = document.as_object_mut()
        && !interfaces.is_empty()
    {
        members.insert("networks".to_owned(), interfaces.into());
    }
    Some(document)
}

/// What is told of a container that does not run.
fn idle(name: &str, id: ObjectId) -> Value {
    json!({
        "name": format!("/{name}"),
        "id": id,
        "read": Moment(None),
        "preread": Moment(None),
        "pids_stats": {},
        "blkio_stats": disks(&Value::Null),
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": no_processor(),
        "precpu_stats": no_processor(),
        "memory_stats": {},
    })
}

fn disks(each: &Value) -> Value {
    let names = [
        "io_service_bytes",
        "io_serviced",
        "io_queue",
        "io_service_time",
        "io_wait_time",
        "io_merged",
        "io_time",
        "sectors",
    ];
    let each = names.map(|name| (format!("{name}_recursive"), each.clone()));
    Value::Object(each.into_iter().collect())
}

fn no_processor() -> Value {
    json!({
        "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    })
}

/// Processes that do nothing much: a thousandth of a processor.
fn processor(started: Option<Timestamp>, at: Timestamp, cpus: u32) -> Value {
    let ran = started.map_or(0, |started| at.duration_since(started).as_millis().max(0));
    let ran = i64::try_from(ran).unwrap_or(i64::MAX / WORK_A_SECOND);
    let total = 10 * WORK_A_SECOND + ran.saturating_mul(WORK_A_SECOND / 1000);
    let system = i64::from(cpus)
        * at.as_second()
            .saturating_mul(1_000_000_000)
            .rem_euclid(1 << 53);
    let share = total / i64::from(cpus.max(1));
    let mut each = vec![share; cpus.max(1) as usize];
    each[0] += total - share * i64::from(cpus.max(1));
    json!({
        "cpu_usage": {
            "total_usage": total,
            "percpu_usage": each,
            "usage_in_kernelmode": total / 3,
            "usage_in_usermode": total - total / 3,
        },
        "system_cpu_usage": system,
        "online_cpus": cpus,
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    })
}

fn memory(processes: u64, limit: u64) -> Value {
    let usage = processes * MEMORY_OF_ONE;
    let numbers = [
        ("active_anon", 0),
        ("active_file", 0),
        ("cache", 0),
        ("dirty", 0),
        ("hierarchical_memory_limit", limit),
        ("hierarchical_memsw_limit", limit),
        ("inactive_anon", usage),
        ("inactive_file", 0),
        ("mapped_file", 0),
        ("pgfault", 2048),
        ("pgmajfault", 0),
        ("pgpgin", 1024),
        ("pgpgout", 1024),
        ("rss", usage),
        ("rss_huge", 0),
        ("total_active_anon", 0),
        ("total_active_file", 0),
        ("total_cache", 0),
        ("total_dirty", 0),
        ("total_inactive_anon", usage),
        ("total_inactive_file", 0),
        ("total_mapped_file", 0),
        ("total_pgfault", 2048),
        ("total_pgmajfault", 0),
        ("total_pgpgin", 1024),
        ("total_pgpgout", 1024),
        ("total_rss", usage),
        ("total_rss_huge", 0),
        ("total_unevictable", 0),
        ("total_writeback", 0),
        ("unevictable", 0),
        ("writeback", 0),
    ];
    let numbers = numbers.map(|(name, number)| (name.to_owned(), Value::from(number)));
    json!({
        "usage": usage,
        "max_usage": usage + MEMORY_OF_ONE,
        "stats": Value::Object(numbers.into_iter().collect()),
        "limit": limit,
    })
}

fn interface() -> Value {
    json!({
        "rx_bytes": 1188, "rx_packets": 20, "rx_errors": 0, "rx_dropped": 0,
        "tx_bytes": 126, "tx_packets": 3, "tx_errors": 0, "tx_dropped": 0,
    })
}
