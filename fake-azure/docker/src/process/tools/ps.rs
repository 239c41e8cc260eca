//! `ps` and `top`: the processes.

use std::time::Duration;

use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::accounts::Accounts;
use crate::process::{Process, ProcessInfo};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("ps", "[-o COL1,COL2=HEADER] [-T]", |process| {
        Box::pin(ps(process))
    }),
    Tool::new("top", "[-b] [-n COUNT] [-d SECONDS]", |process| {
        Box::pin(top(process))
    }),
];

/// What a column shows and how wide it is; 0 is as wide as the text.
struct Column {
    name: &'static str,
    header: &'static str,
    width: usize,
    right: bool,
}

const fn column(name: &'static str, header: &'static str, width: usize, right: bool) -> Column {
    Column {
        name,
        header,
        width,
        right,
    }
}

const COLUMNS: [Column; 18] = [
    column("user", "USER", 8, false),
    column("group", "GROUP", 8, false),
    column("comm", "COMMAND", 16, false),
    column("args", "COMMAND", 0, false),
    column("cmd", "COMMAND", 0, false),
    column("pid", "PID", 5, true),
    column("ppid", "PPID", 5, true),
    column("pgid", "PGID", 5, true),
    column("sid", "SID", 5, true),
    column("uid", "UID", 5, true),
    column("tty", "TT", 6, false),
    column("etime", "ELAPSED", 7, true),
    column("time", "TIME", 5, true),
    column("nice", "NI", 5, true),
    column("stat", "STAT", 4, false),
    column("vsz", "VSZ", 4, true),
    column("rss", "RSS", 4, true),
    column("ruser", "RUSER", 8, false),
];

/// A command line as busybox shows it: the name of the program stands before one that begins
/// otherwise, as that of a script does.
fn command_line(info: &ProcessInfo) -> String {
    let line = info.command_line();
    let first = line.split(' ').next().unwrap_or_default();
    let base = first.rsplit('/').next().unwrap_or(first);
    if base.trim_start_matches('-').starts_with(&info.name) {
        line
    } else {
        format!("{{{}}} {line}", info.name)
    }
}

async fn ps(process: &mut Process) -> Outcome {
    let given = Options::new("Zo:aAdeflTxu", &[]).read(&process.args)?;
    let wanted: Vec<&str> = given.values('o').flat_map(|list| list.split(',')).collect();
    let wanted = if wanted.is_empty() {
        vec!["pid", "user", "time", "args"]
    } else {
        wanted
    };
    let mut columns = Vec::new();
    for word in wanted {
        let (name, header) = match word.split_once('=') {
            Some((name, header)) => (name, Some(header.to_owned())),
            None => (word, None),
        };
        let column = COLUMNS.iter().find(|column| column.name == name);
        let column = column.ok_or_else(|| {
            let names = COLUMNS.iter().map(|column| column.name);
            let names = names.collect::<Vec<_>>().join(",");
            Stop::told(format!(
                "bad -o argument '{name}', supported arguments: {names}"
            ))
        })?;
        columns.push((column, header.unwrap_or_else(|| column.header.to_owned())));
    }
    let accounts = Accounts::read(process.space.files());
    let mut rows = vec![row(columns.iter().map(|(c, header)| (*c, header.clone())))];
    for info in process.space.processes() {
        let cells = columns
            .iter()
            .map(|(column, _)| (*column, cell(process, &accounts, &info, column.name)));
        rows.push(row(cells));
    }
    process.print(rows.concat()).await?;
    Ok(0)
}

fn row<'a>(cells: impl Iterator<Item = (&'a Column, String)>) -> String {
    let mut line = String::new();
    for (column, text) in cells {
        let width = column.width;
        if !line.is_empty() {
            line.push(' ');
        }
        // Only what a number needs may be wider than its column.
        line += &if column.right && text.parse::<u64>().is_ok() {
            format!("{text:>width$}")
        } else if column.width == 0 {
            text
        } else {
            format!("{text:<width$.width$}")
        };
    }
    line.trim_end().to_owned() + "\n"
}

fn cell(process: &Process, accounts: &Accounts, info: &ProcessInfo, name: &str) -> String {
    match name {
        "user" | "ruser" => accounts.user_name(info.uid),
        "group" => accounts.group_name(info.gid),
        "comm" => info.name.clone(),
        "pid" => info.pid.to_string(),
        "ppid" => info.parent.to_string(),
        "pgid" | "sid" => info.group.to_string(),
        "uid" => info.uid.to_string(),
        "tty" => info
            .tty
            .map_or_else(|| "?".to_owned(), |number| format!("136,{number}")),
        "etime" => {
            let seconds = process.now().duration_since(info.started).as_secs().max(0);
            match seconds / 3600 {
                0 => format!("{:2}:{:02}", seconds / 60, seconds % 60),
                hours => format!("{hours}h{:02}", seconds / 60 % 60),
            }
        }
        "time" => " 0:00".to_owned(),
        "nice" => "0".to_owned(),
        "stat" => state(process, info).to_owned(),
        "vsz" => "1624".to_owned(),
        "rss" => "4".to_owned(),
        _ => command_line(info),
    }
}

fn state(process: &Process, info: &ProcessInfo) -> &'static str {
    if info.stopped {
        "T"
    } else if info.pid == process.pid {
        "R"
    } else {
        "S"
    }
}

async fn top(process: &mut Process) -> Outcome {
    let given = Options::new("bn:d:m", &[]).read(&process.args)?;
    let every = given.number('d')?.unwrap_or(5).max(1);
    // Without a terminal to draw on, one look is all that helps.
    let looks = match given.number('n')? {
        Some(count) => count,
        None if given.has('b') || process.tty.is_some() => u64::MAX,
        None => 1,
    };
    for look in 0..looks {
        if look > 0 {
            process.sleep(Duration::from_secs(every)).await;
        }
        let clear = if given.has('b') || process.tty.is_none() {
            ""
        } else {
            "\x1b[H\x1b[J"
        };
        let text = format!("{clear}{}", screen(process));
        process.print(text).await?;
    }
    Ok(0)
}

fn screen(process: &Process) -> String {
    let accounts = Accounts::read(process.space.files());
    let memory = process.space.machine().memory_bytes / 1024;
    let used = memory / 4;
    let running = process.space.processes();
    let last = running.last().map_or(1, |info| info.pid);
    let mut text = format!(
        "Mem: {used}K used, {}K free, 0K shrd, {}K buff, {}K cached\n\
         CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\n\
         Load average: 0.00 0.00 0.00 1/{} {last}\n\
         \x20 PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n",
        memory - used,
        memory / 32,
        memory / 4,
        running.len(),
    );
    for info in running {
        text += &format!(
            "{:5} {:5} {:<8.8} {:<4}  1624   0%   0   0% {}\n",
            info.pid,
            info.parent,
            accounts.user_name(info.uid),
            state(process, &info),
            command_line(&info)
        );
    }
    text
}
