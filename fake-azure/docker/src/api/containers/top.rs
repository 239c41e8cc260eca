//! `GET /containers/{id}/top`: the processes of a container, as `ps` shows them.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::engine::stop::not_running;
use crate::engine::user;
use crate::fault::Fault;
use crate::process::ProcessInfo;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Top {
    processes: Vec<Vec<String>>,
    titles: Vec<String>,
}

/// A column: what it is asked for by, its title, and what it shows.
type Column = (&'static [&'static str], &'static str, fn(&Row) -> String);

struct Row {
    process: ProcessInfo,
    user: String,
    /// The first process's number on the host; the others follow it.
    host_pid: u32,
    now: Timestamp,
}

impl Row {
    fn pid(&self, pid: u32) -> String {
        match pid {
            // The runtime's own process stands above the first.
            0 => (self.host_pid - 1).to_string(),
            pid => (self.host_pid + pid - 1).to_string(),
        }
    }

    fn started(&self) -> String {
        self.process.started.strftime("%H:%M").to_string()
    }

    fn state(&self) -> String {
        if self.process.stopped { "T" } else { "S" }.to_owned()
    }
}

const COLUMNS: &[Column] = &[
    (&["uid", "user", "euser", "ruser"], "USER", |row| {
        row.user.clone()
    }),
    (&["pid"], "PID", |row| row.pid(row.process.pid)),
    (&["ppid"], "PPID", |row| row.pid(row.process.parent)),
    (&["pgid", "pgrp"], "PGID", |row| row.pid(row.process.group)),
    (&["sid", "sess"], "SID", |row| row.pid(1)),
    (&["c"], "C", |_| "0".to_owned()),
    (
        &["stime", "start", "lstart", "start_time"],
        "STIME",
        Row::started,
    ),
    (&["tty", "tt", "tname"], "TTY", |row| {
        let tty = row.process.tty;
        tty.map_or_else(|| "?".to_owned(), |number| format!("pts/{number}"))
    }),
    (&["time", "cputime"], "TIME", |_| "00:00:00".to_owned()),
    (&["etime"], "ELAPSED", |row| {
        let passed = row.now.duration_since(row.process.started).as_secs();
        format!("{:02}:{:02}", passed / 60, passed % 60)
    }),
    (&["comm", "ucmd", "ucomm"], "COMMAND", |row| {
        row.process.name.clone()
    }),
    (&["cmd", "args", "command"], "CMD", |row| {
        // The engine takes the lines of `ps` apart at their spaces.
        let line = row.process.command_line();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }),
    (&["%cpu", "pcpu"], "%CPU", |_| "0.0".to_owned()),
    (&["%mem", "pmem"], "%MEM", |_| "0.0".to_owned()),
    (&["sz"], "SZ", |_| "406".to_owned()),
    (&["psr"], "PSR", |_| "0".to_owned()),
    (&["vsz", "vsize"], "VSZ", |_| "1624".to_owned()),
    (&["rss", "rssize", "rsz"], "RSS", |_| "896".to_owned()),
    (&["stat", "state", "s"], "STAT", Row::state),
    (&["ni", "nice"], "NI", |_| "0".to_owned()),
    (&["pri"], "PRI", |_| "19".to_owned()),
];

const FULL: [&str; 8] = ["uid", "pid", "ppid", "c", "stime", "tty", "time", "cmd"];
const EXTRA: [&str; 11] = [
    "uid", "pid", "ppid", "c", "sz", "rss", "psr", "stime", "tty", "time", "cmd",
];
const BSD: [&str; 11] = [
    "user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "time", "command",
];

pub(in crate::api) fn top(call: &Call) -> Outcome {
    let id = call.engine.container_id(&call.name)?;
    let running = call.engine.life(id)?.running();
    let host_pid = {
        let state = call.engine.state();
        state
            .containers
            .get(id)
            .map_or(0, |container| container.state.pid)
    };
    let running = running
        .filter(|_| host_pid > 1)
        .ok_or_else(|| not_running(id))?;
    let columns = columns(call.query.first("ps_args"))?;
    let now = call.engine.now();
    let users = user::names(running.space.files());
    let processes = running.space.processes();
    let rows = processes.into_iter().map(|process| {
        let uid = process.uid;
        let user = users.iter().find(|(known, _)| *known == uid);
        let row = Row {
            user: user.map_or_else(|| uid.to_string(), |(_, name)| name.clone()),
            process,
            host_pid,
            now,
        };
        columns.iter().map(|(_, show)| show(&row)).collect()
    });
    call.engine.note(now, id, "top", &[]);
    Ok(Answer::ok(&Top {
        processes: rows.collect(),
        titles: columns.into_iter().map(|(title, _)| title).collect(),
    }))
}

