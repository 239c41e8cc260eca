//! How many machines may have the one real Docker engine that stands behind them.

use serde::{Deserialize, Serialize};

/// How many machines may have the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EngineClaim {
    /// Each machine has one of its own.
    #[default]
    None,
    /// There is one engine, and one machine may have it.
    One,
}
