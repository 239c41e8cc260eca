//! What a decision changes in what a subscription holds of Resource Manager, piece by piece.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde_json::Value;

use super::deployment::{Deployment, DeploymentKey};
use super::group::Group;
use super::holdings::Holdings;
use super::path::Key;
use super::public_address::{Method, PublicAddress};
use super::resource::{Core, Pending, Resource};
use super::tags::Tags;
use crate::world::names::Name;
use crate::world::operation::OperationId;
use crate::world::phase::Life;
use crate::world::{OrphanKind, SubscriptionId, World};

/// One change: a thing as it is to be, in the place of the one of its name.
#[derive(Debug)]
pub(super) enum Change {
    Group(Group),
    Resource(Key, Box<Resource>),
    NoResource(Key),
    Pending(Key, Pending),
    /// The public address that an address resource has now.
    Address(Key, Option<Ipv4Addr>),
    /// An interface has a machine for the first time.
    HardwareAddress(Key, String),
    /// A public address is anybody's again.
    GiveBack(Ipv4Addr),
    Life(Key, Life),
    Generalized(Key),
    Deployment(DeploymentKey, Box<Deployment>),
    NoDeployment(DeploymentKey),
    /// What a deployment has not begun is given up.
    Cancel(DeploymentKey),
    /// What an operation has brought forth, beside what it made.
    Output(OperationId, Value),
    /// The tags of the subscription itself.
    Tags(Tags),
    /// A name of tags that is ready, and its values.
    DefinedTag(Name, BTreeSet<String>),
    NoDefinedTag(Name),
    Registered(Name),
    NotRegistered(Name),
    /// How many cores machines may have in a region.
    Quota(String, u32),
    /// How many cores machines of a family of sizes may have in a region.
    FamilyQuota(String, String, u32),
    /// The sizes that are not offered in a region.
    Withheld(String, BTreeSet<String>),
    /// For how many cores a region has room; none, where it has for all.
    Room(String, Option<u32>),
}

impl World {
    pub(super) fn managed_mut(&mut self, subscription: &SubscriptionId) -> Option<&mut Holdings> {
        let held = self.subscriptions.get_mut(subscription)?;
        Some(&mut held.managed)
    }

    /// Carries one change out.
    pub(super) fn apply_managed(
        &mut self,
        subscription: &SubscriptionId,
        change: Change,
        now: Timestamp,
    ) {
        let Some(held) = self.managed_mut(subscription) else {
            return;
        };
        match change {
            Change::Group(group) => {
                let name = Name::from(&group.name);
                let kind = OrphanKind::ResourceGroup;
                if held.ledger.since(&kind, name.as_str()).is_none() {
                    held.ledger.left(kind, name.as_str(), now);
                }
                held.groups.insert(name, group);
            }
            Change::Resource(key, resource) => self.put_managed(subscription, &key, *resource),
            Change::NoResource(key) => {
                self.remove_managed(subscription, &key);
            }
            Change::Pending(key, pending) => {
                held.shelf.note(&key, pending);
            }
            Change::Address(key, address) => self.change_core(subscription, &key, |core| {
                if let Core::PublicAddress(held) = core {
                    held.address = address;
                }
            }),
            Change::HardwareAddress(key, mac) => self.change_core(subscription, &key, |core| {
                if let Core::Interface(interface) = core {
                    interface.mac = Some(mac);
                }
            }),
            Change::GiveBack(address) => self.ground.sources.addresses.give_back(address),
            Change::Life(key, life) => self.change_core(subscription, &key, |core| {
                if let Core::Machine(machine) = core {
                    machine.life = life;
                }
            }),
            Change::Generalized(key) => self.change_core(subscription, &key, |core| {
                if let Core::Machine(machine) = core {
                    machine.is_generalized = true;
                }
            }),
            Change::Deployment(key, deployment) => {
                held.deployments.insert(key, *deployment);
            }
            Change::NoDeployment(key) => {
                held.deployments.remove(&key);
            }
            Change::Cancel(key) => {
                if let Some(deployment) = held.deployments.get_mut(&key) {
                    deployment.cancel();
                }
                self.go_on_with(subscription, &key, now);
            }
            Change::Output(operation, output) => held.outputs.insert(operation, output),
            Change::Tags(tags) => held.tags = tags,
            Change::DefinedTag(name, values) => {
                held.defined_tags.insert(name, values);
            }
            Change::NoDefinedTag(name) => {
                held.defined_tags.remove(&name);
            }
            Change::Registered(namespace) => {
                held.unregistered.remove(&namespace);
            }
            Change::NotRegistered(namespace) => {
                held.unregistered.insert(namespace);
            }
            Change::Quota(location, cores) => held.quota.set(location, cores),
            Change::FamilyQuota(location, family, cores) => {
                held.family_quotas.set(location, family, cores);
            }
            Change::Withheld(location, sizes) => {
                held.withheld.insert(location, sizes);
                held.withheld.retain(|_, sizes| !sizes.is_empty());
            }
            Change::Room(location, None) => {
                held.rooms.remove(&location);
            }
            Change::Room(location, Some(cores)) => {
                held.rooms.insert(location, cores);
            }
        }
    }

