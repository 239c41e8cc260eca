//! `adduser`, `addgroup`, `deluser`, `delgroup`, `useradd`, `groupadd`, `passwd`: editing
//! `/etc/passwd` and `/etc/group`.

use super::calls::Calls as _;
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Credentials, Errno, path};
use crate::process::accounts::{Group, User};
use crate::process::{Accounts, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "adduser",
        "[-h DIR] [-g GECOS] [-s SHELL] [-G GRP] [-S] [-D] [-H] [-u UID] USER [GROUP]",
        |process| Box::pin(adduser(process)),
    ),
    Tool::new("addgroup", "[-g GID] [-S] [USER] GROUP", |process| {
        Box::pin(addgroup(process))
    }),
    Tool::new("deluser", "[--remove-home] USER [GROUP]", |process| {
        Box::pin(deluser(process))
    }),
    Tool::new("delgroup", "[USER] GROUP", |process| {
        Box::pin(delgroup(process))
    }),
    Tool::new(
        "useradd",
        "[-mMrUN] [-u UID] [-g GROUP] [-G GROUPS] [-d DIR] [-s SHELL] [-c GECOS] USER",
        |process| Box::pin(useradd(process)),
    )
    .misused(2),
    Tool::new("groupadd", "[-fr] [-g GID] GROUP", |process| {
        Box::pin(groupadd(process))
    })
    .misused(2),
    Tool::new("passwd", "[-ldu] [USER]", |process| {
        Box::pin(passwd(process))
    }),
];

const PASSWD: &str = "/etc/passwd";
const GROUP: &str = "/etc/group";
const SHADOW: &str = "/etc/shadow";

/// A user that is to be made.
struct New {
    name: String,
    uid: Option<u32>,
    /// An existing group; else one of its own is made.
    group: Option<String>,
    also_in: Vec<String>,
    comment: String,
    home: String,
    shell: String,
    system: bool,
    makes_home: bool,
}

fn root_only(process: &Process) -> Result<(), Stop> {
    if process.user.is_root() {
        Ok(())
    } else {
        Err(Stop::told("permission denied (are you root?)"))
    }
}

/// Whether a name may stand in `/etc/passwd`.
fn check_name(name: &str) -> Result<(), Stop> {
    let fits = !name.is_empty()
        && name.len() <= 32
        && !name.starts_with(['-', '.'])
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.$".contains(c));
    if fits {
        Ok(())
    } else {
        Err(Stop::told("illegal user name"))
    }
}

