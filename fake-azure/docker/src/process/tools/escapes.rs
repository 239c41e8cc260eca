//! Backslash escapes of `echo -e`, `printf`, `tr` and `sed`.

/// One step through a text with escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaped {
    /// A byte.
    Byte(u8),
    /// `\c`: nothing more is to be written.
    End,
}

/// Reads the escape that follows a backslash; returns it and how many bytes it took.
///
/// What is no escape is the backslash itself.
pub(super) fn read(rest: &[u8]) -> (Escaped, usize) {
    let byte = match rest.first() {
        Some(b'a') => 0x07,
        Some(b'b') => 0x08,
        Some(b'e') => 0x1b,
        Some(b'f') => 0x0c,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'v') => 0x0b,
        Some(b'\\') => b'\\',
        Some(b'c') => return (Escaped::End, 1),
        Some(b'x') => {
            let (value, taken) = digits(&rest[1..], 16, 2);
            if taken == 0 {
                return (Escaped::Byte(b'\\'), 0);
            }
            return (Escaped::Byte(value), taken + 1);
        }
        Some(b'0'..=b'7') => {
            let (value, taken) = digits(rest, 8, 3);
            return (Escaped::Byte(value), taken);
        }
        _ => return (Escaped::Byte(b'\\'), 0),
    };
    (Escaped::Byte(byte), 1)
}

/// Resolves the escapes of a text; the flag says that `\c` ended it.
///
/// `zero` lets octal escapes begin with a `0` that does not count, as in `echo` and `%b`.
pub(in crate::process) fn resolve(text: &[u8], zero: bool) -> (Vec<u8>, bool) {
    let mut resolved = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if byte != b'\\' {
            resolved.push(byte);
            continue;
        }
        let octal = text.get(at + 1).is_some_and(|b| (b'0'..=b'7').contains(b));
        if zero && text.get(at) == Some(&b'0') && octal {
            at += 1;
        }
        match read(&text[at..]) {
            (Escaped::End, _) => return (resolved, true),
            (Escaped::Byte(byte), taken) => {
                resolved.push(byte);
                at += taken;
            }
        }
    }
    (resolved, false)
}

/// Up to `most` digits; their value is cut to a byte.
fn digits(text: &[u8], base: u32, most: usize) -> (u8, usize) {
    let mut value = 0_u32;
    let mut taken = 0;
    for byte in text.iter().take(most) {
        let Some(digit) = char::from(*byte).to_digit(base) else {
            break;
        };
        value = value * base + digit;
        taken += 1;
    }
    (value.to_le_bytes()[0], taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_as_echo_does() {
        let resolve = |text: &str| resolve(text.as_bytes(), true);
        assert_eq!(resolve(r"a\tb\\\n"), (b"a\tb\\\n".to_vec(), false));
        assert_eq!(resolve(r"\0101\101\x41\q"), (b"AAA\\q".to_vec(), false));
        assert_eq!(resolve(r"a\cb"), (b"a".to_vec(), true));
        assert_eq!(resolve("\\"), (b"\\".to_vec(), false));
        assert_eq!(resolve(r"\xzz"), (b"\\xzz".to_vec(), false));
    }
}
