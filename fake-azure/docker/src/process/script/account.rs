//! Users by their names, as the container's `/etc/passwd` knows them.

use crate::files::{Credentials, View};

/// The longest account file that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// The user of a name or number, with its group; none when nobody is called so.
pub(super) fn user(files: &View, name: &str) -> Option<Credentials> {
    let (user, group) = name
        .split_once(':')
        .map_or((name, None), |(u, g)| (u, Some(g)));
    let number = user.parse::<u32>().ok();
    let line = find(files, "/etc/passwd", |fields| {
        fields.first() == Some(&user) || number.is_some() && fields.get(2) == Some(&user)
    });
    let field = |at: usize| line.as_ref()?.get(at)?.parse::<u32>().ok();
    let uid = field(2).or(number)?;
    let gid = match group {
        None => field(3).unwrap_or_default(),
        Some(group) => match group.parse() {
            Ok(gid) => gid,
            Err(_) => find(files, "/etc/group", |fields| fields.first() == Some(&group))?
                .get(2)?
                .parse()
                .ok()?,
        },
    };
    Some(Credentials::new(uid, gid))
}

fn find(files: &View, file: &str, is: impl Fn(&[&str]) -> bool) -> Option<Vec<String>> {
    let content = files.read(file, &Credentials::ROOT).ok()?;
    let text = std::str::from_utf8(content.get(..content.len().min(LONGEST))?).ok()?;
    text.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        is(&fields).then(|| fields.into_iter().map(str::to_owned).collect())
    })
}
