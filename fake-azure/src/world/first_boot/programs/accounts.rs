//! `usermod` and `gpasswd`: who is in which group.

use std::sync::Arc;

use fake_docker::files::Credentials;
use fake_docker::process::{Accounts, Process};

use super::super::host::Host;

/// `usermod -aG GROUPS USER`; what else it changes is not looked at.
pub(super) async fn usermod(mut process: Process, _: Arc<Host>) -> u8 {
    let mut groups = Vec::new();
    let mut user = None;
    let mut args = process.args.iter().skip(1);
    while let Some(word) = args.next() {
        match word.as_str() {
            "--groups" => groups.extend(args.next().cloned()),
            "-s" | "-d" | "-c" | "-u" | "-g" | "-l" | "-L" | "-e" | "-p" | "--shell" | "--home" => {
                args.next();
            }
            option if option.starts_with('-') => {
                if !option.starts_with("--") && option.ends_with('G') {
                    groups.extend(args.next().cloned());
                }
            }
            name => user = Some(name.to_owned()),
        }
    }
    let Some(user) = user else {
        return 2;
    };
    if Accounts::read(process.space.files()).user(&user).is_none() {
        process
            .complain(format!("usermod: user '{user}' does not exist\n"))
            .await;
        return 6;
    }
    for group in groups.iter().flat_map(|list| list.split(',')) {
        if !enrol(&process, group, &user) {
            process
                .complain(format!("usermod: group '{group}' does not exist\n"))
                .await;
            return 6;
        }
    }
    0
}

/// `gpasswd -a USER GROUP`.
pub(super) async fn gpasswd(mut process: Process, _: Arc<Host>) -> u8 {
    let [_, option, user, group] = &process.args[..] else {
        return 0;
    };
    let (option, user, group) = (option.clone(), user.clone(), group.clone());
    if !matches!(option.as_str(), "-a" | "--add") || enrol(&process, &group, &user) {
        return 0;
    }
    process
        .complain(format!(
            "gpasswd: group '{group}' does not exist in /etc/group\n"
        ))
        .await;
    3
}

/// Makes a user a member of a group; false when there is no such group.
fn enrol(process: &Process, group: &str, user: &str) -> bool {
    let files = process.space.files();
    let text = files
        .read("/etc/group", &Credentials::ROOT)
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut is_there = false;
    let lines = text.lines().map(|line| {
        let mut fields: Vec<_> = line.splitn(4, ':').collect();
        if fields.len() < 4 || fields[0] != group {
            return format!("{line}\n");
        }
        is_there = true;
        let mut members: Vec<_> = fields[3]
            .split(',')
            .filter(|name| !name.is_empty())
            .collect();
        if !members.contains(&user) {
            members.push(user);
        }
        let members = members.join(",");
        fields[3] = &members;
        format!("{}\n", fields.join(":"))
    });
    let changed: String = lines.collect();
    is_there
        && files
            .write(
                "/etc/group",
                changed.into_bytes(),
                0o644,
                &process.user,
                process.now(),
            )
            .is_ok()
}
