//! Faults on demand: what `POST /_fake/break` arranges.

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

/// Which calls a rule is about.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The HTTP method; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A regular expression that is searched for in the path after the subscription, with
    /// its query; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Whether a fault comes before or after the call took effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// The call has no effect.
    #[default]
    Before,
    /// The call has its effect, but its answer is lost.
    After,
}

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

/// One fault, once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// Which calls it is about.
    #[serde(default, rename = "match")]
    pub matches: Match,
    /// Which of them it hits, counted from now; 1 is the next.
    #[serde(default = "first")]
    pub nth: u32,
    /// Before or after the call took effect.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    pub effect: Fault,
}

fn first() -> u32 {
    1
}

/// What a rule did so far.
#[derive(Clone, Debug, Serialize)]
pub struct Fired {
    /// Which calls it was about.
    #[serde(rename = "match")]
    pub matches: Match,
    /// How often it hit: 0 or 1.
    pub fired: u32,
}

/// Why a fault cannot be arranged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBreak {
    /// The path is not a regular expression.
    #[error("`match.path` is not a regular expression: {0}")]
    Path(String),
    /// `nth` counts from 1.
    #[error("`nth` counts from 1")]
    Nth,
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

/// The faults that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Mischief {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    asked: Break,
    path: Option<Regex>,
    left: u32,
    fired: u32,
}

impl Mischief {
    pub(crate) fn add(&mut self, asked: Break) -> Result<(), InvalidBreak> {
        let path = match &asked.matches.path {
            None => None,
            Some(text) => {
                Some(Regex::new(text).map_err(|error| InvalidBreak::Path(error.to_string()))?)
            }
        };
        if asked.nth == 0 {
            return Err(InvalidBreak::Nth);
        }
        match &asked.effect {
            Fault::Drop(Dropped { drop: false }) => return Err(InvalidBreak::Drop),
            Fault::Status(answer) if !(300..600).contains(&answer.status) => {
                return Err(InvalidBreak::Status(answer.status));
            }
            Fault::Status(answer) => {
                let bad = answer.headers.iter().find(|(name, value)| {
                    name.parse::<axum::http::HeaderName>().is_err()
                        || value.parse::<axum::http::HeaderValue>().is_err()
                });
                if let Some((name, _)) = bad {
                    return Err(InvalidBreak::Header(name.clone()));
                }
            }
            Fault::Drop(_) | Fault::FailOperation(_) => {}
        }
        self.rules.push(Rule {
            left: asked.nth,
            fired: 0,
            path,
            asked,
        });
        Ok(())
    }

    /// Counts a call; the fault that hits it, if one does.
    pub(crate) fn hit(&mut self, method: &str, path: &str) -> Option<(When, Fault)> {
        let mut hit = None;
        for rule in self.rules.iter_mut().filter(|rule| rule.left > 0) {
            let fits = rule
                .asked
                .matches
                .method
                .as_deref()
                .is_none_or(|m| m.eq_ignore_ascii_case(method))
                && rule
                    .path
                    .as_ref()
                    .is_none_or(|expression| expression.is_match(path));
            if !fits || (rule.left == 1 && hit.is_some()) {
                continue;
            }
            rule.left -= 1;
            if rule.left == 0 {
                rule.fired += 1;
                hit = Some((rule.asked.when, rule.asked.effect.clone()));
            }
        }
        hit
    }

    /// Forgets all rules and tells what they did.
    pub(crate) fn clear(&mut self) -> Vec<Fired> {
        self.rules
            .drain(..)
            .map(|rule| Fired {
                matches: rule.asked.matches,
                fired: rule.fired,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Break {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_nth_matching_call_is_hit_once() {
        let mut mischief = Mischief::default();
        let asked = r#"{"match": {"method": "POST", "path": "/deployments$"}, "nth": 2, "effect": {"drop": true}}"#;
        mischief.add(rule(asked)).unwrap();
        let path = "/services/hostedservices/web/deployments";
        assert!(mischief.hit("GET", path).is_none());
        assert!(mischief.hit("post", path).is_none());
        assert!(matches!(
            mischief.hit("POST", path),
            Some((When::Before, Fault::Drop(_)))
        ));
        assert!(mischief.hit("POST", path).is_none());
        let told = mischief.clear();
        assert_eq!((told.len(), told[0].fired), (1, 1));
    }

    #[test]
    fn faults_that_make_no_sense_are_refused() {
        let mut mischief = Mischief::default();
        let mut add = |json| mischief.add(rule(json)).unwrap_err();
        assert!(matches!(
            add(r#"{"match": {"path": "("}, "effect": {"drop": true}}"#),
            InvalidBreak::Path(_)
        ));
        assert_eq!(
            add(r#"{"nth": 0, "effect": {"drop": true}}"#),
            InvalidBreak::Nth
        );
        assert_eq!(add(r#"{"effect": {"drop": false}}"#), InvalidBreak::Drop);
        assert_eq!(
            add(r#"{"effect": {"status": 200}}"#),
            InvalidBreak::Status(200)
        );
        assert!(serde_json::from_str::<Break>(r#"{"effect": {"explode": 1}}"#).is_err());
    }
}
