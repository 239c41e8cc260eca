//! Faults on demand: which calls they hit. What then goes wrong is the simulator's matter.
//!
//! Every call is held against every rule that waits, so patterns and rules are bounded: what
//! one rule costs a call is its pattern's size times the length of the path.

use regex_lite::{Regex, RegexBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many bytes a pattern may have.
pub const PATTERN: usize = 1024;

/// How many bytes a pattern may take when it is compiled: some hundred steps for each character
/// that it is held against.
const COMPILED: usize = 32 << 10;

/// How many bytes of a path a pattern is held against.
const SEARCHED: usize = 4096;

/// How many bytes each text of a fault may have, such as a message.
pub const TEXT: usize = 64 << 10;

/// How many headers a fault may have.
pub const HEADERS: usize = 64;

/// How many bytes the headers of a fault may have; more than that clients do not read.
pub const HEADER_BYTES: usize = 16 << 10;

/// How many rules may wait for their call.
pub const WAITING: usize = 1000;

/// Of how many rules it is told at the end what they did.
const TOLD: usize = 10_000;

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
    /// A text is too long.
    #[error("`{field}` has {length} bytes, but may have {most}")]
    Long {
        /// Which one.
        field: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
    },
    /// There are enough rules.
    #[error("{WAITING} faults wait for their call already; `{{\"clear\": true}}` takes all back")]
    Enough,
    /// What was written is no rule.
    #[error("{0}")]
    Shape(String),
}

impl InvalidRule {
    /// Refuses a text that is too long.
    pub fn check_length(field: &'static str, length: usize, most: usize) -> Result<(), Self> {
        if length <= most {
            return Ok(());
        }
        Err(Self::Long {
            field,
            length,
            most,
        })
    }

    /// Refuses headers that are too many or too long.
    pub fn check_headers<'a>(
        headers: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Result<(), Self> {
        let (mut count, mut bytes) = (0, 0);
        for (name, value) in headers {
            count += 1;
            bytes += name.len() + value.len();
        }
        if count > HEADERS {
            let words = format!("`effect.headers` has {count} members, but may have {HEADERS}");
            return Err(Self::Shape(words));
        }
        Self::check_length("effect.headers", bytes, HEADER_BYTES)
    }
}

/// Reads JSON that somebody wrote by hand: what is wrong is told with the field that it is in.
pub fn read<T: DeserializeOwned>(written: Value) -> Result<T, InvalidRule> {
    serde_path_to_error::deserialize(written).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner().to_string());
        InvalidRule::Shape(match path.as_str() {
            "." => inner,
            path => match inner.strip_prefix('.') {
                // The fault's own reader has gone further down.
                Some(deeper) => format!("`{path}.{deeper}"),
                None => format!("`{path}`: {inner}"),
            },
        })
    })
}

/// Reads one of the ways in which something goes wrong, inside of another reader: what is
/// wrong is told so that [`read`] puts the path to this in front of it.
pub fn read_inside<T: DeserializeOwned>(written: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(written).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner());
        match path.as_str() {
            "." => inner.to_string(),
            path => format!(".{path}`: {inner}"),
        }
    })
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
        let method = asked.matches.method.as_deref().unwrap_or_default();
        InvalidRule::check_length("match.method", method.len(), PATTERN)?;
        let path = asked.matches.path.as_deref().map(pattern).transpose()?;
        if asked.nth == 0 {
            return Err(InvalidRule::Nth.into());
        }
        asked.effect.check()?;
        if self.rules.iter().filter(|rule| rule.left > 0).count() >= WAITING {
            return Err(InvalidRule::Enough.into());
        }
        if self.rules.len() >= TOLD
            && let Some(oldest) = self.rules.iter().position(|rule| rule.left == 0)
        {
            self.rules.remove(oldest);
        }
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

/// Reads a pattern that is cheap to search for.
fn pattern(text: &str) -> Result<Regex, InvalidRule> {
    InvalidRule::check_length("match.path", text.len(), PATTERN)?;
    let read = RegexBuilder::new(text).size_limit(COMPILED).build();
    read.map_err(|error| InvalidRule::Path(error.to_string()))
}

/// As much of a path as patterns are held against.
fn searched(path: &str) -> &str {
    &path[..path.floor_char_boundary(SEARCHED)]
}

