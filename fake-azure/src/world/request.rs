//! What is asked of the world: whose things it is about, and what, in the words of an API.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SubscriptionId;
use super::flaw::Flaws;
use super::operation::{OperationId, Progress};
use crate::world::Name;

/// A change of the world that somebody asks for by a command of an API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request<C, F> {
    /// Whose things it is about.
    pub subscription: SubscriptionId,
    /// Its identifier, and that of the operation that it may start.
    pub id: OperationId,
    /// What it is asked of: the path after the subscription, where it has one and its API tells it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// A fault that was arranged for it.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub fault: Option<RequestFault<F>>,
    /// What is asked for.
    pub command: C,
}

fn none<T>() -> Option<T> {
    None
}

/// What is to go wrong with a request that is granted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequestFault<F> {
    /// Its operation ends badly, or never.
    Operation(OperationFault<F>),
    /// The machines that it makes are not as they should be.
    Machine(FlawedMachine),
    /// Each of these is not as it should be.
    Machines(Vec<FlawedMachine>),
}

impl<F> RequestFault<F> {
    /// What goes wrong with the operation, and with the machines that are made.
    pub(crate) fn parts(fault: Option<Self>) -> (Option<OperationFault<F>>, Vec<FlawedMachine>) {
        match fault {
            None => (None, Vec::new()),
            Some(Self::Operation(fault)) => (Some(fault), Vec::new()),
            Some(Self::Machine(flawed)) => (None, vec![flawed]),
            Some(Self::Machines(flawed)) => (None, flawed),
        }
    }
}

/// What is to be wrong with machines that a request makes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlawedMachine {
    /// The machine; each of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Name>,
    /// What is wrong with it.
    pub flaws: Flaws,
}

impl FlawedMachine {
    /// What is to be wrong with the machine of this name, when these are.
    pub(crate) fn flaws_of(all: &[Self], machine: &str) -> Option<Box<Flaws>> {
        let mut all = all.iter();
        let is_meant = |one: &&Self| one.role.as_ref().is_none_or(|name| name == machine);
        all.find(is_meant).map(|one| Box::new(one.flaws.clone()))
    }
}

/// How an accepted request is to end badly.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationFault<F> {
    /// Whether it has its effect all the same.
    pub takes_effect: bool,
    /// What a poll of its operation shows in the end; that it runs, when it is never to end.
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
