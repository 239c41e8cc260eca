//! The resources of a subscription, and what follows from them: who refers to what, which
//! addresses are taken, which public names, how many cores.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize, Serializer};

use super::kind::Kind;
use super::path::Key;
use super::quota::Cores;
use super::resource::{Core, Pending, Resource};
use crate::world::names::Name;

/// The resources of a subscription, by their keys.
///
/// What follows from them is kept beside them and moves with them, so that no question needs to
/// look at all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<(Key, Resource)>")]
pub(crate) struct Shelf {
    /// Boxed, since a tree's nodes are half empty.
    resources: BTreeMap<Key, Box<Resource>>,
    /// Pairs of a resource and one that refers to it.
    users: BTreeSet<(Key, Key)>,
    /// The private addresses that interfaces have, by network and subnet.
    taken: BTreeSet<(Key, Name, Ipv4Addr)>,
    /// Whose the public names are.
    names: BTreeMap<String, Key>,
    /// How many cores machines have, by region.
    cores: BTreeMap<String, Cores>,
    news: News,
}

/// What the ledger has not taken note of yet.
#[derive(Clone, Debug, Default)]
pub(super) struct News {
    /// What has lost a user, who may have come again.
    pub(super) left: Vec<Key>,
    /// What was taken out, and may have come again.
    pub(super) taken_out: Vec<Key>,
}

impl From<Vec<(Key, Resource)>> for Shelf {
    fn from(all: Vec<(Key, Resource)>) -> Self {
        let mut shelf = Self::default();
        for (key, resource) in all {
            shelf.insert(key, resource);
        }
        shelf
    }
}

impl Serialize for Shelf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.resources)
    }
}

impl Shelf {
    pub(crate) fn get(&self, key: &Key) -> Option<&Resource> {
        self.resources.get(key).map(|resource| &**resource)
    }

    /// A resource with the shelf's own key of it. Whoever is to keep the key keeps a clone of this,
    /// which shares its texts, rather than one read anew.
    pub(crate) fn get_key_value(&self, key: &Key) -> Option<(&Key, &Resource)> {
        let found = self.resources.get_key_value(key);
        found.map(|(key, resource)| (key, &**resource))
    }

    /// Notes what is being done to a resource.
    pub(crate) fn note(&mut self, key: &Key, pending: Pending) {
        if let Some(resource) = self.resources.get_mut(key) {
            resource.pending = Some(pending);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Resource)> {
        let all = self.resources.iter();
        all.map(|(key, resource)| (key, &**resource))
    }

    /// Those of a group.
    pub(crate) fn of_group(&self, group: &Name) -> impl Iterator<Item = (&Key, &Resource)> {
        let first = Key {
            group: group.clone(),
            kind: Kind::ALL[0],
            name: Name::from(""),
        };
        let group = group.clone();
        self.resources
            .range(first..)
            .take_while(move |(key, _)| key.group == group)
            .map(|(key, resource)| (key, &**resource))
    }

    /// Those that refer to a resource.
    pub(crate) fn users(&self, of: &Key) -> impl Iterator<Item = &Key> {
        let first = Key {
            group: Name::from(""),
            kind: Kind::ALL[0],
            name: Name::from(""),
        };
        let of = of.clone();
        self.users
            .range((of.clone(), first)..)
            .take_while(move |(used, _)| *used == of)
            .map(|(_, user)| user)
    }

    /// Whether a private address of a subnet is an interface's.
    pub(crate) fn is_taken(&self, network: &Key, subnet: &Name, address: Ipv4Addr) -> bool {
        self.taken
            .contains(&(network.clone(), subnet.clone(), address))
    }

    /// The private addresses of a subnet that interfaces have, in order.
    pub(crate) fn taken_in(
        &self,
        network: &Key,
        subnet: &Name,
    ) -> impl Iterator<Item = Ipv4Addr> + use<'_> {
        let first = (network.clone(), subnet.clone(), Ipv4Addr::UNSPECIFIED);
        let last = (network.clone(), subnet.clone(), Ipv4Addr::BROADCAST);
        self.taken.range(first..=last).map(|(.., address)| *address)
    }

    /// Whose a public name is.
    pub(crate) fn owner_of_name(&self, name: &str) -> Option<&Key> {
        self.names.get(name)
    }

    /// The cores that machines have in a region; none where there never was one.
    pub(crate) fn cores(&self, location: &str) -> Option<&Cores> {
        self.cores.get(location)
    }

    /// Puts a resource in the place of the one of its key.
    pub(crate) fn insert(&mut self, key: Key, mut resource: Resource) {
        self.remove(&key);
        resource.core.shrink();
        for used in resource.core.refers_to() {
            self.users.insert((used, key.clone()));
        }
        match &resource.core {
            Core::Interface(interface) => {
                for (network, subnet, address) in interface.private_addresses() {
                    self.taken.insert((network, subnet, address));
                }
            }
            Core::PublicAddress(address) => {
                if let Some(name) = address.public_name(&resource.location) {
                    self.names.insert(name, key.clone());
                }
            }
            Core::Machine(machine) => {
                let cores = self.cores.entry(resource.location.clone()).or_default();
                cores.add(machine.size);
            }
            _ => {}
        }
        self.resources.insert(key, Box::new(resource));
    }

    /// What has happened since this was asked last.
    pub(super) fn take_news(&mut self) -> News {
        std::mem::take(&mut self.news)
    }

    /// Takes a resource out.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Resource> {
        let resource = *self.resources.remove(key)?;
        let made_of = self.made_of(&resource);
        self.news.left.extend(made_of);
        for used in resource.core.refers_to() {
            self.users.remove(&(used.clone(), key.clone()));
            self.news.left.push(used);
        }
        self.news.taken_out.push(key.clone());
        match &resource.core {
            Core::Interface(interface) => {
                for (network, subnet, address) in interface.private_addresses() {
                    self.taken.remove(&(network, subnet, address));
                }
            }
            Core::PublicAddress(address) => {
                if let Some(name) = address.public_name(&resource.location) {
                    self.names.remove(&name);
                }
            }
            Core::Machine(machine) => {
                if let Some(cores) = self.cores.get_mut(&resource.location) {
                    cores.give_back(machine.size);
                }
            }
            _ => {}
        }
        Some(resource)
    }
}
