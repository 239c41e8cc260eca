//! `du`, `df`, `mount`, `umount`: how much there is, and where.

use std::collections::HashSet;

use super::calls::Calls as _;
use super::ls::below;
use super::options::{Given, Options};
use super::output::Output;
use super::sizes;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Credentials, FileSystem, MountPoint, Usage, path};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("du", "[-aLbckmhsx] [-d N] [FILE]...", |process| {
        Box::pin(du(process))
    }),
    Tool::new("df", "[-PkmhT] [FILE]...", |process| Box::pin(df(process))),
    Tool::new("mount", "", |process| Box::pin(mount(process))),
    Tool::new("umount", "DIRECTORY", |process| Box::pin(umount(process))),
];

/// How large the disk beneath is told to be.
const DISK: u64 = 30 << 30;
/// How deep directories are followed.
const DEPTH: u64 = 256;

/// Shows blocks of 512 bytes in the unit that was asked for.
fn blocks(given: &Given, blocks: u64) -> String {
    match given.last_of("hkm") {
        Some('h') => sizes::human(blocks * 512),
        Some('m') => (blocks.div_ceil(2048)).to_string(),
        _ => blocks.div_ceil(2).to_string(),
    }
}

enum Task {
    Enter(String, u64),
    /// Adds what was counted below to what is counted here.
    Leave(String, u64),
}

async fn du(process: &mut Process) -> Outcome {
    let options = Options::new(
        "aLHbckmhsxld:",
        &[
            ("max-depth", 'd'),
            ("summarize", 's'),
            ("human-readable", 'h'),
            ("all", 'a'),
            ("total", 'c'),
        ],
    );
    let given = options.read(&process.args)?;
    let most = if given.has('s') {
        0
    } else {
        given.number('d')?.unwrap_or(u64::MAX)
    };
    let mut operands = given.operands.clone();
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    let mut out = Output::default();
    let mut seen = HashSet::new();
    let mut total = 0;
    let mut code = 0;
    for name in operands {
        let mut counted = vec![0_u64];
        let mut open = vec![Task::Enter(name, 0)];
        while let Some(task) = open.pop() {
            let (name, depth, size) = match task {
                Task::Leave(name, depth) => {
                    let size = counted.pop().unwrap_or(0);
                    (name, depth, Some(size))
                }
                Task::Enter(name, depth) => {
                    let stat = if given.has('L') {
                        process.stat(&name)
                    } else {
                        process.lstat(&name)
                    };
                    let stat = match stat {
                        Ok(stat) => stat,
                        Err(errno) => {
                            out.complain(process, format!("du: {name}: {errno}\n"))
                                .await?;
                            code = 1;
                            continue;
                        }
                    };
                    // A file with two names takes its room once.
                    if stat.links > 1 && !stat.is_dir() && !seen.insert((stat.device, stat.ino)) {
                        continue;
                    }
                    let own = if given.has('b') {
                        stat.size.div_ceil(512)
                    } else {
                        stat.blocks()
                    };
                    if stat.is_dir() && depth < DEPTH {
                        counted.push(own);
                        let entries = process.list(&name).unwrap_or_default();
                        open.push(Task::Leave(name.clone(), depth));
                        let inside = entries.iter().rev();
                        open.extend(
                            inside.map(|entry| Task::Enter(below(&name, &entry.name), depth + 1)),
                        );
                        continue;
                    }
                    if let Some(last) = counted.last_mut() {
                        *last += own;
                    }
                    let shown = given.has('a') || depth == 0;
                    if shown && depth <= most {
                        out.put(process, format!("{}\t{name}\n", blocks(&given, own)))
                            .await?;
                    }
                    (name, depth, None)
                }
            };
            if let Some(size) = size {
                if let Some(last) = counted.last_mut() {
                    *last += size;
                }
                if depth <= most {
                    out.put(process, format!("{}\t{name}\n", blocks(&given, size)))
                        .await?;
                }
            }
        }
        total += counted[0];
    }
    if given.has('c') {
        out.put(process, format!("{}\ttotal\n", blocks(&given, total)))
            .await?;
    }
    out.flush(process).await?;
    Ok(code)
}

/// What is told of one mount.
struct Row {
    source: &'static str,
    kind: &'static str,
    at: String,
    size: u64,
    used: u64,
}

