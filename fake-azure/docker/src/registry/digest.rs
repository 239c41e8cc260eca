//! Digests: what content is known by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes, written `sha256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid digest format")]
pub struct InvalidDigest;

/// How many digits of an id people are shown.
const SHORT: usize = 12;

impl Digest {
    /// Takes the digest of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Its first byte: a number of chance that its content decides.
    pub(super) fn first_byte(self) -> u8 {
        self.0[0]
    }

    /// Reads 64 hexadecimal digits without the name of the algorithm.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// The lowest and the highest digest whose digits begin with these; none when there
    /// are none or they are no digits of a digest.
    pub fn range(prefix: &str) -> Option<(Self, Self)> {
        let digits = prefix.as_bytes();
        if digits.is_empty() || digits.len() > 64 {
            return None;
        }
        let (mut low, mut high) = ([0; 32], [0xff; 32]);
        for (at, digit) in digits.iter().enumerate() {
            let value = nibble(*digit)?;
            if at % 2 == 0 {
                (low[at / 2], high[at / 2]) = (value << 4, value << 4 | 0xf);
            } else {
                low[at / 2] |= value;
                high[at / 2] = low[at / 2];
            }
        }
        Some((Self(low), Self(high)))
    }

    /// The 64 digits.
    pub fn hex(&self) -> String {
        const DIGITS: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
        ];
        let both = |byte: &u8| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        };
        self.0.iter().flat_map(both).collect()
    }

    /// The first twelve digits, as lists and progress show them.
    pub fn short(&self) -> String {
        let mut hex = self.hex();
        hex.truncate(SHORT);
        hex
    }
}

/// A digit's value; capitals are no digits of a digest.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let hex = text.strip_prefix("sha256:").ok_or(InvalidDigest)?;
        Self::from_hex(hex).ok_or(InvalidDigest)
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;

    fn try_from(text: String) -> Result<Self, InvalidDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_sha_256_of_the_bytes() {
        assert_eq!(
            Digest::of("").to_string(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(Digest::of("").short(), "e3b0c44298fc");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let digest = Digest::of("x");

        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(Digest::from_hex(&digest.hex()), Some(digest));
    }

    #[test]
    fn a_prefix_spans_what_begins_with_it() {
        let digest = Digest::of("x");
        for length in [1, 2, 11, 12, 64] {
            let (low, high) = Digest::range(&digest.hex()[..length]).unwrap();
            assert!(low <= digest && digest <= high);
            assert_eq!(low == high, length == 64);
        }
        let (low, high) = Digest::range("abc").unwrap();
        assert!(low.hex().starts_with("abc00") && high.hex().starts_with("abcff"));
        for none in ["", "x", "AB"] {
            assert_eq!(Digest::range(none), None);
        }
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let digits = "0f".repeat(32);
        for text in [
            "",
            "sha256:",
            "sha256:0f",
            &digits,
            &format!("md5:{digits}"),
        ] {
            assert_eq!(text.parse::<Digest>(), Err(InvalidDigest), "{text}");
        }
        assert_eq!(Digest::from_hex(&"0F".repeat(32)), None);
    }
}
