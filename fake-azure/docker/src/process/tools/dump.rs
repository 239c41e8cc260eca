//! `od`, `hexdump`, `xxd`: bytes as numbers.

use super::input::{self, chunk};
use super::options::{Given, Options};
use super::output::Output;
use super::sizes;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "od",
        "[-bcdox] [-A doxn] [-t TYPE] [-j N] [-N N] [-v] [FILE]...",
        |process| Box::pin(od(process)),
    ),
    Tool::new(
        "hexdump",
        "[-bcCdoxv] [-n LEN] [-s OFS] [FILE]...",
        |process| Box::pin(hexdump(process)),
    ),
    Tool::new("hd", "[-v] [-n LEN] [-s OFS] [FILE]...", |process| {
        Box::pin(hexdump(process))
    }),
    Tool::new(
        "xxd",
        "[-pr] [-c N] [-g N] [-l LEN] [-s OFS] [FILE]",
        |process| Box::pin(xxd(process)),
    ),
];

/// The bytes of files, one after the other, in rows.
struct Rows {
    files: std::vec::IntoIter<Descriptor>,
    now: Option<Descriptor>,
    held: Vec<u8>,
    skip: u64,
    left: u64,
}

impl Rows {
    fn open(process: &Process, names: &[String], skip: u64, most: u64) -> Result<Self, Stop> {
        let mut files = Vec::new();
        for name in input::or_stdin(names) {
            let from = input::open(process, &name);
            files.push(from.map_err(|errno| Stop::told(format!("{name}: {errno}")))?);
        }
        Ok(Self {
            files: files.into_iter(),
            now: None,
            held: Vec::new(),
            skip,
            left: most,
        })
    }

    /// The next row: as many bytes as asked for, fewer at the end.
    async fn next(&mut self, process: &mut Process, count: usize) -> Result<Vec<u8>, Stop> {
        while self.held.len() < count {
            if self.now.is_none() {
                self.now = self.files.next();
            }
            let Some(from) = self.now.clone() else {
                break;
            };
            let mut bytes = chunk(process, &from).await;
            if let Ok(bytes) = &mut bytes {
                let skipped = usize::try_from(self.skip)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                if bytes.is_empty() {
                    self.now = None;
                }
                bytes.drain(..skipped);
                self.skip -= skipped as u64;
            }
            self.held
                .extend(bytes.map_err(|errno| Stop::told(format!("read error: {errno}")))?);
        }
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let taken = count.min(self.held.len()).min(left);
        self.left -= taken as u64;
        Ok(self.held.drain(..taken).collect())
    }
}

/// How groups of bytes are shown.
#[derive(Clone, Copy)]
struct Form {
    /// Bytes in a group: 1, 2, 4 or 8.
    size: usize,
    /// `o`, `x`, `d`, `u`, `c`, `a`
    kind: char,
    /// The width of a group.
    width: usize,
}

impl Form {
    const fn new(kind: char, size: usize) -> Self {
        let width = match (kind, size) {
            ('x', size) => 2 * size,
            ('o' | 'c' | 'a' | 'u', 1) => 3,
            ('d', 1) => 4,
            (_, 2) => 6,
            (_, 4) => 11,
            ('o', _) => 22,
            _ => 20,
        };
        Self { size, kind, width }
    }

    /// Reads `x1`, `o2`, `c`, `dC`.
    fn read(text: &str) -> Result<Vec<Self>, Stop> {
        let wrong = || Stop::told(format!("invalid type string '{text}'"));
        let mut forms = Vec::new();
        let mut letters = text.chars().peekable();
        while let Some(kind) = letters.next() {
            if kind == 'z' {
                continue;
            }
            let size = match letters.peek().copied() {
                Some('1' | 'C') => 1,
                Some('2' | 'S') => 2,
                Some('4' | 'I') => 4,
                Some('8' | 'L') => 8,
                _ => 0,
            };
            if size > 0 {
                letters.next();
            }
            forms.push(match kind {
                'c' | 'a' => Self::new(kind, 1),
                'o' | 'x' | 'd' | 'u' => Self::new(kind, if size == 0 { 4 } else { size }),
                _ => return Err(wrong()),
            });
        }
        if forms.is_empty() {
            Err(wrong())
        } else {
            Ok(forms)
        }
    }

    fn show(self, group: &[u8]) -> String {
        let width = self.width;
        let mut bytes = [0; 8];
        bytes[..group.len()].copy_from_slice(group);
        let value = u64::from_le_bytes(bytes);
        match self.kind {
            'c' => format!("{:>width$}", character(group[0])),
            'a' => format!("{:>width$}", name(group[0])),
            'x' => format!("{value:0width$x}"),
            'o' => format!("{value:0width$o}"),
            'd' => {
                let shift = 64 - 8 * self.size;
                // The highest bit of the group is its sign.
                let signed = (value << shift).cast_signed() >> shift;
                format!("{signed:>width$}")
            }
            _ => format!("{value:>width$}"),
        }
    }
}

