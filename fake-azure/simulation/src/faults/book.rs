//! The rules that wait, and what they did.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use super::WAITING;
use super::effect::{Effect, Own};
use super::invalid::InvalidRule;
use super::matching::{Call, Match};
use super::reading::Checked as _;
use super::rule::{Rule, When};
use crate::Chance;
use crate::chance::seed_of_part;
use crate::journal::cut;

/// Of how many rules it is told at the end what they did.
const TOLD: usize = 10_000;

/// Of how many calls it is told that they were hit, the last ones.
const FIRINGS: usize = 10_000;

/// How many bytes of a call's path are told.
const PATH: usize = 512;

/// The faults that were asked for. Written down, they go on where they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "O: Own", deserialize = "O: Own"))]
pub struct Faults<O> {
    seed: u64,
    added: u64,
    rules: Vec<Kept<O>>,
    /// By the numbers of the rules, the oldest first.
    firings: VecDeque<(u64, Firing)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "O: Own", deserialize = "O: Own"))]
struct Kept<O> {
    number: u64,
    rule: Rule<O>,
    chance: Chance,
    /// How many calls it was about, but for those that another rule hit in its place.
    counted: u64,
    matched: u64,
    fired: u64,
    /// Whether a plan tells it, and not somebody who asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_planned: bool,
}

/// What befalls a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit<O> {
    /// Before or after it takes effect.
    pub when: When,
    /// What goes wrong.
    pub effect: Effect<O>,
    /// What the rule says that the call is to name.
    pub names: BTreeMap<String, String>,
    /// What there is to make up follows from this.
    pub chance: Chance,
}

/// A call that a rule hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    /// When it came, in the simulator's time.
    pub time: Timestamp,
    /// The operation, as the journal calls it.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path with its query.
    pub path: String,
}

/// What a rule did, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fired {
    /// Which calls it was about.
    #[serde(rename = "match")]
    pub matches: Match,
    /// How often it hit.
    pub fired: u64,
}

/// A rule and all that it did.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(bound(serialize = "O: Own"))]
pub struct Told<O> {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule<O>,
    /// How many calls were those that it is about, while it waited.
    pub matched: u64,
    /// How many of them it hit.
    pub fired: u64,
    /// The last of these.
    pub at: Vec<Firing>,
}

impl<O> Default for Faults<O> {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl<O> Faults<O> {
    /// No faults; what is a matter of chance follows from a seed.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            added: 0,
            rules: Vec::new(),
            firings: VecDeque::new(),
        }
    }
}

impl<O: Own> Faults<O> {
    /// Refuses what [`Faults::add`] would refuse.
    pub fn check(&self, rule: &Rule<O>) -> Result<(), InvalidRule> {
        rule.check()?;
        if self.rules.iter().filter(|kept| kept.waits()).count() >= WAITING {
            return Err(InvalidRule::Enough);
        }
        Ok(())
    }

    /// Arranges a fault and tells its number.
    pub fn add(&mut self, rule: Rule<O>) -> Result<u64, InvalidRule> {
        self.arrange(rule, false)
    }

