//! How many cores the machines of a subscription may have in a region, in all and by the family of
//! their size.

use std::collections::BTreeMap;
use std::iter;

use serde::{Deserialize, Serialize};

use super::offers::sizes::Size;
use super::refusal::Refusal;
use super::view::View;

/// What a new subscription has in each region.
pub(crate) const CORES: u32 = 100;

/// The limits of all cores that are not the usual ones, by region.
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

/// The limits of a family of sizes that are not those of all cores, by region and family.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FamilyQuotas(BTreeMap<String, BTreeMap<String, u32>>);

impl FamilyQuotas {
    fn cores(&self, location: &str, family: &str) -> Option<u32> {
        self.0.get(location)?.get(family).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn set(&mut self, location: String, family: String, cores: u32) {
        self.0.entry(location).or_default().insert(family, cores);
    }
}

/// Cores of machines, by the family of their sizes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cores(BTreeMap<&'static str, u32>);

impl Cores {
    /// Those of one machine of a size.
    pub(super) fn of(size: Size) -> Self {
        Self(BTreeMap::from([(size.family(), size.cores())]))
    }

    pub(super) fn add(&mut self, size: Size) {
        *self.0.entry(size.family()).or_default() += size.cores();
    }

    pub(super) fn give_back(&mut self, size: Size) {
        if let Some(cores) = self.0.get_mut(size.family()) {
            *cores = cores.saturating_sub(size.cores());
        }
    }

    /// How many are of a family; of none, all.
    fn count(&self, family: Option<&str>) -> u32 {
        match family {
            Some(family) => self.0.get(family).copied().unwrap_or_default(),
            None => self.0.values().sum(),
        }
    }
}

impl View<'_> {
    /// How many cores of a family machines have in a region, and how many they may have; of no
    /// family, those of all.
    pub(crate) fn cores(self, location: &str, family: Option<&str>) -> (u32, u32) {
        let used = self.held.shelf.cores(location);
        let used = used.map_or(0, |cores| cores.count(family));
        let own = family.and_then(|family| self.held.family_quotas.cores(location, family));
        (used, own.unwrap_or_else(|| self.held.quota.cores(location)))
    }

    /// Refuses machines for which there are not cores enough, when they come in the place of one.
    pub(super) fn has_room(
        self,
        location: &str,
        more: &Cores,
        instead: Option<Size>,
    ) -> Result<(), Refusal> {
        let families = more.0.keys().map(|family| Some(*family));
        for family in iter::once(None).chain(families) {
            let (used, limit) = self.cores(location, family);
            let given_back = instead
                .filter(|size| family.is_none_or(|family| family == size.family()))
                .map_or(0, Size::cores);
            let more = more.count(family);
            if used.saturating_sub(given_back).saturating_add(more) > limit {
                return Err(Refusal::Quota {
                    location: location.to_owned(),
                    family: family.map(str::to_owned),
                    limit,
                    used,
                    more: more.saturating_sub(given_back),
                });
            }
        }
        Ok(())
    }
}
