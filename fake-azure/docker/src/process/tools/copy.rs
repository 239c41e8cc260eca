//! `cp`, `mv` and `install`.

mod tree;

use tree::{Copying, Follow};

use super::calls::Calls as _;
use super::ls::below;
use super::mode::Mode;
use super::options::{Given, Options};
use super::remove::agreed;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Errno, path};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "cp",
        "[-arPLHpfinlsTuv] [-t DIR] SOURCE... DEST",
        |process| Box::pin(cp(process)),
    ),
    Tool::new("mv", "[-finTuv] [-t DIR] SOURCE... DEST", |process| {
        Box::pin(mv(process))
    }),
    Tool::new(
        "install",
        "[-dDp] [-o USER] [-g GROUP] [-m MODE] [-t DIR] SOURCE... DEST",
        |process| Box::pin(install(process)),
    ),
];

const OPTIONS: Options = Options::new(
    "arRPLHdpfinlsTuvt:bxc",
    &[
        ("archive", 'a'),
        ("recursive", 'r'),
        ("no-dereference", 'P'),
        ("dereference", 'L'),
        ("preserve", 'p'),
        ("force", 'f'),
        ("interactive", 'i'),
        ("no-clobber", 'n'),
        ("link", 'l'),
        ("symbolic-link", 's'),
        ("no-target-directory", 'T'),
        ("target-directory", 't'),
        ("update", 'u'),
        ("verbose", 'v'),
    ],
);

/// Splits the operands into what is copied and where to; says whether the latter is a folder.
pub(super) fn targets(
    process: &Process,
    given: &Given,
) -> Result<(Vec<String>, String, bool), Stop> {
    let mut sources = given.operands.clone();
    if let Some(folder) = given.value('t') {
        if sources.is_empty() {
            return Err(Stop::Usage(String::new()));
        }
        return Ok((sources, folder.to_owned(), true));
    }
    let target = sources.pop().filter(|_| !sources.is_empty());
    let target = target.ok_or_else(|| Stop::Usage(String::new()))?;
    let into = !given.has('T') && (sources.len() > 1 || process.is_dir(&target));
    Ok((sources, target, into))
}

/// Where a source goes: into the folder under its own last name, or to the target itself.
pub(super) fn destination(source: &str, target: &str, into: bool) -> String {
    if !into {
        return target.to_owned();
    }
    match path::split(source) {
        (_, Some(name)) => below(target, &name),
        _ => target.to_owned(),
    }
}

/// Whether a target stands in the way of an option or a person.
async fn is_kept(
    process: &mut Process,
    given: &Given,
    source: &str,
    target: &str,
) -> Result<bool, Stop> {
    let Ok(there) = process.stat(target) else {
        return Ok(false);
    };
    if there.is_dir() {
        return Ok(false);
    }
    if given.has('u') {
        let newer = process
            .stat(source)
            .is_ok_and(|s| s.meta.modified > there.meta.modified);
        if !newer {
            return Ok(true);
        }
    }
    Ok(match given.last_of("fin") {
        Some('n') => true,
        Some('i') => {
            let tool = super::tool::called(process, "cp");
            !agreed(process, &format!("{tool}: overwrite '{target}'? ")).await?
        }
        _ => false,
    })
}

async fn cp(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let (sources, target, into) = targets(process, &given)?;
    let recursive = given.has('r') || given.has('R') || given.has('a');
    let follow = match given.last_of("PLHda") {
        Some('L') => Follow::All,
        Some('H') => Follow::Named,
        Some(_) => Follow::None,
        // Without a tree a link is what it leads to.
        None if recursive => Follow::None,
        None => Follow::All,
    };
    let copying = Copying {
        recursive,
        follow,
        preserve: given.has('p') || given.has('a'),
        link: given.last_of("ls"),
        force: given.has('f'),
        verbose: given.has('v'),
    };
    let mut code = 0;
    for source in &sources {
        let goal = destination(source, &target, into);
        if is_kept(process, &given, source, &goal).await? {
            continue;
        }
        if !copying.copy(process, source, &goal).await? {
            code = 1;
        }
    }
    Ok(code)
}

