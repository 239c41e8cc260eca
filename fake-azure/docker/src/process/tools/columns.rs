//! `cut`, `paste`, `uniq`: parts of lines, lines side by side, lines once.

use super::input::{self, Lines, chomp};
use super::options::{Options, invalid_number};
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Open;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "cut",
        "-b|-c|-f LIST [-d CHAR] [-s] [-O SEP] [FILE]...",
        |process| Box::pin(cut(process)),
    ),
    Tool::new("paste", "[-s] [-d LIST] [FILE]...", |process| {
        Box::pin(paste(process))
    }),
    Tool::new("uniq", "[-cduiz] [-f,s,w N] [FILE [OUTFILE]]", |process| {
        Box::pin(uniq(process))
    }),
];

/// Ranges of numbers from 1 on, as `1,3-5,7-`.
struct List(Vec<(usize, usize)>);

impl List {
    fn read(text: &str) -> Result<Self, Stop> {
        let number = |text: &str, otherwise| {
            if text.is_empty() {
                return Ok(otherwise);
            }
            text.parse::<usize>().map_err(|_| invalid_number(text))
        };
        let mut ranges = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (from, to) = match part.split_once('-') {
                Some((from, to)) => (number(from, 1)?, number(to, usize::MAX)?),
                None => {
                    let only = number(part, 0)?;
                    (only, only)
                }
            };
            if from == 0 || to < from {
                return Err(Stop::told(format!("invalid range {part}")));
            }
            ranges.push((from, to));
        }
        if ranges.is_empty() {
            return Err(Stop::told("missing list of positions"));
        }
        Ok(Self(ranges))
    }

    fn holds(&self, number: usize) -> bool {
        self.0
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&number))
    }
}

async fn cut(process: &mut Process) -> Outcome {
    let options = Options::new(
        "b:c:f:d:O:snC",
        &[
            ("bytes", 'b'),
            ("characters", 'c'),
            ("fields", 'f'),
            ("delimiter", 'd'),
            ("only-delimited", 's'),
            ("output-delimiter", 'O'),
            ("complement", 'C'),
        ],
    );
    let given = options.read(&process.args)?;
    let mut kinds = "bcf".chars().filter(|kind| given.has(*kind));
    let Some(kind) = kinds.next() else {
        return Err(Stop::told(
            "expected a list of bytes, characters, or fields",
        ));
    };
    if kinds.next().is_some() {
        return Err(Stop::Usage(String::new()));
    }
    let list = List::read(given.value(kind).unwrap_or_default())?;
    let complement = given.has('C');
    let holds = |number| list.holds(number) != complement;
    let delimiter = given.value('d').unwrap_or("\t");
    let joint = given.value('O').unwrap_or(delimiter);
    let mut out = Output::default();
    let mut code = 0;
    for name in input::or_stdin(&given.operands) {
        let from = match input::open(process, &name) {
            Ok(from) => from,
            Err(errno) => {
                out.complain(process, format!("cut: {name}: {errno}\n"))
                    .await?;
                code = 1;
                continue;
            }
        };
        let mut lines = Lines::new(from);
        while let Some(line) = lines.next(process, &mut out).await? {
            let (line, _) = chomp(&line, b'\n');
            let mut part = match kind {
                'b' => positions(line, &holds, false),
                'c' => positions(line, &holds, true),
                _ => match fields(line, delimiter.as_bytes(), joint.as_bytes(), &holds) {
                    Some(part) => part,
                    None if given.has('s') => continue,
                    None => line.to_vec(),
                },
            };
            part.push(b'\n');
            out.put(process, part).await?;
        }
    }
    out.flush(process).await?;
    Ok(code)
}

/// The bytes, or the characters, at the positions that are wanted.
fn positions(line: &[u8], holds: &impl Fn(usize) -> bool, characters: bool) -> Vec<u8> {
    let mut number = 0;
    let wanted = line.iter().filter(|byte| {
        if !characters || **byte & 0xc0 != 0x80 {
            number += 1;
        }
        holds(number)
    });
    wanted.copied().collect()
}

/// The fields that are wanted; nothing when the line has no delimiter.
fn fields(
    line: &[u8],
    delimiter: &[u8],
    joint: &[u8],
    holds: &impl Fn(usize) -> bool,
) -> Option<Vec<u8>> {
    let delimiter = *delimiter.first()?;
    if !line.contains(&delimiter) {
        return None;
    }
    let fields = line.split(|b| *b == delimiter).enumerate();
    let wanted: Vec<&[u8]> = fields
        .filter(|(index, _)| holds(index + 1))
        .map(|(_, field)| field)
        .collect();
    Some(wanted.join(joint))
}

