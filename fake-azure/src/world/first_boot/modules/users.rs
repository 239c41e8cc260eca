//! `groups`, `users`, `ssh_authorized_keys`: accounts, as files.

use fake_docker::files::{Credentials, Errno, View};
use fake_docker::process::Accounts;
use jiff::Timestamp;

use super::super::machine::Machine;
use super::super::yaml::Yaml;

const ROOT: Credentials = Credentials::ROOT;
/// The first number of a person.
const FIRST: u32 = 1000;
/// The last number of a person.
const LAST: u32 = 60_000;

/// A user that is to be there.
#[derive(Default)]
struct User {
    name: String,
    groups: Vec<String>,
    keys: Vec<String>,
    shell: Option<String>,
    sudo: Option<String>,
    home: Option<String>,
    /// What it is called in full, and the like.
    gecos: Option<String>,
}

/// Makes groups and users. Returns what is to be logged.
pub(crate) fn make(files: &View, config: &Yaml, machine: &Machine, now: Timestamp) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut done = |result: Result<(), Errno>| {
        if let Err(errno) = result {
            complaints.push(format!("Running module users-groups failed: {errno}"));
        }
    };
    for (group, members) in groups(config.get("groups")) {
        done(add_group(files, &group, now));
        for member in members {
            done(enrol(files, &group, &member, now));
        }
    }
    for user in users(config, machine) {
        done(add_user(files, &user, now));
    }
    complaints
}

/// Whether a name may stand in a list of accounts.
fn is_name(name: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$');
    !name.is_empty()
        && name.len() <= 64
        && !name.starts_with(['-', '.'])
        && name.bytes().all(is_letter)
}

/// Words in a text with commas, in a list, or the keys of a mapping.
fn words(value: Option<&Yaml>) -> Vec<String> {
    let words: Vec<String> = match value {
        Some(Yaml::Text(text)) => text.split(',').map(|word| word.trim().to_owned()).collect(),
        Some(Yaml::List(items)) => items.iter().map(Yaml::spelled).collect(),
        Some(Yaml::Map(entries)) => entries.keys().cloned().collect(),
        _ => Vec::new(),
    };
    words.into_iter().filter(|word| is_name(word)).collect()
}

fn groups(value: Option<&Yaml>) -> Vec<(String, Vec<String>)> {
    let of_map = |map: &Yaml| match map {
        Yaml::Map(entries) => {
            let entries = entries.iter().filter(|(name, _)| is_name(name));
            entries
                .map(|(name, members)| (name.clone(), words(Some(members))))
                .collect()
        }
        other => words(Some(other))
            .into_iter()
            .map(|name| (name, Vec::new()))
            .collect(),
    };
    match value {
        Some(Yaml::List(items)) => items
            .iter()
            .flat_map(|item| -> Vec<_> { of_map(item) })
            .collect(),
        Some(other) => of_map(other),
        None => Vec::new(),
    }
}

/// The users that are told; the machine's own is `default`, and the one where none is told.
fn users(config: &Yaml, machine: &Machine) -> Vec<User> {
    let mut keys = machine.keys.clone();
    keys.extend(texts(config.get("ssh_authorized_keys")));
    let own = || {
        machine.admin.clone().map(|name| User {
            name,
            groups: ["adm", "sudo"].map(str::to_owned).to_vec(),
            keys: keys.clone(),
            sudo: Some("ALL=(ALL) NOPASSWD:ALL".to_owned()),
            ..User::default()
        })
    };
    let list = match config.get("users") {
        None | Some(Yaml::Null) => return own().into_iter().collect(),
        Some(Yaml::List(items)) => items.clone(),
        Some(Yaml::Text(text)) => {
            let names = text
                .split(',')
                .map(|name| Yaml::Text(name.trim().to_owned()));
            names.collect()
        }
        Some(other) => vec![other.clone()],
    };
    let told = list.iter().filter_map(|item| {
        let text = |key: &str| item.get(key).and_then(Yaml::as_text).map(str::to_owned);
        let name = item.as_text().map(str::to_owned).or_else(|| text("name"))?;
        if name == "default" {
            return own();
        }
        Some(User {
            groups: words(item.get("groups")),
            keys: texts(
                item.get("ssh_authorized_keys")
                    .or_else(|| item.get("ssh-authorized-keys")),
            ),
            shell: text("shell"),
            sudo: match item.get("sudo") {
                Some(Yaml::Text(rule)) => Some(rule.clone()),
                Some(Yaml::List(rules)) => rules.first().and_then(Yaml::as_text).map(str::to_owned),
                _ => None,
            },
            home: text("homedir"),
            gecos: text("gecos"),
            name,
        })
    });
    told.filter(|user| is_name(&user.name)).collect()
}

