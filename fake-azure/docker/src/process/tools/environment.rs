//! `env`, `printenv`, `pwd`, `nohup`, `setsid`, `nice`: what a process is started with.

use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Open, path};
use crate::process::{Process, Signal};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "env",
        "[-i0] [-u NAME]... [-] [NAME=VALUE]... [PROG ARGS]",
        |process| Box::pin(env(process)),
    )
    .misused(125),
    Tool::new("printenv", "[VARIABLE]...", |process| {
        Box::pin(printenv(process))
    }),
    Tool::new("pwd", "[-LP]", |process| Box::pin(pwd(process))),
    Tool::new("nohup", "PROG ARGS", |process| Box::pin(nohup(process))).misused(125),
    Tool::new("setsid", "[-c] PROG ARGS", |process| {
        Box::pin(setsid(process))
    }),
    Tool::new("nice", "[-n ADJUST] [PROG ARGS]", |process| {
        Box::pin(nice(process))
    }),
];

async fn env(process: &mut Process) -> Outcome {
    let options = Options::new(
        "+iu:0C:",
        &[
            ("ignore-environment", 'i'),
            ("unset", 'u'),
            ("null", '0'),
            ("chdir", 'C'),
        ],
    );
    let given = options.read(&process.args)?;
    let mut operands = given.operands.iter().peekable();
    let bare = operands.next_if(|word| *word == "-").is_some();
    if bare || given.has('i') {
        process.env.clear();
    }
    for name in given.values('u') {
        process.env.retain(|(known, _)| known != name);
    }
    while let Some(word) = operands.next_if(|word| word.contains('=')) {
        if let Some((name, value)) = word.split_once('=') {
            set(process, name, value);
        }
    }
    if let Some(folder) = given.value('C') {
        process.cwd = path::clean(&process.path(folder));
    }
    let rest: Vec<String> = operands.cloned().collect();
    if !rest.is_empty() {
        return Err(Stop::Become(rest));
    }
    let end = if given.has('0') { "\0" } else { "\n" };
    let lines = process.env.iter();
    let text: String = lines.fold(String::new(), |text, (name, value)| {
        text + name + "=" + value + end
    });
    process.print(text).await?;
    Ok(0)
}

/// Sets a variable where it stands, or behind the others.
pub(super) fn set(process: &mut Process, name: &str, value: &str) {
    match process.env.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => value.clone_into(known),
        None => process.env.push((name.to_owned(), value.to_owned())),
    }
}

async fn printenv(process: &mut Process) -> Outcome {
    let given = Options::new("0", &[("null", '0')]).read(&process.args)?;
    let mut out = Output::default();
    let mut code = 0;
    if given.operands.is_empty() {
        for (name, value) in process.env.clone() {
            out.put(process, format!("{name}={value}\n")).await?;
        }
    }
    for name in &given.operands {
        match process.variable(name).map(str::to_owned) {
            Some(value) => out.put(process, format!("{value}\n")).await?,
            None => code = 1,
        }
    }
    out.flush(process).await?;
    Ok(code)
}

async fn pwd(process: &mut Process) -> Outcome {
    let given = Options::new("LP", &[]).read(&process.args)?;
    let mut folder = process.cwd.clone();
    if given.last_of("LP") == Some('P') {
        let real = process.space.files().canonical(&folder, &process.user);
        folder = real.unwrap_or(folder);
    }
    process.print(format!("{folder}\n")).await?;
    Ok(0)
}

async fn nohup(process: &mut Process) -> Outcome {
    let given = Options::new("+", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    process.ignore(Signal::HUP);
    let is_tty = |process: &Process, number| {
        let descriptor = process.descriptors.get(number);
        descriptor.is_ok_and(|open| open.is_tty())
    };
    if is_tty(process, 1) {
        let file = process
            .open("nohup.out", Open::to_append(0o600))
            .map_err(|errno| Stop::with(127, format!("can't open 'nohup.out': {errno}")))?;
        process
            .complain("nohup: appending output to nohup.out\n")
            .await;
        process.descriptors.set(1, file);
    }
    if is_tty(process, 2)
        && let Ok(out) = process.descriptors.get(1)
    {
        process.descriptors.set(2, out);
    }
    Err(Stop::Become(given.operands))
}

async fn setsid(process: &mut Process) -> Outcome {
    let given = Options::new("+cfw", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    process.lead_group();
    if !given.has('c') {
        process.tty = None;
    }
    std::future::ready(Err(Stop::Become(given.operands))).await
}

async fn nice(process: &mut Process) -> Outcome {
    let given = Options::new("+n:", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        process.print("0\n").await?;
        return Ok(0);
    }
    // There is nothing to be nice about: all processes get their turn.
    Err(Stop::Become(given.operands))
}
