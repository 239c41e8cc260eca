//! `patch`, as busybox has it: unified differences, applied where their context is found.

use super::calls::Calls as _;
use super::input;
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "patch",
    "[-RNE] [-p N] [-i DIFF] [ORIGFILE [PATCHFILE]]",
    |process| Box::pin(patch(process)),
)];

const OPTIONS: Options = Options::new(
    "p:i:RNEΔ",
    &[
        ("strip", 'p'),
        ("input", 'i'),
        ("reverse", 'R'),
        ("forward", 'N'),
        ("remove-empty-files", 'E'),
        ("dry-run", 'Δ'),
    ],
);

/// The file that stands for none.
const NOTHING: &str = "/dev/null";

/// Changes to one file.
struct Change<'a> {
    from: &'a str,
    to: &'a str,
    hunks: Vec<Hunk<'a>>,
}

/// Lines that stand together, and what becomes of them.
struct Hunk<'a> {
    /// Its place in the old and in the new file, as the difference tells it.
    old: usize,
    new: usize,
    /// Each line with what it is: ` ` stays, `-` goes, `+` comes.
    lines: Vec<(u8, &'a [u8])>,
    /// Whether it goes from the new file to the old one.
    is_turned: bool,
}

/// A line's mark, seen from the other file.
fn turned(kind: u8) -> u8 {
    match kind {
        b'-' => b'+',
        b'+' => b'-',
        kind => kind,
    }
}

async fn patch(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let operands = given.operands_between(0, 2)?.to_vec();
    let strip = given.number('p')?;
    let source = given
        .value('i')
        .map(str::to_owned)
        .or_else(|| operands.get(1).cloned())
        .unwrap_or_else(|| "-".to_owned());
    let difference = input::whole_file(process, &source).await;
    let difference = difference.map_err(|errno| Stop::cannot_open(&source, errno))?;
    let mut code = 0;
    for change in read(&difference) {
        let change = if given.has('R') {
            change.reversed()
        } else {
            change
        };
        let named = operands.first().map(String::as_str);
        code |= apply(process, &given, &change, named, strip).await?;
    }
    Ok(code)
}

/// Reads the changes of a unified difference; all else in it is talk.
fn read(text: &[u8]) -> Vec<Change<'_>> {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n').peekable();
    let mut changes: Vec<Change<'_>> = Vec::new();
    let mut from = "";
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix(b"--- ") {
            from = file_name(name);
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            changes.push(Change {
                from,
                to: file_name(name),
                hunks: Vec::new(),
            });
        } else if let Some((change, (old, new))) = changes.last_mut().zip(place(line)) {
            let (mut left, mut right) = (old.1, new.1);
            let mut hunk = Hunk {
                old: old.0,
                new: new.0,
                lines: Vec::new(),
                is_turned: false,
            };
            while left > 0 || right > 0 {
                let Some(line) = lines.next() else { break };
                let (kind, rest) = match line.split_first() {
                    Some((kind @ (b' ' | b'-' | b'+'), rest)) => (*kind, rest),
                    // An editor may have taken the blank of an empty line away.
                    Some((b'\n', _)) => (b' ', line),
                    _ => break,
                };
                left -= usize::from(kind != b'+').min(left);
                right -= usize::from(kind != b'-').min(right);
                hunk.lines
                    .push((kind, rest.strip_suffix(b"\n").unwrap_or(rest)));
                // busybox ends every line that it writes.
                lines.next_if(|line| line.starts_with(b"\\"));
            }
            change.hunks.push(hunk);
        }
    }
    changes
}

/// A file's name, without the time that may stand behind it.
fn file_name(rest: &[u8]) -> &str {
    let end = rest.iter().position(|byte| matches!(byte, b'\t' | b'\n'));
    let name = &rest[..end.unwrap_or(rest.len())];
    std::str::from_utf8(name).unwrap_or_default()
}

/// Reads `@@ -1,3 +1,4 @@`: where and how many, in the old and in the new file.
fn place(line: &[u8]) -> Option<((usize, usize), (usize, usize))> {
    let text = std::str::from_utf8(line.get(..line.len().min(100))?).ok()?;
    let mut words = text.strip_prefix("@@ -")?.split_whitespace();
    let span = |word: &str| {
        let (at, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((at.parse().ok()?, count.parse().ok()?))
    };
    let old = span(words.next()?)?;
    let new = span(words.next()?.strip_prefix('+')?)?;
    Some((old, new))
}

impl<'a> Change<'a> {
    fn reversed(self) -> Self {
        let turn = |hunk: Hunk<'a>| Hunk {
            old: hunk.new,
            new: hunk.old,
            lines: hunk
                .lines
                .into_iter()
                .map(|(kind, line)| (turned(kind), line))
                .collect(),
            is_turned: true,
        };
        Self {
            from: self.to,
            to: self.from,
            hunks: self.hunks.into_iter().map(turn).collect(),
        }
    }
}