    fn put_managed(&mut self, subscription: &SubscriptionId, key: &Key, resource: Resource) {
        self.touch_managed(subscription, key);
        let alarms = self.alarms_of(&resource);
        if let Some(held) = self.managed_mut(subscription) {
            held.shelf.insert(key.clone(), resource);
        }
        for at in alarms {
            self.alarm_machine(subscription, key, at);
        }
        self.touch_managed(subscription, key);
    }

    /// When something happens by itself to a machine that begins a life.
    fn alarms_of(&self, resource: &Resource) -> Vec<Timestamp> {
        let Core::Machine(machine) = &resource.core else {
            return Vec::new();
        };
        let pace = self.ground.pace;
        let flaws = machine.flaws.as_ref();
        let death = flaws.and_then(|flaws| flaws.death(machine.life, pace));
        machine
            .life
            .done_at(pace)
            .into_iter()
            .chain(death)
            .collect()
    }

    /// Changes what rules and machines go by of a resource.
    pub(super) fn change_core(
        &mut self,
        subscription: &SubscriptionId,
        key: &Key,
        change: impl FnOnce(&mut Core),
    ) {
        let Some(held) = self.managed_mut(subscription) else {
            return;
        };
        let Some(mut resource) = held.shelf.get(key).cloned() else {
            return;
        };
        change(&mut resource.core);
        self.put_managed(subscription, key, resource);
    }

    /// Takes a resource out; the public address that it had is anybody's.
    pub(super) fn remove_managed(
        &mut self,
        subscription: &SubscriptionId,
        key: &Key,
    ) -> Option<Resource> {
        self.touch_managed(subscription, key);
        let gone = self.managed_mut(subscription)?.shelf.remove(key)?;
        if let Core::PublicAddress(PublicAddress {
            address: Some(address),
            ..
        }) = &gone.core
        {
            self.ground.sources.addresses.give_back(*address);
        }
        Some(gone)
    }

    /// The dynamic public addresses of an interface are anybody's.
    pub(super) fn give_back_dynamic(&mut self, subscription: &SubscriptionId, interface: &Key) {
        let Some(held) = self.managed_mut(subscription) else {
            return;
        };
        let Some(Core::Interface(found)) = held.shelf.get(interface).map(|r| &r.core) else {
            return;
        };
        let keys: Vec<Key> = found
            .configurations
            .iter()
            .filter_map(|configuration| configuration.public.clone())
            .collect();
        for key in keys {
            let mut given = None;
            self.change_core(subscription, &key, |core| {
                if let Core::PublicAddress(held) = core
                    && held.method == Method::Dynamic
                {
                    given = held.address.take();
                }
            });
            if let Some(address) = given {
                self.ground.sources.addresses.give_back(address);
            }
        }
    }
}