type Shown = (String, fn(&Row) -> String);

/// Switches of `ps` that may stand before the `o` of a list in one word.
const BEFORE_LIST: &str = "aAdeflrTuwxX";

/// The list of columns that a word of `ps` begins: what stands behind its `o`.
fn list_of(word: &str) -> Option<&str> {
    if let Some(list) = word.strip_prefix("--format") {
        return Some(list.strip_prefix('=').unwrap_or(list));
    }
    let (before, list) = word.trim_start_matches('-').split_once('o')?;
    let are_switches = before.chars().all(|letter| BEFORE_LIST.contains(letter));
    are_switches.then_some(list)
}

/// The columns that arguments of `ps` ask for.
fn columns(args: &str) -> Result<Vec<Shown>, Fault> {
    let all = |names: &[&str], uid: &str| -> Vec<Shown> {
        names.iter().filter_map(|name| column(name, uid)).collect()
    };
    if args.is_empty() {
        return Ok(all(&FULL, "UID"));
    }
    let failed = |words: &str| Err(Fault::Internal(format!("ps: {words}")));
    let mut words = args.split_whitespace();
    let mut wanted: Vec<Shown> = Vec::new();
    let mut style: Vec<Shown> = Vec::new();
    while let Some(word) = words.next() {
        let Some(list) = list_of(word) else {
            let is_bsd = !word.starts_with('-');
            style = match word.trim_start_matches('-') {
                letters if letters.contains(',') => {
                    return failed("error: must set personality to get -x option");
                }
                letters if is_bsd && letters.contains('u') => all(&BSD, "USER"),
                letters if letters.contains('F') => all(&EXTRA, "UID"),
                letters if letters.contains('f') => all(&FULL, "UID"),
                letters if is_bsd || letters.contains(['e', 'A', 'a']) => {
                    all(&["pid", "tty", "time", "cmd"], "UID")
                }
                _ => return failed("error: unsupported option (BSD syntax)"),
            };
            continue;
        };
        let list = match list {
            "" => words.next().unwrap_or_default(),
            list => list,
        };
        // A title of one's own goes on to the end, commas and all.
        let (names, title) = match list.split_once('=') {
            Some((names, title)) => (names, Some(title)),
            None => (list, None),
        };
        for name in names.split(',').filter(|name| !name.is_empty()) {
            let Some(column) = column(name, "UID") else {
                return failed(&format!(
                    "error: unknown user-defined format specifier \"{name}\""
                ));
            };
            wanted.push(column);
        }
        if let (Some(title), Some((last, _))) = (title, wanted.last_mut()) {
            title.clone_into(last);
        }
    }
    if wanted.is_empty() {
        return Ok(style);
    }
    if !wanted.iter().any(|(title, _)| *title == "PID") {
        let words = "Couldn't find PID field in ps output";
        return Err(Fault::Internal(words.to_owned()));
    }
    Ok(wanted)
}

fn column(name: &str, uid: &str) -> Option<Shown> {
    let (names, title, show) = COLUMNS.iter().find(|(names, _, _)| names.contains(&name))?;
    let title = match (names[0], name) {
        ("uid", "uid") => uid,
        ("cmd", "args" | "command") => "COMMAND",
        ("stime", "start" | "start_time") => "START",
        ("stat", "state" | "s") => "S",
        _ => title,
    };
    Some((title.to_owned(), *show))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(args: &str) -> String {
        match columns(args) {
            Ok(columns) => columns
                .into_iter()
                .map(|(title, _)| title)
                .collect::<Vec<_>>()
                .join(" "),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn columns_are_those_that_ps_shows() {
        for (args, shown) in [
            ("", "UID PID PPID C STIME TTY TIME CMD"),
            ("-ef", "UID PID PPID C STIME TTY TIME CMD"),
            ("-eF", "UID PID PPID C SZ RSS PSR STIME TTY TIME CMD"),
            (
                "aux",
                "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND",
            ),
            ("-o pid,comm", "PID COMMAND"),
            ("-opid,comm", "PID COMMAND"),
            ("-eo user,pid,args", "USER PID COMMAND"),
            ("axo pid,ppid,stat,etime,cmd", "PID PPID STAT ELAPSED CMD"),
            ("--format pid,rss", "PID RSS"),
            ("-e -o pid -o args=What, and how", "PID What,"),
            ("-o comm", "Couldn't find PID field in ps output"),
            ("-o pid=", "Couldn't find PID field in ps output"),
            (
                "-o pid,nope",
                "ps: error: unknown user-defined format specifier \"nope\"",
            ),
        ] {
            assert_eq!(titles(args), shown, "{args}");
        }
    }
}
