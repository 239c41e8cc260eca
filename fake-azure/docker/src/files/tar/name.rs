//! Names in archives, which are bytes, as text: a byte that is no UTF-8 becomes a character of
//! Unicode's private use area, and that byte again when it is written.

/// The character of the byte 0x80; those of the others follow.
const FIRST: u32 = 0xEF80;

/// Reads a name.
pub(super) fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if stray(letter).is_none() {
                text.push(letter);
            } else {
                // A character that stands for a byte is told by its own bytes.
                let bytes = letter.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
                text.extend(bytes.iter().filter_map(|byte| character(*byte)));
            }
        }
        text.extend(chunk.invalid().iter().filter_map(|byte| character(*byte)));
    }
    text
}

/// The character that stands for a byte above 0x7f, as all are that are no UTF-8.
fn character(byte: u8) -> Option<char> {
    char::from_u32(FIRST + u32::from(byte.checked_sub(0x80)?))
}

/// The byte that a character stands for, if it does.
fn stray(letter: char) -> Option<u8> {
    let above = u32::from(letter).checked_sub(FIRST)?;
    u8::try_from(above)
        .ok()
        .filter(|b| *b < 0x80)
        .map(|b| b + 0x80)
}

/// Writes a name.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match stray(letter) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        for name in [
            &b"plain"[..],
            "gr\u{fc}n".as_bytes(),
            b"gr\xfcn",
            b"\xff\xfe\x80",
            b"a\xe2\x82",
            "\u{ef80}\u{efff}".as_bytes(),
        ] {
            assert_eq!(encode(&decode(name)), name);
        }
        assert_eq!(decode(b"gr\xfcn"), "gr\u{effc}n");
    }
}
