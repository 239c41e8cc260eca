//! `sleep`, `usleep`, `timeout`, `time`, `watch`: waiting by the clock.

use std::time::Duration;

use super::options::{Options, invalid_number};
use super::stop::{Outcome, Stop};
use super::tool::{Tool, refusal};
use crate::process::task::Wording;
use crate::process::{Exit, Process, Signal};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("sleep", "[N]...", |process| Box::pin(sleep(process))),
    Tool::new("usleep", "N", |process| Box::pin(usleep(process))),
    Tool::new(
        "timeout",
        "[-s SIG] [-k KILL_SECS] SECS PROG ARGS",
        |process| Box::pin(timeout(process)),
    )
    .misused(125),
    Tool::new("time", "[-p] PROG ARGS", |process| Box::pin(time(process))),
    Tool::new("watch", "[-n SEC] [-t] PROG ARGS", |process| {
        Box::pin(watch(process))
    }),
];

/// Reads `5`, `0.5`, `5s`, `2m`, `1h`, `1d`, `inf`; nothing for what is none of these.
pub(super) fn duration(text: &str) -> Option<Duration> {
    if matches!(text, "inf" | "infinity") {
        return Some(Duration::MAX);
    }
    let (digits, factor) = match text.as_bytes().last()? {
        b's' => (&text[..text.len() - 1], 1.0),
        b'm' => (&text[..text.len() - 1], 60.0),
        b'h' => (&text[..text.len() - 1], 3600.0),
        b'd' => (&text[..text.len() - 1], 86_400.0),
        _ => (text, 1.0),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let seconds = digits.parse::<f64>().ok()? * factor;
    // What is too long for a duration is as good as for ever.
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

async fn sleep(process: &mut Process) -> Outcome {
    let given = Options::new("+", &[]).read(&process.args);
    // `-1` is no option but a number that is not valid.
    let operands = match given {
        Ok(given) => given.operands,
        Err(Stop::Help) => return Err(Stop::Help),
        Err(_) => process.args[1..].to_vec(),
    };
    if operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mut total = Duration::ZERO;
    for word in &operands {
        let part = duration(word).ok_or_else(|| invalid_number(word))?;
        total = total.saturating_add(part);
    }
    process.sleep(total).await;
    Ok(0)
}

async fn usleep(process: &mut Process) -> Outcome {
    let Some(word) = process.args.get(1) else {
        return Err(Stop::Usage(String::new()));
    };
    let micros = word.parse().map_err(|_| invalid_number(word))?;
    process.sleep(Duration::from_micros(micros)).await;
    Ok(0)
}

async fn timeout(process: &mut Process) -> Outcome {
    let options = Options::new("+s:k:p", &[("signal", 's'), ("kill-after", 'k')]);
    let given = options.read(&process.args)?;
    let signal = match given.value('s') {
        None => Signal::TERM,
        Some(text) => Signal::parse(text)
            .ok_or_else(|| Stop::with(125, format!("bad signal name '{text}'")))?,
    };
    let seconds = |text: &str| {
        duration(text).ok_or_else(|| Stop::with(125, format!("invalid number '{text}'")))
    };
    let kill_after = given.value('k').map(seconds).transpose()?;
    let Some((limit, command)) = given.operands.split_first() else {
        return Err(Stop::Usage(String::new()));
    };
    let limit = seconds(limit)?;
    if command.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let child = match process.spawn(process.child(command.to_vec())) {
        Ok(child) => child,
        Err(error) => {
            let (words, code) = refusal(&error);
            return Err(Stop::with(code, words));
        }
    };
    for forwarded in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        process.catch(forwarded);
    }
    // No time at all means no limit, as in every `timeout`.
    let mut limit = if limit.is_zero() {
        Duration::MAX
    } else {
        limit
    };
    let mut next = signal;
    let mut ran_out = false;
    loop {
        let arriving = process.signal();
        tokio::select! {
            exit = child.wait() => {
                let is_gnu = matches!(process.wording, Wording::Gnu(_));
                if let (Exit::Killed(signal), false) = (exit, is_gnu) {
                    return fall(process, signal).await;
                }
                return Ok(ended(exit, ran_out && is_gnu));
            }
            arrived = arriving => {
                process.space.signal(child.pid, arrived, false);
            }
            () = process.sleep(limit) => {
                process.space.signal(child.pid, next, false);
                ran_out = true;
                limit = match kill_after {
                    Some(after) if next != Signal::KILL => after,
                    _ => Duration::MAX,
                };
                next = Signal::KILL;
            }
        }
    }
}

/// Ends as the command did: busybox's `timeout` becomes it, and is what the signal kills.
async fn fall(process: &mut Process, signal: Signal) -> Outcome {
    process.reset(signal);
    process.space.signal(process.pid, signal, false);
    // Where a signal does nothing to it, as to the first process, the code is all that tells.
    process.step().await;
    Ok(Exit::Killed(signal).code())
}

fn ended(exit: Exit, ran_out: bool) -> u8 {
    match exit {
        Exit::Killed(Signal::KILL) if ran_out => 137,
        _ if ran_out => 124,
        exit => exit.code(),
    }
}

async fn time(process: &mut Process) -> Outcome {
    let given = Options::new("+p", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let began = process.now();
    let child = match process.spawn(process.child(given.operands.clone())) {
        Ok(child) => child,
        Err(error) => {
            let (words, code) = refusal(&error);
            return Err(Stop::with(code, words));
        }
    };
    let exit = process.wait(&child).await;
    let took = process.now().duration_since(began);
    let (seconds, part) = (took.as_secs(), took.subsec_millis() / 10);
    let lines = if given.has('p') {
        format!("real {seconds}.{part:02}\nuser 0.00\nsys 0.00\n")
    } else {
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        format!("real\t{minutes}m {seconds}.{part:02}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n")
    };
    let how = match exit.code() {
        0 => String::new(),
        code => format!("Command exited with non-zero status {code}\n"),
    };
    process.complain(how + &lines).await;
    Ok(exit.code())
}

async fn watch(process: &mut Process) -> Outcome {
    let options = Options::new("+n:td", &[("interval", 'n'), ("no-title", 't')]);
    let given = options.read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let every = given.value('n').unwrap_or("2");
    let every = duration(every).ok_or_else(|| invalid_number(every))?;
    // As often as ten times a second, not more.
    let every = every.max(Duration::from_millis(100));
    let command = given.operands.join(" ");
    loop {
        let title = if given.has('t') {
            String::new()
        } else {
            let now = process.now().strftime("%Y-%m-%d %H:%M:%S");
            format!("Every {:.1}s: {command}  {now}\n\n", every.as_secs_f64())
        };
        process.print(format!("\x1b[H\x1b[J{title}")).await?;
        let line = ["sh", "-c", &command].map(str::to_owned).to_vec();
        match process.spawn(process.child(line)) {
            Ok(child) => {
                child.wait().await;
            }
            Err(error) => {
                let (words, code) = refusal(&error);
                return Err(Stop::with(code, words));
            }
        }
        process.sleep(every).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units_and_fractions() {
        assert_eq!(duration("1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(duration("2m"), Some(Duration::from_mins(2)));
        assert_eq!(duration("infinity"), Some(Duration::MAX));
        assert_eq!(duration("99999999999999999999d"), Some(Duration::MAX));
        for text in ["", "-1", "x", "1x", "1e3", "s", "nan"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
