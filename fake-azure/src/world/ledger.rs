//! Since when nobody uses things, by the kinds that an API knows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::SubscriptionId;
use super::names::Name;
use super::spelling::{Spelled, begins};

/// Kinds of things that can be left without anybody who uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OrphanKind {
    /// A set that no machine is in.
    AvailabilitySet,
    /// A disk that no machine has.
    Disk,
    /// A hosted service without deployment.
    HostedService,
    /// An image of Resource Manager of which no disk was made that is there.
    Image,
    /// A disk of Resource Manager that no machine has.
    ManagedDisk,
    /// An interface without machine.
    NetworkInterface,
    /// A security group of Resource Manager before which there is nothing.
    NetworkSecurityGroup,
    /// A public address that no interface has.
    PublicIpAddress,
    /// A reserved address that no deployment has.
    ReservedIp,
    /// A resource group in which nothing is.
    ResourceGroup,
    /// A certificate that no machine of its hosted service names.
    ServiceCertificate,
    /// A storage account in which neither a disk nor an image lies.
    StorageAccount,
    /// A virtual network of Resource Manager in which no interface is.
    VirtualNetwork,
}

/// Something that nobody uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Orphan {
    /// What it is.
    pub kind: OrphanKind,
    /// Its name; a certificate's thumbprint.
    pub name: String,
    /// The hosted service that a certificate is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted_service: Option<Name>,
    /// The resource group that it is in, where it is Resource Manager's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_group: Option<Name>,
    /// Its identifier, where it is Resource Manager's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose it is.
    pub subscription: SubscriptionId,
    /// When it was made, or its last user left it.
    pub since: Timestamp,
    /// How many seconds of the simulator's time that is ago.
    pub age_seconds: i64,
}

/// When things were left by their last users; of those that do not tell when they were made, that
/// moment, too. What a world begins with was left by nobody.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(
    serialize = "K: Ord + Serialize",
    deserialize = "K: Ord + Deserialize<'de>"
))]
pub(crate) struct Ledger<K> {
    left: BTreeMap<K, BTreeMap<Name, Timestamp>>,
    born: BTreeMap<K, BTreeSet<Name>>,
}

impl<K> Default for Ledger<K> {
    fn default() -> Self {
        Self {
            left: BTreeMap::new(),
            born: BTreeMap::new(),
        }
    }
}

impl Orphan {
    /// How many seconds of the simulator's time something is old.
    pub(crate) fn age(since: Timestamp, now: Timestamp) -> i64 {
        let age = now.duration_since(since);
        age.max(SignedDuration::ZERO).as_secs()
    }
}

impl<K: Ord> Ledger<K> {
    /// Whether nothing was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty() && self.born.is_empty()
    }

    /// Somebody who used it does so no longer, or it is new.
    pub(crate) fn left(&mut self, kind: K, name: &str, at: Timestamp) {
        self.left
            .entry(kind)
            .or_default()
            .insert(Name::from(name), at);
    }

    /// The world begins with it.
    pub(crate) fn born(&mut self, kind: K, name: &str) {
        self.born.entry(kind).or_default().insert(Name::from(name));
    }

    /// It is gone.
    pub(crate) fn forget(&mut self, kind: &K, name: &str) {
        let name: &dyn Spelled = &name;
        if let Some(names) = self.left.get_mut(kind) {
            names.remove(name);
        }
        if let Some(names) = self.born.get_mut(kind) {
            names.remove(name);
        }
    }

    /// All of a kind whose names begin like this are gone.
    pub(crate) fn forget_below(&mut self, kind: &K, beginning: &str) {
        if let Some(names) = self.left.get_mut(kind) {
            let from = names.range(Name::from(beginning)..);
            let gone: Vec<Name> = from
                .map(|(name, _)| name)
                .take_while(|name| begins(name, beginning))
                .cloned()
                .collect();
            for name in gone {
                names.remove(&name);
            }
        }
    }

    /// Since when nobody uses it, where that was noted.
    pub(crate) fn since(&self, kind: &K, name: &str) -> Option<Timestamp> {
        self.left.get(kind)?.get(&name as &dyn Spelled).copied()
    }

    /// Whether the world began with it.
    pub(crate) fn was_born(&self, kind: &K, name: &str) -> bool {
        let born = self.born.get(kind);
        born.is_some_and(|names| names.contains(&name as &dyn Spelled))
    }
}
