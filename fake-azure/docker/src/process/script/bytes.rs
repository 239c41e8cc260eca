//! Bytes as they are written in scripts: a text, or `{ hex = "00 ff" }`.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// Bytes of a protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// Why a text is no bytes in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no bytes in hexadecimal: write two digits for each, such as \"00 ff 7f\"")]
pub struct InvalidHex(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    hex: String,
}

impl Bytes {
    /// Reads bytes in hexadecimal, with spaces wherever one likes.
    ///
    /// # Errors
    /// When there is anything but pairs of digits.
    pub fn from_hex(text: &str) -> Result<Self, InvalidHex> {
        let invalid = || InvalidHex(text.to_owned());
        let digits: Vec<u32> = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_digit(16).ok_or_else(invalid))
            .collect::<Result<_, _>>()?;
        let (pairs, rest) = digits.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(invalid());
        }
        let byte = |[high, low]: &[u32; 2]| u8::try_from(high * 16 + low).map_err(|_| invalid());
        pairs.iter().map(byte).collect::<Result<_, _>>().map(Self)
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a table with `hex`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes::from(text))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Bytes, A::Error> {
                let written = Written::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Bytes::from_hex(&written.hex).map_err(de::Error::custom)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_hexadecimal() {
        assert_eq!(Bytes::from_hex("00 fF\n7f").unwrap().0, [0, 255, 127]);
        assert!(Bytes::from_hex("").unwrap().0.is_empty());
        assert!(Bytes::from_hex("0").is_err());
        assert!(Bytes::from_hex("0g").is_err());
    }
}
