//! The SHA-1 by which the service knows a certificate.

use sha1::{Digest, Sha1};

/// The SHA-1 of a certificate in DER: 40 hexadecimal digits in upper case.
pub fn of(der: &[u8]) -> String {
    let mut text = String::with_capacity(40);
    for byte in Sha1::digest(der) {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(digit.into(), 16).map(|digit| digit.to_ascii_uppercase()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_forty_upper_case_digits() {
        assert_eq!(of(b"abc"), "A9993E364706816ABA3E25717850C26C9CD0D89D");
    }
}
