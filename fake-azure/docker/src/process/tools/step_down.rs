//! `su`, `gosu`, `su-exec`, `chroot`: going on as somebody else.

use super::environment::set;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::files::{Capability, Credentials};
use crate::process::accounts::User;
use crate::process::{Accounts, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "su",
        "[-lmp] [-s SH] [-] [USER] [-c CMD | ARG...]",
        |process| Box::pin(su(process)),
    ),
    Tool::new("gosu", "USER[:GROUP] PROG ARGS", |process| {
        Box::pin(step_down(process))
    }),
    Tool::new("su-exec", "USER[:GROUP] PROG ARGS", |process| {
        Box::pin(step_down(process))
    }),
    Tool::new(
        "setpriv",
        "[--reuid USER] [--regid GROUP] [--clear-groups|--keep-groups|--init-groups] PROG ARGS",
        |process| Box::pin(setpriv(process)),
    ),
    Tool::new("chroot", "NEWROOT [PROG ARGS]", |process| {
        Box::pin(chroot(process))
    }),
    Tool::new("vi", "[FILE]...", |process| Box::pin(vi(process))),
];

async fn su(process: &mut Process) -> Outcome {
    let options = Options::new(
        "lmps:c:",
        &[
            ("login", 'l'),
            ("command", 'c'),
            ("shell", 's'),
            ("preserve-environment", 'p'),
        ],
    );
    let given = options.read(&process.args)?;
    let mut operands = given.operands.clone();
    let dash = operands.first().is_some_and(|word| word == "-");
    if dash {
        operands.remove(0);
    }
    let login = dash || given.has('l');
    let name = if operands.is_empty() {
        "root".to_owned()
    } else {
        operands.remove(0)
    };
    let accounts = Accounts::read(process.space.files());
    let user = accounts.user(&name).cloned();
    let user = user.ok_or_else(|| Stop::told(format!("unknown user {name}")))?;
    if !process.user.is_root() {
        // Nobody but root is let in without a password, and none is known here.
        return Err(Stop::told("must be suid to work properly"));
    }
    let shell = given.value('s').unwrap_or(&user.shell);
    let shell = if shell.is_empty() { "/bin/sh" } else { shell };
    let keeps = given.has('m') || given.has('p');
    if login {
        let terminal = process.variable("TERM").map(str::to_owned);
        process.env.clear();
        if let Some(terminal) = terminal {
            set(process, "TERM", &terminal);
        }
        set(process, "PATH", crate::process::launch::DEFAULT_PATH);
        process.cwd.clone_from(&user.home);
    }
    if !keeps {
        set(process, "HOME", &user.home);
        set(process, "SHELL", shell);
        set(process, "USER", &user.name);
        set(process, "LOGNAME", &user.name);
    }
    process.become_user(accounts.credentials(&user));
    let name = crate::files::path::split(shell).1.unwrap_or_default();
    let mut line = vec![shell.to_owned()];
    if login && name != "false" && name != "nologin" {
        line.push("-l".to_owned());
    }
    if let Some(command) = given.value('c') {
        line.extend(["-c".to_owned(), command.to_owned()]);
    }
    line.extend(operands);
    std::future::ready(Err(Stop::Become(line))).await
}

/// Who a text like `user:group` names, by names or numbers.
fn named(accounts: &Accounts, text: &str) -> Result<(Credentials, Option<User>), String> {
    let (name, group) = match text.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (text, None),
    };
    let user = match accounts.user(name) {
        Some(user) => Some(user),
        None => name.parse().ok().and_then(|uid| accounts.user_of(uid)),
    };
    let unknown = || format!("unable to find user {name}: no matching entries in passwd file");
    let mut credentials = match user {
        Some(user) => accounts.credentials(user),
        None => Credentials::new(name.parse().map_err(|_| unknown())?, 0),
    };
    if let Some(group) = group.filter(|group| !group.is_empty()) {
        let gid = accounts.gid(group).ok_or_else(|| {
            format!("unable to find group {group}: no matching entries in group file")
        })?;
        (credentials.gid, credentials.groups) = (gid, Vec::new());
    }
    Ok((credentials, user.cloned()))
}

async fn step_down(process: &mut Process) -> Outcome {
    let tool = called(process, "gosu");
    let words = process.args[1..].to_vec();
    if words.first().is_some_and(|word| word == "--version") && tool == "gosu" {
        process
            .print("1.17 (go1.18.2 on linux/amd64; gc)\n")
            .await?;
        return Ok(0);
    }
    let Some((who, line)) = words.split_first().filter(|(_, line)| !line.is_empty()) else {
        return Err(Stop::Usage(String::new()));
    };
    let accounts = Accounts::read(process.space.files());
    let found = named(&accounts, who);
    let (credentials, user) = match found {
        Ok(found) => found,
        Err(words) => {
            process
                .complain(format!("error: failed switching to \"{who}\": {words}\n"))
                .await;
            return Ok(1);
        }
    };
    if !process.user.can(Capability::SetUser) && credentials.uid != process.user.uid {
        process
            .complain(format!(
                "error: failed switching to \"{who}\": operation not permitted\n"
            ))
            .await;
        return Ok(1);
    }
    let home = user.map_or_else(|| "/".to_owned(), |user| user.home);
    set(process, "HOME", &home);
    process.become_user(credentials);
    Err(Stop::Become(line.to_vec()))
}

async fn setpriv(process: &mut Process) -> Outcome {
    let options = Options::new(
        "+u:g:cki",
        &[
            ("reuid", 'u'),
            ("regid", 'g'),
            ("clear-groups", 'c'),
            ("keep-groups", 'k'),
            ("init-groups", 'i'),
        ],
    );
    let given = options.read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::told("No program specified"));
    }
    let accounts = Accounts::read(process.space.files());
    let mut who = process.user.clone();
    if let Some(name) = given.value('u') {
        let uid = accounts.uid(name);
        who.uid = uid.ok_or_else(|| Stop::told(format!("failed to parse reuid: '{name}'")))?;
    }
    if let Some(name) = given.value('g') {
        let gid = accounts.gid(name);
        who.gid = gid.ok_or_else(|| Stop::told(format!("failed to parse regid: '{name}'")))?;
        if !(given.has('c') || given.has('k') || given.has('i')) {
            let words =
                "--[re]gid requires --keep-groups, --clear-groups, --init-groups, or --groups";
            return Err(Stop::told(words));
        }
    }
    if given.has('c') {
        who.groups = Vec::new();
    } else if given.has('i')
        && let Some(user) = accounts.user_of(who.uid)
    {
        who.groups = accounts.credentials(user).groups;
    }
    if who != process.user && !process.user.can(Capability::SetUser) {
        let call = match (given.has('g'), given.has('u')) {
            (true, _) => "setresgid",
            (_, true) => "setresuid",
            _ => "setgroups",
        };
        let words = format!("{call} failed: Operation not permitted");
        return Err(Stop::with(127, words));
    }
    process.become_user(who);
    std::future::ready(Err(Stop::Become(given.operands))).await
}

async fn chroot(process: &mut Process) -> Outcome {
    let Some(root) = process.args.get(1) else {
        return Err(Stop::Usage(String::new()));
    };
    let words = format!("can't change root directory to '{root}': Operation not permitted");
    std::future::ready(Err(Stop::told(words))).await
}

async fn vi(_: &mut Process) -> Outcome {
    let words = "there is no editor in this simulator; write files with cat, sed -i or docker cp";
    std::future::ready(Err(Stop::told(words))).await
}
