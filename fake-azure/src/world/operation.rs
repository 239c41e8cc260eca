//! Asynchronous operations: accepted now, settled later. What they do at their end, and why they
//! may fail, is their API's.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulation::chance::dashed;

use super::SubscriptionId;
use super::names::Name;

/// The identifier of a request, and of the operation that it started: 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OperationId(String);

impl OperationId {
    /// The identifier of this text, with dashes or without, whatever its case.
    pub fn new(text: &str) -> Self {
        Self(text.replace('-', "").to_ascii_lowercase())
    }

    /// The same identifier with dashes, as the body of `GET operations/{id}` shows it.
    pub fn dashed(&self) -> String {
        dashed(&self.0)
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an operation stands that may end with a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(clippy::enum_variant_names, reason = "the service's own word")]
pub enum Progress<F> {
    /// It runs.
    InProgress,
    /// It ended well.
    Succeeded,
    /// It ended with an error that a poll shows.
    Failed {
        /// Why.
        error: F,
    },
}

/// What an operation is to be that a request is accepted with.
#[derive(Clone, Debug)]
pub(crate) struct Acceptance<E, F> {
    /// Its name in the documentation.
    pub(crate) operation: String,
    /// How many of the real service's seconds it takes.
    pub(crate) seconds: i64,
    /// The thing that it keeps others off.
    pub(crate) locks: Option<Name>,
    /// What happens to the world at its end.
    pub(crate) effect: Option<E>,
    /// How it ends.
    pub(crate) end: Progress<F>,
}

/// An accepted request on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Operation<E, F> {
    pub(crate) id: OperationId,
    /// The operation's name in the documentation, e.g. `Create Virtual Machine Deployment`.
    pub(crate) name: String,
    pub(crate) started: Timestamp,
    due: Due,
    pub(crate) progress: Progress<F>,
    /// How it will end when it is due.
    end: Progress<F>,
    /// What happens to the world at its end.
    effect: Option<E>,
    /// The thing that it keeps others off.
    pub(crate) locks: Option<Name>,
    /// What it was asked of: the path after the subscription.
    pub(crate) object: String,
    /// When it ended.
    pub(crate) ended: Option<Timestamp>,
}

/// When an operation ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Due {
    /// At this moment of the simulator's time.
    At(Timestamp),
    /// After this many more looks.
    Looks(u32),
}

impl<E, F> Operation<E, F> {
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.progress, Progress::InProgress)
    }
}

/// How many ended operations of a subscription can still be asked for.
const REMEMBERED: usize = 20_000;

/// The operations of a subscription: those that run, and those that ended not too long ago.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Operations<E, F> {
    /// Boxed, since a tree's nodes are half empty.
    by_id: BTreeMap<OperationId, Box<Operation<E, F>>>,
    /// Those that have ended, the oldest first.
    ended: VecDeque<OperationId>,
}

impl<E, F> Default for Operations<E, F> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            ended: VecDeque::new(),
        }
    }
}

/// An operation that has just ended.
#[derive(Debug)]
pub(crate) struct Ended<E> {
    /// What it does to the world now.
    pub(crate) effect: Option<E>,
    pub(crate) started: Timestamp,
    pub(crate) at: Timestamp,
}

