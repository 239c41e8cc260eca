//! `xargs`.

use super::input::{self, LONGEST_LINE, chunk};
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Descriptor, LaunchError, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "xargs",
    "[-0prt] [-I STR] [-n N] [-L N] [-s N] [-E STR] [-a FILE] [-d CHAR] [PROG ARGS]",
    |process| Box::pin(xargs(process)),
)];

const OPTIONS: Options = Options::new(
    "+0prtxI:n:L:s:E:e::a:P:d:",
    &[
        ("null", '0'),
        ("no-run-if-empty", 'r'),
        ("verbose", 't'),
        ("replace", 'I'),
        ("max-args", 'n'),
        ("max-lines", 'L'),
        ("max-chars", 's'),
        ("arg-file", 'a'),
        ("max-procs", 'P'),
        ("delimiter", 'd'),
    ],
);

/// The longest command line, in bytes, unless told otherwise.
const LONGEST: usize = 32 * 1024;

/// Splits input into words, live.
struct Words {
    from: Descriptor,
    held: Vec<u8>,
    at: usize,
    ended: bool,
    /// A byte that alone divides, if there is one.
    divider: Option<u8>,
    /// Whether a line is one word.
    whole_lines: bool,
    end_word: Option<String>,
}

/// A word, and whether its line ended with it.
type Word = (String, bool);

impl Words {
    async fn next(&mut self, process: &mut Process) -> Result<Option<Word>, Stop> {
        loop {
            if let Some((word, taken)) = self.divide()? {
                self.at += taken;
                let Some(word) = word else {
                    if self.at >= self.held.len() && self.ended {
                        return Ok(None);
                    }
                    continue;
                };
                if self.end_word.as_ref().is_some_and(|end| *end == word.0) {
                    return Ok(None);
                }
                return Ok(Some(word));
            }
            if self.ended {
                return Ok(None);
            }
            let bytes = chunk(process, &self.from).await;
            let bytes = bytes.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
            self.ended = bytes.is_empty();
            self.held.drain(..self.at);
            self.at = 0;
            self.held.extend(bytes);
            if self.held.len() > LONGEST_LINE {
                return Err(Stop::told("argument line too long"));
            }
        }
    }

    /// The next word that is there without waiting, and how many bytes it takes; no word is
    /// blank space.
    fn divide(&self) -> Result<Option<(Option<Word>, usize)>, Stop> {
        let rest = &self.held[self.at..];
        if let Some(divider) = self.divider {
            let end = rest.iter().position(|b| *b == divider);
            return Ok(match end {
                Some(end) => Some((Some((text(&rest[..end]), true)), end + 1)),
                None if self.ended && !rest.is_empty() => {
                    Some((Some((text(rest), true)), rest.len()))
                }
                None => None,
            });
        }
        let blank = |b: &u8| b.is_ascii_whitespace();
        let skipped = rest.iter().take_while(|b| blank(b)).count();
        if skipped == rest.len() {
            return Ok((skipped > 0).then_some((None, skipped)));
        }
        let mut word = Vec::new();
        let mut quote = None;
        let mut at = skipped;
        while let Some(byte) = rest.get(at).copied() {
            at += 1;
            match (quote, byte) {
                (Some(open), byte) if open == byte => quote = None,
                (Some(_), b'\n') => {
                    return Err(Stop::told("unmatched quote"));
                }
                (None, b'\'' | b'"') => quote = Some(byte),
                (None, b'\\') => match rest.get(at) {
                    Some(escaped) => {
                        word.push(*escaped);
                        at += 1;
                    }
                    None if self.ended => word.push(b'\\'),
                    None => return Ok(None),
                },
                (None, b'\n') => return Ok(Some((Some((text(&word), true)), at))),
                (None, byte) if blank(&byte) && !self.whole_lines => {
                    // Blanks before the end of a line do not hide it.
                    let more = rest[at..]
                        .iter()
                        .take_while(|b| matches!(b, b' ' | b'\t'))
                        .count();
                    let line_ends = rest.get(at + more) == Some(&b'\n');
                    return Ok(Some((Some((text(&word), line_ends)), at)));
                }
                (_, byte) => word.push(byte),
            }
        }
        if !self.ended {
            return Ok(None);
        }
        if quote.is_some() {
            return Err(Stop::told("unmatched quote"));
        }
        Ok(Some((Some((text(&word), true)), at)))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs commands, and remembers what came of them.
struct Runner<'a> {
    given: &'a Given,
    code: u8,
}

impl Runner<'_> {
    async fn run(&mut self, process: &mut Process, line: Vec<String>) -> Result<(), Stop> {
        if self.given.has('t') || self.given.has('p') {
            let shown = line.join(" ");
            if self.given.has('p') {
                if !super::remove::agreed(process, &format!("{shown}?...")).await? {
                    return Ok(());
                }
            } else {
                process.complain(format!("{shown}\n")).await;
            }
        }
        let name = line.first().cloned().unwrap_or_default();
        let mut launch = process.child(line);
        if !self.given.has('a') {
            // The input is ours.
            launch.descriptors.set(0, Descriptor::Null);
        }
        match process.spawn(launch) {
            Ok(child) => match child.wait().await.code() {
                0 => {}
                255 => {
                    let words = format!("{name}: exited with status 255; aborting");
                    return Err(Stop::with(124, words));
                }
                126 | 127 => self.code = 123,
                code if code > 128 => {
                    let words = format!("{name}: terminated by signal {}", code - 128);
                    return Err(Stop::with(125, words));
                }
                _ => self.code = 123,
            },
            Err(LaunchError::NotInPath(name)) => {
                let errno = crate::files::Errno::NotFound;
                return Err(Stop::with(127, format!("{name}: {errno}")));
            }
            Err(LaunchError::File { path, errno }) => {
                let code = if errno == crate::files::Errno::NotFound {
                    127
                } else {
                    126
                };
                return Err(Stop::with(code, format!("{path}: {errno}")));
            }
            Err(other) => return Err(Stop::with(126, format!("{name}: {other}"))),
        }
        Ok(())
    }
}

