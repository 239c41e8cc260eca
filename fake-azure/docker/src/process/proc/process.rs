//! `/proc/N`: what is told of one process.

use std::fmt::Write as _;

use super::{Entry, descriptors};
use crate::files::{FileSystem, Kind};
use crate::process::space::ProcessInfo;
use crate::process::task::Process;

const FILES: [&str; 9] = [
    "cgroup",
    "cmdline",
    "comm",
    "environ",
    "limits",
    "mountinfo",
    "mounts",
    "stat",
    "status",
];
/// What the kernel calls the first terminal: its major number in the upper byte.
const PTS: u32 = 136 << 8;
const LINKS: [&str; 3] = ["cwd", "exe", "root"];

/// What stands under a name in the folder of a process.
pub(super) fn find(process: &Process, info: &ProcessInfo, name: Option<&str>) -> Option<Entry> {
    let own = info.pid == process.pid;
    let text = match name {
        None => return Some(folder()),
        Some("cmdline") => match &info.title {
            Some(title) => format!("{title}\0"),
            None => info.args.iter().fold(String::new(), |mut line, word| {
                line.push_str(word);
                line.push('\0');
                line
            }),
        },
        Some("comm") => format!("{}\n", info.name),
        Some("environ") if own => process
            .env
            .iter()
            .fold(String::new(), |text, (name, value)| {
                text + name + "=" + value + "\0"
            }),
        // The environment of another is its own affair.
        Some("environ") => String::new(),
        Some("cgroup") => "0::/\n".to_owned(),
        Some("mounts") => mounts(process),
        Some("mountinfo") => mount_info(process),
        Some("limits") => limits(process),
        Some("stat") => format!(
            "{} ({}) {} {} {} {} {} -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 0 0 0\n",
            info.pid,
            info.name,
            state(info).0,
            info.parent,
            info.group,
            info.group,
            info.tty.map_or(0, |number| PTS + number),
        ),
        Some("status") => status(process, info),
        Some("cwd") if own => return Some(Entry::Symlink(process.cwd.clone())),
        Some("cwd" | "root") => return Some(Entry::Symlink("/".to_owned())),
        Some("exe") => return Some(Entry::Symlink(info.args.first()?.clone())),
        Some("fd") => return descriptors::find(process, info.pid, None),
        Some(name) => {
            let number = name.strip_prefix("fd/")?;
            return descriptors::find(process, info.pid, Some(number));
        }
    };
    Some(Entry::File(text.into_bytes()))
}

fn folder() -> Entry {
    let files = FILES.iter().map(|name| ((*name).to_owned(), Kind::File));
    let links = LINKS.iter().map(|name| ((*name).to_owned(), Kind::Symlink));
    let fd = std::iter::once(("fd".to_owned(), Kind::Directory));
    let mut names: Vec<_> = files.chain(links).chain(fd).collect();
    names.sort();
    Entry::Directory(names)
}

fn state(info: &ProcessInfo) -> (char, &'static str) {
    if info.stopped {
        ('T', "stopped")
    } else {
        ('S', "sleeping")
    }
}

fn status(process: &Process, info: &ProcessInfo) -> String {
    let (letter, word) = state(info);
    let (uid, gid) = (info.uid, info.gid);
    format!(
        "Name:\t{}\nUmask:\t{:04o}\nState:\t{letter} ({word})\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\n\
         PPid:\t{}\nTracerPid:\t0\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n\
         Gid:\t{gid}\t{gid}\t{gid}\t{gid}\nNSpid:\t{pid}\nNSpgid:\t{}\nVmSize:\t    1624 kB\n\
         VmRSS:\t     896 kB\nThreads:\t1\nNoNewPrivs:\t0\nSeccomp:\t2\n",
        info.name,
        process.umask,
        info.parent,
        info.group,
        pid = info.pid,
    )
}

/// What a kernel mounts itself, and after what it stands.
const KERNEL_MOUNTS: [(&str, &str); 2] = [
    ("/", "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n"),
    (
        "/dev",
        "devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666 0 0\n\
         sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0\n\
         cgroup /sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime 0 0\n\
         mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime 0 0\n",
    ),
];

/// The lines of `/proc/mounts`.
pub(super) fn mounts(process: &Process) -> String {
    let mut text = String::new();
    for mount in process.space.files().mounts() {
        let access = if mount.read_only { "ro" } else { "rw" };
        let at = &mount.at;
        let line = match &mount.system {
            FileSystem::Memory(memory) => {
                let (name, options) = (memory.name, &memory.options);
                format!("{name} {at} tmpfs {access},{options} 0 0")
            }
            FileSystem::Disk if at == "/" => format!("overlay / overlay {access},relatime 0 0"),
            FileSystem::Disk => format!("/dev/vda1 {at} ext4 {access},relatime 0 0"),
        };
        text += &line;
        text.push('\n');
        for (_, line) in KERNEL_MOUNTS.iter().filter(|(after, _)| after == at) {
            text += line;
        }
    }
    text
}

fn mount_info(process: &Process) -> String {
    let mut text = String::new();
    for (number, line) in mounts(process).lines().enumerate() {
        let mut words = line.split(' ');
        let mut next = || words.next().unwrap_or_default();
        let (source, at, kind, options) = (next(), next(), next(), next());
        let number = 100 + number;
        let _ = writeln!(
            text,
            "{number} 99 0:{number} / {at} {options} - {kind} {source} {options}"
        );
    }
    text
}

/// The limits in the order in which the kernel tells them: name, what it is called, unit.
const LIMITS: [(&str, &str, &str); 16] = [
    ("cpu", "cpu time", "seconds"),
    ("fsize", "file size", "bytes"),
    ("data", "data size", "bytes"),
    ("stack", "stack size", "bytes"),
    ("core", "core file size", "bytes"),
    ("rss", "resident set", "bytes"),
    ("nproc", "processes", "processes"),
    ("nofile", "open files", "files"),
    ("memlock", "locked memory", "bytes"),
    ("as", "address space", "bytes"),
    ("locks", "file locks", "locks"),
    ("sigpending", "pending signals", "signals"),
    ("msgqueue", "msgqueue size", "bytes"),
    ("nice", "nice priority", ""),
    ("rtprio", "realtime priority", ""),
    ("rttime", "realtime timeout", "us"),
];

fn limits(process: &Process) -> String {
    let bounds = process.space.bounds();
    let told = |bound: Option<u64>| bound.map_or_else(|| "unlimited".to_owned(), |b| b.to_string());
    let row = |name: &str, soft: &str, hard: &str, unit: &str| {
        format!("{name:<25} {soft:<20} {hard:<20} {unit:<10}\n")
    };
    let first = row("Limit", "Soft Limit", "Hard Limit", "Units");
    LIMITS.iter().fold(first, |text, (name, called, unit)| {
        let limit = bounds.limit(name);
        let called = format!("Max {called}");
        text + &row(&called, &told(limit.soft), &told(limit.hard), unit)
    })
}
