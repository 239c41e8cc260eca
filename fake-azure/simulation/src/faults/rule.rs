//! A rule: which calls it hits, how often, and what then goes wrong.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::CODE;
use super::effect::{Effect, Own};
use super::invalid::InvalidRule;
use super::matching::{self, Match};
use super::reading::Checked;

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

/// A fault: once at the nth call that it is about, unless it says more of how often.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a rule, such as {\"effect\": {\"drop\": true}}",
    bound(deserialize = "O: Own", serialize = "O: Own")
)]
pub struct Rule<O> {
    /// What it is called, where it is told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which calls it is about.
    #[serde(default, rename = "match", deserialize_with = "matching::read::<O, _>")]
    pub matches: Match,
    /// Which of them it hits first, counted from now; 1 is the next.
    #[serde(default = "one", deserialize_with = "counted")]
    pub nth: u32,
    /// Which it hits from there on: every so many; the first alone when absent, and each where
    /// `probability` or `times` is said.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_counted"
    )]
    pub every: Option<u32>,
    /// How probable it is that it hits one of those, from 0 to 1; certain when absent.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "probability"
    )]
    pub probability: Option<f64>,
    /// How often it hits at most; for ever when absent, where `every` or `probability` is said.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_counted"
    )]
    pub times: Option<u32>,
    /// Before or after the call took effect.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    pub effect: Effect<O>,
}

fn one() -> u32 {
    1
}

const COUNTS: &str = "this counts from 1";
const CHANCES: &str = "this is a number from 0 to 1";

fn counted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        0 => Err(D::Error::custom(COUNTS)),
        number => Ok(number),
    }
}

fn some_counted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    counted(deserializer).map(Some)
}

fn probability<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let told = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&told) {
        return Ok(Some(told));
    }
    Err(D::Error::custom(CHANCES))
}

impl<O> Rule<O> {
    /// A rule that lets the next call go wrong, whatever it is, before it takes effect.
    pub fn new(effect: Effect<O>) -> Self {
        Self {
            name: None,
            matches: Match::default(),
            nth: 1,
            every: None,
            probability: None,
            times: None,
            when: When::Before,
            effect,
        }
    }

    /// How often it hits at most.
    pub(super) fn most(&self) -> u64 {
        match self.times {
            Some(times) => times.into(),
            None if self.every.is_none() && self.probability.is_none() => 1,
            None => u64::MAX,
        }
    }

    /// Whether it hits the call of this number, if chance is for it.
    pub(super) fn is_due(&self, number: u64) -> bool {
        let since = number.checked_sub(self.nth.into());
        since.is_some_and(|since| since.is_multiple_of(self.every.unwrap_or(1).into()))
    }
}

impl<O: Own> Checked for Rule<O> {
    fn check(&self) -> Result<(), InvalidRule> {
        let name = self.name.as_deref().unwrap_or_default();
        InvalidRule::check_length(["name"], name.len(), CODE)?;
        self.matches.check::<O>()?;
        let counts = [Some(self.nth), self.every, self.times];
        for (field, count) in ["nth", "every", "times"].into_iter().zip(counts) {
            if count == Some(0) {
                return Err(InvalidRule::field([field], COUNTS));
            }
        }
        if let Some(told) = self.probability
            && !(0.0..=1.0).contains(&told)
        {
            return Err(InvalidRule::field(["probability"], CHANCES));
        }
        self.effect.check()?;
        match &self.matches.operation {
            Some(operation) if !self.effect.is_of(operation) => {
                let why = format!("`{operation}` does nothing that this effect could befall");
                Err(InvalidRule::field(["match", "operation"], why))
            }
            _ => Ok(()),
        }
    }
}
