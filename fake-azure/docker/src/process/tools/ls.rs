//! `ls`.

mod line;

use std::cmp::Reverse;

use super::calls::Calls as _;
use super::options::{Given, Options};
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Errno, Stat};
use crate::process::accounts::Accounts;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "ls",
    "[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...",
    |process| Box::pin(ls(process)),
)];

const OPTIONS: Options = Options::new(
    "1AaCxdLHRFplinshrSXvctukgoGw:T:Φ::Ψ",
    &[
        ("all", 'a'),
        ("almost-all", 'A'),
        ("directory", 'd'),
        ("human-readable", 'h'),
        ("inode", 'i'),
        ("numeric-uid-gid", 'n'),
        ("recursive", 'R'),
        ("reverse", 'r'),
        ("size", 's'),
        ("width", 'w'),
        ("color", 'Φ'),
        ("full-time", 'Ψ'),
        ("group-directories-first", 'G'),
    ],
);

/// How deep directories are followed by `-R`.
const DEPTH: usize = 64;

/// What is listed and how.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
struct How {
    long: bool,
    all: bool,
    almost_all: bool,
    as_names: bool,
    recursive: bool,
    follow: bool,
    inodes: bool,
    blocks: bool,
    human: bool,
    numeric: bool,
    reverse: bool,
    full_time: bool,
    directories_first: bool,
    colour: bool,
    /// `F` marks all kinds, `p` directories alone.
    marks: Option<char>,
    /// `S`, `X`, `t`, `v`, or by name.
    order: Option<char>,
    /// `1`, `C` or `x`.
    columns: char,
    width: usize,
    accounts: Accounts,
}

/// A file with the name that it is listed by.
struct Item {
    name: String,
    /// The name by which it is reached.
    path: String,
    stat: Stat,
}

impl How {
    fn of(given: &Given, process: &Process) -> Result<Self, Stop> {
        let tty = process.descriptors.get(1).ok().and_then(|out| match out {
            // As wide as most, where nobody said.
            Descriptor::Tty(tty) => Some(match tty.size().1 {
                0 => 80,
                width => width,
            }),
            _ => None,
        });
        let width = given
            .number('w')?
            .unwrap_or_else(|| tty.unwrap_or(80).into());
        let width = usize::try_from(width).unwrap_or(80).clamp(1, 4096);
        // A later layout takes the place of an earlier one.
        let layout = given.last_of("1Cxlngo");
        let columns = match layout {
            Some(letter @ ('C' | 'x')) => letter,
            None if tty.is_some() => 'C',
            _ => '1',
        };
        let colour = match given.all().filter(|(letter, _)| *letter == 'Φ').last() {
            Some((_, Some("never" | "no" | "none"))) => false,
            Some((_, None | Some("always" | "yes" | "force"))) => true,
            // Colour is for people: who reads a pipe is none.
            _ => tty.is_some(),
        };
        Ok(Self {
            long: given.has('l')
                || given.has('n')
                || given.has('g')
                || given.has('o')
                || given.has('Ψ'),
            all: given.has('a'),
            almost_all: given.has('A'),
            as_names: given.has('d'),
            recursive: given.has('R'),
            follow: given.has('L'),
            inodes: given.has('i'),
            blocks: given.has('s'),
            human: given.has('h'),
            numeric: given.has('n'),
            reverse: given.has('r'),
            full_time: given.has('Ψ'),
            directories_first: given.has('G'),
            colour,
            marks: given.last_of("Fp"),
            order: given.last_of("SXtvcu"),
            columns,
            width,
            accounts: Accounts::read(process.space.files()),
        })
    }

    fn look(&self, process: &Process, path: &str, follow: bool) -> Result<Stat, Errno> {
        if follow {
            process.stat(path)
        } else if self.follow {
            // A link that leads nowhere is shown as itself.
            process.stat(path).or_else(|_| process.lstat(path))
        } else {
            process.lstat(path)
        }
    }

    fn sort(&self, items: &mut [Item]) {
        items.sort_by(|a, b| a.name.cmp(&b.name));
        match self.order {
            Some('S') => items.sort_by_key(|item| Reverse(item.stat.size)),
            Some('t' | 'c' | 'u') => items.sort_by_key(|item| Reverse(item.stat.meta.modified)),
            Some('X') => items.sort_by_key(|item| {
                let dot = item.name.rfind('.');
                dot.map_or(String::new(), |dot| item.name[dot..].to_owned())
            }),
            Some('v') => items.sort_by(|a, b| super::version::compare(&a.name, &b.name)),
            _ => {}
        }
        if self.reverse {
            items.reverse();
        }
        if self.directories_first {
            items.sort_by_key(|item| !item.stat.is_dir());
        }
    }
}

