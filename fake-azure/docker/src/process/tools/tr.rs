//! `tr`.

use super::escapes::{self, Escaped};
use super::input::chunk;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("tr", "[-cds] STRING1 [STRING2]", |process| {
    Box::pin(tr(process))
})];

async fn tr(process: &mut Process) -> Outcome {
    let options = Options::new(
        "+cCdst",
        &[
            ("complement", 'c'),
            ("delete", 'd'),
            ("squeeze-repeats", 's'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(1, 2)?;
    let (delete, squeeze) = (given.has('d'), given.has('s'));
    let mut first = set(&operands[0]);
    if given.has('c') || given.has('C') {
        first = (0..=255).filter(|byte| !first.contains(byte)).collect();
    }
    let second = match operands.get(1) {
        None => None,
        Some(text) if text.is_empty() && !delete => {
            return Err(Stop::told("STRING2 cannot be empty"));
        }
        Some(text) => Some(set(text)),
    };
    let mut replaced: [u8; 256] = std::array::from_fn(|byte| byte.to_le_bytes()[0]);
    if let (Some(second), false) = (&second, delete)
        && let Some(last) = second.last()
    {
        for (index, byte) in first.iter().enumerate() {
            // A shorter set is continued by its last character.
            replaced[usize::from(*byte)] = *second.get(index).unwrap_or(last);
        }
    }
    let mut deleted = [false; 256];
    let mut squeezed = [false; 256];
    if delete {
        for byte in &first {
            deleted[usize::from(*byte)] = true;
        }
    }
    if squeeze {
        let set = second.as_ref().unwrap_or(&first);
        for byte in set {
            squeezed[usize::from(*byte)] = true;
        }
    }
    let stdin = process.descriptors.get(0);
    let stdin = stdin.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
    let mut last = None;
    loop {
        let bytes = chunk(process, &stdin).await;
        let bytes = bytes.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
        if bytes.is_empty() {
            return Ok(0);
        }
        let mut changed = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if deleted[usize::from(byte)] {
                continue;
            }
            let byte = replaced[usize::from(byte)];
            if squeezed[usize::from(byte)] && last == Some(byte) {
                continue;
            }
            last = Some(byte);
            changed.push(byte);
        }
        process.print(changed).await?;
    }
}

/// The bytes that a string stands for: `a-z`, `[:digit:]`, `\n`.
fn set(text: &str) -> Vec<u8> {
    let text = text.as_bytes();
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some((class, taken)) = class(&text[at..]) {
            bytes.extend(class);
            at += taken;
            continue;
        }
        let (from, taken) = one(&text[at..]);
        at += taken;
        if text.get(at) == Some(&b'-') && at + 1 < text.len() {
            let (to, taken) = one(&text[at + 1..]);
            if to >= from {
                bytes.extend(from..=to);
                at += taken + 1;
                continue;
            }
        }
        bytes.push(from);
    }
    bytes
}

fn one(text: &[u8]) -> (u8, usize) {
    if text[0] == b'\\' && text.len() > 1 {
        return match escapes::read(&text[1..]) {
            (Escaped::Byte(b'\\'), 0) => (text[1], 2),
            (Escaped::Byte(byte), taken) => (byte, taken + 1),
            (Escaped::End, _) => (b'c', 2),
        };
    }
    (text[0], 1)
}

fn class(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    if let Some(rest) = text.strip_prefix(b"[=")
        && rest.len() > 2
        && rest[1..].starts_with(b"=]")
    {
        return Some((vec![rest[0]], 5));
    }
    let rest = text.strip_prefix(b"[:")?;
    let end = rest.windows(2).position(|pair| pair == b":]")?;
    let holds: fn(&u8) -> bool = match &rest[..end] {
        b"alpha" => u8::is_ascii_alphabetic,
        b"digit" => u8::is_ascii_digit,
        b"alnum" => u8::is_ascii_alphanumeric,
        b"upper" => u8::is_ascii_uppercase,
        b"lower" => u8::is_ascii_lowercase,
        b"space" => |b| matches!(b, b' ' | b'\t'..=b'\r'),
        b"blank" => |b| matches!(b, b' ' | b'\t'),
        b"punct" => u8::is_ascii_punctuation,
        b"cntrl" => u8::is_ascii_control,
        b"xdigit" => u8::is_ascii_hexdigit,
        b"print" => |b| (0x20..0x7f).contains(b),
        b"graph" => |b| (0x21..0x7f).contains(b),
        _ => return None,
    };
    Some(((0..=255).filter(holds).collect(), end + 4))
}
