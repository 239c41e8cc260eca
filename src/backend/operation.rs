//! A request that was taken on but is not carried out yet.

use std::fmt;
use std::time::Duration;

use super::Error;

/// The id under which a cloud tells how an accepted request fares.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct OperationId(String);

impl OperationId {
    /// Keeps `id` as the service wrote it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request the cloud has taken on but not yet carried out.
#[must_use = "accepted is not done; settle it with `BackendExt::settle`"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted(OperationId);

impl Accepted {
    /// Remembers what the cloud said to ask for.
    pub fn new(id: OperationId) -> Self {
        Self(id)
    }

    /// The operation to ask for.
    pub fn operation(&self) -> &OperationId {
        &self.0
    }
}

/// How an accepted request fares.
#[derive(Debug)]
pub enum Progress {
    /// It is still being carried out; the cloud may say when to ask again.
    Underway {
        /// The wait that the service asked for.
        ask_again_after: Option<Duration>,
    },
    /// It is done.
    Succeeded,
    /// It failed; the error is marked [`Error::failed_later`].
    Failed(Error),
}
