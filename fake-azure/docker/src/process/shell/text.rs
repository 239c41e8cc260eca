//! Text that may hold bytes which are no UTF-8.
//!
//! The shell works on strings. A byte that is no part of a character is kept as a
//! character of a private range, and becomes the byte again on its way out.

/// The character that stands for byte 0.
const BYTES: u32 = 0x10_FE00;

/// Makes a string of bytes, which [`encode`] gives back.
pub(super) fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let stray = chunk.invalid().iter();
        text.extend(stray.filter_map(|byte| char::from_u32(BYTES + u32::from(*byte))));
    }
    text
}

/// Returns the bytes that a string stands for.
pub(super) fn encode(text: &str) -> Vec<u8> {
    // Characters of the private range begin with a byte that other text hardly has.
    if !text.as_bytes().contains(&0xf4) {
        return text.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u32::from(character).checked_sub(BYTES).map(u8::try_from) {
            Some(Ok(byte)) => bytes.push(byte),
            _ => bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let bytes: Vec<u8> = (0..=255).chain("naïve \u{10ffff} ☃".bytes()).collect();

        assert_eq!(encode(&decode(&bytes)), bytes);
        assert_eq!(decode("naïve".as_bytes()), "naïve");
    }
}