    /// Has these rules as those that a plan tells: one that an earlier plan told, too, goes on
    /// where it is, and what that told besides is taken back.
    pub fn plan<'a>(
        &mut self,
        rules: impl IntoIterator<Item = &'a Rule<O>>,
    ) -> Result<(), InvalidRule>
    where
        O: 'a,
    {
        let planned = self.rules.iter().filter(|kept| kept.is_planned);
        let mut before: BTreeSet<u64> = planned.map(|kept| kept.number).collect();
        let mut new = Vec::new();
        for rule in rules {
            let mut known = self.rules.iter();
            match known.find(|kept| before.contains(&kept.number) && kept.rule == *rule) {
                Some(kept) => {
                    before.remove(&kept.number);
                }
                None => new.push(rule.clone()),
            }
        }
        for gone in before {
            self.remove(gone);
        }
        new.into_iter()
            .try_for_each(|rule| self.arrange(rule, true).map(drop))
    }

    fn arrange(&mut self, rule: Rule<O>, is_planned: bool) -> Result<u64, InvalidRule> {
        self.check(&rule)?;
        if self.rules.len() >= TOLD
            && let Some(oldest) = self.rules.iter().position(|kept| !kept.waits())
        {
            self.rules.remove(oldest);
        }
        self.added += 1;
        self.rules.push(Kept {
            number: self.added,
            rule,
            chance: Chance::seeded(seed_of_part(self.seed, self.added)),
            counted: 0,
            matched: 0,
            fired: 0,
            is_planned,
        });
        Ok(self.added)
    }

    /// Takes the fault of this number back, as if nobody had arranged it.
    pub fn remove(&mut self, number: u64) {
        self.rules.retain(|kept| kept.number != number);
        self.firings.retain(|(of, _)| *of != number);
    }

    /// Whether no rule waits for a call: whoever asks need not look at what a call is.
    pub fn is_idle(&self) -> bool {
        !self.rules.iter().any(Kept::waits)
    }

    /// Whether a rule that waits is about a call, so that it counts.
    pub fn are_about(&self, call: &Call<'_>) -> bool {
        let mut waiting = self.rules.iter().filter(|kept| kept.waits());
        waiting.any(|kept| kept.is_about(call))
    }

    /// Counts a call; the fault that hits it, if one does.
    pub fn hit(&mut self, call: &Call<'_>, now: Timestamp) -> Option<Hit<O>> {
        let mut hit = None;
        for kept in self.rules.iter_mut().filter(|kept| kept.waits()) {
            if !kept.is_about(call) {
                continue;
            }
            kept.matched += 1;
            let mut chance = kept.chance.clone();
            let fires = kept.rule.is_due(kept.counted + 1)
                && kept
                    .rule
                    .probability
                    .is_none_or(|probability| chance.random_bool(probability));
            // Two that would hit the same call hit one after the other.
            if fires && hit.is_some() {
                continue;
            }
            kept.counted += 1;
            kept.chance = chance;
            if !fires {
                continue;
            }
            kept.fired += 1;
            hit = Some(Hit {
                when: kept.rule.when,
                effect: kept.rule.effect.clone(),
                names: kept.rule.matches.names.clone(),
                chance: Chance::seeded(seed_of_part(self.seed, kept.number << 32 | kept.fired)),
            });
            let mut path = call.path.to_owned();
            cut(&mut path, PATH);
            let firing = Firing {
                time: now,
                operation: call.operation.to_owned(),
                method: call.method.to_owned(),
                path,
            };
            self.firings.push_back((kept.number, firing));
        }
        while self.firings.len() > FIRINGS {
            self.firings.pop_front();
        }
        hit
    }

    /// All rules and what they did.
    pub fn told(&self) -> Vec<Told<O>> {
        let mut by_rule: BTreeMap<u64, Vec<Firing>> = BTreeMap::new();
        for (rule, firing) in &self.firings {
            by_rule.entry(*rule).or_default().push(firing.clone());
        }
        let told = self.rules.iter().map(|kept| Told {
            rule: kept.rule.clone(),
            matched: kept.matched,
            fired: kept.fired,
            at: by_rule.remove(&kept.number).unwrap_or_default(),
        });
        told.collect()
    }

    /// Forgets all rules and tells what they did.
    pub fn clear(&mut self) -> Vec<Fired> {
        self.firings.clear();
        self.added = 0;
        let told = self.rules.drain(..).map(|kept| Fired {
            matches: kept.rule.matches,
            fired: kept.fired,
        });
        told.collect()
    }
}

impl<O> Kept<O> {
    fn waits(&self) -> bool {
        self.fired < self.rule.most()
    }
}

impl<O: Own> Kept<O> {
    fn is_about(&self, call: &Call<'_>) -> bool {
        let effect = &self.rule.effect;
        self.rule.matches.is_about(call) && effect.can_befall(call.operation, call.within)
    }
}
