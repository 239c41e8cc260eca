//! Users and groups, as `/etc/passwd` and `/etc/group` list them.

use crate::files::{Credentials, View};

/// A line of `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The number.
    pub uid: u32,
    /// The primary group.
    pub gid: u32,
    /// The full name.
    pub comment: String,
    /// The home folder.
    pub home: String,
    /// The shell.
    pub shell: String,
}

/// A line of `/etc/group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name.
    pub name: String,
    /// The number.
    pub gid: u32,
    /// The names of the members whose primary group it is not.
    pub members: Vec<String>,
}

/// The users and groups of a file tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// The users, in the order of the file.
    pub users: Vec<User>,
    /// The groups, in the order of the file.
    pub groups: Vec<Group>,
}

impl Accounts {
    /// Reads the accounts of a file tree; what is not there or not well-formed is left out.
    pub fn read(files: &View) -> Self {
        let text = |path| {
            let bytes = files.read(path, &Credentials::ROOT).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Self {
            users: text("/etc/passwd").lines().filter_map(user).collect(),
            groups: text("/etc/group").lines().filter_map(group).collect(),
        }
    }

    /// The user of this name.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// The user of this number.
    pub fn user_of(&self, uid: u32) -> Option<&User> {
        self.users.iter().find(|user| user.uid == uid)
    }

    /// The group of this name.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The group of this number.
    pub fn group_of(&self, gid: u32) -> Option<&Group> {
        self.groups.iter().find(|group| group.gid == gid)
    }

    /// The name of a user; its number where it has none.
    pub fn user_name(&self, uid: u32) -> String {
        self.user_of(uid)
            .map_or_else(|| uid.to_string(), |user| user.name.clone())
    }

    /// The name of a group; its number where it has none.
    pub fn group_name(&self, gid: u32) -> String {
        self.group_of(gid)
            .map_or_else(|| gid.to_string(), |group| group.name.clone())
    }

    /// The number of a user that is given by name or number.
    pub fn uid(&self, text: &str) -> Option<u32> {
        match self.user(text) {
            Some(user) => Some(user.uid),
            None => text.parse().ok(),
        }
    }

    /// The number of a group that is given by name or number.
    pub fn gid(&self, text: &str) -> Option<u32> {
        match self.group(text) {
            Some(group) => Some(group.gid),
            None => text.parse().ok(),
        }
    }

    /// What a user may do who logs in: its group, and those that list it as a member.
    pub fn credentials(&self, user: &User) -> Credentials {
        let listing = self
            .groups
            .iter()
            .filter(|group| group.gid != user.gid && group.members.contains(&user.name));
        Credentials {
            uid: user.uid,
            gid: user.gid,
            groups: listing.map(|group| group.gid).collect(),
            ..Credentials::default()
        }
    }
}

fn user(line: &str) -> Option<User> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty())?.to_owned();
    let _password = fields.next()?;
    let uid = fields.next()?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let mut text = || fields.next().unwrap_or_default().to_owned();
    Some(User {
        name,
        uid,
        gid,
        comment: text(),
        home: text(),
        shell: text(),
    })
}

fn group(line: &str) -> Option<Group> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty())?.to_owned();
    let _password = fields.next()?;
    let gid = fields.next()?.parse().ok()?;
    let members = fields.next().unwrap_or_default().split(',');
    Some(Group {
        name,
        gid,
        members: members
            .filter(|member| !member.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ill_formed_lines_are_left_out() {
        assert_eq!(user("root"), None);
        assert_eq!(user(":x:0:0"), None);
        assert_eq!(user("a:x:many:0:::"), None);
        assert_eq!(user("a:x:1:2").unwrap().home, "");
        assert_eq!(group("wheel:x:10:root,,a").unwrap().members, ["root", "a"]);
    }

    #[test]
    fn who_logs_in_gets_the_groups_that_list_them() {
        let accounts = Accounts {
            users: vec![user("a:x:7:70:A:/a:/bin/sh").unwrap()],
            groups: vec![
                group("a:x:70:a").unwrap(),
                group("docker:x:99:b,a").unwrap(),
                group("other:x:98:b").unwrap(),
            ],
        };
        let a = accounts.credentials(accounts.user("a").unwrap());
        assert_eq!((a.uid, a.gid, a.groups), (7, 70, vec![99]));
        assert_eq!(accounts.uid("a"), Some(7));
        assert_eq!(accounts.uid("1234"), Some(1234));
        assert_eq!(accounts.gid("nobody"), None);
    }
}