async fn mv(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let (sources, target, into) = targets(process, &given)?;
    let mut code = 0;
    for source in &sources {
        let goal = destination(source, &target, into);
        let there = match process.lstat(source) {
            Ok(stat) => stat,
            Err(errno) => {
                process
                    .complain(format!("mv: can't rename '{source}': {errno}\n"))
                    .await;
                code = 1;
                continue;
            }
        };
        if is_kept(process, &given, source, &goal).await? {
            continue;
        }
        let moved = process.rename(source, &goal);
        let moved = match moved {
            Err(Errno::CrossDevice) => {
                let copying = Copying {
                    recursive: true,
                    follow: Follow::None,
                    preserve: true,
                    link: None,
                    force: true,
                    verbose: false,
                };
                if !there.is_dir() {
                    // What stands there is replaced, not written into.
                    process.unlink(&goal).ok();
                }
                if !copying.copy(process, source, &goal).await? {
                    code = 1;
                    continue;
                }
                let path = process.path(source);
                process
                    .space
                    .files()
                    .remove_all(&path, &process.user, process.now())
            }
            moved => moved,
        };
        match moved {
            Ok(()) if given.has('v') => {
                process.print(format!("'{source}' -> '{goal}'\n")).await?;
            }
            Ok(()) => {}
            Err(errno) => {
                process
                    .complain(format!("mv: can't rename '{source}': {errno}\n"))
                    .await;
                code = 1;
            }
        }
    }
    Ok(code)
}

async fn install(process: &mut Process) -> Outcome {
    let options = Options::new("cdDpsvo:g:m:t:T", &[("directory", 'd'), ("mode", 'm')]);
    let given = options.read(&process.args)?;
    let text = given.value('m').unwrap_or("755");
    let mode = Mode::read(text).ok_or_else(|| Stop::told(format!("invalid mode '{text}'")))?;
    let accounts = crate::process::Accounts::read(process.space.files());
    let unknown = |kind: &str, name: &str| Stop::told(format!("unknown {kind} {name}"));
    let owner = given
        .value('o')
        .map(|name| accounts.uid(name).ok_or_else(|| unknown("user", name)));
    let group = given
        .value('g')
        .map(|name| accounts.gid(name).ok_or_else(|| unknown("group", name)));
    let owner = (owner.transpose()?, group.transpose()?);
    let finish = |process: &Process, name: &str| {
        let bits = mode.applied_to(0, false, 0);
        process.chown(name, owner, true)?;
        process.chmod(name, bits)
    };
    let mut code = 0;
    let mut pairs = Vec::new();
    if given.has('d') {
        pairs.extend(given.operands.iter().map(|name| (None, name.clone())));
    } else {
        let (sources, target, into) = targets(process, &given)?;
        let goals = sources.into_iter().map(|source| {
            let goal = destination(&source, &target, into);
            (Some(source), goal)
        });
        pairs.extend(goals);
    }
    for (source, goal) in pairs {
        let parent = if source.is_none() {
            Some(goal.clone())
        } else {
            given.has('D').then(|| path::split(&goal).0)
        };
        if let Some(parent) = parent {
            let (path, user) = (process.path(&parent), process.user.clone());
            let made = process
                .space
                .files()
                .create_dir_all(&path, 0o755, &user, process.now());
            made.map_err(|errno| {
                Stop::told(format!("can't create directory '{parent}': {errno}"))
            })?;
        }
        if let Some(source) = source {
            // A program that runs keeps the file that it was started from.
            process.unlink(&goal).ok();
            let copying = Copying {
                recursive: false,
                follow: Follow::All,
                preserve: given.has('p'),
                link: None,
                force: true,
                verbose: given.has('v'),
            };
            if !copying.copy(process, &source, &goal).await? {
                code = 1;
                continue;
            }
        }
        if let Err(errno) = finish(process, &goal) {
            return Err(Stop::told(format!("can't change '{goal}': {errno}")));
        }
    }
    Ok(code)
}
