//! `ln`, `readlink`, `realpath`: links and where they lead.

use super::calls::Calls as _;
use super::copy::{destination, targets};
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Errno, Kind, path};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("ln", "[-sfnTv] [-t DIR] TARGET... LINK|DIR", |process| {
        Box::pin(ln(process))
    }),
    Tool::new("readlink", "[-fnv] FILE", |process| {
        Box::pin(readlink(process))
    }),
    Tool::new("realpath", "FILE...", |process| Box::pin(realpath(process))),
];

async fn ln(process: &mut Process) -> Outcome {
    let options = Options::new(
        "sfnTvbrt:",
        &[
            ("symbolic", 's'),
            ("force", 'f'),
            ("no-dereference", 'n'),
            ("no-target-directory", 'T'),
            ("target-directory", 't'),
            ("verbose", 'v'),
        ],
    );
    let mut given = options.read(&process.args)?;
    if given.operands.len() == 1 && !given.has('t') {
        // The link gets the name of what it leads to, here.
        given.operands.push(".".to_owned());
    }
    let (sources, target, mut into) = targets(process, &given)?;
    let link_itself = given.has('n')
        && process
            .lstat(&target)
            .is_ok_and(|stat| stat.kind == Kind::Symlink);
    into &= !link_itself;
    let mut code = 0;
    for source in &sources {
        let goal = destination(source, &target, into);
        if !given.has('s')
            && let Err(errno) = process.lstat(source)
        {
            process.complain(format!("ln: {source}: {errno}\n")).await;
            code = 1;
            continue;
        }
        let make = |process: &Process| {
            if given.has('s') {
                process.symlink(source, &goal)
            } else if process.is_dir(source) {
                Err(Errno::NotPermitted)
            } else {
                process.link(source, &goal)
            }
        };
        let made = match make(process) {
            Err(Errno::Exists) if given.has('f') => {
                let gone = process.unlink(&goal);
                gone.and_then(|()| make(process))
            }
            made => made,
        };
        match made {
            Ok(()) if given.has('v') => {
                process.print(format!("'{goal}' -> '{source}'\n")).await?;
            }
            Ok(()) => {}
            Err(errno) => {
                process.complain(format!("ln: {goal}: {errno}\n")).await;
                code = 1;
            }
        }
    }
    Ok(code)
}

/// The path that a name leads to, whose last part need not be there.
fn resolved(process: &Process, name: &str) -> Result<String, Errno> {
    match process.canonical(name) {
        Err(Errno::NotFound) => {
            if process.lstat(name).is_ok() {
                // A link to what is not there leads to where that would be.
                let target = process.read_link(name)?;
                let (parent, _) = path::split(name);
                return resolved_last(process, &path::join(&parent, &target));
            }
            resolved_last(process, name)
        }
        found => found,
    }
}

fn resolved_last(process: &Process, name: &str) -> Result<String, Errno> {
    let (parent, Some(last)) = path::split(name) else {
        return Err(Errno::NotFound);
    };
    let parent = process.canonical(&parent)?;
    Ok(super::ls::below(&parent, &last))
}

async fn readlink(process: &mut Process) -> Outcome {
    let given = Options::new("fnvem", &[("canonicalize", 'f')]).read(&process.args)?;
    let name = &given.operands_between(1, 1)?[0];
    let found = match given.last_of("fem") {
        Some('e') => process.canonical(name),
        Some(_) => resolved(process, name),
        None => process.read_link(name),
    };
    let end = if given.has('n') { "" } else { "\n" };
    match found {
        Ok(found) => {
            process.print(format!("{found}{end}")).await?;
            Ok(0)
        }
        Err(errno) if given.has('v') => Err(Stop::told(format!("{name}: {errno}"))),
        Err(_) => Ok(1),
    }
}

async fn realpath(process: &mut Process) -> Outcome {
    let given = Options::new("esmq", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mut code = 0;
    for name in &given.operands {
        let found = if given.has('e') {
            process.canonical(name)
        } else {
            resolved(process, name)
        };
        match found {
            Ok(found) => process.print(format!("{found}\n")).await?,
            Err(errno) => {
                process
                    .complain(format!("realpath: {name}: {errno}\n"))
                    .await;
                code = 1;
            }
        }
    }
    Ok(code)
}
