//! `-printf` of GNU's find.

use jiff::Timestamp;

use crate::files::{Kind, Stat};
use crate::process::tools::escapes::{self, Escaped};
use crate::process::{Accounts, Process};

/// A format: texts, and what is told of a file.
#[derive(Clone, Debug)]
pub(super) struct Format(Vec<Piece>);

#[derive(Clone, Debug)]
enum Piece {
    Text(Vec<u8>),
    Told {
        /// Whether it stands at the left of its room, and zeros fill it.
        left: bool,
        zeros: bool,
        room: usize,
        most: Option<usize>,
        what: What,
    },
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// A letter of its own.
    Letter(char),
    /// One of a time's: the last change of contents (`T`, `A`), of the file (`C`), and which part.
    Time(char),
}

/// A file, as it is found.
pub(super) struct Found<'a> {
    pub(super) path: &'a str,
    /// Where the search began.
    pub(super) start: &'a str,
    pub(super) depth: usize,
    pub(super) stat: &'a Stat,
    /// Where a link leads.
    pub(super) target: Option<String>,
}

impl Format {
    /// Reads a format; what means nothing behind a `%` stands for itself.
    pub(super) fn read(format: &str) -> Self {
        let mut pieces = Vec::new();
        let mut text: Vec<u8> = Vec::new();
        let mut rest = format;
        while let Some(letter) = rest.chars().next() {
            match letter {
                '\\' => {
                    let (escaped, taken) = escapes::read(&rest.as_bytes()[1..]);
                    match escaped {
                        Escaped::End => break,
                        Escaped::Byte(byte) => text.push(byte),
                    }
                    rest = rest.get(taken + 1..).unwrap_or_default();
                }
                '%' => {
                    let (piece, behind) = told(&rest[1..]);
                    match piece {
                        Piece::Text(more) => text.extend(more),
                        told @ Piece::Told { .. } => {
                            pieces.push(Piece::Text(std::mem::take(&mut text)));
                            pieces.push(told);
                        }
                    }
                    rest = behind;
                }
                other => {
                    text.extend(other.to_string().into_bytes());
                    rest = &rest[other.len_utf8()..];
                }
            }
        }
        pieces.push(Piece::Text(text));
        Self(pieces)
    }

    /// What it makes of a file.
    pub(super) fn show(&self, process: &Process, found: &Found<'_>) -> Vec<u8> {
        let mut shown = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => shown.extend(text),
                Piece::Told {
                    left,
                    zeros,
                    room,
                    most,
                    what,
                } => {
                    let mut told = match what {
                        What::Letter(letter) => of_letter(process, found, *letter),
                        What::Time(part) => time(found.stat.meta.modified, *part),
                    };
                    if let Some(most) = most {
                        told = told.chars().take(*most).collect();
                    }
                    let told = match (left, zeros) {
                        (true, _) => format!("{told:<room$}"),
                        (false, true) => format!("{told:0>room$}"),
                        (false, false) => format!("{told:>room$}"),
                    };
                    shown.extend(told.into_bytes());
                }
            }
        }
        shown
    }
}

/// Reads what stands behind a `%`, and what is left behind it.
fn told(rest: &str) -> (Piece, &str) {
    let itself = |text: &str| Piece::Text(format!("%{text}").into_bytes());
    let flags = rest.len() - rest.trim_start_matches(['-', '0', '+', '#', ' ']).len();
    let (flags, behind) = rest.split_at(flags);
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (room, mut behind) = behind.split_at(digits(behind));
    let mut most = None;
    if let Some(after) = behind.strip_prefix('.') {
        let (number, after) = after.split_at(digits(after));
        most = Some(number.parse().unwrap_or(0));
        behind = after;
    }
    let mut letters = behind.chars();
    let what = match letters.next() {
        None => return (itself(""), ""),
        Some('%') => return (itself(""), letters.as_str()),
        Some('A' | 'C' | 'T') => match letters.next() {
            Some(part) => What::Time(part),
            None => return (itself("T"), ""),
        },
        Some('a' | 'c' | 't') => What::Time('c'),
        Some(letter) if "pfhPHsmMuUgGinldyYkbDS".contains(letter) => What::Letter(letter),
        Some(other) => return (itself(&other.to_string()), letters.as_str()),
    };
    let piece = Piece::Told {
        left: flags.contains('-'),
        zeros: flags.contains('0') && matches!(what, What::Letter('m' | 's' | 'd' | 'n' | 'i')),
        room: room.parse().unwrap_or(0).min(4096),
        most,
        what,
    };
    (piece, letters.as_str())
}

fn of_letter(process: &Process, found: &Found<'_>, letter: char) -> String {
    let stat = found.stat;
    let meta = &stat.meta;
    let accounts = || Accounts::read(process.space.files());
    let path = found.path;
    match letter {
        'p' => path.to_owned(),
        'f' => match path.trim_end_matches('/').rsplit('/').next() {
            Some("") | None => path.to_owned(),
            Some(name) => name.to_owned(),
        },
        'h' => match path.rsplit_once('/') {
            Some((above, _)) => above.to_owned(),
            None => ".".to_owned(),
        },
        'P' => {
            let rest = path.strip_prefix(found.start).unwrap_or(path);
            rest.trim_start_matches('/').to_owned()
        }
        'H' => found.start.to_owned(),
        's' => stat.size.to_string(),
        'm' => format!("{:o}", meta.mode & 0o7777),
        'M' => stat.mode_text(),
        'u' => accounts().user_name(meta.uid),
        'g' => accounts().group_name(meta.gid),
        'U' => meta.uid.to_string(),
        'G' => meta.gid.to_string(),
        'i' => stat.ino.to_string(),
        'n' => stat.links.to_string(),
        'l' => found.target.clone().unwrap_or_default(),
        'd' => found.depth.to_string(),
        'k' => stat.blocks().div_ceil(2).to_string(),
        'b' => stat.blocks().to_string(),
        'D' => stat.device.to_string(),
        'S' => "1".to_owned(),
        _ => match stat.kind {
            Kind::Directory => "d",
            Kind::Symlink => "l",
            Kind::CharDevice => "c",
            Kind::BlockDevice => "b",
            Kind::Fifo => "p",
            Kind::Socket => "s",
            Kind::File => "f",
        }
        .to_owned(),
    }
}

/// A part of a time, in the forms of find.
fn time(moment: Timestamp, part: char) -> String {
    let nanos = format!("{:09}0", moment.subsec_nanosecond());
    let said = |layout: &str| moment.strftime(layout).to_string();
    match part {
        '@' => format!("{}.{nanos}", moment.as_second()),
        'S' => format!("{}.{nanos}", said("%S")),
        'T' | 'X' => format!("{}.{nanos}", said("%H:%M:%S")),
        '+' => format!("{}.{nanos}", said("%Y-%m-%d+%H:%M:%S")),
        'c' => format!("{}.{nanos} {}", said("%a %b %e %H:%M:%S"), said("%Y")),
        'x' | 'D' => said("%m/%d/%y"),
        'Z' => "UTC".to_owned(),
        part if "aAbBdeFgGhHIjklmMnprRstuUVwWyYz".contains(part) => said(&format!("%{part}")),
        _ => String::new(),
    }
}
