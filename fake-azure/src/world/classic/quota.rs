//! How much a subscription may have.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::role::Role;
use super::view::View;
use crate::world::catalogue::role_size;

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
}

/// What can be asked about a quota.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Set what is told, and leave the rest; what is there already stays.
    Set {
        /// How much of what.
        quota: Quota,
    },
}

impl Command {
    #[expect(clippy::unnecessary_wraps, reason = "commands are decided alike")]
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let Self::Set { quota: told } = self;
        let old = scope.quota();
        let quota = Quota {
            cores: told.cores.or(old.cores),
            hosted_services: told.hosted_services.or(old.hosted_services),
            reserved_ips: told.reserved_ips.or(old.reserved_ips),
            storage_accounts: told.storage_accounts.or(old.storage_accounts),
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
                deployments.map(|d| cores(&d.roles)).sum()
            }
            Counted::HostedServices => held.services.len(),
            Counted::ReservedIps => held.reserved_ips.len(),
            Counted::StorageAccounts => held.storage.len(),
        }
    }

    /// Refuses so many more than the subscription may have.
    pub(super) fn has_room(self, what: Counted, increment: usize) -> Result<(), Refusal> {
        let quota = self.held.and_then(|held| held.quota.of(what));
        // Counting takes time in a large world, where nobody has set a limit.
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
    let sizes = roles.iter().filter_map(|role| role_size(&role.size));
    sizes.map(|size| size.cores as usize).sum()
}
