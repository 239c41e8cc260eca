//! `kill`, `killall`, `pkill`, `pgrep`, `pidof`: finding processes and sending them signals.

use super::options::{Given, Options};
use super::regex::{Flavour, Regex};
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::files::Capability;
use crate::process::{Pid, Process, ProcessInfo, Signal};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("kill", "[-l] [-SIG] PID...", |process| {
        Box::pin(kill(process))
    }),
    Tool::new("killall", "[-lq] [-SIG] PROCESS_NAME...", |process| {
        Box::pin(killall(process))
    }),
    Tool::new(
        "pkill",
        "[-l|-SIGNAL] [-xfvno] [-P PPID] PATTERN",
        |process| Box::pin(pkill(process)),
    )
    .misused(2),
    Tool::new("pgrep", "[-flanovx] [-P PPID] PATTERN", |process| {
        Box::pin(pgrep(process))
    })
    .misused(2),
    Tool::new("pidof", "[-s] [-o PID] NAME...", |process| {
        Box::pin(pidof(process))
    }),
];

/// What a process is sent: a signal, or none with which it is only asked for.
type Ask = Option<Signal>;

/// The signal of that name or number; 0 asks only.
fn ask(text: &str) -> Option<Ask> {
    if text == "0" {
        return Some(None);
    }
    Signal::parse(text).map(Some)
}

/// Takes `-SIG`, `-s SIG` and `-l` off the words; the rest is left.
struct Sending {
    signal: Ask,
    list: bool,
    quiet: bool,
    rest: Vec<String>,
}

fn sending(args: &[String]) -> Result<Sending, Stop> {
    let mut sending = Sending {
        signal: Some(Signal::TERM),
        list: false,
        quiet: false,
        rest: Vec::new(),
    };
    let signal =
        |text: &str| ask(text).ok_or_else(|| Stop::told(format!("bad signal name '{text}'")));
    let mut words = args.iter().skip(1).peekable();
    while let Some(word) = words.next_if(|word| word.starts_with('-') && word.len() > 1) {
        match &word[1..] {
            "-help" => return Err(Stop::Help),
            "-" => break,
            "l" | "L" => sending.list = true,
            "q" => sending.quiet = true,
            "s" | "n" => match words.next() {
                Some(name) => sending.signal = signal(name)?,
                None => return Err(Stop::Usage("option requires an argument: s".to_owned())),
            },
            name => sending.signal = signal(name)?,
        }
    }
    sending.rest = words.cloned().collect();
    Ok(sending)
}

/// The numbers and names of signals, or of those that were asked for.
fn listed(wanted: &[String]) -> Result<String, Stop> {
    let mut text = String::new();
    if wanted.is_empty() {
        for signal in (1..=31).filter_map(Signal::of) {
            text += &format!("{:2}) {}\n", signal.number(), signal.name());
        }
        return Ok(text);
    }
    for word in wanted {
        // An exit code stands for the signal that led to it.
        let number = word.parse::<u8>().ok().map(|number| number & 0x7f);
        let line = match number {
            Some(number) => Signal::of(number).map(Signal::name),
            None => Signal::parse(word).map(|signal| signal.number().to_string()),
        };
        let line = line.ok_or_else(|| Stop::told(format!("unknown signal '{word}'")))?;
        text = text + &line + "\n";
    }
    Ok(text)
}

async fn kill(process: &mut Process) -> Outcome {
    let sending = sending(&process.args)?;
    if sending.list {
        process.print(listed(&sending.rest)?).await?;
        return Ok(0);
    }
    if sending.rest.is_empty() {
        return Err(Stop::told("you need to specify whom to kill"));
    }
    let mut code = 0;
    for word in &sending.rest {
        let name = called(process, "kill");
        let Ok(number) = word.parse::<i64>() else {
            process
                .complain(format!("{name}: invalid number '{word}'\n"))
                .await;
            code = 1;
            continue;
        };
        if let Err(words) = send(process, number, sending.signal) {
            let text = format!("{name}: can't kill pid {number}: {words}\n");
            process.complain(text).await;
            code = 1;
        }
    }
    Ok(code)
}

/// Sends a signal as `kill(2)` does: to a process, a group, or all.
fn send(process: &Process, number: i64, signal: Ask) -> Result<(), &'static str> {
    let missing = "No such process";
    let space = &process.space;
    let may_all = process.user.can(Capability::Kill);
    let may = |info: &ProcessInfo| may_all || info.uid == process.user.uid;
    if number == -1 {
        if let Some(signal) = signal {
            space.signal_all(signal, process.pid);
        }
        return Ok(());
    }
    let target = Pid::try_from(number.unsigned_abs()).map_err(|_| missing)?;
    let group = if number == 0 { process.group } else { target };
    let is_meant = |info: &&ProcessInfo| match number {
        1.. => info.pid == target,
        _ => info.group == group,
    };
    let running = space.processes();
    let meant: Vec<&ProcessInfo> = running.iter().filter(is_meant).collect();
    if meant.is_empty() {
        return Err(missing);
    }
    if !meant.iter().any(|info| may(info)) {
        return Err("Operation not permitted");
    }
    let Some(signal) = signal else {
        return Ok(());
    };
    for info in meant.into_iter().filter(|info| may(info)) {
        space.signal(info.pid, signal, false);
    }
    Ok(())
}

