//! `tree`: folders as a drawing.

use super::calls::Calls as _;
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{DirEntry, Kind};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("tree", "[-ad] [-L LEVEL] [DIR]...", |process| {
    Box::pin(tree(process))
})];

/// How deep folders are followed at most.
const DEPTH: usize = 64;

/// What is shown, and how much of it there was.
struct Drawing {
    all: bool,
    folders_alone: bool,
    depth: usize,
    folders: u64,
    files: u64,
    out: Output,
}

async fn tree(process: &mut Process) -> Outcome {
    let given = Options::new("adL:", &[]).read(&process.args)?;
    let depth = given
        .number('L')?
        .and_then(|depth| usize::try_from(depth).ok());
    let mut drawing = Drawing {
        all: given.has('a'),
        folders_alone: given.has('d'),
        depth: depth.unwrap_or(DEPTH).min(DEPTH),
        folders: 0,
        files: 0,
        out: Output::default(),
    };
    let mut names = given.operands.clone();
    if names.is_empty() {
        names.push(".".to_owned());
    }
    for name in names {
        if process.list(&name).is_err() {
            drawing
                .out
                .put(process, format!("{name} [error opening dir]\n"))
                .await?;
            continue;
        }
        drawing.out.put(process, format!("{name}\n")).await?;
        drawing.draw(process, name).await?;
    }
    let Drawing { folders, files, .. } = drawing;
    let of = |count, one, many| format!("{count} {}", if count == 1 { one } else { many });
    let mut last = format!("\n{}", of(folders, "directory", "directories"));
    if !drawing.folders_alone {
        last += &format!(", {}", of(files, "file", "files"));
    }
    drawing.out.put(process, last + "\n").await?;
    drawing.out.flush(process).await?;
    Ok(0)
}

impl Drawing {
    /// What of a folder is shown, by name.
    fn shown(&self, process: &Process, folder: &str) -> Vec<DirEntry> {
        let mut entries = process.list(folder).unwrap_or_default();
        entries.retain(|entry| {
            let is_hidden = entry.name.starts_with('.');
            (self.all || !is_hidden) && (!self.folders_alone || entry.kind == Kind::Directory)
        });
        entries
    }

    async fn draw(&mut self, process: &mut Process, top: String) -> Result<(), Stop> {
        // Folders that are being shown, from the top: what is left of each, and what stands
        // before its lines.
        let entries = self.shown(process, &top).into_iter();
        let mut open = vec![(top, String::new(), entries)];
        while let Some((folder, before, entries)) = open.last_mut() {
            let Some(entry) = entries.next() else {
                open.pop();
                continue;
            };
            let is_last = entries.len() == 0;
            let (corner, bar) = if is_last {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            let path = format!("{folder}/{}", entry.name);
            let mut line = format!("{before}{corner}{}", entry.name);
            let below = format!("{before}{bar}");
            if let Ok(target) = process.read_link(&path) {
                line += &format!(" -> {target}");
            }
            self.out.put(process, line + "\n").await?;
            if entry.kind == Kind::Directory {
                self.folders += 1;
                if open.len() < self.depth {
                    let entries = self.shown(process, &path).into_iter();
                    open.push((path, below, entries));
                }
            } else {
                self.files += 1;
            }
        }
        Ok(())
    }
}
