//! Device codes: a program shows a code, and somebody approves it elsewhere.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A code that a program has, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DeviceCode {
    /// What somebody is to type.
    pub(crate) user_code: String,
    /// Which program it is.
    pub(crate) client: String,
    /// What it wants a token for.
    pub(crate) audience: String,
    pub(super) expires: Timestamp,
    pub(crate) standing: Standing,
    pub(super) number: u64,
}

/// How a device code stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// Nobody has said anything; the program has asked so often.
    Waiting {
        /// How often.
        asked: u32,
    },
    /// This user approved it.
    Approved(String),
    /// Somebody declined it.
    Declined,
    /// The program has got what it is good for.
    Used,
}

impl DeviceCode {
    /// The program has asked once more.
    pub(super) fn asked(&mut self) {
        if let Standing::Waiting { asked } = &mut self.standing {
            *asked = asked.saturating_add(1);
        }
    }
}