impl<E> Kept<E> {
    fn is_about(&self, method: &str, path: &str) -> bool {
        let asked = self.asked.matches.method.as_deref();
        let expression = self.path.as_ref();
        asked.is_none_or(|asked| asked.eq_ignore_ascii_case(method))
            && expression.is_none_or(|expression| expression.is_match(searched(path)))
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
        let mut add = |json: &str| faults.add(rule(json)).unwrap_err();
        let path = add(r#"{"match": {"path": "("}, "effect": 1}"#);
        assert!(matches!(path, Invalid::Rule(InvalidRule::Path(_))));
        assert_eq!(
            add(r#"{"nth": 0, "effect": 1}"#),
            Invalid::Rule(InvalidRule::Nth)
        );
        assert_eq!(add(r#"{"effect": 0}"#), Invalid::Zero);
        for costly in ["(a{1000}){100}", "((a{1,60}){1,60}){1,60}", r"[^/]{5000}"] {
            let asked = format!(r#"{{"match": {{"path": "{costly}"}}, "effect": 1}}"#);
            let refused = add(&asked);
            assert!(
                matches!(refused, Invalid::Rule(InvalidRule::Path(_))),
                "{costly}"
            );
        }
        let long = "a".repeat(PATTERN + 1);
        for field in ["method", "path"] {
            let refused = add(&format!(
                r#"{{"match": {{"{field}": "{long}"}}, "effect": 1}}"#
            ));
            let Invalid::Rule(InvalidRule::Long { length, .. }) = refused else {
                panic!("{refused:?}");
            };
            assert_eq!(length, PATTERN + 1);
        }
        assert!(serde_json::from_str::<Rule<Wrong>>(r#"{"nth": 1}"#).is_err());
    }

    #[test]
    fn patterns_that_people_write_are_not_too_large() {
        let mut faults = Faults::default();
        for path in [
            r"^/services/hostedservices/[^/]+/deployments/[^/]+/roles/[^/]+/DataDisks/\\d+$",
            r"/containers/(create|[0-9a-f]{12,64}/(start|stop|kill|wait|json))(\\?|$)",
            r"(?i)deploymentslots/(production|staging)\\?.*comp=(status|config|upgrade)",
        ] {
            let asked = format!(r#"{{"match": {{"path": "{path}"}}, "effect": 1}}"#);
            faults.add(rule(&asked)).unwrap();
        }
    }

    #[test]
    fn rules_that_wait_have_a_limit_and_those_that_hit_make_room() {
        let mut faults = Faults::default();
        for _ in 0..WAITING {
            faults.add(rule(r#"{"effect": 1}"#)).unwrap();
        }
        let one_more = faults.add(rule(r#"{"effect": 1}"#));
        assert_eq!(one_more, Err(Invalid::Rule(InvalidRule::Enough)));
        faults.hit("GET", "/").unwrap();
        faults.add(rule(r#"{"effect": 1}"#)).unwrap();
        for _ in 0..TOLD {
            faults.hit("GET", "/").unwrap();
            faults.add(rule(r#"{"effect": 1}"#)).unwrap();
        }
        assert_eq!(faults.clear().len(), TOLD);
    }

    #[test]
    fn a_path_beyond_what_is_searched_costs_nothing() {
        let mut faults = Faults::default();
        let asked = r#"{"match": {"path": "b$"}, "effect": 1}"#;
        faults.add(rule(asked)).unwrap();
        let long = format!("/{}b", "é".repeat(SEARCHED));
        assert_eq!(faults.hit("GET", &long), None);
        assert!(faults.hit("GET", "/ab").is_some());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let wrong = |json: &str| read::<Rule<Wrong>>(serde_json::from_str(json).unwrap());
        for (json, field) in [
            (r#"{"nth": "x", "effect": 1}"#, "`nth`: "),
            (r#"{"match": {"path": 7}, "effect": 1}"#, "`match.path`: "),
            (r#"{"effect": "x"}"#, "`effect`: "),
            (r#"{"when": "later", "effect": 1}"#, "`when`"),
            (r#"{"nht": 1, "effect": 1}"#, "nht"),
        ] {
            let told = wrong(json).unwrap_err().to_string();
            assert!(told.contains(field), "{json}: {told}");
        }
    }
}