impl<E, F: Clone> Operations<E, F> {
    pub(crate) fn get(&self, id: &OperationId) -> Option<&Operation<E, F>> {
        self.by_id.get(id).map(|operation| &**operation)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Operation<E, F>> {
        self.by_id.values().map(|operation| &**operation)
    }

    /// Those that were begun within this time, the oldest first.
    pub(crate) fn between(&self, start: Timestamp, end: Timestamp) -> Vec<&Operation<E, F>> {
        let mut found: Vec<_> = self
            .values()
            .filter(|operation| (start..=end).contains(&operation.started))
            .collect();
        found.sort_by_key(|operation| (operation.started, operation.id.clone()));
        found
    }

    /// Notes one that was answered at once, so that it can be asked for.
    pub(crate) fn note_done(
        &mut self,
        id: OperationId,
        name: &str,
        object: String,
        now: Timestamp,
    ) {
        let operation = Operation {
            id: id.clone(),
            name: name.to_owned(),
            started: now,
            due: Due::At(now),
            progress: Progress::Succeeded,
            end: Progress::Succeeded,
            effect: None,
            locks: None,
            object,
            ended: Some(now),
        };
        self.by_id.insert(id.clone(), Box::new(operation));
        self.remember(id);
    }

    /// Takes one on.
    pub(crate) fn begin(
        &mut self,
        id: OperationId,
        acceptance: Acceptance<E, F>,
        object: String,
        now: Timestamp,
        due: Due,
    ) {
        let operation = Operation {
            id: id.clone(),
            name: acceptance.operation,
            started: now,
            due,
            progress: Progress::InProgress,
            end: acceptance.end,
            effect: acceptance.effect,
            locks: acceptance.locks,
            object,
            ended: None,
        };
        self.by_id.insert(id, Box::new(operation));
    }

    /// Ends one that is due; nothing where there is none of this identifier.
    pub(crate) fn end(&mut self, id: &OperationId) -> Option<Ended<E>> {
        let operation = self.by_id.get_mut(id)?;
        operation.progress = operation.end.clone();
        let started = operation.started;
        let at = match operation.due {
            Due::At(at) => at,
            Due::Looks(_) => started,
        };
        let effect = operation.effect.take();
        // One that was arranged never to end is asked for as long as anybody likes.
        if !operation.is_running() {
            operation.ended = Some(at);
            self.remember(id.clone());
        }
        Some(Ended {
            effect,
            started,
            at,
        })
    }

    /// Ends one that does not end by time, unless it was arranged to end otherwise.
    pub(crate) fn conclude(&mut self, id: &OperationId, end: Progress<F>, now: Timestamp) {
        let Some(operation) = self.by_id.get_mut(id) else {
            return;
        };
        operation.progress = match &operation.end {
            Progress::Succeeded => end,
            arranged => arranged.clone(),
        };
        if !operation.is_running() {
            operation.ended = Some(now);
            self.remember(id.clone());
        }
    }

    /// Somebody looks at one that ends after so many looks: when it is due now.
    pub(crate) fn look(&mut self, id: &OperationId, now: Timestamp) -> Option<Due> {
        let operation = self.by_id.get_mut(id)?;
        let Due::Looks(left @ 1..) = operation.due else {
            return None;
        };
        // Looked at often enough, it ends by itself.
        operation.due = match left - 1 {
            0 => Due::At(now),
            left => Due::Looks(left),
        };
        Some(operation.due)
    }

    /// Keeps one that has ended, and forgets the oldest beyond so many.
    fn remember(&mut self, ended: OperationId) {
        self.ended.push_back(ended);
        if self.ended.len() > REMEMBERED
            && let Some(oldest) = self.ended.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }
}

/// Which running operation ends next, whatever API it is of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Schedule {
    /// By moment; those of one moment in the order in which they were accepted.
    timed: BTreeSet<(Timestamp, u64, SubscriptionId, OperationId)>,
    added: u64,
}

impl Schedule {
    /// Notes when an operation ends; nothing while looks at it are still wanting.
    pub(crate) fn add(&mut self, due: Due, subscription: &SubscriptionId, id: &OperationId) {
        if let Due::At(at) = due {
            self.added += 1;
            self.timed
                .insert((at, self.added, subscription.clone(), id.clone()));
        }
    }

    /// Takes out the operation that ends first, if it ends by `now`.
    pub(crate) fn next_due(&mut self, now: Timestamp) -> Option<(SubscriptionId, OperationId)> {
        if self.next()? > now {
            return None;
        }
        let (_, _, subscription, id) = self.timed.pop_first()?;
        Some((subscription, id))
    }

    /// When the next operation ends by itself.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.timed.first().map(|(at, ..)| *at)
    }
}