fn texts(value: Option<&Yaml>) -> Vec<String> {
    match value {
        Some(Yaml::Text(text)) => vec![text.clone()],
        Some(Yaml::List(items)) => items
            .iter()
            .filter_map(Yaml::as_text)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

fn append(files: &View, path: &str, line: &str, now: Timestamp) -> Result<(), Errno> {
    files.append(path, format!("{line}\n").as_bytes(), 0o644, &ROOT, now)
}

fn add_group(files: &View, name: &str, now: Timestamp) -> Result<(), Errno> {
    let accounts = Accounts::read(files);
    if accounts.group(name).is_some() {
        return Ok(());
    }
    let gid = free(|id| accounts.group_of(id).is_some() || accounts.user_of(id).is_some());
    append(files, "/etc/group", &format!("{name}:x:{gid}:"), now)
}

fn free(is_taken: impl Fn(u32) -> bool) -> u32 {
    (FIRST..LAST).find(|id| !is_taken(*id)).unwrap_or(LAST)
}

fn enrol(files: &View, group: &str, user: &str, now: Timestamp) -> Result<(), Errno> {
    let text = files.read("/etc/group", &ROOT)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let prefix = format!("{group}:");
    let lines = text.lines().map(|line| {
        let members = line.rsplit(':').next().unwrap_or_default();
        if !line.starts_with(&prefix) || members.split(',').any(|member| member == user) {
            return format!("{line}\n");
        }
        let comma = if members.is_empty() { "" } else { "," };
        format!("{line}{comma}{user}\n")
    });
    let changed: String = lines.collect();
    files.write("/etc/group", changed.into_bytes(), 0o644, &ROOT, now)
}

fn add_user(files: &View, user: &User, now: Timestamp) -> Result<(), Errno> {
    let accounts = Accounts::read(files);
    let name = &user.name;
    if accounts.user(name).is_none() {
        add_group(files, name, now)?;
        let accounts = Accounts::read(files);
        let gid = accounts.group(name).map_or(FIRST, |group| group.gid);
        let uid = if accounts.user_of(gid).is_none() {
            gid
        } else {
            free(|id| accounts.user_of(id).is_some())
        };
        let home = user
            .home
            .clone()
            .filter(|home| home.starts_with('/') && !home.contains([':', '\n']));
        let home = home.unwrap_or_else(|| format!("/home/{name}"));
        let shell = user
            .shell
            .clone()
            .filter(|shell| !shell.contains([':', '\n']));
        let shell = shell.unwrap_or_else(|| "/bin/bash".to_owned());
        let gecos = user.gecos.as_deref();
        let gecos = gecos.filter(|gecos| !gecos.contains([':', '\n']));
        let gecos = gecos.unwrap_or_default();
        append(
            files,
            "/etc/passwd",
            &format!("{name}:x:{uid}:{gid}:{gecos}:{home}:{shell}"),
            now,
        )?;
        files.create_dir_all(&home, 0o755, &ROOT, now)?;
        files.chmod(&home, 0o750, &ROOT)?;
        files.chown(&home, Some(uid), Some(gid), &ROOT)?;
    }
    for group in &user.groups {
        add_group(files, group, now)?;
        enrol(files, group, name, now)?;
    }
    if let Some(rule) = &user.sudo
        && !rule.contains('\n')
    {
        let line = format!("{name} {rule}");
        append(files, "/etc/sudoers.d/90-cloud-init-users", &line, now)?;
    }
    if user.keys.is_empty() {
        return Ok(());
    }
    let accounts = Accounts::read(files);
    let Some(known) = accounts.user(name) else {
        return Ok(());
    };
    let folder = format!("{}/.ssh", known.home);
    let file = format!("{folder}/authorized_keys");
    files.create_dir_all(&folder, 0o700, &ROOT, now)?;
    files.chown(&folder, Some(known.uid), Some(known.gid), &ROOT)?;
    for key in &user.keys {
        append(files, &file, key.trim_end(), now)?;
    }
    files.chmod(&file, 0o600, &ROOT)?;
    files.chown(&file, Some(known.uid), Some(known.gid), &ROOT)
}
