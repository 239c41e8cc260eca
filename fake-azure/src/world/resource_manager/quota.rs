//! How many cores the machines of a subscription may have in a region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::view::View;

/// What a new subscription has in each region.
pub(crate) const CORES: u32 = 100;

/// The limits that are not the usual ones, by region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Quota {
    cores: BTreeMap<String, u32>,
    /// The sizes that a region does not offer, in lower case.
    withheld: BTreeMap<String, BTreeSet<String>>,
}

/// What is to be so in a region from now on; what is not said stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NewQuota {
    pub(crate) cores: Option<u32>,
    pub(crate) sizes_not_offered: Option<Vec<String>>,
}

impl Quota {
    /// How many cores machines may have in a region.
    pub(crate) fn cores(&self, location: &str) -> u32 {
        self.cores.get(location).copied().unwrap_or(CORES)
    }

    /// Whether a region does not offer a size.
    pub(crate) fn withholds(&self, location: &str, size: &str) -> bool {
        let withheld = self.withheld.get(location);
        withheld.is_some_and(|sizes| sizes.contains(&size.to_ascii_lowercase()))
    }

    pub(super) fn set(&mut self, location: String, wanted: NewQuota) {
        if let Some(sizes) = wanted.sizes_not_offered {
            let sizes = sizes.iter().map(|size| size.to_ascii_lowercase());
            self.withheld.insert(location.clone(), sizes.collect());
        }
        if let Some(cores) = wanted.cores {
            self.cores.insert(location, cores);
        }
    }
}

impl View<'_> {
    /// Refuses a machine for which there are not cores enough, when it comes in the place of one
    /// that has so many.
    pub(super) fn has_room(self, location: &str, more: u32, instead: u32) -> Result<(), Refusal> {
        let limit = self.held.quota.cores(location);
        let used = self.held.shelf.cores(location);
        if used.saturating_sub(instead).saturating_add(more) <= limit {
            return Ok(());
        }
        Err(Refusal::Quota {
            location: location.to_owned(),
            limit,
            used,
            more: more.saturating_sub(instead),
        })
    }
}
