//! How much a subscription may have.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::plan_role::check_size;
use super::role::Role;
use super::service::Place;
use super::view::View;
use crate::world::Name;

/// What a subscription is told that it may have while nobody has set anything else.
pub const UNSET: u32 = 100_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Counted {
    /// The cores of all machines, whether they run or not.
    Cores,
    /// Hosted services.
    HostedServices,
    /// Reserved addresses.
    ReservedIps,
    /// Storage accounts.
    StorageAccounts,
}

/// How much a subscription may have of what is counted. What is not set is not held to anything:
/// a world may be larger than the real service's subscriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Quota {
    /// Cores.
    pub cores: Option<u32>,
    /// Hosted services.
    pub hosted_services: Option<u32>,
    /// Reserved addresses.
    pub reserved_ips: Option<u32>,
    /// Storage accounts.
    pub storage_accounts: Option<u32>,
    /// By region the sizes of machines that are not offered there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sizes_not_offered: BTreeMap<Name, BTreeSet<Name>>,
    /// By region how many cores there is room for, of machines that are not deallocated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<Name, Option<u32>>,
}

impl Quota {
    /// How much was set of this.
    pub fn of(&self, what: Counted) -> Option<u32> {
        match what {
            Counted::Cores => self.cores,
            Counted::HostedServices => self.hosted_services,
            Counted::ReservedIps => self.reserved_ips,
            Counted::StorageAccounts => self.storage_accounts,
        }
    }

    /// The sizes that are not offered in a region, where there are any.
    pub(super) fn withheld(&self, region: &Name) -> Option<&BTreeSet<Name>> {
        self.sizes_not_offered.get(region)
    }

    /// For how many cores there is room in a region, where that was set.
    pub(super) fn room(&self, region: &Name) -> Option<u32> {
        self.capacity.get(region).copied().flatten()
    }
}

/// What can be asked about a quota.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Set what is told, and leave the rest; what is there already stays. Regions are told one by
    /// one: no sizes means that all are offered, no capacity that there is room for all.
    Set {
        /// How much of what.
        quota: Quota,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let Self::Set { quota: told } = self;
        let mut old = scope.quota();
        let region = |name: &Name| scope.region_of(&Place::Location(name.clone()));
        for (name, sizes) in told.sizes_not_offered {
            let region = region(&name)?;
            let sizes: BTreeSet<_> = sizes
                .iter()
                .map(|size| check_size(Some(size)).map(|size| size.name().into()))
                .collect::<Result<_, _>>()?;
            if sizes.is_empty() {
                old.sizes_not_offered.remove(&region);
            } else {
                old.sizes_not_offered.insert(region, sizes);
            }
        }
        for (name, room) in told.capacity {
            let region = region(&name)?;
            match room {
                None => old.capacity.remove(&region),
                room => old.capacity.insert(region, room),
            };
        }
        let quota = Quota {
            cores: told.cores.or(old.cores),
            hosted_services: told.hosted_services.or(old.hosted_services),
            reserved_ips: told.reserved_ips.or(old.reserved_ips),
            storage_accounts: told.storage_accounts.or(old.storage_accounts),
            sizes_not_offered: old.sizes_not_offered,
            capacity: old.capacity,
        };
        Ok(Decided::unnoted().change(Change::Quota(quota)))
    }
}

impl View<'_> {
    /// How much the subscription may have.
    pub fn quota(self) -> Quota {
        self.held.map(|s| s.quota.clone()).unwrap_or_default()
    }

    /// How much of this the subscription has.
    pub fn count(self, what: Counted) -> usize {
        let Some(held) = self.held else { return 0 };
        match what {
            Counted::Cores => {
                let deployments = held.services.values().filter_map(|s| s.deployment.as_ref());
                debug_assert_eq!(
                    held.cores,
                    deployments.map(|d| cores(&d.roles)).sum::<usize>()
                );
                held.cores
            }
            Counted::HostedServices => held.services.len(),
            Counted::ReservedIps => held.reserved_ips.len(),
            Counted::StorageAccounts => held.storage.len(),
        }
    }

    /// Refuses so many more than the subscription may have.
    pub(super) fn has_room(self, what: Counted, increment: usize) -> Result<(), Refusal> {
        let quota = self.held.and_then(|held| held.quota.of(what));
        let Some(limit) = quota.filter(|_| increment > 0) else {
            return Ok(());
        };
        let current = self.count(what);
        if current.saturating_add(increment) <= limit as usize {
            Ok(())
        } else {
            Err(Refusal::Quota {
                what,
                limit,
                current,
                increment,
            })
        }
    }
}

/// How many cores machines have, running or not.
pub(super) fn cores(roles: &[Role]) -> usize {
    let sizes = roles.iter().map(|role| role.size.row());
    sizes.map(|size| size.cores as usize).sum()
}
