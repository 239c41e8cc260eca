//! `/proc/N/fd`: the open descriptors of a process, and what stands behind them.

use super::{DEVICE, Entry};
use crate::files::{Errno, Kind, Meta, Stat};
use crate::process::space::Pid;
use crate::process::task::Process;
use crate::process::{Descriptor, descriptor::Ways};

/// The modes of a link to a descriptor: what may be done through it, by its owner alone.
const READS: u32 = 0o500;
const WRITES: u32 = 0o300;

/// The descriptors of a process that this one may look at: its own, those of its user's other
/// processes, and for root those of all.
fn of(process: &Process, pid: Pid) -> Result<Vec<(u32, Descriptor)>, Errno> {
    if pid == process.pid {
        return Ok(process.descriptors.all());
    }
    let running = process.space.processes();
    let other = running.iter().find(|info| info.pid == pid);
    let other = other.ok_or(Errno::NotFound)?;
    if !process.user.is_root() && process.user.uid != other.uid {
        return Err(Errno::Access);
    }
    process.space.descriptors_of(pid).ok_or(Errno::NotFound)
}

/// What stands under `/proc/N/fd`, or under `/proc/N/fd/` and a number.
pub(super) fn find(process: &Process, pid: Pid, number: Option<&str>) -> Option<Entry> {
    let open = of(process, pid);
    let Some(number) = number else {
        let open = open.unwrap_or_default().into_iter();
        let names = open.map(|(number, _)| number.to_string());
        return Some(Entry::directory(names, Kind::Symlink));
    };
    let number: u32 = number.parse().ok()?;
    let mut open = open.ok()?.into_iter();
    let (_, descriptor) = open.find(|(known, _)| *known == number)?;
    let mode = match descriptor.ways() {
        Ways::Read => READS,
        Ways::Write => WRITES,
        Ways::Both => READS | WRITES,
    };
    Some(Entry::Descriptor {
        target: target(process, &descriptor),
        mode,
    })
}

/// The descriptor that a name stands for: `/dev/stdin`, `/dev/fd/N`, `/proc/self/fd/N`,
/// `/proc/PID/fd/N`.
pub(in crate::process) fn named(
    process: &Process,
    name: &str,
) -> Option<Result<Descriptor, Errno>> {
    let (pid, number) = place(process, name)?;
    if pid == process.pid {
        return Some(process.descriptors.get(number));
    }
    let open = match of(process, pid) {
        Ok(open) => open,
        Err(errno) => return Some(Err(errno)),
    };
    let found = open.into_iter().find(|(known, _)| *known == number);
    Some(found.map(|(_, open)| open).ok_or(Errno::NotFound))
}

/// The process and the number that a name of a descriptor means.
fn place(process: &Process, name: &str) -> Option<(Pid, u32)> {
    let own = |number| Some((process.pid, number));
    match name {
        "/dev/stdin" => return own(0),
        "/dev/stdout" => return own(1),
        "/dev/stderr" => return own(2),
        _ => {}
    }
    if let Some(number) = name.strip_prefix("/dev/fd/") {
        return own(number.parse().ok()?);
    }
    let (pid, rest) = name.strip_prefix("/proc/")?.split_once('/')?;
    let number = rest.strip_prefix("fd/")?.parse().ok()?;
    match pid {
        "self" | "thread-self" => own(number),
        pid => Some((pid.parse().ok()?, number)),
    }
}

/// Where the link of a descriptor leads.
fn target(process: &Process, descriptor: &Descriptor) -> String {
    let fresh = || process.space.fresh_inode();
    let pipe = |number: u64| format!("pipe:[{number}]");
    let named = |name: &str, stat: Result<Stat, Errno>| match stat {
        Ok(stat) if stat.links > 0 => name.to_owned(),
        _ => format!("{name} (deleted)"),
    };
    match descriptor {
        Descriptor::Null => "/dev/null".to_owned(),
        Descriptor::Zero => "/dev/zero".to_owned(),
        Descriptor::Full => "/dev/full".to_owned(),
        Descriptor::Random(_) => "/dev/urandom".to_owned(),
        Descriptor::Reader(end) => pipe(end.number(fresh)),
        Descriptor::Writer(end) => pipe(end.number(fresh)),
        Descriptor::Sink(sink) => pipe(sink.number()),
        Descriptor::Fifo(fifo) => named(fifo.name(), fifo.file().stat()),
        Descriptor::File(file) if file.name().is_empty() => pipe(fresh()),
        Descriptor::File(file) => named(file.name(), file.file().stat()),
        Descriptor::Tty(tty) => format!("/dev/pts/{}", tty.number()),
        Descriptor::Connection(_) => format!("socket:[{}]", fresh()),
    }
}

/// What `stat` tells of what stands behind a descriptor.
///
/// # Errors
/// When an open file cannot be looked at.
pub(in crate::process) fn stat(process: &Process, descriptor: &Descriptor) -> Result<Stat, Errno> {
    let (kind, mode, rdev) = match descriptor {
        Descriptor::File(file) => return file.file().stat(),
        Descriptor::Fifo(fifo) => return fifo.file().stat(),
        Descriptor::Null => (Kind::CharDevice, 0o666, Some((1, 3))),
        Descriptor::Zero => (Kind::CharDevice, 0o666, Some((1, 5))),
        Descriptor::Full => (Kind::CharDevice, 0o666, Some((1, 7))),
        Descriptor::Random(_) => (Kind::CharDevice, 0o666, Some((1, 9))),
        Descriptor::Tty(tty) => (Kind::CharDevice, 0o620, Some((136, tty.number()))),
        Descriptor::Reader(_) | Descriptor::Writer(_) | Descriptor::Sink(_) => {
            (Kind::Fifo, 0o600, None)
        }
        Descriptor::Connection(_) => (Kind::Socket, 0o777, None),
    };
    let owner = &process.user;
    Ok(Stat {
        ino: 1,
        device: DEVICE,
        kind,
        meta: Meta::new(mode, process.now()).owned_by(owner.uid, owner.gid),
        size: 0,
        links: 1,
        target: None,
        rdev,
    })
}
