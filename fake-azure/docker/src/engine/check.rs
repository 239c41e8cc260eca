//! What a container may be asked to be, and what goes without saying.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::files::path;
use crate::process::Signal;
use crate::state::config::{Config, Healthcheck};
use crate::state::host_config::{HostConfig, RestartPolicy};

/// The least memory a container can be limited to, in bytes.
const LEAST_MEMORY: i64 = 6 * 1024 * 1024;
/// The size of `/dev/shm` unless it is told, in bytes.
const SHM_SIZE: i64 = 64 * 1024 * 1024;
/// The shortest time of a health check, in nanoseconds.
const LEAST_HEALTH_TIME: i64 = 1_000_000;

const MASKED: [&str; 12] = [
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
];

const READ_ONLY: [&str; 5] = [
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

const CAPABILITIES: [&str; 41] = [
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// How many memory nodes a host has.
const MEMORY_NODES: u32 = 1;

fn invalid(words: impl Into<String>) -> Fault {
    Fault::Invalid(words.into())
}

/// Refuses what a container cannot be, before its image is looked at.
pub(crate) fn config(config: &Config) -> Result<(), Fault> {
    if !config.working_dir.is_empty() && !config.working_dir.starts_with('/') {
        return Err(invalid(format!(
            "the working directory '{}' is invalid, it needs to be an absolute path",
            config.working_dir
        )));
    }
    if let Some(wrong) = config
        .env
        .iter()
        .flatten()
        .find(|entry| entry.starts_with('='))
    {
        return Err(invalid(format!("invalid environment variable: {wrong}")));
    }
    if let Some(check) = &config.healthcheck {
        health(check)?;
    }
    stop_signal(&config.stop_signal)
}

/// Refuses a signal that nobody knows.
pub(crate) fn stop_signal(signal: &str) -> Result<(), Fault> {
    if signal.is_empty() || Signal::parse(signal).is_some() {
        Ok(())
    } else {
        Err(invalid(format!("invalid signal: {signal}")))
    }
}

fn health(check: &Healthcheck) -> Result<(), Fault> {
    for (name, time) in [
        ("Interval", check.interval),
        ("Timeout", check.timeout),
        ("StartPeriod", check.start_period),
        ("StartInterval", check.start_interval),
    ] {
        if time != 0 && time < LEAST_HEALTH_TIME {
            return Err(invalid(format!(
                "{name} in Healthcheck cannot be less than 1ms"
            )));
        }
    }
    if check.retries < 0 {
        return Err(invalid("Retries in Healthcheck cannot be negative"));
    }
    Ok(())
}

/// Refuses what a host with so many processors cannot give; tells what it warns of.
pub(crate) fn host(host: &HostConfig, cpus: u32) -> Result<Vec<String>, Fault> {
    let isolation = host.isolation.as_str();
    if !isolation.is_empty() && !isolation.eq_ignore_ascii_case("default") {
        return Err(invalid(format!(
            "Invalid isolation: {isolation:?} - linux only supports 'default'"
        )));
    }
    let mut warnings = Vec::new();
    resources(host, cpus, &mut warnings)?;
    for target in host.tmpfs.iter().flat_map(BTreeMap::keys) {
        tmpfs_target(target)?;
    }
    restart_policy(&host.restart_policy)?;
    if host.auto_remove && !matches!(host.restart_policy.name.as_str(), "" | "no") {
        return Err(invalid(
            "can't create 'AutoRemove' container with restart policy",
        ));
    }
    for (port, bindings) in host.port_bindings.iter().flatten() {
        port_spec(port)?;
        for binding in bindings.iter().flatten() {
            host_port(&binding.host_port)?;
        }
    }
    for (what, list) in [("CapAdd", &host.cap_add), ("CapDrop", &host.cap_drop)] {
        for capability in list.iter().flatten() {
            let upper = capability.to_ascii_uppercase();
            let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
            if name != "ALL" && !CAPABILITIES.contains(&name) {
                return Err(invalid(format!(
                    "invalid {what}: unknown capability: \"CAP_{name}\""
                )));
            }
        }
    }
    if !matches!(host.runtime.as_str(), "" | "runc" | "io.containerd.runc.v2") {
        return Err(invalid(format!(
            "unknown or invalid runtime name: {}",
            host.runtime
        )));
    }
    modes(host)?;
    if host.shm_size < 0 {
        return Err(invalid("SHM size can not be less than 0"));
    }
    if !(-1000..=1000).contains(&host.oom_score_adj) {
        return Err(invalid(format!(
            "Invalid value {}, range for oom score adj is [-1000, 1000]",
            host.oom_score_adj
        )));
    }
    let has_ports = host
        .port_bindings
        .as_ref()
        .is_some_and(|ports| !ports.is_empty());
    if host.network_mode == "host" && (has_ports || host.publish_all_ports) {
        warnings.push("Published ports are discarded when using host network mode".to_owned());
    }
    Ok(warnings)
}

/// Refuses a place where no files in memory can be.
fn tmpfs_target(target: &str) -> Result<(), Fault> {
    if !target.starts_with('/') {
        return Err(invalid(format!(
            "invalid mount path: '{target}' mount path must be absolute"
        )));
    }
    if path::clean(target) == "/" {
        return Err(invalid("invalid specification: destination can't be '/'"));
    }
    Ok(())
}

/// Refuses a set of things with numbers, such as `0-2,4`, of which one is not there: the host has
/// those below `count`. `option` and `things` are what the refusals call the set and what is in it.
fn numbered(set: &str, count: u32, option: &str, things: &str) -> Result<(), Fault> {
    let parts = set.split([',', '-']).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        let number: u32 = part
            .parse()
            .map_err(|_| invalid(format!("Invalid value {set} for {option}")))?;
        if number >= count {
            let all = match count {
                0 | 1 => "0".to_owned(),
                several => format!("0-{}", several - 1),
            };
            return Err(invalid(format!(
                "Requested {things} are not available - requested {set}, available: {all}"
            )));
        }
    }
    Ok(())
}

fn resources(host: &HostConfig, cpus: u32, warnings: &mut Vec<String>) -> Result<(), Fault> {
    memory(host.memory, host.memory_swap, host.memory_reservation)?;
    if let Some(swappiness) = host.memory_swappiness
        && !(-1..=100).contains(&swappiness)
    {
        return Err(invalid(format!(
            "Invalid value: {swappiness}, valid memory swappiness range is 0-100"
        )));
    }
    let most = i64::from(cpus) * 1_000_000_000;
    if !(0..=most).contains(&host.nano_cpus) {
        return Err(invalid(format!(
            "range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available"
        )));
    }
    numbered(&host.cpuset_cpus, cpus, "cpuset cpus", "CPUs")?;
    numbered(
        &host.cpuset_mems,
        MEMORY_NODES,
        "cpuset mems",
        "memory nodes",
    )?;
    if host.cpu_shares < 0 {
        return Err(invalid(format!(
            "invalid CPU shares ({}): value must be a positive integer",
            host.cpu_shares
        )));
    }
    if host.nano_cpus > 0 && host.cpu_period > 0 {
        return Err(invalid(
            "Conflicting options: Nano CPUs and CPU Period cannot both be set",
        ));
    }
    if host.nano_cpus > 0 && host.cpu_quota > 0 {
        return Err(invalid(
            "Conflicting options: Nano CPUs and CPU Quota cannot both be set",
        ));
    }
    if host.cpu_period != 0 && !(1_000..=1_000_000).contains(&host.cpu_period) {
        return Err(invalid(
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)",
        ));
    }
    if host.cpu_quota > 0 && host.cpu_quota < 1000 {
        return Err(invalid(
            "CPU cfs quota can not be less than 1ms (i.e. 1000)",
        ));
    }
    if host.blkio_weight != 0 && !(10..=1000).contains(&host.blkio_weight) {
        return Err(invalid("Range of blkio weight is from 10 to 1000"));
    }
    if host.oom_kill_disable == Some(true) && host.memory == 0 {
        warnings.push(
            "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.".to_owned(),
        );
    }
    Ok(())
}

