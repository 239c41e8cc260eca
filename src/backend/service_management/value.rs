//! Values of one text each that are more than a text.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret as _, SecretString};

/// A moment as the service wrote it.
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

    /// The text.
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

/// With milliseconds, as JavaScript shows it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{at:.3}"),
            None => f.write_str(&self.raw),
        }
    }
}

/// XML that is kept as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(pub String);

/// A text that is sent but never shown: neither in `Debug` nor in what programs are told.
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