async fn killall(process: &mut Process) -> Outcome {
    let sending = sending(&process.args)?;
    if sending.list {
        process.print(listed(&sending.rest)?).await?;
        return Ok(0);
    }
    if sending.rest.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mut code = 0;
    for name in &sending.rest {
        let found = by_name(process, name);
        if found.is_empty() {
            code = 1;
            if !sending.quiet {
                let text = format!("killall: {name}: no process killed\n");
                process.complain(text).await;
            }
        }
        for info in found {
            // Whoever ended meanwhile needs no signal.
            send(process, info.pid.into(), sending.signal).ok();
        }
    }
    Ok(code)
}

/// The processes of a program's name, without the one that asks.
fn by_name(process: &Process, name: &str) -> Vec<ProcessInfo> {
    let running = process.space.processes().into_iter();
    running
        .filter(|info| info.pid != process.pid)
        .filter(|info| info.is_called(name) || info.args.first().is_some_and(|first| first == name))
        .collect()
}

async fn pidof(process: &mut Process) -> Outcome {
    let given = Options::new("so:", &[]).read(&process.args)?;
    let mut left_out = Vec::new();
    for word in given.values('o') {
        match word {
            "%PPID" => left_out.push(process.parent),
            word => left_out.extend(word.parse::<Pid>().ok()),
        }
    }
    let mut found = Vec::new();
    for name in &given.operands {
        let named = by_name(process, name).into_iter().map(|info| info.pid);
        found.extend(named.filter(|pid| !left_out.contains(pid)));
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    if given.has('s') {
        found.truncate(1);
    }
    if found.is_empty() {
        return Ok(1);
    }
    let text: Vec<String> = found.iter().map(Pid::to_string).collect();
    process.print(text.join(" ") + "\n").await?;
    Ok(0)
}

/// The processes that a pattern is found in.
fn matching(process: &Process, given: &Given) -> Result<Vec<ProcessInfo>, Stop> {
    let pattern = given.operands_between(0, 1)?.first();
    if pattern.is_none() && !given.has('P') {
        return Err(Stop::Usage(String::new()));
    }
    let pattern = pattern.map_or("", String::as_str);
    let regex = Regex::new(pattern, Flavour::Extended, given.has('i'))
        .map_err(|error| Stop::with(2, format!("bad regex '{pattern}': {error}")))?;
    let parent = given.number('P')?;
    let mut found = Vec::new();
    for info in process.space.processes() {
        if info.pid == process.pid || parent.is_some_and(|pid| pid != u64::from(info.parent)) {
            continue;
        }
        let text = if given.has('f') {
            info.command_line()
        } else {
            info.name.clone()
        };
        let place = regex
            .find(text.as_bytes(), 0)
            .map_err(|error| Stop::with(2, error.to_string()))?;
        let hit = place.is_some_and(|place| !given.has('x') || place == (0..text.len()));
        if hit != given.has('v') {
            found.push(info);
        }
    }
    if given.has('n') {
        found.drain(..found.len().saturating_sub(1));
    } else if given.has('o') {
        found.truncate(1);
    }
    Ok(found)
}

async fn pgrep(process: &mut Process) -> Outcome {
    let given =
        Options::new("flanovxiP:", &[("full", 'f'), ("list-name", 'l')]).read(&process.args)?;
    let found = matching(process, &given)?;
    let mut text = String::new();
    for info in &found {
        text += &info.pid.to_string();
        if given.has('a') || (given.has('l') && given.has('f')) {
            text = text + " " + &info.command_line();
        } else if given.has('l') {
            text = text + " " + &info.name;
        }
        text.push('\n');
    }
    process.print(text).await?;
    Ok(u8::from(found.is_empty()))
}

async fn pkill(process: &mut Process) -> Outcome {
    let mut args = process.args.clone();
    let mut signal = Some(Signal::TERM);
    // `-KILL` and `-9` are no clusters of options.
    if let Some(first) = args.get(1).and_then(|word| word.strip_prefix('-'))
        && first.len() > 1 | usize::from(first.bytes().all(|b| b.is_ascii_digit()))
        && let Some(named) = ask(first)
    {
        signal = named;
        args.remove(1);
    }
    let given = Options::new("lfnovxis:P:", &[("full", 'f'), ("signal", 's')]).read(&args)?;
    if let Some(name) = given.value('s') {
        signal = ask(name).ok_or_else(|| Stop::with(2, format!("bad signal name '{name}'")))?;
    }
    if given.has('l') {
        process.print(listed(&given.operands)?).await?;
        return Ok(0);
    }
    let found = matching(process, &given)?;
    let mut code = 1;
    for info in found {
        if send(process, info.pid.into(), signal).is_ok() {
            code = 0;
        }
    }
    std::future::ready(Ok(code)).await
}
