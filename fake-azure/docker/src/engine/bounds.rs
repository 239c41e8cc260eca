//! What a container's processes are limited to, by what was asked for.

use crate::files::{Capability, Denied};
use crate::process::bounds::{Bounds, Limit};
use crate::state::host_config::HostConfig;

/// How long a period of the scheduler is when processors are counted, in microseconds.
const PERIOD: u64 = 100_000;

/// What a container may be used to, on a machine with so many processors.
pub(crate) fn of(host: &HostConfig, cpus: u32) -> Bounds {
    let some = |number: i64| u64::try_from(number).ok().filter(|number| *number > 0);
    let limits = host.ulimits.iter().flatten().map(|limit| {
        let bound = |number: i64| u64::try_from(number).ok();
        let (soft, hard) = (bound(limit.soft), bound(limit.hard));
        (limit.name.to_lowercase(), Limit { soft, hard })
    });
    let of_nano = some(host.nano_cpus).map(|nano| nano.saturating_mul(PERIOD) / 1_000_000_000);
    let memory = some(host.memory);
    let all_cpus = match cpus {
        0 | 1 => "0".to_owned(),
        more => format!("0-{}", more - 1),
    };
    Bounds {
        limits: limits.collect(),
        processes: host.pids_limit.and_then(some),
        memory,
        swap: some(host.memory_swap).map(|both| both.saturating_sub(memory.unwrap_or(0))),
        reservation: some(host.memory_reservation).unwrap_or(0),
        cpu_quota: of_nano.or_else(|| some(host.cpu_quota)),
        cpu_period: some(host.cpu_period).unwrap_or(0),
        cpu_shares: some(host.cpu_shares).unwrap_or(1024),
        cpu_set: match host.cpuset_cpus.as_str() {
            "" => all_cpus,
            told => told.to_owned(),
        },
        settings: host.sysctls.clone().unwrap_or_default(),
    }
}

/// What was taken from the superuser of a container, of that which an engine leaves to it.
pub(crate) fn denied(host: &HostConfig) -> Denied {
    let names = |list: &Option<Vec<String>>, name: &str| {
        list.iter().flatten().any(|told| {
            let told = told.to_ascii_uppercase();
            told.strip_prefix("CAP_").unwrap_or(&told) == name
        })
    };
    let known = [
        ("CHOWN", Capability::Chown),
        ("DAC_OVERRIDE", Capability::Override),
        ("FOWNER", Capability::Owner),
        ("KILL", Capability::Kill),
        ("MKNOD", Capability::MakeNodes),
        ("SETUID", Capability::SetUser),
    ];
    let (added, dropped) = (&host.cap_add, &host.cap_drop);
    let is_denied = |name: &str| {
        if host.privileged {
            false
        } else if names(dropped, "ALL") {
            !names(added, name)
        } else {
            names(dropped, name) && !names(added, name)
        }
    };
    known
        .into_iter()
        .fold(Denied::NOTHING, |denied, (name, capability)| {
            if is_denied(name) {
                denied.with(capability)
            } else {
                denied
            }
        })
}
