//! Who a process runs as: names and numbers of `/etc/passwd` and `/etc/group`.

use crate::fault::Fault;
use crate::files::{Credentials, View};

/// A user as a process has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// Its numbers.
    pub(crate) credentials: Credentials,
    /// Its home.
    pub(crate) home: String,
}

struct PasswdLine<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
    home: &'a str,
}

struct GroupLine<'a> {
    name: &'a str,
    gid: u32,
    members: &'a str,
}

/// Finds a user written `name`, `uid`, `name:group`, `uid:gid`, or nothing for root.
pub(crate) fn find(files: &View, text: &str, further: &[String]) -> Result<User, Fault> {
    let read = |path: &str| {
        let content = files.read(path, &Credentials::ROOT);
        content
            .map(|c| String::from_utf8_lossy(&c).into_owned())
            .unwrap_or_default()
    };
    let (passwd, group) = (read("/etc/passwd"), read("/etc/group"));
    resolve(&passwd, &group, text, further)
}

/// The numbers and names of the users that the files know.
pub(crate) fn names(files: &View) -> Vec<(u32, String)> {
    let content = files.read("/etc/passwd", &Credentials::ROOT);
    let passwd = content
        .map(|c| String::from_utf8_lossy(&c).into_owned())
        .unwrap_or_default();
    let lines = passwd.lines().filter_map(passwd_line);
    lines.map(|line| (line.uid, line.name.to_owned())).collect()
}

fn resolve(passwd: &str, group: &str, text: &str, further: &[String]) -> Result<User, Fault> {
    let users: Vec<_> = passwd.lines().filter_map(passwd_line).collect();
    let groups: Vec<_> = group.lines().filter_map(group_line).collect();
    let (user, wanted) = match text.split_once(':') {
        Some((user, group)) => (user, group),
        None => (text, ""),
    };
    let user = if user.is_empty() { "0" } else { user };
    let known = users
        .iter()
        .find(|line| line.name == user)
        .or_else(|| users.iter().find(|line| user.parse() == Ok(line.uid)));
    let (uid, gid, home) = match (known, user.parse::<i64>()) {
        (Some(line), _) => (line.uid, line.gid, line.home),
        (None, Ok(uid)) => (in_range(uid)?, 0, "/"),
        (None, Err(_)) => {
            let words = format!("unable to find user {user}: no matching entries in passwd file");
            return Err(Fault::Internal(words));
        }
    };
    let missing = |wanted: &str| {
        let words = format!("unable to find group {wanted}: no matching entries in group file");
        Fault::Internal(words)
    };
    let group_of = |wanted: &str| {
        let named = groups.iter().find(|line| line.name == wanted);
        match (named, wanted.parse::<i64>()) {
            (Some(line), _) => Ok(line.gid),
            (None, Ok(gid)) => in_range(gid),
            (None, Err(_)) => Err(missing(wanted)),
        }
    };
    let mut credentials = Credentials {
        uid,
        gid,
        ..Credentials::default()
    };
    if wanted.is_empty() {
        if let Some(line) = known {
            let is_member =
                |group: &&GroupLine<'_>| group.members.split(',').any(|member| member == line.name);
            credentials.groups = groups.iter().filter(is_member).map(|g| g.gid).collect();
        }
    } else {
        credentials.gid = group_of(wanted)?;
    }
    for wanted in further {
        let gid = group_of(wanted)?;
        credentials.groups.push(gid);
    }
    Ok(User {
        credentials,
        home: if home.is_empty() { "/" } else { home }.to_owned(),
    })
}

/// The number of a user or a group, if the engine takes it.
fn in_range(number: i64) -> Result<u32, Fault> {
    let most = i64::from(i32::MAX);
    let number = u32::try_from(number).ok();
    number
        .filter(|number| i64::from(*number) <= most)
        .ok_or_else(|| Fault::Internal(format!("uids and gids must be in range 0-{most}")))
}

fn passwd_line(line: &str) -> Option<PasswdLine<'_>> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let home = fields.nth(1).unwrap_or("/");
    Some(PasswdLine {
        name,
        uid,
        gid,
        home,
    })
}

fn group_line(line: &str) -> Option<GroupLine<'_>> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    let gid = fields.nth(1)?.parse().ok()?;
    let members = fields.next().unwrap_or_default();
    Some(GroupLine { name, gid, members })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/var/www:/bin/false\n";
    const GROUP: &str = "root:x:0:\nweb:x:34:\nlogs:x:4:root,web\n";

    fn user(text: &str) -> (u32, u32, Vec<u32>, String) {
        let user = resolve(PASSWD, GROUP, text, &[]).unwrap();
        let who = user.credentials;
        (who.uid, who.gid, who.groups, user.home)
    }

    #[test]
    fn users_are_found_by_name_and_number() {
        assert_eq!(user(""), (0, 0, vec![4], "/root".to_owned()));
        assert_eq!(user("web"), (33, 34, vec![4], "/var/www".to_owned()));
        assert_eq!(user("33:logs"), (33, 4, vec![], "/var/www".to_owned()));
        assert_eq!(user("1000:1001"), (1000, 1001, vec![], "/".to_owned()));
    }

    #[test]
    fn who_is_not_there_is_told() {
        let error = resolve(PASSWD, GROUP, "nobodyatall", &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unable to find user nobodyatall: no matching entries in passwd file"
        );
        for user in ["99999999999", "-1", "0:2147483648"] {
            let error = resolve(PASSWD, GROUP, user, &[]).unwrap_err();
            let words = "uids and gids must be in range 0-2147483647";
            assert_eq!(error.to_string(), words, "{user}");
        }
    }
}
