//! The key that opens ssh of a machine of today's Azure.

use serde::{Deserialize, Serialize};

/// A public key, as a line of `authorized_keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSshKey {
    /// The line: kind, key in base64, and a comment.
    #[serde(rename = "openSsh")]
    pub line: String,
}
