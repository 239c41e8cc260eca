//! `--chown`: who gets the files that are copied.

use crate::files::{Credentials, View};

/// Why an owner cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnknownOwner {
    #[error("invalid chown string format: {0}")]
    Format(String),
    #[error("can't find uid for user {name}: {reason}")]
    User { name: String, reason: String },
    #[error("can't find gid for group {name}: {reason}")]
    Group { name: String, reason: String },
}

/// Reads `user`, `user:group` or numbers, with the names that the image knows. The group is
/// named as the user if nothing else is said.
pub(crate) fn owner(written: &str, image: &View) -> Result<(u32, u32), UnknownOwner> {
    let (user, group) = written.split_once(':').unwrap_or((written, written));
    if group.contains(':') {
        return Err(UnknownOwner::Format(written.to_owned()));
    }
    let uid = number(user, "/etc/passwd", "user", image).map_err(|reason| UnknownOwner::User {
        name: user.to_owned(),
        reason,
    })?;
    let gid =
        number(group, "/etc/group", "group", image).map_err(|reason| UnknownOwner::Group {
            name: group.to_owned(),
            reason,
        })?;
    Ok((uid, gid))
}

/// Returns the number that a name has in a file whose third column is a number.
fn number(name: &str, file: &str, what: &str, image: &View) -> Result<u32, String> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    let text = image
        .read(file, &Credentials::ROOT)
        .map_err(|errno| format!("open {file}: {}", errno.to_string().to_lowercase()))?;
    let text = String::from_utf8_lossy(&text);
    text.lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|columns| columns[0] == name)
        .and_then(|columns| columns.get(2)?.parse().ok())
        .ok_or_else(|| format!("no such {what}: {name}"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::files::Tree;

    fn image() -> View {
        let now = Timestamp::UNIX_EPOCH;
        let root = &Credentials::ROOT;
        let view = View::of(Tree::new(now));
        view.create_dir_all("/etc", 0o755, root, now).unwrap();
        let passwd = "root:x:0:0::/root:/bin/sh\nweb:x:33:44::/:/bin/false\n";
        view.write("/etc/passwd", passwd, 0o644, root, now).unwrap();
        view.write("/etc/group", "root:x:0:\nstaff:x:50:\n", 0o644, root, now)
            .unwrap();
        view
    }

    #[test]
    fn an_owner_is_a_name_or_a_number() {
        let image = image();

        assert_eq!(owner("1:2", &image), Ok((1, 2)));
        assert_eq!(owner("7", &image), Ok((7, 7)));
        assert_eq!(owner("root", &image), Ok((0, 0)));
        assert_eq!(owner("web:staff", &image), Ok((33, 50)));
        assert_eq!(owner("web:1", &image), Ok((33, 1)));
    }

    #[test]
    fn a_stranger_is_refused() {
        let refusal = |written| owner(written, &image()).unwrap_err().to_string();

        assert_eq!(refusal("a:b:c"), "invalid chown string format: a:b:c");
        assert_eq!(
            refusal("no"),
            "can't find uid for user no: no such user: no"
        );
        // Without a group of the same name the user alone does not do.
        assert_eq!(
            refusal("web"),
            "can't find gid for group web: no such group: web"
        );
        let empty = View::of(Tree::new(Timestamp::UNIX_EPOCH));
        assert_eq!(
            owner("root", &empty).unwrap_err().to_string(),
            "can't find uid for user root: open /etc/passwd: no such file or directory"
        );
    }
}
