//! What can go wrong with a call on demand: what `POST /_fake/break` arranges.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use simulation::faults::{self, Effect, InvalidRule, Rule};
pub use simulation::faults::{Fired, Match, When};

/// One fault, once. Its rule's path is that after the subscription, with its query.
pub type Break = Rule<Fault>;

/// The faults that were asked for.
pub(crate) type Faults = simulation::faults::Faults<Fault>;

/// What goes wrong.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Fault {
    /// The connection is reset.
    Drop(Dropped),
    /// The answer is 202 as it would be, but the operation ends `Failed`.
    FailOperation(FailedOperation),
    /// The answer is this error.
    Status(Answered),
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Map::deserialize(deserializer)?;
        let says = |name| written.contains_key(name);
        let (drop, fail, status) = (says("drop"), says("fail_operation"), says("status"));
        if !(drop || fail || status) {
            let told: Vec<_> = written.keys().map(|key| format!("`{key}`")).collect();
            let instead = match told.as_slice() {
                [] => String::new(),
                told => format!(", not {}", told.join(", ")),
            };
            return Err(D::Error::custom(format!(
                "an effect is one of `drop`, `status` and `fail_operation`{instead}"
            )));
        }
        let written = Value::Object(written);
        let read = if drop {
            faults::read_inside(written).map(Self::Drop)
        } else if fail {
            faults::read_inside(written).map(Self::FailOperation)
        } else {
            faults::read_inside(written).map(Self::Status)
        };
        read.map_err(D::Error::custom)
    }
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

/// How many bytes a code may have.
const CODE: usize = 1024;

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
        if let Self::Status(answer) = self {
            let (code, message) = (answer.code.len(), answer.message.len());
            InvalidRule::check_length("effect.code", code, CODE)?;
            InvalidRule::check_length("effect.message", message, faults::TEXT)?;
            InvalidRule::check_headers(&answer.headers)?;
        }
        if let Self::FailOperation(FailedOperation { fail_operation }) = self {
            let (code, message) = (fail_operation.code.len(), fail_operation.message.len());
            InvalidRule::check_length("effect.fail_operation.code", code, CODE)?;
            let most = faults::TEXT;
            InvalidRule::check_length("effect.fail_operation.message", message, most)?;
        }
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
mod fuzz;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn faults_that_make_no_sense_are_refused() {
        let mut faults = Faults::default();
        let mut add = |json: &str| {
            let asked: Break = serde_json::from_str(json).unwrap();
            faults.add(asked).unwrap_err()
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
        for effect in [
            json!({"status": 500, "message": "x".repeat(faults::TEXT + 1)}),
            json!({"status": 500, "code": "x".repeat(CODE + 1)}),
            json!({"status": 500, "headers": {"a": "x".repeat(faults::HEADER_BYTES)}}),
            json!({"fail_operation": {"code": "x".repeat(CODE + 1), "message": ""}}),
            json!({"fail_operation": {"code": "", "message": "x".repeat(faults::TEXT + 1)}}),
        ] {
            let refused = add(&json!({ "effect": effect }).to_string());
            let InvalidBreak::Rule(InvalidRule::Long {
                field,
                length,
                most,
            }) = refused
            else {
                panic!("{refused}");
            };
            assert!(field.starts_with("effect.") && length == most + 1);
        }
        let many: BTreeMap<_, _> = (0..=faults::HEADERS).map(|n| (n.to_string(), "")).collect();
        let many = json!({"effect": {"status": 500, "headers": many}});
        assert!(matches!(
            add(&many.to_string()),
            InvalidBreak::Rule(InvalidRule::Shape(_))
        ));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let told = |written| faults::read::<Break>(written).unwrap_err().to_string();
        for (effect, words) in [
            (json!({"explode": true}), "`effect`: an effect is one of"),
            (json!({"explode": true}), "not `explode`"),
            (json!({}), "`effect`: an effect is one of"),
            (json!(7), "`effect`: invalid type"),
            (json!({"status": "x"}), "`effect.status`: invalid type"),
            (
                json!({"status": 500, "headers": {"a": 1}}),
                "`effect.headers.a`: ",
            ),
            (json!({"drop": "yes"}), "`effect.drop`: "),
            (json!({"drop": true, "status": 500}), "`effect.status`"),
            (
                json!({"fail_operation": {"code": "a"}}),
                "`effect.fail_operation`: missing field `message`",
            ),
        ] {
            let told = told(json!({ "effect": effect }));
            assert!(told.contains(words), "{effect}: {told}");
        }
    }
}
