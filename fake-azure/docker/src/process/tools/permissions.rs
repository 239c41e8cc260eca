//! `chmod`, `chown`, `chgrp`.

use super::calls::Calls as _;
use super::ls::below;
use super::mode::Mode;
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::files::{Errno, Kind, Stat};
use crate::process::{Accounts, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("chmod", "[-Rcvf] MODE[,MODE]... FILE...", |process| {
        Box::pin(chmod(process))
    }),
    Tool::new("chown", "[-RhLHPcvf] USER[:[GRP]] FILE...", |process| {
        Box::pin(chown(process))
    }),
    Tool::new("chgrp", "[-RhLHPcvf] GROUP FILE...", |process| {
        Box::pin(chgrp(process))
    }),
];

const OPTIONS: Options = Options::new(
    "RhLHPcvf",
    &[
        ("recursive", 'R'),
        ("no-dereference", 'h'),
        ("changes", 'c'),
        ("verbose", 'v'),
        ("silent", 'f'),
        ("quiet", 'f'),
    ],
);

/// What is changed of each file, and what is said of it.
type Change<'a> = dyn Fn(&Process, &str, &Stat) -> Result<String, Errno> + Send + Sync + 'a;

/// Changes the files, and with `-R` all that is in them.
async fn each(
    process: &mut Process,
    given: &Given,
    names: &[String],
    change: &Change<'_>,
) -> Outcome {
    let mut code = 0;
    let mut open: Vec<(String, bool)> = names.iter().rev().map(|n| (n.clone(), true)).collect();
    while let Some((name, named)) = open.pop() {
        process.step().await;
        let follow = named && !given.has('h');
        let stat = if follow {
            process.stat(&name)
        } else {
            process.lstat(&name)
        };
        let changed = stat.and_then(|stat| {
            if !named && stat.kind == Kind::Symlink && called(process, "") == "chmod" {
                // A link has no permissions of its own.
                return Ok((stat, String::new()));
            }
            let said = change(process, &name, &stat)?;
            Ok((stat, said))
        });
        match changed {
            Ok((stat, said)) => {
                if (given.has('v') || given.has('c')) && !said.is_empty() {
                    process.print(said + "\n").await?;
                }
                if given.has('R') && stat.is_dir() {
                    let entries = process.list(&name).unwrap_or_default();
                    let inside = entries.iter().rev();
                    open.extend(inside.map(|entry| (below(&name, &entry.name), false)));
                }
            }
            Err(errno) => {
                code = 1;
                if !given.has('f') {
                    let tool = called(process, "chmod");
                    process.complain(format!("{tool}: {name}: {errno}\n")).await;
                }
            }
        }
    }
    Ok(code)
}

async fn chmod(process: &mut Process) -> Outcome {
    let mut args = process.args.clone();
    // `-x` is a mode, not an option.
    let mode_at = args.iter().skip(1).position(|word| {
        word.len() > 1 && word.starts_with('-') && word[1..].chars().all(|c| "rwxXst".contains(c))
    });
    let dashed = mode_at.map(|at| args.remove(at + 1));
    let given = OPTIONS.read(&args)?;
    let mut names = given.operands.clone();
    let text = match dashed {
        Some(text) => text,
        None if names.is_empty() => return Err(Stop::Usage(String::new())),
        None => names.remove(0),
    };
    if names.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mode = Mode::read(&text).ok_or_else(|| Stop::told(format!("invalid mode '{text}'")))?;
    let only_changes = given.has('c');
    let change = |process: &Process, name: &str, stat: &Stat| {
        let bits = mode.applied_to(stat.meta.mode, stat.is_dir(), process.umask);
        process.chmod(name, bits)?;
        if only_changes && bits == stat.meta.mode {
            return Ok(String::new());
        }
        let mut shown = stat.clone();
        shown.meta.mode = bits;
        Ok(format!(
            "mode of '{name}' changed to {bits:04o} ({})",
            &shown.mode_text()[1..]
        ))
    };
    each(process, &given, &names, &change).await
}

async fn chown(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let Some((owner, names)) = given
        .operands
        .split_first()
        .filter(|(_, names)| !names.is_empty())
    else {
        return Err(Stop::Usage(String::new()));
    };
    let accounts = Accounts::read(process.space.files());
    let (user, group) = match owner.split_once([':', '.']) {
        Some((user, group)) if accounts.user(owner).is_none() => (user, Some(group)),
        _ => (owner.as_str(), None),
    };
    let unknown = || {
        let kind = if group.is_some() {
            "user/group"
        } else {
            "user"
        };
        Stop::told(format!("unknown {kind} {owner}"))
    };
    let uid = match user {
        "" => None,
        user => Some(accounts.uid(user).ok_or_else(unknown)?),
    };
    let gid = match group {
        None => None,
        // `user:` means the user's own group.
        Some("") => uid
            .and_then(|uid| accounts.user_of(uid))
            .map(|user| user.gid),
        Some(group) => Some(accounts.gid(group).ok_or_else(unknown)?),
    };
    own(process, &given, names, (uid, gid)).await
}

async fn chgrp(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let Some((group, names)) = given
        .operands
        .split_first()
        .filter(|(_, names)| !names.is_empty())
    else {
        return Err(Stop::Usage(String::new()));
    };
    let accounts = Accounts::read(process.space.files());
    let gid = accounts
        .gid(group)
        .ok_or_else(|| Stop::told(format!("unknown group {group}")))?;
    own(process, &given, names, (None, Some(gid))).await
}

async fn own(
    process: &mut Process,
    given: &Given,
    names: &[String],
    owner: (Option<u32>, Option<u32>),
) -> Outcome {
    let follow = !given.has('h');
    let change = |process: &Process, name: &str, stat: &Stat| {
        process.chown(name, owner, follow && stat.kind != Kind::Symlink)?;
        let uid = owner.0.unwrap_or(stat.meta.uid);
        let gid = owner.1.unwrap_or(stat.meta.gid);
        Ok(format!("changed ownership of '{name}' to {uid}:{gid}"))
    };
    each(process, given, names, &change).await
}
