//! Lengths of time as they are written in scripts: `1.5` seconds, `"300ms"`, `"1m 30s"`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de};

/// A length of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// Why a text is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no length of time: write seconds as a number, or `\"300ms\"`, `\"1m 30s\"`")]
pub struct InvalidSpan(String);

impl Span {
    /// Reads `300ms`, `2s`, `1m 30s`, `1h`.
    ///
    /// # Errors
    /// When it is no length of time, or a negative one.
    pub fn parse(text: &str) -> Result<Self, InvalidSpan> {
        let invalid = || InvalidSpan(text.to_owned());
        let duration: SignedDuration = text.parse().map_err(|_| invalid())?;
        let duration = Duration::try_from(duration).map_err(|_| invalid())?;
        Ok(Self(duration))
    }

    fn seconds(seconds: f64) -> Result<Self, InvalidSpan> {
        let duration = Duration::try_from_secs_f64(seconds);
        duration
            .map(Self)
            .map_err(|_| InvalidSpan(seconds.to_string()))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Span;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("seconds, or a text such as \"300ms\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                Span::parse(text).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Span, E> {
                let whole = u64::try_from(seconds).map_err(|_| InvalidSpan(seconds.to_string()));
                whole
                    .map(|seconds| Span(Duration::from_secs(seconds)))
                    .map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Span, E> {
                Ok(Span(Duration::from_secs(seconds)))
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Span, E> {
                Span::seconds(seconds).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        let read = |text: &str| Span::parse(text).map(|span| span.0);
        assert_eq!(read("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(read("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(read("1m 30s"), Ok(Duration::from_secs(90)));
        assert_eq!(read("1h"), Ok(Duration::from_hours(1)));
        for wrong in ["", "2", "-1s", "soon", "1 parsec"] {
            assert_eq!(read(wrong), Err(InvalidSpan(wrong.to_owned())), "{wrong}");
        }
    }
}
