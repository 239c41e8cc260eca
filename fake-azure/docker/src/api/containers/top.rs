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
    titles: Vec<&'static str>,
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
        if row.process.tty { "pts/0" } else { "?" }.to_owned()
    }),
    (&["time", "cputime"], "TIME", |_| "00:00:00".to_owned()),
    (&["etime"], "ELAPSED", |row| {
        let passed = row.now.duration_since(row.process.started).as_secs();
        format!("{:02}:{:02}", passed / 60, passed % 60)
    }),
    (&["comm", "ucmd", "ucomm"], "COMMAND", |row| {
        let first = row
            .process
            .args
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        first.rsplit('/').next().unwrap_or_default().to_owned()
    }),
    (&["cmd", "args", "command"], "CMD", |row| {
        row.process.args.join(" ")
    }),
    (&["%cpu", "pcpu"], "%CPU", |_| "0.0".to_owned()),
    (&["%mem", "pmem"], "%MEM", |_| "0.0".to_owned()),
    (&["vsz", "vsize"], "VSZ", |_| "1624".to_owned()),
    (&["rss", "rssize", "rsz"], "RSS", |_| "896".to_owned()),
    (&["stat", "state", "s"], "STAT", Row::state),
    (&["ni", "nice"], "NI", |_| "0".to_owned()),
    (&["pri"], "PRI", |_| "19".to_owned()),
];

const FULL: [&str; 8] = ["uid", "pid", "ppid", "c", "stime", "tty", "time", "cmd"];
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
        titles: columns.iter().map(|(title, _)| *title).collect(),
    }))
}

type Shown = (&'static str, fn(&Row) -> String);

/// The columns that arguments of `ps` ask for.
fn columns(args: &str) -> Result<Vec<Shown>, Fault> {
    let all = |names: &[&str], uid: &'static str| {
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
        let list = match word.strip_prefix("-o").or_else(|| word.strip_prefix("-eo")) {
            Some("") => words.next().unwrap_or_default(),
            Some(list) => list,
            None if word == "o" => words.next().unwrap_or_default(),
            None => {
                style = match word.trim_start_matches('-') {
                    letters if letters.contains(',') => {
                        return failed("error: must set personality to get -x option");
                    }
                    letters if !word.starts_with('-') && letters.contains('u') => all(&BSD, "USER"),
                    letters if letters.contains('f') || letters.contains('F') => all(&FULL, "UID"),
                    letters if !word.starts_with('-') || letters.contains(['e', 'A', 'a']) => {
                        all(&["pid", "tty", "time", "cmd"], "UID")
                    }
                    _ => return failed("error: unsupported option (BSD syntax)"),
                };
                continue;
            }
        };
        for name in list.split(',').filter(|name| !name.is_empty()) {
            let name = name.split('=').next().unwrap_or_default();
            match column(name, "UID") {
                Some(column) => wanted.push(column),
                None => {
                    return failed(&format!(
                        "error: unknown user-defined format specifier \"{name}\""
                    ));
                }
            }
        }
    }
    if !wanted.is_empty() {
        if !wanted.iter().any(|(title, _)| *title == "PID") {
            let words = "Couldn't find PID field in ps output";
            return Err(Fault::Internal(words.to_owned()));
        }
        return Ok(wanted);
    }
    Ok(style)
}

fn column(name: &str, uid: &'static str) -> Option<Shown> {
    let (names, title, show) = COLUMNS.iter().find(|(names, _, _)| names.contains(&name))?;
    let title = match (names[0], name) {
        ("uid", "uid") => uid,
        ("cmd", "args" | "command") => "COMMAND",
        ("stime", "start" | "start_time") => "START",
        ("stat", "state" | "s") => "S",
        _ => title,
    };
    Some((title, *show))
}
