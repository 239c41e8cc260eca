//! `split`.

use super::calls::Calls as _;
use super::input::{self, Lines};
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "split",
    "[OPTIONS] [INPUT [PREFIX]]",
    |process| Box::pin(split(process)),
)];

/// Where the pieces go, one file after another.
struct Pieces {
    prefix: String,
    letters: usize,
    numeric: bool,
    next: usize,
    open: Option<Descriptor>,
}

impl Pieces {
    /// The next file's name: `aa`, `ab`, … or `00`, `01`, …
    fn name(&mut self) -> Result<String, Stop> {
        let (base, first) = if self.numeric { (10, b'0') } else { (26, b'a') };
        let mut rest = self.next;
        let mut letters = vec![first; self.letters];
        for letter in letters.iter_mut().rev() {
            *letter += u8::try_from(rest % base).unwrap_or_default();
            rest /= base;
        }
        if rest > 0 {
            return Err(Stop::told("suffixes exhausted"));
        }
        self.next += 1;
        let letters = String::from_utf8_lossy(&letters);
        Ok(format!("{}{letters}", self.prefix))
    }

    async fn put(&mut self, process: &mut Process, bytes: &[u8]) -> Result<(), Stop> {
        let open = match &self.open {
            Some(open) => open.clone(),
            None => {
                let name = self.name()?;
                let made = process.create(&name);
                let made = made.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
                self.open.insert(made).clone()
            }
        };
        open.write(bytes, process.now()).await?;
        process.step().await;
        Ok(())
    }
}

async fn split(process: &mut Process) -> Outcome {
    let options = Options::new(
        "l:b:a:d",
        &[
            ("lines", 'l'),
            ("bytes", 'b'),
            ("suffix-length", 'a'),
            ("numeric-suffixes", 'd'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(0, 2)?;
    let name = operands.first().map_or("-", String::as_str);
    let from = input::open(process, name);
    let from = from.map_err(|errno| Stop::told(format!("can't open '{name}': {errno}")))?;
    let letters = given.number('a')?.unwrap_or(2).clamp(1, 12);
    let mut pieces = Pieces {
        prefix: operands.get(1).map_or("x", String::as_str).to_owned(),
        letters: usize::try_from(letters).unwrap_or(2),
        numeric: given.has('d'),
        next: 0,
        open: None,
    };
    if let Some(size) = given.value('b') {
        let size = bytes(size)?;
        let mut left = size;
        loop {
            let chunk = input::chunk(process, &from).await;
            let chunk = chunk.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
            if chunk.is_empty() {
                return Ok(0);
            }
            let mut rest = &chunk[..];
            while !rest.is_empty() {
                let (now, later) = rest.split_at(left.min(rest.len()));
                pieces.put(process, now).await?;
                left -= now.len();
                rest = later;
                if left == 0 {
                    left = size;
                    pieces.open = None;
                }
            }
        }
    }
    let count = given.number('l')?.unwrap_or(1000);
    if count == 0 {
        return Err(super::options::invalid_number("0"));
    }
    let (mut lines, mut out) = (Lines::new(from), Output::default());
    let mut in_piece = 0;
    while let Some(line) = lines.next(process, &mut out).await? {
        pieces.put(process, &line).await?;
        in_piece += 1;
        if in_piece == count {
            in_piece = 0;
            pieces.open = None;
        }
    }
    Ok(0)
}

/// A number of bytes with its unit.
fn bytes(text: &str) -> Result<usize, Stop> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" => Some(1),
        "b" => Some(512),
        "k" | "K" => Some(1 << 10),
        "m" | "M" => Some(1 << 20),
        "g" | "G" => Some(1 << 30),
        _ => None,
    };
    let number = digits.parse::<usize>().ok().filter(|number| *number > 0);
    let size = number.zip(unit).and_then(|(n, unit)| n.checked_mul(unit));
    size.ok_or_else(|| super::options::invalid_number(text))
}
