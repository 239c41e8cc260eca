//! `sort`.

mod key;
mod merge;

use key::{Flags, Key};

use super::input::{self, Lines, WHOLE, chomp};
use super::options::{Given, Options};
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "sort",
    "[-nrugMcszbdfhiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]]] [-t CHAR] [FILE]...",
    |process| Box::pin(sort(process)),
)
.misused(2)];

const OPTIONS: Options = Options::new(
    "nrugMcCszbdfhiVmo:k:t:S:T:",
    &[
        ("numeric-sort", 'n'),
        ("reverse", 'r'),
        ("unique", 'u'),
        ("general-numeric-sort", 'g'),
        ("month-sort", 'M'),
        ("check", 'c'),
        ("stable", 's'),
        ("zero-terminated", 'z'),
        ("ignore-leading-blanks", 'b'),
        ("dictionary-order", 'd'),
        ("ignore-case", 'f'),
        ("human-numeric-sort", 'h'),
        ("version-sort", 'V'),
        ("merge", 'm'),
        ("output", 'o'),
        ("key", 'k'),
        ("field-separator", 't'),
    ],
);

/// The order that is asked for.
struct Order {
    keys: Vec<Key>,
    /// What holds for keys without letters of their own, and for whole lines.
    flags: Flags,
    separator: Option<u8>,
    unique: bool,
    stable: bool,
}

impl Order {
    fn of(given: &Given) -> Result<Self, Stop> {
        let letters: String = given.all().map(|(letter, _)| letter).collect();
        let flags = Flags::of(&letters);
        let keys = given.values('k').map(|text| Key::read(text, flags));
        let separator = match given.value('t') {
            None => None,
            Some("\\0") => Some(0),
            Some(text) if text.len() == 1 => text.bytes().next(),
            Some(text) => return Err(Stop::with(2, format!("bad -t parameter '{text}'"))),
        };
        Ok(Self {
            keys: keys.collect::<Result<_, _>>()?,
            flags,
            separator,
            unique: given.has('u'),
            stable: given.has('s'),
        })
    }

    /// Compares two lines by the keys alone.
    fn by_keys(&self, a: &[u8], b: &[u8]) -> std::cmp::Ordering {
        if self.keys.is_empty() {
            return self.flags.compare(a, b);
        }
        let mut orders = self.keys.iter().map(|key| {
            let (a, b) = (key.part(a, self.separator), key.part(b, self.separator));
            key.flags.compare(a, b)
        });
        orders
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    }

    fn compare(&self, a: &[u8], b: &[u8]) -> std::cmp::Ordering {
        let order = self.by_keys(a, b);
        if order.is_ne() || self.unique || self.stable {
            return order;
        }
        let order = a.cmp(b);
        if self.flags.reverse {
            order.reverse()
        } else {
            order
        }
    }
}

async fn sort(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let order = Order::of(&given)?;
    let separator = if given.has('z') { 0 } else { b'\n' };
    if given.has('c') || given.has('C') {
        return check(process, &given, &order, separator).await;
    }
    let mut lines = Vec::new();
    let mut size = 0;
    for name in input::or_stdin(&given.operands) {
        let from = input::open(process, &name);
        let from = from.map_err(|errno| Stop::with(2, format!("{name}: {errno}")))?;
        let mut reading = Lines::separated(from, separator);
        while let Some(line) = reading.next(process, &mut Output::default()).await? {
            let (line, _) = chomp(&line, separator);
            // A line costs more than its bytes.
            size += line.len() + 32;
            if size > WHOLE {
                return Err(Stop::with(2, format!("input is larger than {WHOLE} bytes")));
            }
            lines.push(line.to_vec());
        }
    }
    let mut sorted = merge::sort(process, lines, |a, b| order.compare(a, b)).await;
    if order.unique {
        sorted.dedup_by(|b, a| order.by_keys(a, b).is_eq());
    }
    if let Some(name) = given.value('o') {
        let how = crate::files::Open::to_write(0o666);
        let file = process.open(name, how);
        let file = file.map_err(|errno| Stop::with(2, format!("{name}: {errno}")))?;
        let mut all = Vec::new();
        for line in sorted {
            all.extend(line);
            all.push(separator);
        }
        let written = file.write(&all, process.now()).await;
        written.map_err(|errno| Stop::with(2, format!("{name}: {errno}")))?;
        return Ok(0);
    }
    let mut out = Output::default();
    for mut line in sorted {
        line.push(separator);
        out.put(process, line).await?;
    }
    out.flush(process).await?;
    Ok(0)
}

/// Says whether the lines are in order already.
async fn check(process: &mut Process, given: &Given, order: &Order, separator: u8) -> Outcome {
    let name = given
        .operands
        .first()
        .map_or("-", String::as_str)
        .to_owned();
    let from = input::open(process, &name);
    let from = from.map_err(|errno| Stop::with(2, format!("{name}: {errno}")))?;
    let mut lines = Lines::separated(from, separator);
    let mut last: Option<Vec<u8>> = None;
    let mut number = 0;
    while let Some(line) = lines.next(process, &mut Output::default()).await? {
        let (line, _) = chomp(&line, separator);
        let wrong = last.as_ref().is_some_and(|last| {
            let order_of = order.compare(last, line);
            order_of.is_gt() || (order.unique && order_of.is_eq())
        });
        if wrong {
            if !given.has('C') {
                process.complain(format!("Check line {number}\n")).await;
            }
            return Ok(1);
        }
        last = Some(line.to_vec());
        number += 1;
    }
    Ok(0)
}
