//! How far a run has come with each effect, as data that can be kept.

use std::io;

use serde::{Deserialize, Serialize};

use crate::backend::{Effect, OperationId};

/// An effect, and how far the run has come with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// The effect.
    pub effect: Effect,
    /// How far the run has come.
    pub state: State,
}

/// How far a run has come with an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It was not asked for: what carries its name is another's.
    Waiting,
    /// It is about to be asked for, or was: what carries its name may be the run's.
    Begun {
        /// The operation that makes it, once the cloud has taken it on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<OperationId>,
    },
    /// It stands.
    Done,
    /// It was taken back.
    Undone,
}

impl Noted {
    /// An effect that was not asked for yet.
    pub fn new(effect: Effect) -> Self {
        Self {
            effect,
            state: State::Waiting,
        }
    }

    /// May something be there that the run made?
    pub fn is_ours(&self) -> bool {
        matches!(self.state, State::Begun { .. } | State::Done)
    }
}

/// Keeps the list of a run, so that another process can go on with it.
pub trait Notes: Send + Sync {
    /// Keeps the list as it is now, before anything that follows from it is done.
    fn keep(&self, list: &[Noted]) -> io::Result<()>;
}

/// Keeps nothing: what is made goes with the process, or is not worth a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Notes for Forgetful {
    fn keep(&self, _list: &[Noted]) -> io::Result<()> {
        Ok(())
    }
}
