//! One step of a provisioning run: its effect, its undo, and how to find out whether it happened.

use std::fmt;

use async_trait::async_trait;

use super::{Accepted, Result, Task};

/// What a request led to.
#[must_use = "an accepted request is not done; settle it with `BackendExt::settle_begun`"]
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is carried out.
    Done,
    /// The cloud has taken it on.
    Accepted(Accepted),
}

/// What a look finds of a step's effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trace {
    /// Nothing is there.
    Absent,
    /// It is being made or unmade.
    Underway,
    /// It is there.
    Present,
}

/// One effect on a cloud, with the way back.
///
/// A step knows everything it needs, so that a run is a list of them and the dry run, progress,
/// undo and the fault sweep read the same list.
#[async_trait]
pub trait Step: fmt::Debug + Send + Sync {
    /// What this step does, for the user.
    fn task(&self) -> Task;

    /// Is it known that the effect would stand already, and is not ours to undo?
    fn is_given(&self) -> bool {
        false
    }

    /// Asks for the effect, once.
    async fn begin(&self) -> Result<Begun>;

    /// Looks whether the effect is there.
    async fn look_up(&self) -> Result<Trace>;

    /// Takes the effect back. What is gone already fails with [`Kind::NotFound`](super::Kind).
    async fn undo(&self) -> Result<Begun>;
}