fn character(byte: u8) -> String {
    match byte {
        0 => "\\0".to_owned(),
        0x07 => "\\a".to_owned(),
        0x08 => "\\b".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'\n' => "\\n".to_owned(),
        0x0b => "\\v".to_owned(),
        0x0c => "\\f".to_owned(),
        b'\r' => "\\r".to_owned(),
        0x20..0x7f => char::from(byte).to_string(),
        byte => format!("{byte:03o}"),
    }
}

fn name(byte: u8) -> String {
    const NAMES: [&str; 33] = [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr",
        "so", "si", "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub",
        "esc", "fs", "gs", "rs", "us", "sp",
    ];
    match byte & 0x7f {
        0x7f => "del".to_owned(),
        byte => NAMES
            .get(usize::from(byte))
            .map_or_else(|| char::from(byte).to_string(), |name| (*name).to_owned()),
    }
}

fn offset_of(given: &Given, letter: char) -> Result<Option<u64>, Stop> {
    let Some(text) = given.value(letter) else {
        return Ok(None);
    };
    if let Some(digits) = text.strip_prefix("0x") {
        let value = u64::from_str_radix(digits, 16);
        return value
            .map(Some)
            .map_err(|_| super::options::invalid_number(text));
    }
    sizes::read(text).map(Some)
}

async fn od(process: &mut Process) -> Outcome {
    let options = Options::new(
        "A:t:j:N:w::vabcdDoOxXhiIlLfFeBs",
        &[
            ("address-radix", 'A'),
            ("format", 't'),
            ("skip-bytes", 'j'),
            ("read-bytes", 'N'),
            ("output-duplicates", 'v'),
            ("width", 'w'),
        ],
    );
    let given = options.read(&process.args)?;
    let mut forms = Vec::new();
    for (letter, value) in given.all() {
        match letter {
            't' => forms.extend(Form::read(value.unwrap_or_default())?),
            'a' | 'c' => forms.push(Form::new(letter, 1)),
            'b' => forms.push(Form::new('o', 1)),
            'd' => forms.push(Form::new('u', 2)),
            'D' | 'i' | 'I' => forms.push(Form::new('d', 4)),
            'o' | 'B' => forms.push(Form::new('o', 2)),
            'O' => forms.push(Form::new('o', 4)),
            'x' | 'h' => forms.push(Form::new('x', 2)),
            'X' => forms.push(Form::new('x', 4)),
            's' => forms.push(Form::new('d', 2)),
            'l' | 'L' => forms.push(Form::new('d', 8)),
            'f' | 'F' | 'e' => return Err(Stop::told("floating point is not supported")),
            _ => {}
        }
    }
    if forms.is_empty() {
        forms.push(Form::new('o', 2));
    }
    let width = given.number('w')?.unwrap_or(16).clamp(1, 4096);
    let width = usize::try_from(width)
        .unwrap_or(16)
        .next_multiple_of(8.min(forms.iter().map(|f| f.size).max().unwrap_or(1)));
    let radix = given.value('A').unwrap_or("o").to_owned();
    let address = move |offset: u64| match radix.as_str() {
        "d" => format!("{offset:07}"),
        "x" => format!("{offset:06x}"),
        "n" => String::new(),
        _ => format!("{offset:07o}"),
    };
    let skip = offset_of(&given, 'j')?.unwrap_or(0);
    let most = offset_of(&given, 'N')?.unwrap_or(u64::MAX);
    let mut rows = Rows::open(process, &given.operands, skip, most)?;
    let mut out = Output::default();
    let mut offset = skip;
    let mut last: Option<Vec<u8>> = None;
    let mut repeated = false;
    loop {
        let row = rows.next(process, width).await?;
        if row.is_empty() {
            break;
        }
        if !given.has('v') && last.as_ref() == Some(&row) && row.len() == width {
            if !std::mem::replace(&mut repeated, true) {
                out.put(process, "*\n").await?;
            }
            offset += row.len() as u64;
            continue;
        }
        repeated = false;
        for (index, form) in forms.iter().enumerate() {
            let mut line = address(offset);
            if index > 0 {
                line = " ".repeat(line.len());
            }
            for group in row.chunks(form.size) {
                line = line + " " + &form.show(group);
            }
            out.put(process, line + "\n").await?;
        }
        offset += row.len() as u64;
        last = Some(row);
    }
    let end = address(offset);
    if !end.is_empty() {
        out.put(process, end + "\n").await?;
    }
    out.flush(process).await?;
    Ok(0)
}

/// Bytes as text, with a point for what cannot be seen.
fn plain(row: &[u8]) -> String {
    let shown = row.iter().map(|byte| match byte {
        0x20..0x7f => char::from(*byte),
        _ => '.',
    });
    shown.collect()
}

