//! Faults on demand: which calls they hit. What then goes wrong is the simulator's matter.

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

/// Which calls a rule is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The HTTP method; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A regular expression that is searched for in the path with its query; any when absent.
    /// What of the path a simulator shows here it says itself.
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

/// What can go wrong with a call.
pub trait Effect: Clone {
    /// Why it makes no sense.
    type Invalid: From<InvalidRule>;

    /// Refuses what makes no sense.
    fn check(&self) -> Result<(), Self::Invalid>;
}

/// One fault, once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule<E> {
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
    pub effect: E,
}

fn first() -> u32 {
    1
}

/// What a rule did so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fired {
    /// Which calls it was about.
    #[serde(rename = "match")]
    pub matches: Match,
    /// How often it hit: 0 or 1.
    pub fired: u32,
}

/// Why a rule cannot be, whatever its effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// The path is not a regular expression.
    #[error("`match.path` is not a regular expression: {0}")]
    Path(String),
    /// `nth` counts from 1.
    #[error("`nth` counts from 1")]
    Nth,
}

/// The faults that were asked for.
#[derive(Debug)]
pub struct Faults<E> {
    rules: Vec<Kept<E>>,
}

#[derive(Debug)]
struct Kept<E> {
    asked: Rule<E>,
    path: Option<Regex>,
    left: u32,
    fired: u32,
}

impl<E> Default for Faults<E> {
    fn default() -> Self {
        Self { rules: Vec::new() }
    }
}

impl<E: Effect> Faults<E> {
    /// Arranges a fault.
    pub fn add(&mut self, asked: Rule<E>) -> Result<(), E::Invalid> {
        let path = asked.matches.path.as_deref().map(Regex::new).transpose();
        let path = path.map_err(|error| InvalidRule::Path(error.to_string()))?;
        if asked.nth == 0 {
            return Err(InvalidRule::Nth.into());
        }
        asked.effect.check()?;
        self.rules.push(Kept {
            left: asked.nth,
            fired: 0,
            path,
            asked,
        });
        Ok(())
    }

    /// Counts a call; the fault that hits it, if one does.
    pub fn hit(&mut self, method: &str, path: &str) -> Option<(When, E)> {
        let mut hit = None;
        for rule in self.rules.iter_mut().filter(|rule| rule.left > 0) {
            // Two that would hit the same call hit one after the other.
            if !rule.is_about(method, path) || (rule.left == 1 && hit.is_some()) {
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
    pub fn clear(&mut self) -> Vec<Fired> {
        let told = self.rules.drain(..).map(|rule| Fired {
            matches: rule.asked.matches,
            fired: rule.fired,
        });
        told.collect()
    }
}

impl<E> Kept<E> {
    fn is_about(&self, method: &str, path: &str) -> bool {
        let asked = self.asked.matches.method.as_deref();
        let expression = self.path.as_ref();
        asked.is_none_or(|asked| asked.eq_ignore_ascii_case(method))
            && expression.is_none_or(|expression| expression.is_match(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes wrong in a numbered way; 0 is none.
    #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
    struct Wrong(u8);

    #[derive(Debug, PartialEq, Eq)]
    enum Invalid {
        Rule(InvalidRule),
        Zero,
    }

    impl From<InvalidRule> for Invalid {
        fn from(rule: InvalidRule) -> Self {
            Self::Rule(rule)
        }
    }

    impl Effect for Wrong {
        type Invalid = Invalid;

        fn check(&self) -> Result<(), Invalid> {
            if self.0 == 0 {
                Err(Invalid::Zero)
            } else {
                Ok(())
            }
        }
    }

    fn rule(json: &str) -> Rule<Wrong> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_nth_matching_call_is_hit_once() {
        let mut faults = Faults::default();
        let asked = r#"{"match": {"method": "POST", "path": "/start$"}, "nth": 2, "effect": 3}"#;
        faults.add(rule(asked)).unwrap();
        assert_eq!(faults.hit("GET", "/a/start"), None);
        assert_eq!(faults.hit("post", "/a/start"), None);
        assert_eq!(faults.hit("POST", "/a/start?t=1"), None);
        assert_eq!(
            faults.hit("POST", "/a/start"),
            Some((When::Before, Wrong(3)))
        );
        assert_eq!(faults.hit("POST", "/a/start"), None);
        let told = faults.clear();
        assert_eq!((told.len(), told[0].fired), (1, 1));
        assert!(faults.clear().is_empty());
    }

    #[test]
    fn two_faults_for_one_call_hit_it_and_the_next() {
        let mut faults = Faults::default();
        faults.add(rule(r#"{"effect": 1}"#)).unwrap();
        faults
            .add(rule(r#"{"when": "after", "effect": 2}"#))
            .unwrap();
        assert_eq!(faults.hit("GET", "/"), Some((When::Before, Wrong(1))));
        assert_eq!(faults.hit("GET", "/"), Some((When::After, Wrong(2))));
        assert_eq!(faults.hit("GET", "/"), None);
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        let mut faults = Faults::default();
        let mut add = |json| faults.add(rule(json)).unwrap_err();
        let path = add(r#"{"match": {"path": "("}, "effect": 1}"#);
        assert!(matches!(path, Invalid::Rule(InvalidRule::Path(_))));
        assert_eq!(
            add(r#"{"nth": 0, "effect": 1}"#),
            Invalid::Rule(InvalidRule::Nth)
        );
        assert_eq!(add(r#"{"effect": 0}"#), Invalid::Zero);
        assert!(serde_json::from_str::<Rule<Wrong>>(r#"{"nth": 1}"#).is_err());
    }
}
