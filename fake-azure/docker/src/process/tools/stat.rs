//! `stat`.

use std::fmt::Write as _;

use super::calls::Calls as _;
use super::date;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Kind, Stat};
use crate::process::{Accounts, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new("stat", "[-Lft] [-c FMT] FILE...", |process| {
    Box::pin(stat(process))
})];

async fn stat(process: &mut Process) -> Outcome {
    let options = Options::new(
        "Lftc:",
        &[("dereference", 'L'), ("format", 'c'), ("terse", 't')],
    );
    let given = options.read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    if given.has('f') {
        return Err(Stop::told("-f: there is no file system to tell of"));
    }
    let accounts = Accounts::read(process.space.files());
    let mut code = 0;
    for name in &given.operands {
        let stat = if given.has('L') {
            process.stat(name)
        } else {
            process.lstat(name)
        };
        let stat = match stat {
            Ok(stat) => stat,
            Err(errno) => {
                process
                    .complain(format!("stat: can't stat '{name}': {errno}\n"))
                    .await;
                code = 1;
                continue;
            }
        };
        let file = File {
            process,
            accounts: &accounts,
            name,
            stat: &stat,
        };
        let text = match given.value('c') {
            Some(format) => file.show(format) + "\n",
            None if given.has('t') => {
                file.show("%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %o") + "\n"
            }
            None => file.whole(),
        };
        process.print(text).await?;
    }
    Ok(code)
}

struct File<'a> {
    process: &'a Process,
    accounts: &'a Accounts,
    name: &'a str,
    stat: &'a Stat,
}

impl File<'_> {
    fn whole(&self) -> String {
        let kind = match self.stat.rdev {
            Some((major, minor)) => {
                format!("Links: {:<5} Device type: {major},{minor}", self.stat.links)
            }
            None => format!("Links: {}", self.stat.links),
        };
        let name = match &self.stat.target {
            Some(target) => format!("'{}' -> '{target}'", self.name),
            None => self.name.to_owned(),
        };
        let head = self.show(
            "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Dh/%dd\tInode: %-10i  ",
        );
        let times = self.show(
            "Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n",
        );
        format!("  File: {name}\n{head}{kind}\n{times}")
    }

    /// Fills in a format.
    fn show(&self, format: &str) -> String {
        let mut text = String::new();
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let end = rest.find(|c: char| !"-0123456789.".contains(c));
            let Some(end) = end else {
                text.push('%');
                break;
            };
            let (flags, after) = rest.split_at(end);
            let letter = after.chars().next().unwrap_or('%');
            rest = &after[letter.len_utf8()..];
            match self.value(letter) {
                Some(value) => pad(&mut text, flags, &value),
                None if letter == '%' => text.push('%'),
                None => {
                    text.push('?');
                }
            }
        }
        text + rest
    }

    fn value(&self, letter: char) -> Option<String> {
        let stat = self.stat;
        let zone = date::zone(self.process);
        let modified = stat.meta.modified;
        Some(match letter {
            'a' => format!("{:o}", stat.meta.mode),
            'A' => stat.mode_text(),
            'b' => stat.blocks().to_string(),
            'B' => "512".to_owned(),
            'd' => stat.device.to_string(),
            'D' => format!("{:x}", stat.device),
            'f' => format!("{:x}", stat.mode()),
            'F' => kind(stat).to_owned(),
            'g' => stat.meta.gid.to_string(),
            'G' => self
                .accounts
                .group_of(stat.meta.gid)
                .map_or_else(|| "UNKNOWN".to_owned(), |group| group.name.clone()),
            'h' => stat.links.to_string(),
            'i' => stat.ino.to_string(),
            'm' => "/".to_owned(),
            'n' => self.name.to_owned(),
            'N' => match &stat.target {
                Some(target) => format!("'{}' -> '{target}'", self.name),
                None => self.name.to_owned(),
            },
            'o' => "4096".to_owned(),
            's' => stat.size.to_string(),
            't' => format!("{:x}", stat.rdev.map_or(0, |(major, _)| major)),
            'T' => format!("{:x}", stat.rdev.map_or(0, |(_, minor)| minor)),
            'u' => stat.meta.uid.to_string(),
            'U' => self
                .accounts
                .user_of(stat.meta.uid)
                .map_or_else(|| "UNKNOWN".to_owned(), |user| user.name.clone()),
            'x' | 'y' | 'z' => date::show(modified, &zone, "%Y-%m-%d %H:%M:%S.%N %z"),
            'X' | 'Y' | 'Z' => modified.as_second().to_string(),
            _ => return None,
        })
    }
}

/// Pads a value as the flags and the width before its letter say.
fn pad(text: &mut String, flags: &str, value: &str) {
    let left = flags.starts_with('-');
    let digits = flags
        .trim_start_matches('-')
        .split('.')
        .next()
        .unwrap_or_default();
    let width = digits.parse::<usize>().unwrap_or(0).min(255);
    // Writing to a string does not fail.
    let _ = match (left, digits.starts_with('0')) {
        (true, _) => write!(text, "{value:<width$}"),
        (false, true) => write!(text, "{value:0>width$}"),
        (false, false) => write!(text, "{value:>width$}"),
    };
}

/// The kind of a file in words.
fn kind(stat: &Stat) -> &'static str {
    match stat.kind {
        Kind::File if stat.size == 0 => "regular empty file",
        Kind::File => "regular file",
        Kind::Directory => "directory",
        Kind::Symlink => "symbolic link",
        Kind::Fifo => "fifo",
        Kind::Socket => "socket",
        Kind::CharDevice => "character special file",
        Kind::BlockDevice => "block special file",
    }
}
