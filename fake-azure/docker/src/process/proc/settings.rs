//! `/proc/sys`: the settings of the kernel.

use std::fmt::Write as _;

use super::Entry;
use crate::files::Kind;
use crate::process::descriptor::random;
use crate::process::task::Process;

/// Settings that are always there, by their path under `/proc/sys`, and what they tell.
const SETTINGS: [(&str, &str); 22] = [
    ("fs/file-max", "183418"),
    ("fs/mqueue/msg_max", "10"),
    ("fs/nr_open", "1048576"),
    ("kernel/hostname", ""),
    ("kernel/msgmax", "8192"),
    ("kernel/msgmnb", "16384"),
    ("kernel/osrelease", ""),
    ("kernel/ostype", "Linux"),
    ("kernel/pid_max", "32768"),
    (
        "kernel/random/boot_id",
        "4d1c2a36-5b1e-4b59-9d6f-0a4a1f7f2c11",
    ),
    ("kernel/random/entropy_avail", "256"),
    ("kernel/random/uuid", ""),
    ("kernel/shmmax", "18446744073692774399"),
    ("kernel/version", ""),
    ("net/core/somaxconn", "128"),
    ("net/ipv4/ip_forward", "1"),
    ("net/ipv4/ip_local_port_range", "32768\t61000"),
    ("net/ipv4/ip_unprivileged_port_start", "0"),
    ("net/ipv6/conf/all/disable_ipv6", "0"),
    ("vm/max_map_count", "65530"),
    ("vm/overcommit_memory", "0"),
    ("vm/swappiness", "60"),
];

/// What stands under a path in `/proc/sys`; an empty one is the folder itself.
pub(super) fn find(process: &Process, path: &str) -> Option<Entry> {
    let bounds = process.space.bounds();
    if let Some(told) = bounds.settings.get(&path.replace('/', ".")) {
        return Some(Entry::File(format!("{told}\n").into_bytes()));
    }
    if let Some((_, told)) = SETTINGS.iter().find(|(known, _)| *known == path) {
        let machine = process.space.machine();
        let text = match path {
            "kernel/hostname" => process.space.host_name().to_owned(),
            "kernel/osrelease" => machine.kernel_release.clone(),
            "kernel/version" => machine.kernel_version.clone(),
            "kernel/random/uuid" => uuid(process),
            _ => (*told).to_owned(),
        };
        return Some(Entry::File((text + "\n").into_bytes()));
    }
    let asked = bounds.settings.keys().map(|name| name.replace('.', "/"));
    let known = SETTINGS.iter().map(|(known, _)| (*known).to_owned());
    let mut names: Vec<(String, Kind)> = known
        .chain(asked)
        .filter_map(|known| {
            let rest = match path {
                "" => known.as_str(),
                path => known.strip_prefix(path)?.strip_prefix('/')?,
            };
            Some(match rest.split_once('/') {
                Some((folder, _)) => (folder.to_owned(), Kind::Directory),
                None => (rest.to_owned(), Kind::File),
            })
        })
        .collect();
    names.sort();
    names.dedup();
    (!names.is_empty()).then_some(Entry::Directory(names))
}

/// A fresh identifier each time, by the space's chance: version 4 as RFC 9562 lays it out.
fn uuid(process: &Process) -> String {
    let mut bytes = random(&process.space.chance(), 16);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
