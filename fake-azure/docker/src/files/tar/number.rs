//! Numbers in the fields of a header.

/// Reads a number: octal text, or, if the first bit is set, two's complement.
pub(super) fn read(field: &[u8]) -> Option<i64> {
    match field.first() {
        Some(first) if first & 0x80 != 0 => read_binary(field),
        _ => read_octal(field),
    }
}

fn read_octal(field: &[u8]) -> Option<i64> {
    let is_space = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().position(|byte| !is_space(byte));
    let digits = &field[start.unwrap_or(field.len())..];
    let end = digits.iter().position(is_space).unwrap_or(digits.len());
    if !digits[end..].iter().all(is_space) {
        return None;
    }
    digits[..end].iter().try_fold(0_i64, |number, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        number.checked_mul(8)?.checked_add(i64::from(digit))
    })
}

fn read_binary(field: &[u8]) -> Option<i64> {
    // The first bit says that it is binary, the second is the sign.
    let negative = field.first()? & 0x40 != 0;
    let first = field.first()? & 0x7f | if negative { 0x80 } else { 0 };
    let start = if negative { -1_i128 } else { 0 };
    let bytes = std::iter::once(&first).chain(field.get(1..)?);
    let number = bytes.fold(start, |number, byte| (number << 8) | i128::from(*byte));
    i64::try_from(number).ok()
}

/// Writes a number as octal text with a NUL at the end, if it fits.
pub(super) fn write(field: &mut [u8], number: u64) -> bool {
    let digits = field.len() - 1;
    let text = format!("{number:0digits$o}");
    if text.len() > digits {
        return false;
    }
    field[..digits].copy_from_slice(text.as_bytes());
    field[digits] = 0;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_is_read_as_leniently_as_elsewhere() {
        assert_eq!(read(b"0000644\0"), Some(0o644));
        assert_eq!(read(b"   644 \0"), Some(0o644));
        assert_eq!(read(b"00000000"), Some(0));
        assert_eq!(read(b"\0\0\0\0"), Some(0));
        assert_eq!(read(b"77777777777\0"), Some(0o77_777_777_777));
        for wrong in [
            &b"8"[..],
            b"1 1",
            b"-1",
            b"0x1",
            b"7777777777777777777777777",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn large_and_negative_numbers_are_binary() {
        assert_eq!(read(&[0x80, 0, 0, 1, 0]), Some(256));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xfe]), Some(-2));
        assert_eq!(
            read(&[
                0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
            ]),
            Some(i64::MAX)
        );
        assert_eq!(read(&[0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]), None);
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let mut field = *b"xxxxxxxx";
        assert!(write(&mut field, 0o644));
        assert_eq!(&field, b"0000644\0");
        assert!(!write(&mut field, 0o10_000_000));
        assert_eq!(&field, b"0000644\0");
    }
}
