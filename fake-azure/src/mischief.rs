//! What can go wrong with a call on demand: what `POST /_fake/break` arranges.

use serde::{Deserialize, Serialize};
use simulation::faults::{Effect, Faults, InvalidRule, Rule};
pub use simulation::faults::{Fired, Match, When};

/// One fault, once. Its rule's path is that after the subscription, with its query.
pub type Break = Rule<Fault>;

/// The faults that were asked for.
pub(crate) type Mischief = Faults<Fault>;

/// What goes wrong.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Fault {
    /// The connection is reset.
    Drop(Dropped),
    /// The answer is 202 as it would be, but the operation ends `Failed`.
    FailOperation(FailedOperation),
    /// The answer is this error.
    Status(Answered),
}

/// `{"drop": true}`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// True.
    pub drop: bool,
}

/// `{"fail_operation": {…}}`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FailedOperation {
    /// How it fails.
    pub fail_operation: Words,
}

/// An error's code and message.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The error's code.
    pub code: String,
    /// The error's message.
    pub message: String,
}

/// `{"status": 500, "code": …, "message": …}`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// HTTP status, 300 to 599.
    pub status: u16,
    /// The error's code.
    #[serde(default = "internal_error")]
    pub code: String,
    /// The error's message.
    #[serde(default)]
    pub message: String,
    /// Further headers, e.g. `Retry-After` or `Location`.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub headers: std::collections::BTreeMap<String, String>,
}

fn internal_error() -> String {
    "InternalError".to_owned()
}

/// Why a fault cannot be arranged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBreak {
    /// No fault could be arranged by this rule.
    #[error(transparent)]
    Rule(#[from] InvalidRule),
    /// `drop` is false.
    #[error("`drop` is `true` or is not there")]
    Drop,
    /// The status is no error's.
    #[error("`effect.status` is {0}, but an error's is from 300 to 599")]
    Status(u16),
    /// A header cannot be sent.
    #[error("`effect.headers` holds `{0}`, which is not a header")]
    Header(String),
}

impl Effect for Fault {
    type Invalid = InvalidBreak;

    fn check(&self) -> Result<(), InvalidBreak> {
        match self {
            Self::Drop(Dropped { drop: false }) => Err(InvalidBreak::Drop),
            Self::Status(answer) if !(300..600).contains(&answer.status) => {
                Err(InvalidBreak::Status(answer.status))
            }
            Self::Status(answer) => {
                let bad = answer.headers.iter().find(|(name, value)| {
                    name.parse::<axum::http::HeaderName>().is_err()
                        || value.parse::<axum::http::HeaderValue>().is_err()
                });
                bad.map_or(Ok(()), |(name, _)| Err(InvalidBreak::Header(name.clone())))
            }
            Self::Drop(_) | Self::FailOperation(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_make_no_sense_are_refused() {
        let mut mischief = Mischief::default();
        let mut add = |json| {
            let asked: Break = serde_json::from_str(json).unwrap();
            mischief.add(asked).unwrap_err()
        };
        assert_eq!(
            add(r#"{"nth": 0, "effect": {"drop": true}}"#),
            InvalidBreak::Rule(InvalidRule::Nth)
        );
        assert_eq!(add(r#"{"effect": {"drop": false}}"#), InvalidBreak::Drop);
        assert_eq!(
            add(r#"{"effect": {"status": 200}}"#),
            InvalidBreak::Status(200)
        );
        assert_eq!(
            add(r#"{"effect": {"status": 503, "headers": {"a b": "c"}}}"#),
            InvalidBreak::Header("a b".to_owned())
        );
        assert!(serde_json::from_str::<Break>(r#"{"effect": {"explode": 1}}"#).is_err());
    }
}
