//! How a process ended.

use serde::{Deserialize, Serialize};

use super::Signal;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// It ended by itself, with this code.
    Code(u8),
    /// A signal ended it.
    Killed(Signal),
}

impl Exit {
    /// The code that a shell and the engine show: 128 and the signal's number for a killed one.
    pub fn code(self) -> u8 {
        match self {
            Self::Code(code) => code,
            Self::Killed(signal) => 128_u8.wrapping_add(signal.number()),
        }
    }

    /// Whether it ended well.
    pub fn is_success(self) -> bool {
        self == Self::Code(0)
    }
}