async fn paste(process: &mut Process) -> Outcome {
    let options = Options::new("sd:z", &[("serial", 's'), ("delimiters", 'd')]);
    let given = options.read(&process.args)?;
    let delimiters = given.value('d').unwrap_or("\t").as_bytes();
    let (delimiters, _) = super::escapes::resolve(delimiters, false);
    let delimiter = |index: usize| delimiters.get(index % delimiters.len().max(1)).copied();
    let mut readers = Vec::new();
    for name in input::or_stdin(&given.operands) {
        let from = input::open(process, &name).map_err(|errno| Stop::cannot_open(&name, errno))?;
        readers.push(Some(Lines::new(from)));
    }
    let mut out = Output::default();
    if given.has('s') {
        for mut lines in readers.into_iter().flatten() {
            let mut index = 0;
            while let Some(line) = lines.next(process, &mut out).await? {
                let mut text = Vec::new();
                if index > 0 {
                    text.extend(delimiter(index - 1));
                }
                text.extend(chomp(&line, b'\n').0);
                out.put(process, text).await?;
                index += 1;
            }
            out.put(process, "\n").await?;
        }
        out.flush(process).await?;
        return Ok(0);
    }
    loop {
        let mut text = Vec::new();
        let mut any = false;
        for (index, reader) in readers.iter_mut().enumerate() {
            if index > 0 {
                text.extend(delimiter(index - 1));
            }
            let Some(lines) = reader else {
                continue;
            };
            match lines.next(process, &mut out).await? {
                Some(line) => {
                    any = true;
                    text.extend(chomp(&line, b'\n').0);
                }
                None => *reader = None,
            }
        }
        if !any {
            break;
        }
        text.push(b'\n');
        out.put(process, text).await?;
    }
    out.flush(process).await?;
    Ok(0)
}

async fn uniq(process: &mut Process) -> Outcome {
    let options = Options::new(
        "cduizf:s:w:",
        &[
            ("count", 'c'),
            ("repeated", 'd'),
            ("unique", 'u'),
            ("ignore-case", 'i'),
            ("skip-fields", 'f'),
            ("skip-chars", 's'),
            ("check-chars", 'w'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(0, 2)?;
    let number = |letter, otherwise| -> Result<usize, Stop> {
        let given = given.number(letter)?;
        Ok(given.map_or(otherwise, |n| usize::try_from(n).unwrap_or(usize::MAX)))
    };
    let (skip_fields, skip) = (number('f', 0)?, number('s', 0)?);
    let most = number('w', usize::MAX)?;
    let name = operands.first().map_or("-", String::as_str);
    let from = input::open(process, name).map_err(|errno| Stop::cannot_open(name, errno))?;
    if let Some(name) = operands.get(1).filter(|name| *name != "-") {
        let file = process.open(name, Open::to_write(0o666));
        let file = file.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
        process.descriptors.set(1, file);
    }
    let end = if given.has('z') { 0 } else { b'\n' };
    let fold = given.has('i');
    let compared = |line: &[u8]| {
        let mut rest = line;
        for _ in 0..skip_fields {
            rest = rest.trim_ascii_start();
            let word = rest.iter().position(u8::is_ascii_whitespace);
            rest = &rest[word.unwrap_or(rest.len())..];
            if rest.is_empty() {
                break;
            }
        }
        let rest = &rest[skip.min(rest.len())..];
        let rest = &rest[..most.min(rest.len())];
        if fold {
            rest.to_ascii_lowercase()
        } else {
            rest.to_vec()
        }
    };
    let mut out = Output::default();
    let mut lines = Lines::separated(from, end);
    let mut held: Option<(Vec<u8>, u64)> = None;
    loop {
        let line = lines.next(process, &mut out).await?;
        let line = line.map(|line| chomp(&line, end).0.to_vec());
        if let (Some((last, count)), Some(line)) = (&mut held, &line)
            && compared(last) == compared(line)
        {
            *count += 1;
            continue;
        }
        if let Some((mut last, count)) = held.take() {
            let wanted = match (given.has('d'), given.has('u')) {
                (true, true) => false,
                (true, false) => count > 1,
                (false, true) => count == 1,
                (false, false) => true,
            };
            if wanted {
                if given.has('c') {
                    out.put(process, format!("{count:7} ")).await?;
                }
                last.push(end);
                out.put(process, last).await?;
            }
        }
        match line {
            Some(line) => held = Some((line, 1)),
            None => break,
        }
    }
    out.flush(process).await?;
    Ok(0)
}
