//! `/proc/meminfo` and its neighbours: what is told of the machine.

use std::fmt::Write as _;

use super::{Entry, process, uptime};
use crate::files::Kind;
use crate::process::task::Process;

/// The files that stand in `/proc` itself.
pub(super) const NAMES: [&str; 9] = [
    "cpuinfo",
    "filesystems",
    "loadavg",
    "meminfo",
    "mounts",
    "stat",
    "swaps",
    "uptime",
    "version",
];

/// What stands under a name in `/proc`.
pub(super) fn find(process: &Process, name: &str) -> Option<Entry> {
    let machine = process.space.machine();
    let text = match name {
        "version" => format!(
            "Linux version {} (buildd@lgw01) (gcc version 4.8.4) {}\n",
            machine.kernel_release, machine.kernel_version
        ),
        "meminfo" => memory(machine.memory_bytes / 1024),
        "cpuinfo" => processors(machine.cpus),
        "loadavg" => {
            let running = process.space.processes();
            let last = running.last().map_or(1, |info| info.pid);
            format!("0.00 0.00 0.00 1/{} {last}\n", running.len())
        }
        "uptime" => {
            let up = uptime(process);
            let hundredths = up.subsec_millis() / 10;
            format!("{0}.{hundredths:02} {0}.{hundredths:02}\n", up.as_secs())
        }
        "mounts" => process::mounts(process),
        "stat" => statistics(process),
        "filesystems" => {
            "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\toverlay\n\text4\n".to_owned()
        }
        "swaps" => "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".to_owned(),
        "net" => return Some(Entry::directory(["dev", "route"], Kind::File)),
        "net/dev" => devices(process),
        "net/route" => {
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n".to_owned()
        }
        _ => return None,
    };
    Some(Entry::File(text.into_bytes()))
}

/// How much of the memory is told to be in use, in KiB: a quarter.
pub(in crate::process) fn used_memory(total: u64) -> u64 {
    total / 4
}

fn memory(total: u64) -> String {
    let available = total - used_memory(total);
    let buffers = total / 32;
    let cached = total / 4;
    let free = available - buffers - cached;
    let mut text = String::new();
    for (name, value) in [
        ("MemTotal:", total),
        ("MemFree:", free),
        ("MemAvailable:", available),
        ("Buffers:", buffers),
        ("Cached:", cached),
        ("SwapCached:", 0),
        ("SwapTotal:", 0),
        ("SwapFree:", 0),
        ("Shmem:", 0),
    ] {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name:<16}{value:>8} kB");
    }
    text
}

fn processors(count: u32) -> String {
    let mut text = String::new();
    for number in 0..count.min(1024) {
        let _ = writeln!(
            text,
            "processor\t: {number}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 45\n\
             model name\t: Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz\nstepping\t: 7\n\
             cpu MHz\t\t: 2199.998\ncache size\t: 20480 KB\nphysical id\t: 0\nsiblings\t: {count}\n\
             core id\t\t: {number}\ncpu cores\t: {count}\nbogomips\t: 4399.99\n"
        );
    }
    text
}

fn statistics(process: &Process) -> String {
    let up = uptime(process);
    let booted = process.now().as_second() - up.as_secs();
    let idle = up.as_secs().saturating_mul(100);
    let mut text = format!("cpu  0 0 0 {idle} 0 0 0 0 0 0\n");
    for number in 0..process.space.machine().cpus.min(1024) {
        let _ = writeln!(text, "cpu{number} 0 0 0 {idle} 0 0 0 0 0 0");
    }
    let running = process.space.processes();
    let _ = write!(
        text,
        "intr 0\nctxt 0\nbtime {booted}\nprocesses {}\nprocs_running 1\nprocs_blocked 0\n",
        running.last().map_or(1, |info| info.pid)
    );
    text
}

fn devices(process: &Process) -> String {
    let mut text = String::from(
        "Inter-|   Receive                                                |  Transmit\n \
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs \
         drop fifo colls carrier compressed\n",
    );
    for interface in process.space.network().interfaces() {
        let _ = writeln!(
            text,
            "{:>6}:       0       0    0    0    0     0          0         0        0       0    0 \
             0    0     0       0          0",
            interface.name
        );
    }
    text
}
