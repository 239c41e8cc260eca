//! Tokens, and how long they are good.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::backend::{Error, Kind, Reason, Result};

/// A token is renewed when it is good for less than this.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A token, with what came with it.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token itself.
    pub access: SecretString,
    /// When it ceases to be good.
    pub expires: Timestamp,
    /// What gives the next one.
    pub refresh: Option<SecretString>,
}

/// What authorities and hosts answer; numbers may be texts.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    expires_on: Value,
    #[serde(default)]
    refresh_token: Option<String>,
}

impl Token {
    /// Reads an answer that came at `now`.
    pub(super) fn read(body: &[u8], now: Timestamp) -> Result<Self> {
        let answer: Answer = serde_json::from_slice(body).map_err(|_| nonsense())?;
        let expires = number(&answer.expires_in)
            .map(|seconds| now.saturating_add(SignedDuration::from_secs(seconds)))
            .and_then(std::result::Result::ok)
            .or_else(|| {
                let moment = number(&answer.expires_on)?;
                Timestamp::from_second(moment).ok()
            })
            .unwrap_or_else(|| unsaid(now));
        Ok(Self {
            access: answer.access_token.into(),
            expires,
            refresh: answer.refresh_token.map(SecretString::from),
        })
    }

    /// Is it good for a while yet?
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires.duration_since(now) > MARGIN
    }
}

/// When a token ends whose end is not told: soon.
pub(super) fn unsaid(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_mins(10)
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// An answer that is none.
pub(super) fn nonsense() -> Error {
    Error::new(
        Kind::Unexpected,
        "the authority's answer is not one of an authority's",
    )
    .because(Reason::Nonsense)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokens_end_is_told_as_a_number_or_a_text() {
        let now: Timestamp = "2026-11-27T00:00:00Z".parse().unwrap();
        for body in [
            r#"{"access_token":"t","expires_in":3600}"#,
            r#"{"access_token":"t","expires_in":"3600"}"#,
            r#"{"access_token":"t","expires_on":"1795741200"}"#,
        ] {
            let token = Token::read(body.as_bytes(), now).unwrap();
            assert_eq!(token.expires.to_string(), "2026-11-27T01:00:00Z", "{body}");
            assert!(token.is_good(now));
            assert!(!token.is_good("2026-11-27T00:56:00Z".parse().unwrap()));
        }
        assert!(Token::read(b"<html>", now).is_err());
    }
}
