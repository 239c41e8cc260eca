//! Files in BER, as Firefox and macOS write them.

use pfx::{Cipher, EmptyPassword, Error, Password};

use crate::contents;

/// Rewrites every constructed value with an indefinite length, and every octet
/// string that holds more than `piece` bytes in pieces of that size.
fn loosened(der: &[u8], piece: usize) -> Vec<u8> {
    let mut loose = Vec::new();
    let mut rest = der;
    while let [tag, length, ..] = *rest {
        let (header, length) = match length {
            0x82 => (4, usize::from(u16::from_be_bytes([rest[2], rest[3]]))),
            0x81 => (3, usize::from(rest[2])),
            short => (2, usize::from(short)),
        };
        let body = &rest[header..header + length];
        if tag & 0x20 != 0 {
            loose.extend([tag, 0x80]);
            loose.extend(loosened(body, piece));
            loose.extend([0, 0]);
        } else if tag == 0x04 && length > piece {
            loose.extend([0x24, 0x80]);
            for part in body.chunks(piece) {
                loose.push(0x04);
                loose.push(u8::try_from(part.len()).unwrap());
                loose.extend(part);
            }
            loose.extend([0, 0]);
        } else {
            loose.extend(&rest[..header + length]);
        }
        rest = &rest[header + length..];
    }
    loose
}

#[test]
fn indefinite_lengths_and_strings_in_pieces_are_read() {
    let password = Password::Empty(EmptyPassword::TwoZeroBytes);
    for cipher in [Cipher::TripleDes, Cipher::Aes256] {
        let file = pfx::write(&contents(), password, cipher).unwrap();

        let loose = loosened(&file, 100);

        assert_ne!(loose, file);
        assert_eq!(pfx::read(&loose, ""), Ok(contents()), "{cipher:?}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = [0x30, 0x80].repeat(100_000);

    assert_eq!(pfx::read(&deep, ""), Err(Error::Malformed));
}
