//! What all APIs of this Azure stand on: one time, one set of addresses and names, one catalogue.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SubscriptionId;
use super::address::Prefix;
use super::catalogue::Catalogue;
use super::engine_claim::EngineClaim;
use super::operation::{Due, OperationId, Schedule};
use super::owner::Owner;
use super::phase;
use super::sources::Sources;
use crate::pace::Pace;
use crate::world::Name;

/// The part of a world that is no API's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ground {
    pub(crate) pace: Pace,
    pub(crate) catalogue: Catalogue,
    pub(crate) sources: Sources,
    pub(crate) engine_claim: EngineClaim,
    /// Public names that somebody else in the world has.
    pub(crate) taken_names: BTreeSet<Name>,
    schedule: Schedule,
    alarms: BTreeSet<(Timestamp, Owner)>,
    /// What of the world's outside must follow it: nothing of the world itself.
    #[serde(skip)]
    touched: BTreeSet<Owner>,
}

impl Ground {
    pub(crate) fn new(pace: Pace, seed: u64, block: Prefix, catalogue: Catalogue) -> Self {
        Self {
            pace,
            catalogue,
            sources: Sources::new(seed, block),
            engine_claim: EngineClaim::default(),
            taken_names: BTreeSet::new(),
            schedule: Schedule::default(),
            alarms: BTreeSet::new(),
            touched: BTreeSet::new(),
        }
    }

    /// Whether looks move things on.
    pub(crate) fn looks_count(&self) -> bool {
        matches!(self.pace, Pace::Reads(_))
    }

    /// When an operation is due that begins now and takes so many of the real service's seconds.
    pub(crate) fn due(&self, now: Timestamp, seconds: i64) -> Due {
        match self.pace {
            Pace::Reads(n) => Due::Looks(n),
            #[expect(clippy::cast_precision_loss, reason = "operations take minutes")]
            pace => Due::At(phase::after(now, seconds as f64, pace)),
        }
    }

    /// Notes when an operation ends.
    pub(crate) fn schedule(&mut self, due: Due, subscription: &SubscriptionId, id: &OperationId) {
        self.schedule.add(due, subscription, id);
    }

    /// Takes out the operation that ends first, if it ends by `now`.
    pub(crate) fn next_due(&mut self, now: Timestamp) -> Option<(SubscriptionId, OperationId)> {
        self.schedule.next_due(now)
    }

    /// Something of this owner happens by itself at this moment.
    pub(crate) fn alarm(&mut self, at: Timestamp, owner: Owner) {
        self.alarms.insert((at, owner));
    }

    /// Touches the first of the owners of whom something has happened by itself by `now`, and
    /// tells when.
    pub(crate) fn ring(&mut self, now: Timestamp) -> Option<(Timestamp, Owner)> {
        self.alarms.first().filter(|(at, _)| *at <= now)?;
        let (at, owner) = self.alarms.pop_first()?;
        self.touched.insert(owner.clone());
        Some((at, owner))
    }

    /// When something happens by itself next.
    pub(crate) fn next_change(&self) -> Option<Timestamp> {
        let alarm = self.alarms.first().map(|(at, _)| *at);
        self.schedule.next().into_iter().chain(alarm).min()
    }

    /// An owner's doors, names or addresses may have changed.
    pub(crate) fn touch(&mut self, owner: Owner) {
        self.touched.insert(owner);
    }

    /// The owners whose doors, names or addresses may have changed since the last call.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<Owner> {
        std::mem::take(&mut self.touched)
    }
}
