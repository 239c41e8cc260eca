//! `/sys/fs/cgroup`: what the container is limited to, and how much of it is in use.

use super::Entry;
use crate::files::Kind;
use crate::process::task::Process;

/// The memory of a process, in bytes.
pub(crate) const MEMORY_OF_ONE: u64 = 266_240;

/// What stands under a name in `/sys/fs/cgroup`; nothing is the folder itself.
///
/// The names of both versions are there: those of the second at the top, and those of the first
/// that programs ask for in a folder for each controller.
pub(super) fn find(process: &Process, name: Option<&str>) -> Option<Entry> {
    let Some(name) = name else {
        let files = NAMES.map(|name| (name.to_owned(), Kind::File));
        let folders = FOLDERS.map(|(name, _)| (name.to_owned(), Kind::Directory));
        let mut all: Vec<_> = files.into_iter().chain(folders).collect();
        all.sort();
        return Some(Entry::Directory(all));
    };
    if let Some((_, names)) = FOLDERS.iter().find(|(folder, _)| *folder == name) {
        return Some(Entry::directory(names.iter().copied(), Kind::File));
    }
    let bounds = process.space.bounds();
    let running = process.space.processes();
    let count = running.len() as u64;
    let used = count * MEMORY_OF_ONE;
    let or_max = |bound: Option<u64>| bound.map_or_else(|| "max".to_owned(), |b| b.to_string());
    let or_none = |bound: Option<u64>| bound.unwrap_or(NO_LIMIT).to_string();
    let text = match name {
        "cgroup.controllers" => "cpuset cpu io memory pids".to_owned(),
        "cgroup.procs" => {
            let mut lines = running.iter().map(|info| info.pid.to_string());
            let first = lines.next().unwrap_or_default();
            lines.fold(first, |text, line| text + "\n" + &line)
        }
        "cgroup.type" => "domain".to_owned(),
        "cpu.max" => format!("{} {}", or_max(bounds.cpu_quota), bounds.period()),
        "cpu.weight" => weight(bounds.cpu_shares).to_string(),
        "cpuset.cpus" | "cpuset.cpus.effective" | "cpuset/cpuset.cpus" => bounds.cpu_set.clone(),
        "memory.current" | "memory/memory.usage_in_bytes" => used.to_string(),
        "memory.events" => "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0".to_owned(),
        "memory.high" => "max".to_owned(),
        "memory.low" => bounds.reservation.to_string(),
        "memory.max" => or_max(bounds.memory),
        "memory.min" | "memory.swap.current" => "0".to_owned(),
        "memory.peak" | "memory/memory.max_usage_in_bytes" => (used + MEMORY_OF_ONE).to_string(),
        "memory.swap.max" => or_max(bounds.swap),
        "pids.current" | "pids/pids.current" => count.to_string(),
        "pids.max" | "pids/pids.max" => or_max(bounds.processes),
        "cpu/cpu.cfs_period_us" => bounds.period().to_string(),
        "cpu/cpu.cfs_quota_us" => bounds
            .cpu_quota
            .map_or_else(|| "-1".to_owned(), |quota| quota.to_string()),
        "cpu/cpu.shares" => bounds.cpu_shares.max(2).to_string(),
        "memory/memory.limit_in_bytes" => or_none(bounds.memory),
        "memory/memory.memsw.limit_in_bytes" => {
            let both = bounds.memory.zip(bounds.swap);
            or_none(both.map(|(memory, swap)| memory + swap))
        }
        _ => return None,
    };
    Some(Entry::File((text + "\n").into_bytes()))
}

/// How the first version writes that there is no limit.
const NO_LIMIT: u64 = 9_223_372_036_854_771_712;

const NAMES: [&str; 18] = [
    "cgroup.controllers",
    "cgroup.procs",
    "cgroup.type",
    "cpu.max",
    "cpu.weight",
    "cpuset.cpus",
    "cpuset.cpus.effective",
    "memory.current",
    "memory.events",
    "memory.high",
    "memory.low",
    "memory.max",
    "memory.min",
    "memory.peak",
    "memory.swap.current",
    "memory.swap.max",
    "pids.current",
    "pids.max",
];

const FOLDERS: [(&str, &[&str]); 4] = [
    (
        "cpu",
        &["cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.shares"],
    ),
    ("cpuset", &["cpuset.cpus"]),
    (
        "memory",
        &[
            "memory.limit_in_bytes",
            "memory.max_usage_in_bytes",
            "memory.memsw.limit_in_bytes",
            "memory.usage_in_bytes",
        ],
    ),
    ("pids", &["pids.current", "pids.max"]),
];

/// The second version's weight (1 to 10,000) for the first version's shares (2 to 262,144).
fn weight(shares: u64) -> u64 {
    1 + (shares.clamp(2, 262_144) - 2) * 9_999 / 262_142
}
