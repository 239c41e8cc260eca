//! How `ls` shows one file.

use jiff::SignedDuration;

use super::{How, Item};
use crate::files::{Kind, Stat};
use crate::process::Process;
use crate::process::tools::calls::Calls as _;
use crate::process::tools::{date, sizes};

/// For how long the time of a file is told without its year.
const RECENT: SignedDuration = SignedDuration::from_hours(24 * 182);

/// The line of a file, with all that is asked for.
pub(super) fn whole(process: &Process, how: &How, item: &Item) -> String {
    let mut text = counts(how, &item.stat);
    if how.long {
        text += &details(process, how, &item.stat);
    }
    text += &name(how, item);
    if how.long
        && let Some(target) = &item.stat.target
    {
        text = text + " -> " + target;
        if how.marks == Some('F')
            && let Ok(stat) = process.stat(&item.path)
        {
            text += mark(how, &stat);
        }
    }
    text + "\n"
}

/// What stands in a column, and how wide it is on a screen.
pub(super) fn short(how: &How, item: &Item) -> (String, usize) {
    let counts = counts(how, &item.stat);
    let marks = mark(how, &item.stat).len();
    let width = counts.len() + item.name.chars().count() + marks;
    (counts + &name(how, item), width)
}

fn counts(how: &How, stat: &Stat) -> String {
    let mut text = String::new();
    if how.inodes {
        text += &format!("{:7} ", stat.ino);
    }
    if how.blocks {
        text += &format!("{:6} ", stat.blocks() / 2);
    }
    text
}

fn details(process: &Process, how: &How, stat: &Stat) -> String {
    let (uid, gid) = (stat.meta.uid, stat.meta.gid);
    let (user, group) = if how.numeric {
        (uid.to_string(), gid.to_string())
    } else {
        (how.accounts.user_name(uid), how.accounts.group_name(gid))
    };
    let size = match stat.rdev {
        Some((major, minor)) => format!("{major:4}, {minor:3}"),
        None if how.human => format!("{:>9}", sizes::human(stat.size)),
        None => format!("{:>9}", stat.size),
    };
    format!(
        "{} {:4} {user:<8.8} {group:<8.8} {size} {} ",
        stat.mode_text(),
        stat.links,
        time(process, how, stat)
    )
}

fn time(process: &Process, how: &How, stat: &Stat) -> String {
    let modified = stat.meta.modified;
    let zone = date::zone(process);
    if how.full_time {
        return date::show(modified, &zone, "%Y-%m-%d %H:%M:%S %z");
    }
    let age = process.now().duration_since(modified);
    let recent = age < RECENT && age > -SignedDuration::from_mins(15);
    let format = if recent { "%b %e %H:%M" } else { "%b %e  %Y" };
    date::show(modified, &zone, format)
}

fn name(how: &How, item: &Item) -> String {
    let mark = mark(how, &item.stat);
    // A name with control characters would play with the terminal.
    let shown: String = item
        .name
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    match colour(how, &item.stat) {
        Some(colour) => format!("\x1b[{colour}m{shown}\x1b[m{mark}"),
        None => format!("{shown}{mark}"),
    }
}

fn mark(how: &How, stat: &Stat) -> &'static str {
    match (how.marks, stat.kind) {
        (Some(_), Kind::Directory) => "/",
        (Some('F'), Kind::Symlink) => "@",
        (Some('F'), Kind::Fifo) => "|",
        (Some('F'), Kind::Socket) => "=",
        (Some('F'), Kind::File) if stat.meta.mode & 0o111 != 0 => "*",
        _ => "",
    }
}

fn colour(how: &How, stat: &Stat) -> Option<&'static str> {
    if !how.colour {
        return None;
    }
    Some(match stat.kind {
        Kind::Directory => "1;34",
        Kind::Symlink => "1;36",
        Kind::Fifo => "0;33",
        Kind::Socket => "1;35",
        Kind::BlockDevice | Kind::CharDevice => "1;33",
        Kind::File if stat.meta.mode & 0o111 != 0 => "1;32",
        Kind::File => "0;0",
    })
}
