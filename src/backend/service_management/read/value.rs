//! Values that look one way on the wire and another in JSON.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret as _, SecretString};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment as the service wrote it; JSON shows milliseconds, as JavaScript does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    raw: String,
    at: Option<Timestamp>,
}

impl Moment {
    /// Reads `raw`; a time without a zone is UTC, and what is no time at all is kept as text.
    pub fn new(raw: impl Into<String>) -> Self {
        let raw = raw.into();
        let text = raw.trim();
        let at = text.parse::<Timestamp>().ok().or_else(|| {
            text.parse::<DateTime>()
                .ok()
                .and_then(|time| TimeZone::UTC.to_timestamp(time).ok())
        });
        Self { raw, at }
    }

    /// The point in time, if the text names one.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.at
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{at:.3}"),
            None => f.write_str(&self.raw),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Names and values in the service's order: a list on the wire, an object in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties(Vec<(String, String)>);

impl Properties {
    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(default, rename_all = "PascalCase")]
        struct Pair {
            name: String,
            value: String,
        }

        let pairs = Vec::<Pair>::deserialize(deserializer)?;
        Ok(Self(
            pairs
                .into_iter()
                .map(|pair| (pair.name, pair.value))
                .collect(),
        ))
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A text that is sent but never shown: neither in `Debug` nor in JSON.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Keeps `text` out of sight.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, for the request that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<SecretString> for Secret {
    fn from(text: SecretString) -> Self {
        Self(text)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// What programs are told of `of`.
pub(super) fn json(of: &impl Serialize) -> serde_json::Value {
    // Types that serialise to JSON with string keys cannot fail.
    serde_json::to_value(of).unwrap_or_default()
}

/// Reads a label, which the service keeps in base64; what is none is taken as it is.
pub(super) fn label<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| {
        STANDARD
            .decode(text.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or(text)
    }))
}

/// Reads a text; an empty one is none.
pub(super) fn non_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

/// The list that an absent element stands for when the old CLI read it.
#[expect(
    clippy::unnecessary_wraps,
    reason = "`None` is a list that is not sent at all; an absent one is sent back empty"
)]
pub(super) fn empty<T>() -> Option<Vec<T>> {
    Some(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_with_milliseconds() {
        for (raw, shown) in [
            ("2015-03-13T19:24:44Z", "2015-03-13T19:24:44.000Z"),
            ("2014-02-05T01:02:03.1234567", "2014-02-05T01:02:03.123Z"),
            ("soon", "soon"),
        ] {
            assert_eq!(Moment::new(raw).to_string(), shown, "{raw}");
        }
    }

    #[test]
    fn a_secret_says_nothing_of_itself() {
        let secret = Secret::new("Pa$$w0rd1");

        assert!(!format!("{secret:?}").contains("Pa$$"));
    }
}
