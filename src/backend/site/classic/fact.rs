//! What classic Azure tells that no other cloud does.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::backend::Result;

/// The questions that only classic Azure answers. What is not there is `None`.
#[async_trait]
pub trait Facts: Send + Sync {
    /// Lists the affinity groups.
    async fn affinity_groups(&self) -> Result<Vec<AffinityGroup>>;

    /// Finds one affinity group.
    async fn affinity_group(&self, name: &str) -> Result<Option<AffinityGroup>>;

    /// Finds a virtual network.
    async fn network(&self, name: &str) -> Result<Option<Network>>;

    /// Finds a reserved address.
    async fn reserved_address(&self, name: &str) -> Result<Option<ReservedAddress>>;
}

/// Where a host lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// A region, by name.
    Location(String),
    /// A named place within one.
    AffinityGroup(String),
}

impl Place {
    /// The name alone.
    pub fn name(&self) -> &str {
        match self {
            Self::Location(name) | Self::AffinityGroup(name) => name,
        }
    }

    /// Is it the same place? Names ignore case.
    pub fn is_same(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.name().eq_ignore_ascii_case(other.name())
    }
}

/// A named place within a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AffinityGroup {
    /// Its name.
    pub name: String,
    /// The location it lies in.
    pub location: String,
    /// Can machines be made here?
    pub has_machines: bool,
    /// The machine sizes offered; empty when the cloud does not say.
    pub sizes: Vec<String>,
}

/// A virtual network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub place: Place,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
}

/// A part of a virtual network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subnet {
    /// Its name.
    pub name: String,
    /// Its addresses, such as `10.0.0.0/11`.
    pub prefix: String,
}

/// An address that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReservedAddress {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub location: String,
    /// The host that uses it.
    pub used_by: Option<String>,
}

/// Whether an account of this type can hold the disks of a machine of this size: accounts of
/// zones have no page blobs, and premium ones serve few sizes.
pub fn holds_disks(account_type: &str, size: &str) -> bool {
    match account_type {
        "Standard_ZRS" => false,
        "Premium_LRS" => takes_premium(size),
        _ => true,
    }
}

/// Whether machines of the size of this name may have disks in premium storage: an S stands in
/// the series, or behind the number of cores.
fn takes_premium(size: &str) -> bool {
    let name = size.to_ascii_uppercase();
    let Some((_, kind)) = name.split_once('_') else {
        return false;
    };
    let kind = kind.split('_').next().unwrap_or_default();
    let series = kind.trim_end_matches(|c: char| !c.is_ascii_digit());
    let series = series.trim_end_matches(|c: char| c.is_ascii_digit());
    series.ends_with('S') || kind.ends_with('S')
}

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
