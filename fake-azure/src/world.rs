//! The one truth of the simulator: what exists, who owns it, and how it comes along.
//!
//! A [`World`] is synchronous, does no I/O and has no clock: every call that needs the time
//! takes `now`. The Service Management API, the admin API and the in-process backend are thin
//! skins on it.
//!
//! Here lies what every Azure has, the ground; `classic` is what classic Azure makes of it. The
//! ground knows none of the worlds that stand on it: this file alone puts them together.

mod address;
mod blob;
pub(crate) mod catalogue;
mod classic;
mod decided;
pub(crate) mod directory;
pub(crate) mod docker_settings;
mod door;
pub(crate) mod encoded;
pub(crate) mod engine_claim;
mod extension;
pub(crate) mod first_boot;
mod flaw;
mod ground;
mod ledger;
pub(crate) mod names;
pub(crate) mod operation;
mod owner;
mod phase;
pub(crate) mod request;
pub(crate) mod resource_manager;
pub(crate) mod snapshot;
mod sources;
pub(crate) mod spelling;
mod storage_kind;
mod system;
mod thumbprint;
mod word;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::pace::Pace;

pub(crate) use blob::hosts as storage_hosts;

pub use address::{InvalidPrefix, Prefix};
pub use blob::Link;
pub use catalogue::{GalleryExtension, Location, Maintenance, Size};
pub use classic::*;
pub use flaw::{Death, DockerFlaw, FailingExtension, Flaws, SlowBoot};
pub use ledger::{Orphan, OrphanKind};
pub use names::Name;
pub use operation::OperationId;
pub use phase::PowerState;
pub use request::{FlawedMachine, Performed};
pub use storage_kind::{AccountType, Caching};
pub use system::OperatingSystem;
pub use thumbprint::Thumbprint;
pub use word::UnknownWord;

pub(crate) use catalogue::RoleSize;
pub(crate) use door::{Calls, Door, Machine, PortDoors, PublicPort, PublicRange, Transport};
pub(crate) use extension::Setting;
pub(crate) use owner::{Owner, Presence};
pub(crate) use phase::{Agent, Extensions, Phase, Stage};

use catalogue::Catalogue;
use classic::gallery::Gallery;
use classic::holdings::Holdings;
use directory::Directory;
use ground::Ground;
use spelling::Spelled;

/// The identifier of a subscription: a lower-case GUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubscriptionId(String);

impl SubscriptionId {
    /// The identifier of this text, whatever its case.
    pub fn new(id: &str) -> Self {
        Self(id.to_ascii_lowercase())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that exists.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) ground: Ground,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    gallery: Gallery,
    /// Whose the subscriptions are. A state of before there was one gets that of the start.
    #[serde(default)]
    directory: Directory,
}

/// A subscription and all that it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: SubscriptionId,
    pub(crate) name: String,
    pub(crate) disabled: bool,
    pub(crate) classic: Holdings,
    #[serde(default)]
    pub(crate) managed: resource_manager::holdings::Holdings,
}

impl World {
    /// What nobody uses, of all subscriptions and both APIs.
    pub(crate) fn orphans(&self, now: Timestamp) -> Vec<Orphan> {
        let ids = self.subscription_ids();
        ids.flat_map(|id| {
            let managed = self.managed(&id).map(|view| view.managed_orphans(now));
            let classic = self.of(&id).orphans(now);
            classic.into_iter().chain(managed.into_iter().flatten())
        })
        .collect()
    }

    pub(crate) fn new(
        pace: Pace,
        seed: u64,
        block: Prefix,
        catalogue: Catalogue,
        gallery: Gallery,
        directory: Directory,
    ) -> Self {
        Self {
            ground: Ground::new(pace, seed, block, catalogue),
            subscriptions: BTreeMap::new(),
            gallery,
            directory,
        }
    }

