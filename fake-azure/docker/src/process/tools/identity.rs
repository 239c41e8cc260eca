//! `id`, `whoami`, `groups`, `getent`, `logname`: who is who.

use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Credentials, Errno};
use crate::process::Process;
use crate::process::accounts::{Accounts, Group, User};
use crate::process::task::Wording;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("id", "[-ugGnr] [USER]", |process| Box::pin(id(process))),
    Tool::new("whoami", "", |process| Box::pin(whoami(process))),
    Tool::new("groups", "[USER]", |process| Box::pin(groups(process))),
    Tool::new("logname", "", |process| Box::pin(login_name(process))),
    Tool::new("getent", "DATABASE [KEY]...", |process| {
        Box::pin(getent(process))
    }),
];

/// `logname`: nobody has logged in to a container.
async fn login_name(process: &mut Process) -> Outcome {
    Options::new("", &[])
        .read(&process.args)?
        .operands_between(0, 0)?;
    if matches!(process.wording, Wording::Gnu(_)) {
        return Err(Stop::told("no login name"));
    }
    let Some(name) = process.variable("LOGNAME").map(str::to_owned) else {
        return Err(Stop::told(format!("getlogin: {}", Errno::NoDevice)));
    };
    process.print(format!("{name}\n")).await?;
    Ok(0)
}

/// Who an operand names, or the process itself.
fn subject(
    process: &Process,
    accounts: &Accounts,
    name: Option<&String>,
) -> Result<Credentials, Stop> {
    let Some(name) = name else {
        return Ok(process.user.clone());
    };
    let by_number = || name.parse().ok().and_then(|uid| accounts.user_of(uid));
    match accounts.user(name).or_else(by_number) {
        Some(user) => Ok(accounts.credentials(user)),
        None => Err(Stop::told(format!("unknown user {name}"))),
    }
}

/// All groups, the primary one first, none twice.
fn all_groups(who: &Credentials) -> Vec<u32> {
    let mut groups = vec![who.gid];
    for gid in &who.groups {
        if !groups.contains(gid) {
            groups.push(*gid);
        }
    }
    groups
}

async fn id(process: &mut Process) -> Outcome {
    let options = Options::new(
        "ugGnrz",
        &[
            ("user", 'u'),
            ("group", 'g'),
            ("groups", 'G'),
            ("name", 'n'),
            ("real", 'r'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(0, 1)?;
    let accounts = Accounts::read(process.space.files());
    let who = subject(process, &accounts, operands.first())?;
    let names = given.has('n');
    let user = |uid: u32| {
        if names {
            accounts.user_name(uid)
        } else {
            uid.to_string()
        }
    };
    let group = |gid: u32| {
        if names {
            accounts.group_name(gid)
        } else {
            gid.to_string()
        }
    };
    let text = match given.last_of("ugG") {
        Some('u') => user(who.uid),
        Some('g') => group(who.gid),
        Some(_) => {
            let groups = all_groups(&who).into_iter().map(group);
            groups.collect::<Vec<_>>().join(" ")
        }
        None => {
            let numbered = |gid: u32| match accounts.group_of(gid) {
                Some(group) => format!("{gid}({})", group.name),
                None => gid.to_string(),
            };
            let user = match accounts.user_of(who.uid) {
                Some(user) => format!("{}({})", who.uid, user.name),
                None => who.uid.to_string(),
            };
            let groups = all_groups(&who).into_iter().map(numbered);
            format!(
                "uid={user} gid={} groups={}",
                numbered(who.gid),
                groups.collect::<Vec<_>>().join(",")
            )
        }
    };
    process.print(format!("{text}\n")).await?;
    Ok(0)
}

async fn whoami(process: &mut Process) -> Outcome {
    let accounts = Accounts::read(process.space.files());
    let uid = process.user.uid;
    let Some(user) = accounts.user_of(uid) else {
        return Err(Stop::told(format!("unknown uid {uid}")));
    };
    process.print(format!("{}\n", user.name)).await?;
    Ok(0)
}

async fn groups(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    let accounts = Accounts::read(process.space.files());
    let who = subject(process, &accounts, given.operands.first())?;
    let names = all_groups(&who)
        .into_iter()
        .map(|gid| accounts.group_name(gid));
    let text = names.collect::<Vec<_>>().join(" ");
    process.print(format!("{text}\n")).await?;
    Ok(0)
}

async fn getent(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    let Some((database, keys)) = given.operands.split_first() else {
        return Err(Stop::Usage(String::new()));
    };
    let accounts = Accounts::read(process.space.files());
    let mut text = String::new();
    let mut code = 0;
    match database.as_str() {
        "passwd" if keys.is_empty() => accounts.users.iter().for_each(|u| text += &user_line(u)),
        "group" if keys.is_empty() => accounts.groups.iter().for_each(|g| text += &group_line(g)),
        "passwd" => {
            for key in keys {
                match accounts.uid(key).and_then(|uid| accounts.user_of(uid)) {
                    Some(user) => text += &user_line(user),
                    None => code = 2,
                }
            }
        }
        "group" => {
            for key in keys {
                match accounts.gid(key).and_then(|gid| accounts.group_of(gid)) {
                    Some(group) => text += &group_line(group),
                    None => code = 2,
                }
            }
        }
        "hosts" | "ahosts" | "ahostsv4" => {
            for key in keys {
                let found = process.space.network().resolve(key);
                if found.is_empty() {
                    code = 2;
                }
                for address in found {
                    text += &format!("{:<15} {key}\n", address.to_string());
                }
            }
        }
        other => return Err(Stop::told(format!("unknown database: {other}"))),
    }
    process.print(text).await?;
    Ok(code)
}

fn user_line(user: &User) -> String {
    format!(
        "{}:x:{}:{}:{}:{}:{}\n",
        user.name, user.uid, user.gid, user.comment, user.home, user.shell
    )
}

fn group_line(group: &Group) -> String {
    format!(
        "{}:x:{}:{}\n",
        group.name,
        group.gid,
        group.members.join(",")
    )
}
