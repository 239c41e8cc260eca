//! `printf`.

use jiff::Timestamp;

use super::escapes::{self, Escaped};
use super::format::{Spec, Stars};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("printf", "FORMAT [ARG]...", |process| {
    Box::pin(printf(process))
})];

/// How many bytes one command writes at most.
const MOST: usize = 1 << 24;

/// What is wrong with what `printf` was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::process) enum Wrong {
    /// No number, where one was to be.
    #[error("invalid number '{0}'")]
    Number(String),
    /// A letter that means nothing, or nothing, behind a `%`.
    #[error("%{0}: invalid format")]
    Format(String),
}

/// The moments that bash's `printf` tells of.
#[derive(Debug, Clone, Copy)]
pub(in crate::process) struct Moments {
    pub(in crate::process) now: Timestamp,
    /// When the shell began.
    pub(in crate::process) started: Timestamp,
}

/// What `printf` writes and what is wrong with its words; none where it has no format. With
/// `moments` it knows `%q` and `%(…)T`, as bash's own does.
pub(in crate::process) fn printed(
    words: &[String],
    moments: Option<Moments>,
) -> Option<(Vec<u8>, Vec<Wrong>)> {
    let words = match words.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => words,
    };
    let (format, args) = words.split_first()?;
    let shown = show(format, args, moments);
    Some((shown.text, shown.complaints))
}

async fn printf(process: &mut Process) -> Outcome {
    let Some((text, complaints)) = printed(&process.args[1..], None) else {
        return Err(Stop::Usage(String::new()));
    };
    let shown = Shown { text, complaints };
    process.print(&shown.text).await?;
    for complaint in &shown.complaints {
        process.complain(format!("printf: {complaint}\n")).await;
    }
    Ok(u8::from(!shown.complaints.is_empty()))
}

/// What a format makes of its arguments.
#[derive(Debug, Default)]
struct Shown {
    text: Vec<u8>,
    complaints: Vec<Wrong>,
}

/// The arguments, one after the other; when they are used up, empty ones.
struct Args<'a> {
    left: &'a [String],
    moments: Option<Moments>,
    complaints: Vec<Wrong>,
}

impl<'a> Args<'a> {
    fn next(&mut self) -> &'a str {
        match self.left.split_first() {
            Some((first, rest)) => {
                self.left = rest;
                first
            }
            None => "",
        }
    }

    fn integer(&mut self) -> i128 {
        let text = self.next();
        integer(text).unwrap_or_else(|| {
            self.complaints.push(Wrong::Number(text.to_owned()));
            0
        })
    }

    /// The time that an argument tells, or now where it is -1 or nothing.
    fn moment(&mut self, layout: &str) -> String {
        let Some(moments) = self.moments else {
            return String::new();
        };
        let second = if self.left.is_empty() {
            -1
        } else {
            i64::try_from(self.integer()).unwrap_or(-1)
        };
        let moment = match second {
            -1 => moments.now,
            -2 => moments.started,
            second => Timestamp::from_second(second).unwrap_or(moments.now),
        };
        let layout = if layout.is_empty() { "%X" } else { layout };
        let layout = layout.replace("%X", "%H:%M:%S").replace("%x", "%m/%d/%y");
        let shown = jiff::fmt::strtime::format(&layout, moment);
        shown.unwrap_or_default()
    }

    fn float(&mut self) -> f64 {
        let text = self.next();
        if text.is_empty() {
            return 0.0;
        }
        let value = match integer(text) {
            // Hexadecimal and character constants.
            Some(_) if text.parse::<f64>().is_err() => integer(text).map(as_float),
            _ => text.trim().parse().ok(),
        };
        value.unwrap_or_else(|| {
            self.complaints.push(Wrong::Number(text.to_owned()));
            0.0
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a double holds what it can, as in C"
)]
fn as_float(value: i128) -> f64 {
    value as f64
}

impl Stars for Args<'_> {
    fn next_star(&mut self) -> i64 {
        i64::try_from(self.integer()).unwrap_or(0)
    }
}

