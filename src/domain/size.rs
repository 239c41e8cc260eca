//! The size of a machine.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a size, sent as it is typed: which there are, the cloud says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RoleSize(String);

impl RoleSize {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoleSize {
    type Err = RoleSizeError;

    fn from_str(text: &str) -> Result<Self, RoleSizeError> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if text.is_empty() || !text.bytes().all(is_name) {
            return Err(RoleSizeError(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for RoleSize {
    type Error = RoleSizeError;

    fn try_from(text: String) -> Result<Self, RoleSizeError> {
        text.parse()
    }
}

impl From<RoleSize> for String {
    fn from(size: RoleSize) -> Self {
        size.0
    }
}

impl fmt::Display for RoleSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text cannot name a size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no machine size, which looks like `Small` or `Standard_D1`")]
pub struct RoleSizeError(pub String);
