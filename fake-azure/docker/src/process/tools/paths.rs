//! `basename`, `dirname`, `which`: paths as text, and where commands are.

use super::calls::Calls as _;
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Want;
use crate::process::Process;
use crate::process::launch::DEFAULT_PATH;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "basename",
        "FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...",
        |process| Box::pin(basename(process)),
    ),
    Tool::new("dirname", "FILENAME...", |process| {
        Box::pin(dirname(process))
    }),
    Tool::new("which", "[-a] COMMAND...", |process| {
        Box::pin(which(process))
    }),
];

async fn basename(process: &mut Process) -> Outcome {
    let options = Options::new("+as:z", &[("multiple", 'a'), ("suffix", 's')]);
    let given = options.read(&process.args)?;
    let mut names = given.operands.clone();
    let mut suffix = given.value('s').unwrap_or_default().to_owned();
    if names.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    if !given.has('a') && !given.has('s') {
        if names.len() > 2 {
            return Err(Stop::Usage(String::new()));
        }
        suffix = names.drain(1..).next().unwrap_or_default();
    }
    let mut out = Output::default();
    for name in names {
        let trimmed = name.trim_end_matches('/');
        let last = match trimmed.rsplit('/').next() {
            Some("") | None if name.is_empty() => "",
            Some("") | None => "/",
            Some(last) => last,
        };
        // A name that is nothing but the suffix keeps it.
        let bare = last
            .strip_suffix(suffix.as_str())
            .filter(|bare| !bare.is_empty());
        out.put(process, format!("{}\n", bare.unwrap_or(last)))
            .await?;
    }
    out.flush(process).await?;
    Ok(0)
}

async fn dirname(process: &mut Process) -> Outcome {
    let given = Options::new("+z", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mut out = Output::default();
    for name in &given.operands {
        let trimmed = name.trim_end_matches('/');
        let parent = match trimmed.rsplit_once('/') {
            Some((parent, _)) => match parent.trim_end_matches('/') {
                "" => "/",
                parent => parent,
            },
            None if trimmed.is_empty() && !name.is_empty() => "/",
            None => ".",
        };
        out.put(process, format!("{parent}\n")).await?;
    }
    out.flush(process).await?;
    Ok(0)
}

async fn which(process: &mut Process) -> Outcome {
    let given = Options::new("a", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let folders = process.variable("PATH").unwrap_or(DEFAULT_PATH).to_owned();
    let runs = |process: &Process, file: &str| {
        process.stat(file).is_ok_and(|stat| stat.is_file())
            && process.access(file, Want::EXECUTE).is_ok()
    };
    let mut code = 0;
    for name in &given.operands {
        let mut found = Vec::new();
        if name.contains('/') {
            found.extend(runs(process, name).then(|| name.clone()));
        } else {
            let files = folders.split(':').map(|folder| match folder {
                "" => format!("./{name}"),
                folder => super::ls::below(folder, name),
            });
            found.extend(files.filter(|file| runs(process, file)));
        }
        if !given.has('a') {
            found.truncate(1);
        }
        if found.is_empty() {
            code = 1;
        }
        for file in found {
            process.print(format!("{file}\n")).await?;
        }
    }
    Ok(code)
}
