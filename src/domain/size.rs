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

/// Whether machines of the size of this name may have disks in premium storage: an S stands in
/// the series, or behind the number of cores.
pub fn takes_premium(size: &str) -> bool {
    let name = size.to_ascii_uppercase();
    let Some((_, kind)) = name.split_once('_') else {
        return false;
    };
    let kind = kind.split('_').next().unwrap_or_default();
    let series = kind.trim_end_matches(|c: char| !c.is_ascii_digit());
    let series = series.trim_end_matches(|c: char| c.is_ascii_digit());
    series.ends_with('S') || kind.ends_with('S')
}

/// One core and 1.75 GB, what the old CLI took when nothing was said.
impl Default for RoleSize {
    fn default() -> Self {
        Self("Small".to_owned())
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

#[cfg(test)]
mod tests {
    use super::takes_premium;

    #[test]
    fn an_s_in_the_series_means_premium_storage() {
        for size in [
            "Standard_DS1",
            "standard_ds13_v2",
            "Standard_GS5",
            "Standard_F4s",
        ] {
            assert!(takes_premium(size), "{size}");
        }
        for size in [
            "Small",
            "Standard_D1",
            "Basic_A0",
            "Standard_D14_v2",
            "A9",
            "Standard_G1",
        ] {
            assert!(!takes_premium(size), "{size}");
        }
    }
}
