//! `rm` and `unlink`.

use super::calls::Calls as _;
use super::input::Lines;
use super::ls::below;
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Errno, Kind};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("rm", "[-irfv] FILE...", |process| Box::pin(rm(process))),
    Tool::new("unlink", "FILE", |process| Box::pin(unlink(process))),
];

/// Whether a question on standard error is answered with yes.
pub(super) async fn agreed(process: &mut Process, question: &str) -> Result<bool, Stop> {
    process.complain(question).await;
    let stdin = process.descriptors.get(0);
    let Ok(stdin) = stdin else {
        return Ok(false);
    };
    let line = Lines::new(stdin)
        .next(process, &mut Output::default())
        .await?;
    Ok(line.is_some_and(|line| matches!(line.first(), Some(b'y' | b'Y'))))
}

/// How files are taken away.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
struct How {
    recursive: bool,
    force: bool,
    ask: bool,
    verbose: bool,
}

async fn rm(process: &mut Process) -> Outcome {
    let options = Options::new(
        "irRfv",
        &[
            ("recursive", 'r'),
            ("force", 'f'),
            ("interactive", 'i'),
            ("verbose", 'v'),
        ],
    );
    let given = options.read(&process.args)?;
    let last = given.last_of("if");
    let how = How {
        recursive: given.has('r') || given.has('R'),
        force: last == Some('f'),
        ask: last == Some('i'),
        verbose: given.has('v'),
    };
    if given.operands.is_empty() && !how.force {
        return Err(Stop::Usage(String::new()));
    }
    let mut code = 0;
    for name in &given.operands {
        let bare = name.trim_end_matches('/');
        if matches!(bare.rsplit('/').next(), Some("." | "..")) {
            process.complain("rm: can't remove '.' or '..'\n").await;
            code = 1;
            continue;
        }
        if !remove(process, name, &how).await? {
            code = 1;
        }
    }
    Ok(code)
}

enum Task {
    Enter(String),
    Leave(String),
}

/// Takes a file away with all that is in it; says whether all went well.
async fn remove(process: &mut Process, name: &str, how: &How) -> Result<bool, Stop> {
    let mut well = true;
    let mut open = vec![Task::Enter(name.to_owned())];
    while let Some(task) = open.pop() {
        process.step().await;
        let (name, gone) = match task {
            Task::Leave(name) => {
                if how.ask && !agreed(process, &format!("rm: remove directory '{name}'? ")).await? {
                    continue;
                }
                let gone = process.remove_dir(&name);
                (name, gone)
            }
            Task::Enter(name) => {
                let stat = match process.lstat(&name) {
                    Ok(stat) => stat,
                    Err(Errno::NotFound | Errno::NotDirectory) if how.force => continue,
                    Err(errno) => {
                        process
                            .complain(format!("rm: can't remove '{name}': {errno}\n"))
                            .await;
                        well = false;
                        continue;
                    }
                };
                if stat.kind == Kind::Directory {
                    if !how.recursive {
                        process
                            .complain(format!("rm: '{name}' is a directory\n"))
                            .await;
                        well = false;
                        continue;
                    }
                    if how.ask
                        && !agreed(process, &format!("rm: descend into directory '{name}'? "))
                            .await?
                    {
                        continue;
                    }
                    let entries = process.list(&name).unwrap_or_default();
                    open.push(Task::Leave(name.clone()));
                    let inside = entries.iter().rev().map(|entry| below(&name, &entry.name));
                    open.extend(inside.map(Task::Enter));
                    continue;
                }
                if how.ask && !agreed(process, &format!("rm: remove '{name}'? ")).await? {
                    continue;
                }
                let gone = process.unlink(&name);
                (name, gone)
            }
        };
        match gone {
            Ok(()) if how.verbose => process.print(format!("removed '{name}'\n")).await?,
            Ok(()) => {}
            Err(errno) => {
                process
                    .complain(format!("rm: can't remove '{name}': {errno}\n"))
                    .await;
                well = false;
            }
        }
    }
    Ok(well)
}

async fn unlink(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    let name = &given.operands_between(1, 1)?[0];
    match process.unlink(name) {
        Ok(()) => std::future::ready(Ok(0)).await,
        Err(errno) => Err(Stop::told(format!("can't remove file '{name}': {errno}"))),
    }
}
