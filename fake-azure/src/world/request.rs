//! What is asked of the world: whose things it is about, and what, in the words of an API.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SubscriptionId;
use super::operation::{OperationId, Progress};

/// A change of the world that somebody asks for by a command of an API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request<C, F> {
    /// Whose things it is about.
    pub subscription: SubscriptionId,
    /// Its identifier, and that of the operation that it may start.
    pub id: OperationId,
    /// What it is asked of: the path after the subscription, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// A fault that was arranged for it.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub fault: Option<OperationFault<F>>,
    /// What is asked for.
    pub command: C,
}

fn none<T>() -> Option<T> {
    None
}

/// How an accepted request is to end badly.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OperationFault<F> {
    /// Whether it has its effect all the same.
    pub takes_effect: bool,
    /// What a poll of its operation shows in the end.
    pub end: Progress<F>,
}

/// What an accepted request answers with, and one that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Performed {
    /// It is done.
    Done,
    /// The operation of this identifier was started.
    Accepted(OperationId),
}

/// Whose request it was, and when it came.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) subscription: SubscriptionId,
    pub(crate) id: OperationId,
    /// What it was asked of.
    pub(crate) object: String,
    pub(crate) now: Timestamp,
}