async fn xargs(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let replaced = given.value('I').map(str::to_owned);
    let from = match given.value('a') {
        Some(name) => input::open(process, name).map_err(|errno| Stop::cannot_open(name, errno))?,
        None => {
            let stdin = process.descriptors.get(0);
            stdin.map_err(|errno| Stop::told(format!("standard input: {errno}")))?
        }
    };
    let divider = match given.last_of("0d") {
        Some('0') => Some(0),
        Some(_) => {
            let text = given.value('d').unwrap_or_default().as_bytes();
            let (text, _) = super::escapes::resolve(text, false);
            Some(*text.first().ok_or_else(|| Stop::Usage(String::new()))?)
        }
        None => None,
    };
    let mut words = Words {
        from,
        held: Vec::new(),
        at: 0,
        ended: false,
        divider,
        whole_lines: replaced.is_some(),
        end_word: given
            .value('E')
            .filter(|end| !end.is_empty())
            .map(str::to_owned),
    };
    let mut command = given.operands.clone();
    if command.is_empty() {
        command.push("echo".to_owned());
    }
    let most = |letter| -> Result<usize, Stop> {
        let given = given.number(letter)?;
        Ok(given.map_or(usize::MAX, |n| {
            usize::try_from(n).unwrap_or(usize::MAX).max(1)
        }))
    };
    let (most_words, most_lines) = (most('n')?, most('L')?);
    let longest = most('s')?.min(LONGEST);
    let base: usize = command.iter().map(|word| word.len() + 1).sum();
    let mut runner = Runner {
        given: &given,
        code: 0,
    };
    let mut line = command.clone();
    let mut size = base;
    let mut lines = 0;
    let mut ran = false;
    while let Some((word, line_ended)) = words.next(process).await? {
        process.step().await;
        if let Some(mark) = &replaced {
            let filled = command
                .iter()
                .map(|part| part.replace(mark.as_str(), &word));
            runner.run(process, filled.collect()).await?;
            ran = true;
            continue;
        }
        if size + word.len() + 1 > longest {
            if line.len() == command.len() {
                return Err(Stop::told("argument line too long"));
            }
            runner
                .run(process, std::mem::replace(&mut line, command.clone()))
                .await?;
            (size, lines, ran) = (base, 0, true);
        }
        size += word.len() + 1;
        line.push(word);
        lines += usize::from(line_ended);
        if line.len() - command.len() >= most_words || lines >= most_lines {
            runner
                .run(process, std::mem::replace(&mut line, command.clone()))
                .await?;
            (size, lines, ran) = (base, 0, true);
        }
    }
    let empty = line.len() == command.len();
    if !empty || !(ran || given.has('r') || replaced.is_some()) {
        runner.run(process, line).await?;
    }
    Ok(runner.code)
}