/// Refuses limits of memory that do not go together.
pub(crate) fn memory(memory: i64, swap: i64, reservation: i64) -> Result<(), Fault> {
    if memory != 0 && memory < LEAST_MEMORY {
        return Err(invalid("Minimum memory limit allowed is 6MB"));
    }
    if memory > 0 && swap > 0 && swap < memory {
        return Err(invalid(
            "Minimum memoryswap limit should be larger than memory limit, see usage",
        ));
    }
    if memory == 0 && swap > 0 {
        return Err(invalid(
            "You should always set the Memory limit when using Memoryswap limit, see usage",
        ));
    }
    if reservation > 0 && reservation < LEAST_MEMORY {
        return Err(invalid("Minimum memory reservation allowed is 6MB"));
    }
    if memory > 0 && reservation > memory {
        return Err(invalid(
            "Minimum memory limit can not be less than memory reservation limit, see usage",
        ));
    }
    Ok(())
}

/// Refuses a policy that nobody knows.
pub(crate) fn restart_policy(policy: &RestartPolicy) -> Result<(), Fault> {
    let wrong = |why: &str| Err(invalid(format!("invalid restart policy: {why}")));
    match policy.name.as_str() {
        "" | "no" | "always" | "unless-stopped" if policy.maximum_retry_count != 0 => {
            wrong("maximum retry count can only be used with 'on-failure'")
        }
        "on-failure" if policy.maximum_retry_count < 0 => {
            wrong("maximum retry count cannot be negative")
        }
        "" | "no" | "always" | "unless-stopped" | "on-failure" => Ok(()),
        other => wrong(&format!(
            "unknown policy '{other}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
        )),
    }
}

