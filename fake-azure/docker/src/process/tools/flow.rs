//! `tee`, `yes`, `clear`, `reset`: bytes that come and go.

use super::calls::Calls as _;
use super::input::chunk;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Open;
use crate::process::{Process, Signal};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("tee", "[-ai] [FILE]...", |process| Box::pin(tee(process))),
    Tool::new("yes", "[STRING]", |process| Box::pin(yes(process))),
    Tool::new("clear", "", |process| {
        Box::pin(clear(process, "\x1b[H\x1b[J"))
    }),
    Tool::new("reset", "", |process| {
        Box::pin(clear(process, "\x1bc\x1b(B\x1b[m\x1b[J\x1b[?25h"))
    }),
];

async fn tee(process: &mut Process) -> Outcome {
    let options = Options::new("ai", &[("append", 'a'), ("ignore-interrupts", 'i')]);
    let given = options.read(&process.args)?;
    if given.has('i') {
        process.ignore(Signal::INT);
    }
    let mut code = 0;
    let mut files = Vec::new();
    for name in &given.operands {
        let opened = if given.has('a') {
            process.open(name, Open::to_append(0o666))
        } else {
            process.create(name)
        };
        match opened {
            Ok(file) => files.push((name, file)),
            Err(errno) => {
                process.complain(format!("tee: {name}: {errno}\n")).await;
                code = 1;
            }
        }
    }
    let stdin = process.descriptors.get(0);
    let stdin = stdin.map_err(|errno| Stop::told(format!("standard input: {errno}")))?;
    loop {
        let bytes = chunk(process, &stdin).await;
        let bytes = bytes.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
        if bytes.is_empty() {
            return Ok(code);
        }
        for (name, file) in &files {
            if let Err(errno) = file.write(&bytes, process.now()).await {
                process.complain(format!("tee: {name}: {errno}\n")).await;
                code = 1;
            }
        }
        process.print(bytes).await?;
    }
}

async fn yes(process: &mut Process) -> Outcome {
    let given = Options::new("+", &[]).read(&process.args)?;
    let mut line = given.operands.join(" ");
    if given.operands.is_empty() {
        "y".clone_into(&mut line);
    }
    line.push('\n');
    let lines = line.repeat((4096 / line.len()).max(1));
    loop {
        process.print(&lines).await?;
    }
}

async fn clear(process: &mut Process, sequence: &str) -> Outcome {
    process.print(sequence).await?;
    Ok(0)
}
