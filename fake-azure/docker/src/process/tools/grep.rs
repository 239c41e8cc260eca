//! `grep`, `egrep`, `fgrep`.

mod pattern;

use std::collections::VecDeque;

use pattern::Patterns;

use super::calls::Calls as _;
use super::input::{self, Lines, chomp};
use super::ls::below;
use super::options::{Given, Options};
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::files::Kind;
use crate::process::{Descriptor, Process};

const USAGE: &str =
    "[-HhnlLoqvsrRiwFExz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...";

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("grep", USAGE, |process| Box::pin(grep(process))).misused(2),
    Tool::new("egrep", USAGE, |process| Box::pin(grep(process))).misused(2),
    Tool::new("fgrep", USAGE, |process| Box::pin(grep(process))).misused(2),
];

const OPTIONS: Options = Options::new(
    "HhnlLoqvsrRiwFExzcyaIPm:A:B:C:e:f:Φ::Ψ:Ω:Σ:",
    &[
        ("with-filename", 'H'),
        ("no-filename", 'h'),
        ("line-number", 'n'),
        ("files-with-matches", 'l'),
        ("files-without-match", 'L'),
        ("only-matching", 'o'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("invert-match", 'v'),
        ("no-messages", 's'),
        ("recursive", 'r'),
        ("ignore-case", 'i'),
        ("word-regexp", 'w'),
        ("fixed-strings", 'F'),
        ("extended-regexp", 'E'),
        ("basic-regexp", 'Β'),
        ("line-regexp", 'x'),
        ("null-data", 'z'),
        ("count", 'c'),
        ("text", 'a'),
        ("perl-regexp", 'P'),
        ("max-count", 'm'),
        ("after-context", 'A'),
        ("before-context", 'B'),
        ("context", 'C'),
        ("regexp", 'e'),
        ("file", 'f'),
        ("color", 'Φ'),
        ("colour", 'Φ'),
        ("include", 'Ψ'),
        ("exclude", 'Ω'),
        ("exclude-dir", 'Σ'),
    ],
);

/// How deep directories are searched.
const DEPTH: usize = 64;
/// The most lines of context that are held.
const MOST_CONTEXT: u64 = 10_000;

/// What is shown of the lines that match.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
struct How {
    patterns: Patterns,
    inverted: bool,
    names: bool,
    numbers: bool,
    only_matching: bool,
    quiet: bool,
    count: bool,
    /// `l` or `L`.
    files: Option<char>,
    most: u64,
    before: usize,
    after: usize,
    separator: u8,
}

async fn grep(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    if given.has('P') {
        return Err(Stop::with(2, "Perl's patterns are not supported"));
    }
    let (patterns, operands) = pattern::read(process, &given).await?;
    let recursive = given.has('r') || given.has('R');
    let mut names = input::or_stdin(&operands);
    if recursive && operands.is_empty() {
        names = vec![".".to_owned()];
    }
    let context = |letter| -> Result<usize, Stop> {
        let lines = given.number(letter)?.or(given.number('C')?).unwrap_or(0);
        Ok(usize::try_from(lines.min(MOST_CONTEXT)).unwrap_or(0))
    };
    let how = How {
        patterns,
        inverted: given.has('v'),
        names: match given.last_of("Hh") {
            Some(letter) => letter == 'H',
            None => names.len() > 1 || recursive,
        },
        numbers: given.has('n'),
        only_matching: given.has('o'),
        quiet: given.has('q'),
        count: given.has('c'),
        files: given.last_of("lL"),
        most: given.number('m')?.unwrap_or(u64::MAX),
        before: context('B')?,
        after: context('A')?,
        separator: if given.has('z') { 0 } else { b'\n' },
    };
    let mut search = Search {
        how,
        given,
        out: Output::default(),
        found: false,
        failed: false,
        gap: false,
    };
    for name in names {
        if search.how.quiet && search.found {
            break;
        }
        search.named(process, &name, recursive).await?;
    }
    search.out.flush(process).await?;
    Ok(match (search.found, search.failed) {
        // Whoever asks quietly and is answered need not know of what was not there.
        (true, failed) if !failed || search.how.quiet => 0,
        (_, true) => 2,
        (found, false) => u8::from(!found),
    })
}

/// A search in progress.
struct Search {
    how: How,
    given: Given,
    out: Output,
    found: bool,
    failed: bool,
    /// Whether lines were shown that the next ones do not follow.
    gap: bool,
}

impl Search {
    async fn complain(&mut self, process: &mut Process, words: &str) -> Result<(), Stop> {
        self.failed = true;
        if self.given.has('s') {
            return Ok(());
        }
        let tool = called(process, "grep");
        self.out
            .complain(process, format!("{tool}: {words}\n"))
            .await
    }

    /// Searches a file, or all of a directory.
    async fn named(
        &mut self,
        process: &mut Process,
        name: &str,
        recursive: bool,
    ) -> Result<(), Stop> {
        if !recursive || name == "-" || !process.is_dir(name) {
            return self.file(process, name).await;
        }
        let mut open = vec![(name.to_owned(), 0)];
        while let Some((name, depth)) = open.pop() {
            let listed = if depth <= DEPTH {
                process.list(&name)
            } else {
                Ok(Vec::new())
            };
            match listed {
                Ok(entries) => {
                    for entry in entries.into_iter().rev() {
                        open.extend(self.wanted(process, &name, &entry).map(|n| (n, depth + 1)));
                    }
                }
                Err(crate::files::Errno::NotDirectory) => self.file(process, &name).await?,
                Err(errno) => self.complain(process, &format!("{name}: {errno}")).await?,
            }
        }
        Ok(())
    }

    /// The path of an entry of a directory, if it is to be searched.
    fn wanted(
        &self,
        process: &Process,
        folder: &str,
        entry: &crate::files::DirEntry,
    ) -> Option<String> {
        let path = below(folder, &entry.name);
        // Links to directories are followed only by `-R`, and what is no file is not waited for.
        let kind = match entry.kind {
            Kind::Symlink => match process.stat(&path).ok()?.kind {
                Kind::Directory if !self.given.has('R') => return None,
                kind => kind,
            },
            kind => kind,
        };
        let matches = |letter| {
            self.given
                .values(letter)
                .any(|glob| super::glob::matches(glob, &entry.name))
        };
        match kind {
            Kind::Directory => (!matches('Σ')).then_some(path),
            Kind::File => {
                let included = !self.given.has('Ψ') || matches('Ψ');
                (included && !matches('Ω')).then_some(path)
            }
            _ => None,
        }
    }

    async fn file(&mut self, process: &mut Process, name: &str) -> Result<(), Stop> {
        let from = match input::open(process, name) {
            Ok(from) => from,
            Err(errno) => return self.complain(process, &format!("{name}: {errno}")).await,
        };
        let directory = matches!(&from, Descriptor::File(open)
            if open.file().stat().is_ok_and(|stat| stat.is_dir()));
        if directory {
            return self
                .complain(process, &format!("{name}: Is a directory"))
                .await;
        }
        let shown = if name == "-" {
            "(standard input)"
        } else {
            name
        };
        let label = if self.how.names {
            shown.to_owned()
        } else {
            String::new()
        };
        let count = self.lines(process, from, &label).await?;
        self.found |= match self.how.files {
            Some('L') => count == 0,
            _ => count > 0,
        };
        let line = match self.how.files {
            _ if self.how.quiet => return Ok(()),
            Some('l') if count > 0 => format!("{shown}\n"),
            Some('L') if count == 0 => format!("{shown}\n"),
            None if self.how.count && label.is_empty() => format!("{count}\n"),
            None if self.how.count => format!("{label}:{count}\n"),
            _ => return Ok(()),
        };
        self.out.put(process, line).await
    }

    /// Searches the lines of a file; returns how many match.
    async fn lines(
        &mut self,
        process: &mut Process,
        from: Descriptor,
        label: &str,
    ) -> Result<u64, Stop> {
        let silent = self.how.quiet || self.how.count || self.how.files.is_some();
        let mut lines = Lines::separated(from, self.how.separator);
        let mut count = 0;
        let mut number = 0_u64;
        let mut before: VecDeque<(u64, Vec<u8>)> = VecDeque::new();
        let mut after = 0;
        let mut last_shown = 0;
        while count < self.how.most || after > 0 {
            let Some(line) = lines.next(process, &mut self.out).await? else {
                break;
            };
            number += 1;
            let (text, _) = chomp(&line, self.how.separator);
            let hit = count < self.how.most
                && self.how.patterns.hit(text)?.is_some() != self.how.inverted;
            if hit {
                count += 1;
                if self.how.quiet || self.how.files.is_some() {
                    break;
                }
            }
            if silent {
                continue;
            }
            if hit {
                let first = before.front().map_or(number, |(first, _)| *first);
                let context = self.how.before + self.how.after > 0;
                let apart = first > last_shown + 1 || last_shown == 0;
                if context && std::mem::replace(&mut self.gap, true) && apart {
                    self.out.put(process, "--\n").await?;
                }
                for (number, text) in before.drain(..) {
                    self.show(process, label, number, '-', &text).await?;
                }
                if self.how.only_matching {
                    self.parts(process, label, number, text).await?;
                } else {
                    self.show(process, label, number, ':', text).await?;
                }
                last_shown = number;
                after = self.how.after;
            } else if after > 0 {
                after -= 1;
                last_shown = number;
                self.show(process, label, number, '-', text).await?;
            } else if self.how.before > 0 {
                before.push_back((number, text.to_vec()));
                if before.len() > self.how.before {
                    before.pop_front();
                }
            }
        }
        Ok(count)
    }

    async fn show(
        &mut self,
        process: &mut Process,
        label: &str,
        number: u64,
        mark: char,
        text: &[u8],
    ) -> Result<(), Stop> {
        let mut line = Vec::with_capacity(text.len() + 16);
        if !label.is_empty() {
            line.extend(format!("{label}{mark}").into_bytes());
        }
        if self.how.numbers {
            line.extend(format!("{number}{mark}").into_bytes());
        }
        line.extend(text);
        line.push(self.how.separator);
        self.out.put(process, line).await
    }

    /// Shows each match of a line on a line of its own.
    async fn parts(
        &mut self,
        process: &mut Process,
        label: &str,
        number: u64,
        text: &[u8],
    ) -> Result<(), Stop> {
        if self.how.inverted {
            return Ok(());
        }
        let mut from = 0;
        while let Some(found) = self.how.patterns.hit_from(text, from)? {
            if found.is_empty() {
                from = found.end + 1;
                continue;
            }
            from = found.end;
            self.show(process, label, number, ':', &text[found]).await?;
        }
        Ok(())
    }
}