async fn ls(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let how = How::of(&given, process)?;
    let mut operands = given.operands.clone();
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    let mut out = Output::default();
    let mut code = 0;
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for name in &operands {
        // A link to a directory shows the directory, unless its own line is wanted.
        let follow = !(how.long || how.as_names || how.marks == Some('F')) || given.has('H');
        match how.look(process, name, follow) {
            Ok(stat) => {
                let item = Item {
                    name: name.clone(),
                    path: name.clone(),
                    stat,
                };
                if item.stat.is_dir() && !how.as_names {
                    folders.push(item);
                } else {
                    files.push(item);
                }
            }
            Err(errno) => {
                out.complain(process, format!("ls: {name}: {errno}\n"))
                    .await?;
                code = 1;
            }
        }
    }
    how.sort(&mut files);
    how.sort(&mut folders);
    let named = operands.len() > 1 || how.recursive;
    let mut first = files.is_empty();
    show(process, &how, &files, &mut out).await?;
    // Those that were found inside come before those that were named later.
    let mut open: Vec<(Item, usize)> = folders.into_iter().rev().map(|item| (item, 0)).collect();
    while let Some((folder, depth)) = open.pop() {
        if !std::mem::take(&mut first) {
            out.put(process, "\n").await?;
        }
        if named {
            out.put(process, format!("{}:\n", folder.path)).await?;
        }
        let items = match inside(process, &how, &folder).await {
            Ok(items) => items,
            Err(errno) => {
                let text = format!("ls: can't open '{}': {errno}\n", folder.path);
                out.complain(process, text).await?;
                code = 1;
                continue;
            }
        };
        if how.long || how.blocks {
            let blocks: u64 = items.iter().map(|item| item.stat.blocks() / 2).sum();
            let text = if how.human {
                format!(
                    "total {:<9}\n",
                    super::sizes::human(blocks * 1024).replace(".0", "")
                )
            } else {
                format!("total {blocks}\n")
            };
            out.put(process, text).await?;
        }
        show(process, &how, &items, &mut out).await?;
        if how.recursive && depth < DEPTH {
            let below = items
                .into_iter()
                .rev()
                .filter(|item| item.stat.is_dir() && item.name != "." && item.name != "..");
            open.extend(below.map(|item| (item, depth + 1)));
        }
    }
    out.flush(process).await?;
    Ok(code)
}

/// The files of a directory, in order.
async fn inside(process: &mut Process, how: &How, folder: &Item) -> Result<Vec<Item>, Errno> {
    let path = &folder.path;
    let mut items = Vec::new();
    if how.all {
        for name in [".", ".."] {
            items.push(Item {
                name: name.to_owned(),
                path: below(path, name),
                stat: process.stat(&below(path, name))?,
            });
        }
    }
    for entry in process.list(path)? {
        process.step().await;
        if entry.name.starts_with('.') && !(how.all || how.almost_all) {
            continue;
        }
        let path = below(path, &entry.name);
        // A file that went meanwhile is not there.
        if let Ok(stat) = how.look(process, &path, false) {
            items.push(Item {
                name: entry.name,
                path,
                stat,
            });
        }
    }
    how.sort(&mut items);
    Ok(items)
}

/// The path of a name in a directory.
pub(super) fn below(folder: &str, name: &str) -> String {
    if folder.ends_with('/') {
        format!("{folder}{name}")
    } else {
        format!("{folder}/{name}")
    }
}

async fn show(
    process: &mut Process,
    how: &How,
    items: &[Item],
    out: &mut Output,
) -> Result<(), Stop> {
    if how.long || how.columns == '1' {
        for item in items {
            let text = line::whole(process, how, item);
            out.put(process, text).await?;
        }
        return Ok(());
    }
    let cells: Vec<(String, usize)> = items.iter().map(|item| line::short(how, item)).collect();
    let widest = cells.iter().map(|(_, width)| *width).max().unwrap_or(0) + 2;
    let columns = (how.width / widest).max(1);
    let rows = cells.len().div_ceil(columns);
    for row in 0..rows {
        let mut text = String::new();
        let mut missing = 0;
        for column in 0..columns {
            let index = if how.columns == 'x' {
                row * columns + column
            } else {
                column * rows + row
            };
            let Some((cell, width)) = cells.get(index) else {
                continue;
            };
            text.extend(std::iter::repeat_n(' ', missing));
            text += cell;
            missing = widest - width;
        }
        text.push('\n');
        out.put(process, text).await?;
    }
    Ok(())
}
