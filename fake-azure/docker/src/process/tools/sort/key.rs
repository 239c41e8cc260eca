//! What lines are sorted by: `-k 2,3n`.

use std::cmp::Ordering;

use crate::process::tools::stop::Stop;
use crate::process::tools::version;

/// How parts of lines are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a letter of its own")]
pub(super) struct Flags {
    pub(super) reverse: bool,
    blanks: bool,
    fold: bool,
    dictionary: bool,
    printable: bool,
    by: By,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum By {
    #[default]
    Text,
    Number,
    General,
    Human,
    Month,
    Version,
}

impl Flags {
    pub(super) fn of(letters: &str) -> Self {
        let by = letters.chars().rev().find_map(|letter| match letter {
            'n' => Some(By::Number),
            'g' => Some(By::General),
            'h' => Some(By::Human),
            'M' => Some(By::Month),
            'V' => Some(By::Version),
            _ => None,
        });
        Self {
            reverse: letters.contains('r'),
            blanks: letters.contains('b'),
            fold: letters.contains('f'),
            dictionary: letters.contains('d'),
            printable: letters.contains('i'),
            by: by.unwrap_or_default(),
        }
    }

    pub(super) fn compare(self, a: &[u8], b: &[u8]) -> Ordering {
        let order = match self.by {
            By::Text => self.text(a).cmp(&self.text(b)),
            By::Number => number(a).total_cmp(&number(b)),
            By::General => general(a).total_cmp(&general(b)),
            By::Human => human(a).total_cmp(&human(b)),
            By::Month => month(a).cmp(&month(b)),
            By::Version => {
                version::compare(&String::from_utf8_lossy(a), &String::from_utf8_lossy(b))
            }
        };
        if self.reverse { order.reverse() } else { order }
    }

    /// The bytes that count.
    fn text(self, text: &[u8]) -> Vec<u8> {
        let text = if self.blanks {
            text.trim_ascii_start()
        } else {
            text
        };
        let counts = |byte: &u8| {
            let word =
                byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\t') || *byte >= 0x80;
            (!self.dictionary || word) && (!self.printable || !byte.is_ascii_control())
        };
        let fold = |byte: u8| {
            if self.fold {
                byte.to_ascii_uppercase()
            } else {
                byte
            }
        };
        text.iter().copied().filter(counts).map(fold).collect()
    }
}

/// The number that a text begins with, without an exponent; 0 if with none.
fn number(text: &[u8]) -> f64 {
    let text = text.trim_ascii_start();
    let end = text
        .iter()
        .enumerate()
        .position(|(at, b)| !(b.is_ascii_digit() || *b == b'.' || (at == 0 && *b == b'-')));
    let text = &text[..end.unwrap_or(text.len())];
    let zero = |value: f64| if value == 0.0 { 0.0 } else { value };
    let parsed = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    zero(parsed.unwrap_or(0.0))
}

fn general(text: &[u8]) -> f64 {
    let text = String::from_utf8_lossy(text.trim_ascii());
    let word = text.split_whitespace().next().unwrap_or_default();
    // What is no number comes before all numbers.
    word.parse().unwrap_or(f64::NEG_INFINITY)
}

fn human(text: &[u8]) -> f64 {
    let trimmed = text.trim_ascii_start();
    let unit = trimmed
        .iter()
        .find(|b| !(b.is_ascii_digit() || matches!(b, b'.' | b'-')));
    let units = b"KMGTPEZY";
    let power = unit
        .and_then(|unit| units.iter().position(|u| *u == unit.to_ascii_uppercase()))
        .map_or(0, |at| at + 1);
    number(trimmed) * 1024_f64.powi(i32::try_from(power).unwrap_or(0))
}

fn month(text: &[u8]) -> usize {
    const MONTHS: [&[u8]; 12] = [
        b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV",
        b"DEC",
    ];
    let text = text.trim_ascii_start();
    let begin = text.get(..3).unwrap_or(text).to_ascii_uppercase();
    MONTHS
        .iter()
        .position(|month| *month == begin)
        .map_or(0, |at| at + 1)
}

/// A part of a line: fields and characters, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    start: (usize, usize),
    /// The last field, and its last character; 0 is its end. Without a last field to the end.
    end: Option<(usize, usize)>,
    pub(super) flags: Flags,
}

impl Key {
    /// Reads `2`, `2,3`, `2.4n,3.1r`.
    pub(super) fn read(text: &str, otherwise: Flags) -> Result<Self, Stop> {
        let wrong = || Stop::with(2, format!("bad field specification '{text}'"));
        let (start, end) = match text.split_once(',') {
            Some((start, end)) => (start, Some(end)),
            None => (text, None),
        };
        let (start, mut letters) = place(start).ok_or_else(wrong)?;
        if start.0 == 0 {
            return Err(wrong());
        }
        let end = match end {
            None => None,
            Some(end) => {
                let (end, more) = place(end).ok_or_else(wrong)?;
                letters += &more;
                Some(end).filter(|end| end.0 > 0)
            }
        };
        let flags = if letters.is_empty() {
            otherwise
        } else {
            Flags::of(&letters)
        };
        Ok(Self { start, end, flags })
    }

    /// The part of a line.
    pub(super) fn part(self, line: &[u8], separator: Option<u8>) -> &[u8] {
        let begin = field(line, self.start.0 - 1, separator).0;
        let mut begin = begin;
        if self.flags.blanks {
            begin += line[begin..].len() - line[begin..].trim_ascii_start().len();
        }
        let begin = (begin + self.start.1.saturating_sub(1)).min(line.len());
        let end = match self.end {
            None => line.len(),
            Some((number, 0)) => field(line, number - 1, separator).1,
            Some((number, character)) => {
                let mut begin = field(line, number - 1, separator).0;
                if self.flags.blanks {
                    begin += line[begin..].len() - line[begin..].trim_ascii_start().len();
                }
                (begin + character).min(line.len())
            }
        };
        &line[begin..end.max(begin)]
    }
}

/// Where a field begins and ends. Without a separator blanks in front belong to a field.
fn field(line: &[u8], index: usize, separator: Option<u8>) -> (usize, usize) {
    let mut begin = 0;
    for at in 0.. {
        let rest = &line[begin..];
        let length = match separator {
            Some(separator) => rest.iter().position(|b| *b == separator),
            None => {
                let blanks = rest
                    .iter()
                    .take_while(|b| matches!(b, b' ' | b'\t'))
                    .count();
                let word = rest[blanks..]
                    .iter()
                    .position(|b| matches!(b, b' ' | b'\t'));
                word.map(|word| blanks + word)
            }
        };
        let end = length.map_or(line.len(), |length| begin + length);
        if at == index {
            return (begin, end);
        }
        if length.is_none() {
            break;
        }
        begin = end + usize::from(separator.is_some());
    }
    (line.len(), line.len())
}

/// `2.4n` as field, character and letters.
fn place(text: &str) -> Option<((usize, usize), String)> {
    let end = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (numbers, letters) = text.split_at(end);
    let (field, character) = match numbers.split_once('.') {
        Some((field, character)) => (field, character.parse().ok()?),
        None => (numbers, 0),
    };
    let letters_known = letters.chars().all(|c| "bdfgiMnrhV".contains(c));
    letters_known.then_some(())?;
    Some(((field.parse().ok()?, character), letters.to_owned()))
}