async fn df(process: &mut Process) -> Outcome {
    let given = Options::new("PkmhTai", &[("human-readable", 'h'), ("print-type", 'T')])
        .read(&process.args)?;
    let mut rows = rows(process);
    let mut code = 0;
    if !given.operands.is_empty() {
        let mut wanted = Vec::new();
        for name in &given.operands {
            match process.canonical(name) {
                Ok(real) => {
                    let holding = rows
                        .iter()
                        .enumerate()
                        .filter(|(_, row)| path::is_within(&real, &row.at));
                    wanted.extend(holding.map(|(index, _)| index).next_back());
                }
                Err(_) => code = 1,
            }
        }
        let mut index = 0;
        rows.retain(|_| {
            index += 1;
            wanted.contains(&(index - 1))
        });
    }
    let (unit, size) = match given.last_of("hkm") {
        Some('h') => ("     Size      ", 1),
        Some('m') => ("1M-blocks      ", 1 << 20),
        _ if given.has('P') => ("1024-blocks    ", 1 << 10),
        _ => ("1K-blocks      ", 1 << 10),
    };
    let show = |bytes: u64| match size {
        1 => sizes::human(bytes),
        size => (bytes / size).to_string(),
    };
    let kind = if given.has('T') { "Type       " } else { "" };
    let percent = if given.has('P') { "Capacity" } else { "Use%" };
    let mut text =
        format!("Filesystem           {kind}{unit}Used Available {percent} Mounted on\n");
    for row in rows {
        let free = row.size.saturating_sub(row.used);
        let percent = (row.used * 100).div_ceil(row.size.max(1));
        let kind = if given.has('T') {
            format!("{:<10} ", row.kind)
        } else {
            String::new()
        };
        text += &format!(
            "{:<20} {kind}{:>9} {:>9} {:>9} {percent:>3}% {}\n",
            row.source,
            show(row.size),
            show(row.used),
            show(free),
            row.at
        );
    }
    process.print(text).await?;
    for name in given.operands.iter().filter(|_| code == 1) {
        if process.canonical(name).is_err() {
            process
                .complain(format!("df: {name}: can't find mount point\n"))
                .await;
        }
    }
    Ok(code)
}

fn rows(process: &Process) -> Vec<Row> {
    let files = process.space.files();
    let usage: Usage = {
        let root = files.root().lock();
        root.unwrap_or_else(std::sync::PoisonError::into_inner)
            .usage()
    };
    let row = |mount: MountPoint| {
        let (source, kind) = match &mount.system {
            FileSystem::Memory(memory) => (memory.name, "tmpfs"),
            FileSystem::Disk if mount.at == "/" => ("overlay", "overlay"),
            FileSystem::Disk => ("/dev/vda1", "ext4"),
        };
        let (size, used) = match files.space(&mount.at, &Credentials::ROOT) {
            Ok(space) if kind == "tmpfs" => (space.limits.bytes, space.own.bytes),
            _ => (DISK, usage.bytes),
        };
        Row {
            source,
            kind,
            at: mount.at,
            size,
            used,
        }
    };
    files.mounts().map(row).collect()
}

async fn mount(process: &mut Process) -> Outcome {
    let given = Options::new("t:o:rwal", &[]).read(&process.args)?;
    if !given.operands.is_empty() {
        let words = format!(
            "permission denied (are you root?): {}",
            given.operands.join(" ")
        );
        return Err(Stop::told(words));
    }
    let from = super::input::whole_file(process, "/proc/mounts").await;
    let table = from.map_err(|errno| Stop::cannot_open("/proc/mounts", errno))?;
    let mut text = String::new();
    for line in String::from_utf8_lossy(&table).lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let [source, at, kind, options, ..] = words[..] {
            text += &format!("{source} on {at} type {kind} ({options})\n");
        }
    }
    process.print(text).await?;
    Ok(0)
}

async fn umount(process: &mut Process) -> Outcome {
    let given = Options::new("fdlnra", &[]).read(&process.args)?;
    match given.operands.first() {
        Some(name) => Err(Stop::told(format!(
            "can't unmount {name}: Operation not permitted"
        ))),
        None => std::future::ready(Err(Stop::Usage(String::new()))).await,
    }
}