fn modes(host: &HostConfig) -> Result<(), Fault> {
    let is_container = |mode: &str| {
        mode.strip_prefix("container:")
            .is_some_and(|c| !c.is_empty())
    };
    let ipc = host.ipc_mode.as_str();
    if !matches!(ipc, "" | "none" | "private" | "shareable" | "host") && !is_container(ipc) {
        return Err(invalid(format!("invalid IPC mode: {ipc}")));
    }
    let pid = host.pid_mode.as_str();
    if !matches!(pid, "" | "host") && !is_container(pid) {
        return Err(invalid(format!("invalid PID mode: {pid}")));
    }
    if !matches!(host.uts_mode.as_str(), "" | "host") {
        return Err(invalid(format!("invalid UTS mode: {}", host.uts_mode)));
    }
    if !matches!(host.userns_mode.as_str(), "" | "host") {
        return Err(invalid("invalid userns mode"));
    }
    if !matches!(host.cgroupns_mode.as_str(), "" | "host" | "private") {
        return Err(invalid(format!(
            "invalid cgroup namespace mode: {}",
            host.cgroupns_mode
        )));
    }
    Ok(())
}

/// Refuses what is no port of a container: `80`, `80/tcp`, `80-90/udp`.
fn port_spec(text: &str) -> Result<(), Fault> {
    let wrong = || invalid(format!("invalid port specification: {text:?}"));
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    if !matches!(protocol, "tcp" | "udp" | "sctp") {
        return Err(invalid(format!("invalid proto: {protocol}")));
    }
    let mut numbers = ports.splitn(2, '-').map(str::parse::<u16>);
    if numbers.all(|number| number.is_ok()) {
        Ok(())
    } else {
        Err(wrong())
    }
}

fn host_port(text: &str) -> Result<(), Fault> {
    let is_port = |part: &str| part.parse::<u16>().is_ok();
    if text.is_empty() || text.splitn(2, '-').all(is_port) {
        Ok(())
    } else {
        Err(invalid(format!("invalid port specification: {text:?}")))
    }
}

