//! How many cores the machines of a subscription may have in a region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::view::View;

/// What a new subscription has in each region.
pub(crate) const CORES: u32 = 100;

/// The limits that are not the usual ones, by region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Quota(BTreeMap<String, u32>);

impl Quota {
    /// How many cores machines may have in a region.
    pub(crate) fn cores(&self, location: &str) -> u32 {
        self.0.get(location).copied().unwrap_or(CORES)
    }

    pub(super) fn set(&mut self, location: String, cores: u32) {
        self.0.insert(location, cores);
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
