//! Asynchronous operations: accepted now, settled later.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulation::chance::dashed;

use super::classic::Clash;
use super::{Effect, SubscriptionId};

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

/// Where an operation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Progress {
    /// It runs.
    InProgress,
    /// It ended well.
    Succeeded,
    /// It ended with an error that a poll shows.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// Why an operation ended badly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// Endpoints that it asked for want one port.
    Clash(Clash),
    /// A fault was arranged, with an error's status, code and message.
    Arranged {
        /// The status that the error would have had in a synchronous answer.
        http_status: u16,
        /// The `Code` of the error.
        code: String,
        /// The `Message` of the error.
        message: String,
    },
}

/// What an operation is to be that a request is accepted with.
#[derive(Clone, Debug)]
pub(crate) struct Acceptance {
    /// Its name in the documentation.
    pub(crate) operation: String,
    /// How many of the real service's seconds it takes.
    pub(crate) seconds: i64,
    /// The hosted service that it locks, as a key.
    pub(crate) locks: Option<String>,
    /// What happens to the world at its end.
    pub(crate) effect: Option<Effect>,
    /// How it ends.
    pub(crate) end: Progress,
}

/// Somebody looks at something, which moves it on at the pace of reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    /// At an operation, or at what it makes.
    Operation(OperationId),
    /// At a hosted service and what runs in it.
    Service(String),
}

/// An accepted request on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Operation {
    pub(crate) id: OperationId,
    /// The operation's name in the documentation, e.g. `Create Virtual Machine Deployment`.
    pub(crate) name: String,
    pub(crate) started: Timestamp,
    pub(crate) due: Due,
    pub(crate) progress: Progress,
    /// How it will end when it is due.
    pub(crate) end: Progress,
    /// What happens to the world at its end.
    pub(crate) effect: Option<Effect>,
    /// The hosted service that it locks, as a key.
    pub(crate) locks: Option<String>,
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

impl Operation {
    pub(crate) fn is_running(&self) -> bool {
        self.progress == Progress::InProgress
    }
}

/// Which running operation ends next.
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