/// Fills in what goes without saying.
pub(crate) fn complete(host: &mut HostConfig) {
    if matches!(host.network_mode.as_str(), "" | "default") {
        "bridge".clone_into(&mut host.network_mode);
    }
    let fill = |text: &mut String, value: &str| {
        if text.is_empty() {
            value.clone_into(text);
        }
    };
    fill(&mut host.cgroupns_mode, "host");
    fill(&mut host.ipc_mode, "private");
    fill(&mut host.runtime, "runc");
    fill(&mut host.log_config.driver, "json-file");
    fill(&mut host.restart_policy.name, "no");
    host.log_config.config.get_or_insert_default();
    host.port_bindings.get_or_insert_default();
    if host.shm_size == 0 {
        host.shm_size = SHM_SIZE;
    }
    if host.memory > 0 && host.memory_swap == 0 {
        host.memory_swap = host.memory.saturating_mul(2);
    }
    if host.memory_swappiness == Some(-1) {
        host.memory_swappiness = None;
    }
    if matches!(host.pids_limit, Some(limit) if limit <= 0) {
        host.pids_limit = None;
    }
    let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    if !host.privileged {
        if host.masked_paths.is_none() {
            host.masked_paths = names(&MASKED);
        }
        if host.readonly_paths.is_none() {
            host.readonly_paths = names(&READ_ONLY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: serde_json::Value) -> String {
        let asked: HostConfig = serde_json::from_value(json).unwrap();
        host(&asked, 2).unwrap_err().to_string()
    }

    #[test]
    fn what_a_host_cannot_give_is_refused_in_the_engines_words() {
        use serde_json::json;
        for (asked, words) in [
            (
                json!({"Memory": 1000}),
                "Minimum memory limit allowed is 6MB",
            ),
            (
                json!({"NanoCpus": -1}),
                "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available",
            ),
            (
                json!({"CpusetCpus": "0-2"}),
                "Requested CPUs are not available - requested 0-2, available: 0-1",
            ),
            (
                json!({"CpusetCpus": "one"}),
                "Invalid value one for cpuset cpus",
            ),
            (
                json!({"CpuShares": -1}),
                "invalid CPU shares (-1): value must be a positive integer",
            ),
            (
                json!({"RestartPolicy": {"Name": "sometimes"}}),
                "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
            ),
            (
                json!({"RestartPolicy": {"Name": "always", "MaximumRetryCount": 3}}),
                "invalid restart policy: maximum retry count can only be used with 'on-failure'",
            ),
            (
                json!({"RestartPolicy": {"Name": "always"}, "AutoRemove": true}),
                "can't create 'AutoRemove' container with restart policy",
            ),
            (
                json!({"PortBindings": {"abc": [{}]}}),
                "invalid port specification: \"abc\"",
            ),
            (
                json!({"PortBindings": {"80/tcp": [{"HostPort": "99999"}]}}),
                "invalid port specification: \"99999\"",
            ),
            (
                json!({"CapAdd": ["NOPE"]}),
                "invalid CapAdd: unknown capability: \"CAP_NOPE\"",
            ),
            (
                json!({"Runtime": "nope"}),
                "unknown or invalid runtime name: nope",
            ),
            (json!({"IpcMode": "x"}), "invalid IPC mode: x"),
            (json!({"PidMode": "x"}), "invalid PID mode: x"),
            (json!({"ShmSize": -1}), "SHM size can not be less than 0"),
            (
                json!({"OomScoreAdj": 5000}),
                "Invalid value 5000, range for oom score adj is [-1000, 1000]",
            ),
            (
                json!({"Isolation": "foo"}),
                "Invalid isolation: \"foo\" - linux only supports 'default'",
            ),
            (
                json!({"CpusetMems": "0,9"}),
                "Requested memory nodes are not available - requested 0,9, available: 0",
            ),
            (
                json!({"CpusetMems": "x"}),
                "Invalid value x for cpuset mems",
            ),
            (
                json!({"Tmpfs": {"rel": ""}}),
                "invalid mount path: 'rel' mount path must be absolute",
            ),
            (
                json!({"Tmpfs": {"/.": ""}}),
                "invalid specification: destination can't be '/'",
            ),
        ] {
            assert_eq!(refusal(asked), words);
        }
    }
}
