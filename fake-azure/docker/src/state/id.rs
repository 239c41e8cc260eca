//! Identifiers of objects: 32 bytes, written as 64 hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The identifier of a container, exec, network or endpoint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 32]);

/// How many digits are shown where the whole is too long.
const SHORT: usize = 12;

impl ObjectId {
    /// The identifier of these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// The first twelve digits.
    pub fn short(self) -> String {
        let mut digits = self.to_string();
        digits.truncate(SHORT);
        digits.shrink_to_fit();
        digits
    }

    /// The lowest and the highest identifier that begin with these digits; none when the text
    /// is empty, too long, or no lower-case hexadecimal number.
    pub fn range(prefix: &str) -> Option<(Self, Self)> {
        if prefix.is_empty() || prefix.len() > 64 {
            return None;
        }
        let mut low = [0; 32];
        let mut high = [0xff; 32];
        for (at, digit) in prefix.bytes().enumerate() {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            if at % 2 == 0 {
                low[at / 2] = value << 4;
                high[at / 2] = value << 4 | 0xf;
            } else {
                low[at / 2] |= value;
                high[at / 2] = high[at / 2] & 0xf0 | value;
            }
        }
        Some((Self(low), Self(high)))
    }
}

/// A text is no identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 64 hexadecimal digits")]
pub struct InvalidId;

impl FromStr for ObjectId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match Self::range(text) {
            Some((low, high)) if low == high => Ok(low),
            _ => Err(InvalidId),
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (at, byte) in self.0.iter().enumerate() {
            text[2 * at] = DIGITS[usize::from(byte >> 4)];
            text[2 * at + 1] = DIGITS[usize::from(byte & 0xf)];
        }
        // Digits are text; were they not, nothing would be shown.
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_back() {
        let text = "0123456789abcdef".repeat(4);
        let id: ObjectId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.short(), "0123456789ab");
        for wrong in [
            "",
            "0",
            &text[1..],
            &text.to_uppercase(),
            &format!("{text}0"),
        ] {
            assert_eq!(wrong.parse::<ObjectId>(), Err(InvalidId), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_spans_what_begins_with_it() {
        let (low, high) = ObjectId::range("abc").unwrap();
        assert_eq!(low.to_string(), format!("abc{}", "0".repeat(61)));
        assert_eq!(high.to_string(), format!("abc{}", "f".repeat(61)));
        assert_eq!(ObjectId::range(""), None);
        assert_eq!(ObjectId::range("x"), None);
    }
}