fn text_of(process: &Process, file: &str) -> String {
    let bytes = process.space.files().read(file, &Credentials::ROOT);
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

fn write(process: &Process, file: &str, text: String) -> Result<(), Stop> {
    let (files, now) = (process.space.files(), process.now());
    let written = files.write(file, text.into_bytes(), 0o644, &process.user, now);
    written
        .map(drop)
        .map_err(|errno| Stop::told(format!("{file}: {errno}")))
}

fn append(process: &Process, file: &str, line: &str) -> Result<(), Stop> {
    let mut text = text_of(process, file);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    write(process, file, text + line + "\n")
}

/// The lowest number that nobody has.
fn free_id(system: bool, taken: impl Fn(u32) -> bool) -> Result<u32, Stop> {
    let range = if system { 100..=999 } else { 1000..=59_999 };
    let mut range = range;
    range
        .find(|id| !taken(*id))
        .ok_or_else(|| Stop::told("no free id is left"))
}

fn make_group(
    process: &Process,
    accounts: &Accounts,
    name: &str,
    gid: Option<u32>,
    system: bool,
) -> Result<u32, Stop> {
    if accounts.group(name).is_some() {
        return Err(Stop::told(format!("group '{name}' in use")));
    }
    if let Some(gid) = gid
        && accounts.group_of(gid).is_some()
    {
        return Err(Stop::told(format!("gid '{gid}' in use")));
    }
    let gid = match gid {
        Some(gid) => gid,
        None => free_id(system, |id| accounts.group_of(id).is_some())?,
    };
    append(process, GROUP, &format!("{name}:x:{gid}:"))?;
    Ok(gid)
}

/// Makes a user a member of a group, or takes it out of it.
fn enrol(process: &Process, group: &str, user: &str, member: bool) -> Result<(), Stop> {
    let mut accounts = Accounts::read(process.space.files());
    let known = accounts.groups.iter_mut().find(|known| known.name == group);
    let known = known.ok_or_else(|| Stop::told(format!("unknown group {group}")))?;
    known.members.retain(|name| name != user);
    if member {
        known.members.push(user.to_owned());
    }
    let line = group_line(known);
    let text = text_of(process, GROUP);
    let prefix = format!("{group}:");
    let lines = text.lines().map(|old| {
        if old.starts_with(&prefix) {
            line.clone()
        } else {
            old.to_owned()
        }
    });
    let lines: Vec<String> = lines.collect();
    write(process, GROUP, lines.join("\n") + "\n")
}

fn group_line(group: &Group) -> String {
    format!("{}:x:{}:{}", group.name, group.gid, group.members.join(","))
}

fn make_user(process: &Process, new: &New) -> Result<User, Stop> {
    let accounts = Accounts::read(process.space.files());
    if accounts.user(&new.name).is_some() {
        return Err(Stop::told(format!("user '{}' in use", new.name)));
    }
    if let Some(uid) = new.uid
        && accounts.user_of(uid).is_some()
    {
        return Err(Stop::told(format!("uid '{uid}' in use")));
    }
    let uid = match new.uid {
        Some(uid) => uid,
        None => free_id(new.system, |id| {
            accounts.user_of(id).is_some()
                || (new.group.is_none() && accounts.group_of(id).is_some())
        })?,
    };
    let gid = match &new.group {
        Some(group) => {
            let gid = accounts.gid(group);
            gid.ok_or_else(|| Stop::told(format!("unknown group {group}")))?
        }
        None => match accounts.group(&new.name) {
            Some(group) => group.gid,
            None => {
                let wanted = Some(uid).filter(|gid| accounts.group_of(*gid).is_none());
                make_group(process, &accounts, &new.name, wanted, new.system)?
            }
        },
    };
    let user = User {
        name: new.name.clone(),
        uid,
        gid,
        comment: new.comment.clone(),
        home: new.home.clone(),
        shell: new.shell.clone(),
    };
    append(
        process,
        PASSWD,
        &format!(
            "{}:x:{uid}:{gid}:{}:{}:{}",
            user.name, user.comment, user.home, user.shell
        ),
    )?;
    if !text_of(process, SHADOW).is_empty() {
        let days = process.now().as_second() / 86_400;
        append(
            process,
            SHADOW,
            &format!("{}:!:{days}:0:99999:7:::", user.name),
        )?;
    }
    for group in &new.also_in {
        enrol(process, group, &user.name, true)?;
    }
    if new.makes_home && !process.is_dir(&user.home) {
        let (files, root) = (process.space.files(), &process.user);
        let (parent, _) = path::split(&user.home);
        let failed = |errno: Errno| Stop::told(format!("{}: {errno}", user.home));
        files
            .create_dir_all(&parent, 0o755, root, process.now())
            .map_err(failed)?;
        let mode = if new.system { 0o755 } else { 0o2755 };
        files
            .create_dir(&user.home, 0o755, root, process.now())
            .map_err(failed)?;
        process
            .chown(&user.home, (Some(uid), Some(gid)), true)
            .map_err(failed)?;
        process.chmod(&user.home, mode).map_err(failed)?;
    }
    Ok(user)
}

fn number(given: &Given, letter: char) -> Result<Option<u32>, Stop> {
    let number = given.number(letter)?;
    number
        .map(|number| {
            u32::try_from(number).map_err(|_| super::options::invalid_number(&number.to_string()))
        })
        .transpose()
}

async fn adduser(process: &mut Process) -> Outcome {
    let options = Options::new(
        "h:g:s:G:SDHu:k:N",
        &[
            ("home", 'h'),
            ("gecos", 'g'),
            ("shell", 's'),
            ("ingroup", 'G'),
            ("system", 'S'),
            ("disabled-password", 'D'),
            ("disabled-login", 'D'),
            ("empty-password", 'D'),
            ("no-create-home", 'H'),
            ("uid", 'u'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(1, 2)?;
    root_only(process)?;
    let name = operands[0].clone();
    if let Some(group) = operands.get(1) {
        if Accounts::read(process.space.files()).user(&name).is_none() {
            return Err(Stop::told(format!("unknown user {name}")));
        }
        enrol(process, group, &name, true)?;
        return Ok(0);
    }
    check_name(&name)?;
    let system = given.has('S');
    // A system's user shares a group unless one is named.
    let group = given.value('G').map(str::to_owned);
    let accounts = Accounts::read(process.space.files());
    let nogroup = system && group.is_none() && accounts.group("nogroup").is_some();
    let new = New {
        uid: number(&given, 'u')?,
        group: group.or_else(|| nogroup.then(|| "nogroup".to_owned())),
        also_in: Vec::new(),
        comment: given.value('g').unwrap_or("Linux User,,,").to_owned(),
        home: given
            .value('h')
            .map_or_else(|| format!("/home/{name}"), str::to_owned),
        shell: given
            .value('s')
            .unwrap_or(if system { "/bin/false" } else { "/bin/sh" })
            .to_owned(),
        system,
        makes_home: !given.has('H'),
        name,
    };
    let user = make_user(process, &new)?;
    if !given.has('D') && !system {
        let words = format!("passwd: password for {} is unchanged\n", user.name);
        process.complain(words).await;
    }
    Ok(0)
}

async fn addgroup(process: &mut Process) -> Outcome {
    let options = Options::new("g:S", &[("gid", 'g'), ("system", 'S')]);
    let given = options.read(&process.args)?;
    let operands = given.operands_between(1, 2)?;
    root_only(process)?;
    if let Some(group) = operands.get(1) {
        let user = &operands[0];
        if Accounts::read(process.space.files()).user(user).is_none() {
            return Err(Stop::told(format!("unknown user {user}")));
        }
        enrol(process, group, user, true)?;
        return Ok(0);
    }
    check_name(&operands[0])?;
    let accounts = Accounts::read(process.space.files());
    let gid = number(&given, 'g')?;
    make_group(process, &accounts, &operands[0], gid, given.has('S'))?;
    std::future::ready(Ok(0)).await
}

/// Takes away the lines of a name.
fn strike(process: &Process, file: &str, name: &str) -> Result<(), Stop> {
    let text = text_of(process, file);
    let prefix = format!("{name}:");
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with(&prefix))
        .collect();
    if kept.len() == text.lines().count() {
        return Ok(());
    }
    let mut text = kept.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    write(process, file, text)
}

async fn deluser(process: &mut Process) -> Outcome {
    let options = Options::new("r", &[("remove-home", 'r')]);
    let given = options.read(&process.args)?;
    let operands = given.operands_between(1, 2)?;
    root_only(process)?;
    let accounts = Accounts::read(process.space.files());
    let user = accounts.user(&operands[0]).cloned();
    let user = user.ok_or_else(|| Stop::told(format!("unknown user {}", operands[0])))?;
    if let Some(group) = operands.get(1) {
        enrol(process, group, &user.name, false)?;
        return Ok(0);
    }
    strike(process, PASSWD, &user.name)?;
    strike(process, SHADOW, &user.name)?;
    for group in &accounts.groups {
        if group.members.contains(&user.name) {
            enrol(process, &group.name, &user.name, false)?;
        }
    }
    // Its own group goes with it.
    let own = accounts.group(&user.name);
    if own.is_some_and(|group| group.gid == user.gid && group.members.is_empty()) {
        strike(process, GROUP, &user.name)?;
    }
    if given.has('r') {
        let (files, now) = (process.space.files(), process.now());
        // A home that is not there is gone already.
        files.remove_all(&user.home, &process.user, now).ok();
    }
    std::future::ready(Ok(0)).await
}

async fn delgroup(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    let operands = given.operands_between(1, 2)?;
    root_only(process)?;
    if let Some(group) = operands.get(1) {
        enrol(process, group, &operands[0], false)?;
        return Ok(0);
    }
    let name = &operands[0];
    let accounts = Accounts::read(process.space.files());
    let Some(group) = accounts.group(name) else {
        return Err(Stop::told(format!("unknown group {name}")));
    };
    if let Some(user) = accounts.users.iter().find(|user| user.gid == group.gid) {
        let words = format!("'{}' still has '{name}' as their primary group!", user.name);
        return Err(Stop::told(words));
    }
    strike(process, GROUP, name)?;
    std::future::ready(Ok(0)).await
}

async fn useradd(process: &mut Process) -> Outcome {
    let options = Options::new(
        "mMrUNlou:g:G:d:s:c:p:k:",
        &[
            ("create-home", 'm'),
            ("no-create-home", 'M'),
            ("system", 'r'),
            ("user-group", 'U'),
            ("no-user-group", 'N'),
            ("no-log-init", 'l'),
            ("uid", 'u'),
            ("gid", 'g'),
            ("groups", 'G'),
            ("home-dir", 'd'),
            ("shell", 's'),
            ("comment", 'c'),
            ("password", 'p'),
        ],
    );
    let given = options.read(&process.args)?;
    let name = given.operands_between(1, 1)?[0].clone();
    root_only(process)?;
    check_name(&name)?;
    let also_in = given.value('G').unwrap_or_default().split(',');
    let also_in = also_in.filter(|group| !group.is_empty());
    let accounts = Accounts::read(process.space.files());
    if accounts.user(&name).is_some() {
        return Err(Stop::with(9, format!("user '{name}' already exists")));
    }
    let new = New {
        uid: number(&given, 'u')?,
        group: given.value('g').map(str::to_owned),
        also_in: also_in.map(str::to_owned).collect(),
        comment: given.value('c').unwrap_or_default().to_owned(),
        home: given
            .value('d')
            .map_or_else(|| format!("/home/{name}"), str::to_owned),
        shell: given.value('s').unwrap_or("/bin/sh").to_owned(),
        system: given.has('r'),
        makes_home: given.has('m'),
        name,
    };
    make_user(process, &new)?;
    std::future::ready(Ok(0)).await
}

async fn groupadd(process: &mut Process) -> Outcome {
    let options = Options::new("frog:", &[("force", 'f'), ("system", 'r'), ("gid", 'g')]);
    let given = options.read(&process.args)?;
    let name = given.operands_between(1, 1)?[0].clone();
    root_only(process)?;
    check_name(&name)?;
    let accounts = Accounts::read(process.space.files());
    if accounts.group(&name).is_some() {
        if given.has('f') {
            return Ok(0);
        }
        return Err(Stop::with(9, format!("group '{name}' already exists")));
    }
    make_group(
        process,
        &accounts,
        &name,
        number(&given, 'g')?,
        given.has('r'),
    )?;
    std::future::ready(Ok(0)).await
}

async fn passwd(_: &mut Process) -> Outcome {
    let words = "there are no passwords in this simulator: su and gosu let root be anybody";
    std::future::ready(Err(Stop::told(words))).await
}
