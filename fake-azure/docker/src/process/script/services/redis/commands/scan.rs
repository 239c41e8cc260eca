//! Going through many things in pieces.

use super::{Call, Refusal, error, syntax};
use crate::process::script::pattern::Glob;

/// How many are looked at when nothing is said.
const PIECE: usize = 10;

/// What a `SCAN` asks for.
pub(super) struct Scan {
    pub(super) cursor: u64,
    pub(super) pattern: Option<Pattern>,
    pub(super) count: usize,
    pub(super) kind: Option<String>,
    pub(super) no_values: bool,
}

impl Scan {
    /// Reads a cursor and the options after it.
    pub(super) fn read(call: &Call<'_>, at: usize) -> Result<Self, Refusal> {
        let cursor = call
            .text(at)
            .parse()
            .map_err(|_| error("ERR invalid cursor"))?;
        let mut scan = Self {
            cursor,
            pattern: None,
            count: PIECE,
            kind: None,
            no_values: false,
        };
        let mut at = at + 1;
        while at < call.args.len() {
            let option = call.option(at);
            if option == "NOVALUES" {
                scan.no_values = true;
                at += 1;
                continue;
            }
            if at + 1 >= call.args.len() {
                return Err(syntax());
            }
            match option.as_str() {
                "MATCH" => scan.pattern = Some(Pattern::new(call.arg(at + 1))),
                "COUNT" => scan.count = call.count(at + 1)?.max(1),
                "TYPE" => scan.kind = Some(call.text(at + 1).to_ascii_lowercase()),
                _ => return Err(syntax()),
            }
            at += 2;
        }
        Ok(scan)
    }

    pub(super) fn fits(&self, name: &[u8]) -> bool {
        self.pattern
            .as_ref()
            .is_none_or(|pattern| pattern.matches(name))
    }
}

/// A pattern of keys or channels: `*`, `?`, `[a-z]`, `\` before what stands for itself.
pub(in crate::process::script::services::redis) enum Pattern {
    /// Without sets and escapes.
    Plain(Glob),
    Full(Vec<Piece>),
}

#[derive(Debug)]
pub(in crate::process::script::services::redis) enum Piece {
    Any,
    One,
    Byte(u8),
    Of { bytes: Vec<(u8, u8)>, not: bool },
}

impl Pattern {
    pub(in crate::process::script::services::redis) fn new(pattern: &[u8]) -> Self {
        match std::str::from_utf8(pattern) {
            Ok(text) if !text.contains(['[', '\\']) && text.is_ascii() => {
                Self::Plain(Glob::new(text))
            }
            _ => Self::Full(pieces(pattern)),
        }
    }

    pub(in crate::process::script::services::redis) fn matches(&self, name: &[u8]) -> bool {
        match (self, std::str::from_utf8(name)) {
            (Self::Plain(glob), Ok(text)) => glob.matches(text),
            (Self::Plain(_), Err(_)) => false,
            (Self::Full(pieces), _) => matches(pieces, name),
        }
    }
}

fn pieces(pattern: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = pattern.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        pieces.push(match byte {
            b'*' => Piece::Any,
            b'?' => Piece::One,
            b'\\' => Piece::Byte(rest.next().unwrap_or(b'\\')),
            b'[' => {
                let not = rest.next_if_eq(&b'^').is_some();
                let mut bytes = Vec::new();
                while let Some(byte) = rest.next().filter(|byte| *byte != b']') {
                    let from = if byte == b'\\' {
                        rest.next().unwrap_or(byte)
                    } else {
                        byte
                    };
                    let to = match rest.next_if_eq(&b'-') {
                        Some(_) => rest.next().unwrap_or(from),
                        None => from,
                    };
                    bytes.push((from.min(to), from.max(to)));
                }
                Piece::Of { bytes, not }
            }
            other => Piece::Byte(other),
        });
    }
    pieces
}

/// Only the last `*` that was met ever takes more, so the time is the product of both lengths
/// at most.
fn matches(pieces: &[Piece], name: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        let fits = match pieces.get(at) {
            Some(Piece::Any) => {
                star = Some((at + 1, read));
                at += 1;
                continue;
            }
            Some(Piece::One) => true,
            Some(Piece::Byte(byte)) => *byte == name[read],
            Some(Piece::Of { bytes, not }) => {
                let within = |(from, to): &(u8, u8)| (*from..=*to).contains(&name[read]);
                bytes.iter().any(within) != *not
            }
            None => false,
        };
        if fits {
            at += 1;
            read += 1;
        } else if let Some((after, taken)) = &mut star {
            *taken += 1;
            at = *after;
            read = *taken;
        } else {
            return false;
        }
    }
    pieces[at..].iter().all(|piece| matches!(piece, Piece::Any))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_keys_have_sets_and_escapes() {
        let fits =
            |pattern: &str, name: &str| Pattern::new(pattern.as_bytes()).matches(name.as_bytes());
        assert!(fits("h[ae]llo*", "hello, world"));
        assert!(fits("h[^e]llo", "hallo") && !fits("h[^e]llo", "hello"));
        assert!(fits("[a-c]?", "b1") && !fits("[a-c]?", "d1"));
        assert!(fits("a\\*b", "a*b") && !fits("a\\*b", "axb"));
        assert!(fits("*", "") && fits("user:*", "user:1") && !fits("user:*", "other"));
        assert!(!fits(&("*a".repeat(100) + "[b]"), &"a".repeat(10_000)));
    }
}