impl Hunk<'_> {
    fn side(&self, gone: u8) -> Vec<&[u8]> {
        let lines = self.lines.iter().filter(|(kind, _)| *kind != gone);
        lines.map(|(_, line)| *line).collect()
    }

    /// What is said of one that fits nowhere.
    fn failed(&self, number: usize) -> Vec<u8> {
        // It is shown as it was written.
        let (old, new) = if self.is_turned {
            (self.new, self.old)
        } else {
            (self.old, self.new)
        };
        let mut text = format!("Hunk {number} FAILED {old}/{new}.\n").into_bytes();
        for (kind, line) in &self.lines {
            text.push(if self.is_turned { turned(*kind) } else { *kind });
            text.extend(*line);
            text.push(b'\n');
        }
        text
    }
}

/// A name without its first folders, or without all of them where nobody says how many.
fn stripped(name: &str, strip: Option<u64>) -> &str {
    let mut rest = name;
    let mut left = strip.unwrap_or(u64::MAX);
    while left > 0
        && let Some((_, after)) = rest.split_once('/')
    {
        rest = after.trim_start_matches('/');
        left -= 1;
    }
    rest
}

async fn apply(
    process: &mut Process,
    given: &Given,
    change: &Change<'_>,
    named: Option<&str>,
    strip: Option<u64>,
) -> Result<u8, Stop> {
    let is_new = change.from == NOTHING;
    let name = if change.to == NOTHING {
        change.from
    } else {
        change.to
    };
    let name = named.unwrap_or_else(|| stripped(name, strip)).to_owned();
    let removes = change.to == NOTHING && given.has('E');
    let verb = match (is_new, removes) {
        (true, _) => "creating",
        (_, true) => "removing",
        _ => "patching file",
    };
    process.print(format!("{verb} {name}\n")).await?;
    let content = if is_new {
        Vec::new()
    } else {
        let content = input::whole_file(process, &name).await;
        content.map_err(|errno| Stop::cannot_open(&name, errno))?
    };
    let mut lines: Vec<&[u8]> = content
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
        .collect();
    // Each hunk is looked for behind the one before.
    let mut from = 0;
    for (number, hunk) in (1..).zip(&change.hunks) {
        process.step().await;
        let (old, new) = (hunk.side(b'+'), hunk.side(b'-'));
        let found = find(&lines, &old, from, hunk.old.saturating_sub(1));
        let Some(at) = found else {
            process.complain(hunk.failed(number)).await;
            return Ok(1);
        };
        let count = new.len();
        lines.splice(at..at + old.len(), new);
        from = at + count;
    }
    if given.has('Δ') {
        return Ok(0);
    }
    let mut changed = Vec::with_capacity(content.len());
    for line in lines {
        changed.extend(line);
        changed.push(b'\n');
    }
    if changed.is_empty() && given.has('E') && !is_new {
        let removed = process.unlink(&name);
        removed.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
        return Ok(0);
    }
    let folders = name.match_indices('/').map(|(at, _)| &name[..at]);
    for folder in folders.filter(|folder| is_new && !folder.is_empty()) {
        // One that is there is as good as a new one, and what cannot be made is told below.
        process.make_dir(folder, 0o777).ok();
    }
    let goal = process.create(&name);
    let goal = goal.map_err(|errno| Stop::cannot_open(&name, errno))?;
    let written = goal.write(&changed, process.now()).await;
    written.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
    Ok(0)
}

/// Where these lines stand, from a line on; one that is told is looked at first.
fn find(lines: &[&[u8]], wanted: &[&[u8]], from: usize, told: usize) -> Option<usize> {
    let fits = |at: usize| lines.get(at..at + wanted.len()) == Some(wanted);
    if wanted.is_empty() {
        return Some(told.clamp(from, lines.len().max(from)));
    }
    if told >= from && fits(told) {
        return Some(told);
    }
    (from..lines.len()).find(|at| fits(*at))
}