async fn hexdump(process: &mut Process) -> Outcome {
    let given = Options::new("bcCdoxvn:s:", &[]).read(&process.args)?;
    let canonical = super::tool::called(process, "hexdump") == "hd" || given.has('C');
    let skip = offset_of(&given, 's')?.unwrap_or(0);
    let most = offset_of(&given, 'n')?.unwrap_or(u64::MAX);
    let mut rows = Rows::open(process, &given.operands, skip, most)?;
    let mut out = Output::default();
    let mut offset = skip;
    let mut last: Option<Vec<u8>> = None;
    let mut repeated = false;
    loop {
        let row = rows.next(process, 16).await?;
        if row.is_empty() {
            break;
        }
        if !given.has('v') && last.as_ref() == Some(&row) && row.len() == 16 {
            if !std::mem::replace(&mut repeated, true) {
                out.put(process, "*\n").await?;
            }
            offset += row.len() as u64;
            continue;
        }
        repeated = false;
        let line = if canonical {
            let mut cells = String::new();
            for at in 0..16 {
                let gap = if at == 8 { " " } else { "" };
                match row.get(at) {
                    Some(byte) => cells += &format!("{gap} {byte:02x}"),
                    None => cells = cells + gap + "   ",
                }
            }
            format!("{offset:08x} {cells}  |{}|\n", plain(&row))
        } else {
            let (form, cell) = match given.last_of("bcdox") {
                Some('b') => (Form::new('o', 1), 4),
                Some('c') => (Form::new('c', 1), 4),
                Some('d') => (Form::new('u', 2), 8),
                Some('o') => (Form::new('o', 2), 8),
                Some(_) => (Form::new('x', 2), 8),
                None => (Form::new('x', 2), 5),
            };
            let mut cells = String::new();
            for group in row.chunks(form.size) {
                let shown = match given.last_of("bcdox") {
                    Some('d') => format!(
                        "{:05}",
                        u16::from_le_bytes([group[0], *group.get(1).unwrap_or(&0)])
                    ),
                    _ => form.show(group),
                };
                cells += &format!("{shown:>cell$}");
            }
            let width = cell * 16 / form.size;
            format!("{offset:07x}{cells:<width$}\n")
        };
        out.put(process, line).await?;
        offset += row.len() as u64;
        last = Some(row);
    }
    if offset > skip {
        let end = if canonical {
            format!("{offset:08x}\n")
        } else {
            format!("{offset:07x}\n")
        };
        out.put(process, end).await?;
    }
    out.flush(process).await?;
    Ok(0)
}

async fn xxd(process: &mut Process) -> Outcome {
    let given = Options::new("prc:g:l:s:", &[]).read(&process.args)?;
    if given.has('r') {
        return from_hex(process, &given).await;
    }
    let count = |letter, otherwise: u64| -> Result<usize, Stop> {
        let count = given.number(letter)?.unwrap_or(otherwise).clamp(1, 256);
        Ok(usize::try_from(count).unwrap_or(16))
    };
    let columns = count('c', if given.has('p') { 30 } else { 16 })?;
    let group = count('g', 2)?;
    let skip = offset_of(&given, 's')?.unwrap_or(0);
    let most = offset_of(&given, 'l')?.unwrap_or(u64::MAX);
    let mut rows = Rows::open(process, &given.operands, skip, most)?;
    let mut out = Output::default();
    let mut offset = skip;
    loop {
        let row = rows.next(process, columns).await?;
        if row.is_empty() {
            break;
        }
        let mut cells = String::new();
        for (index, byte) in row.iter().enumerate() {
            if index > 0 && index % group == 0 && !given.has('p') {
                cells.push(' ');
            }
            cells += &format!("{byte:02x}");
        }
        let line = if given.has('p') {
            cells + "\n"
        } else {
            let width = 2 * columns + (columns - 1) / group;
            format!("{offset:08x}: {cells:<width$}  {}\n", plain(&row))
        };
        out.put(process, line).await?;
        offset += row.len() as u64;
    }
    out.flush(process).await?;
    Ok(0)
}

/// `xxd -r`: from digits to bytes.
async fn from_hex(process: &mut Process, given: &Given) -> Outcome {
    let name = given
        .operands
        .first()
        .map_or("-", String::as_str)
        .to_owned();
    let text = input::whole_file(process, &name).await;
    let text = text.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
    let mut bytes = Vec::new();
    for line in text.split(|b| *b == b'\n') {
        let digits = if given.has('p') {
            line
        } else {
            let colon = line.iter().position(|b| *b == b':').map_or(0, |at| at + 1);
            let rest = &line[colon..];
            // Two blanks lead to the text.
            let end = rest.windows(2).skip(1).position(|pair| pair == b"  ");
            &rest[..end.map_or(rest.len(), |at| at + 1)]
        };
        let digits: Vec<u8> = digits
            .iter()
            .filter_map(|b| char::from(*b).to_digit(16))
            .map(|digit| digit.to_le_bytes()[0])
            .collect();
        bytes.extend(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
    }
    process.print(bytes).await?;
    Ok(0)
}
