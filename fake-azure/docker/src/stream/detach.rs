//! The keys that detach a client from a container.

use crate::fault::Fault;

/// The keys unless others are told: Ctrl-P, Ctrl-Q.
const DEFAULT: [u8; 2] = [0x10, 0x11];

/// Watches what is typed for the keys.
#[derive(Debug)]
pub(crate) struct DetachKeys {
    keys: Vec<u8>,
    seen: usize,
}

/// What is left of typed bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Typed {
    /// What goes to the container.
    pub(crate) bytes: Vec<u8>,
    /// Whether the keys were typed.
    pub(crate) detached: bool,
}

impl DetachKeys {
    /// Reads `ctrl-p,ctrl-q` and the like; empty is the default.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let keys = if text.is_empty() {
            DEFAULT.to_vec()
        } else {
            let keys: Option<Vec<u8>> = text.split(',').map(key).collect();
            keys.ok_or_else(|| Fault::Invalid(format!("Invalid detach keys ({text}) provided")))?
        };
        Ok(Self { keys, seen: 0 })
    }

    /// Takes what was typed.
    pub(crate) fn typed(&mut self, bytes: &[u8]) -> Typed {
        let mut kept = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if *byte == self.keys[self.seen] {
                self.seen += 1;
                if self.seen == self.keys.len() {
                    return Typed {
                        bytes: kept,
                        detached: true,
                    };
                }
                continue;
            }
            // The beginning was no beginning after all.
            kept.extend_from_slice(&self.keys[..self.seen]);
            self.seen = usize::from(*byte == self.keys[0] && self.keys.len() > 1);
            if self.seen == 0 {
                kept.push(*byte);
            }
        }
        Typed {
            bytes: kept,
            detached: false,
        }
    }
}

fn key(text: &str) -> Option<u8> {
    if let Some(name) = text.strip_prefix("ctrl-") {
        let mut letters = name.bytes();
        return match (letters.next()?, letters.next()) {
            (letter @ (b'a'..=b'z' | b'@' | b'[' | b']' | b'^' | b'_' | b'\\'), None) => {
                Some(letter.to_ascii_uppercase() & 0x1f)
            }
            _ => None,
        };
    }
    match text.as_bytes() {
        [byte] => Some(*byte),
        b"DEL" => Some(0x7f),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_detach_and_their_beginning_alone_is_typed() {
        let mut keys = DetachKeys::parse("").unwrap();
        let typed = |bytes: &[u8], detached| Typed {
            bytes: bytes.to_vec(),
            detached,
        };
        assert_eq!(keys.typed(b"a\x10"), typed(b"a", false));
        assert_eq!(keys.typed(b"b"), typed(b"\x10b", false));
        assert_eq!(keys.typed(b"c\x10"), typed(b"c", false));
        assert_eq!(keys.typed(b"\x11d"), typed(b"", true));
    }

    #[test]
    fn other_keys_can_be_told() {
        assert!(DetachKeys::parse("ctrl-x,q").is_ok());
        for wrong in ["ctrl-", "ctrl-!", "ab", ","] {
            assert!(DetachKeys::parse(wrong).is_err(), "{wrong}");
        }
    }
}