/// Reads a number as `printf` does: `0x1f`, `017`, `'A`; nothing is 0.
fn integer(text: &str) -> Option<i128> {
    if let Some(quoted) = text.strip_prefix(['\'', '"']) {
        return Some(quoted.chars().next().map_or(0, |c| u32::from(c).into()));
    }
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return text.is_empty().then_some(0);
    }
    let (digits, base) = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        None => (digits, 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from_str_radix(digits, base).ok()?;
    let value = if negative { -value } else { value };
    (i64::MIN.into()..=u64::MAX.into())
        .contains(&value)
        .then_some(value)
}

fn show(format: &str, args: &[String], moments: Option<Moments>) -> Shown {
    let mut shown = Shown::default();
    let mut args = Args {
        left: args,
        moments,
        complaints: Vec::new(),
    };
    loop {
        let before = args.left.len();
        let ended = once(format.as_bytes(), &mut args, &mut shown.text);
        // The format is used again for what is left, if it takes any.
        let done = ended || args.left.is_empty() || args.left.len() == before;
        if done || shown.text.len() > MOST {
            shown.complaints = args.complaints;
            return shown;
        }
    }
}

/// A text as bash writes it for itself to read again.
pub(in crate::process) fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    if text.chars().any(|letter| letter.is_ascii_control()) {
        let mut quoted = "$'".to_owned();
        for letter in text.chars() {
            match letter {
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                '\r' => quoted.push_str("\\r"),
                '\u{7}' => quoted.push_str("\\a"),
                '\u{8}' => quoted.push_str("\\b"),
                '\u{b}' => quoted.push_str("\\v"),
                '\u{c}' => quoted.push_str("\\f"),
                '\u{1b}' => quoted.push_str("\\E"),
                '\'' | '\\' => quoted.extend(['\\', letter]),
                letter if letter.is_ascii_control() => {
                    quoted.push_str(&format!("\\{:03o}", u32::from(letter)));
                }
                letter => quoted.push(letter),
            }
        }
        return quoted + "'";
    }
    let mut quoted = String::with_capacity(text.len());
    for (at, letter) in text.chars().enumerate() {
        let means = match letter {
            '~' | '#' => at == 0,
            letter => " !\"$&'()*,;<>?[\\]^`{|}".contains(letter),
        };
        if means {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted
}

/// Goes through the format once; says whether nothing more is to be written.
fn once(format: &[u8], args: &mut Args<'_>, text: &mut Vec<u8>) -> bool {
    let mut at = 0;
    while at < format.len() {
        match format[at] {
            b'\\' => match escapes::read(&format[at + 1..]) {
                (Escaped::End, _) => return true,
                (Escaped::Byte(byte), taken) => {
                    text.push(byte);
                    at += taken + 1;
                }
            },
            b'%' if format.get(at + 1) == Some(&b'%') => {
                text.push(b'%');
                at += 2;
            }
            b'%' if format.get(at + 1) == Some(&b'(') && args.moments.is_some() => {
                let rest = &format[at + 2..];
                let end = rest.windows(2).position(|two| two == b")T");
                let Some(end) = end else {
                    args.complaints.push(Wrong::Format("(".to_owned()));
                    return true;
                };
                let layout = String::from_utf8_lossy(&rest[..end]).into_owned();
                text.extend(args.moment(&layout).into_bytes());
                at += end + 4;
            }
            b'%' => {
                let read = Spec::read(&format[at + 1..], args);
                let Some((spec, letter, taken)) = read else {
                    args.complaints.push(Wrong::Format(String::new()));
                    return true;
                };
                at += taken + 1;
                match letter {
                    b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
                        text.extend(spec.integer(args.integer(), letter));
                    }
                    b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                        text.extend(spec.float(args.float(), letter));
                    }
                    b'q' if args.moments.is_some() => {
                        let quoted = quoted(args.next());
                        text.extend(spec.text(quoted.as_bytes()));
                    }
                    b's' => text.extend(spec.text(args.next().as_bytes())),
                    b'c' => {
                        let first = args.next().chars().next().map(String::from);
                        text.extend(spec.text(first.unwrap_or_default().as_bytes()));
                    }
                    b'b' => {
                        let (resolved, ended) = escapes::resolve(args.next().as_bytes(), true);
                        text.extend(spec.text(&resolved));
                        if ended {
                            return true;
                        }
                    }
                    other => {
                        let letter = char::from(other);
                        args.complaints.push(Wrong::Format(letter.to_string()));
                        return true;
                    }
                }
            }
            byte => {
                text.push(byte);
                at += 1;
            }
        }
    }
    false
}