    pub(crate) fn add_subscription(&mut self, id: SubscriptionId, name: &str, classic: Holdings) {
        let subscription = Subscription {
            id: id.clone(),
            name: name.to_owned(),
            disabled: false,
            classic,
            managed: resource_manager::holdings::Holdings::default(),
        };
        self.subscriptions.insert(id, subscription);
    }

    /// What a subscription is called, and whether it is disabled.
    pub(crate) fn subscription_name(&self, id: &SubscriptionId) -> Option<(&str, bool)> {
        let held = self.subscriptions.get(id)?;
        Some((&held.name, held.disabled))
    }

    /// Whether a subscription is offered nothing of a size in a region, which classic Azure may call
    /// otherwise.
    pub(crate) fn is_size_withheld(&self, id: &SubscriptionId, region: &str, size: &str) -> bool {
        let Some(held) = self.subscriptions.get(id) else {
            return false;
        };
        let managed = held.managed.withheld.get(region).into_iter().flatten();
        if managed
            .into_iter()
            .any(|withheld| withheld.eq_ignore_ascii_case(size))
        {
            return true;
        }
        let mut withheld = held.classic.quota.sizes_not_offered.iter();
        withheld.any(|(name, sizes)| {
            let known = resource_manager::offers::regions::region(name);
            known.is_some_and(|known| known.name == region)
                && sizes.iter().any(|withheld| withheld == size)
        })
    }

    /// The subscriptions there are.
    pub(crate) fn subscription_ids(&self) -> impl Iterator<Item = SubscriptionId> + use<> {
        let ids: Vec<_> = self.subscriptions.keys().cloned().collect();
        ids.into_iter()
    }

    /// Who there is, and who may sign in.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Carries out a change of the directory.
    pub(crate) fn change_directory(&mut self, change: directory::Change, at: Timestamp) {
        self.directory.carry_out(change, at);
    }

    /// Takes on who there is in another world.
    pub(crate) fn take_people(&mut self, other: &Self) {
        self.directory.take_people(&other.directory);
    }

    /// Signs as another world does that has stood in its place.
    pub(crate) fn take_key(&mut self, other: &Self) {
        self.directory.take_key(&other.directory);
    }

    /// Locations where things can be made.
    pub(crate) fn locations(&self) -> &[Location] {
        &self.ground.catalogue.locations
    }

    /// The block that public addresses are of.
    pub(crate) fn block(&self) -> Prefix {
        self.ground.sources.addresses.block()
    }

    /// Brings the world up to `now`: ends what is due.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        while let Some((subscription, id)) = self.ground.next_due(now) {
            if !self.end_managed_operation(&subscription, &id) {
                self.end_classic_operation(&subscription, &id);
            }
        }
        while let Some((at, owner)) = self.ground.ring(now) {
            self.bury_classic(&owner, at);
        }
    }

    /// All that has public names.
    pub(crate) fn owners(&self) -> impl Iterator<Item = Owner> {
        self.classic_owners().chain(self.managed_owners())
    }

    /// What is seen of an owner from outside.
    pub(crate) fn presence(&self, owner: &Owner, now: Timestamp) -> Presence {
        self.classic_presence(owner, now)
            .or_else(|| self.managed_presence(owner, now))
            .unwrap_or_default()
    }

    /// Whether somebody has a public name, in this Azure or outside of it.
    pub(crate) fn has_public_name(&self, name: &str) -> bool {
        self.ground.taken_names.contains(&name as &dyn Spelled)
            || self.is_classic_name(name)
            || self.is_managed_name(name)
    }

    /// The public names that have addresses.
    pub(crate) fn public_names(&self) -> BTreeMap<String, Ipv4Addr> {
        self.owners()
            .filter_map(|owner| {
                self.classic_names(&owner)
                    .or_else(|| self.managed_names(&owner))
            })
            .flatten()
            .filter_map(|(name, address)| Some((name, address?)))
            .collect()
    }

    /// Touches all that has public names.
    pub(crate) fn touch_everything(&mut self) {
        let all: BTreeSet<Owner> = self.owners().collect();
        for owner in all {
            self.ground.touch(owner);
        }
    }
}
