//! What is told of requests while they are made.

use std::sync::Arc;

use crate::backend::RequestId;

/// One request and its answer, without bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// For instance `GET`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The answer's status, if there was an answer.
    pub status: Option<u16>,
    /// The id that the service gave to it.
    pub request: Option<RequestId>,
}

/// Told of every exchange.
pub type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// Told in a few words of every wait that takes long.
pub type Waits = Arc<dyn Fn(&str) + Send + Sync>;
