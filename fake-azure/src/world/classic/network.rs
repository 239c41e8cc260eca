//! Virtual networks.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use crate::world::address::Prefix;
use crate::world::names::{Name, same};
use crate::world::{SubscriptionId, World};

/// A virtual network site.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VirtualNetwork {
    /// Its name.
    pub name: String,
    /// Its GUID.
    pub id: String,
    /// Where it is.
    pub place: Place,
    /// Its address space.
    pub address_space: Vec<Prefix>,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
    /// The DNS servers of its machines, by name and address.
    pub dns_servers: Vec<(String, String)>,
    /// Its gateway, as lines of the network configuration.
    pub gateway: Vec<String>,
    /// Its place in the network configuration.
    pub(crate) position: usize,
}

/// A part of a virtual network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subnet {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub prefix: Prefix,
}

impl<'w> View<'w> {
    /// The subscription's virtual networks, by name.
    pub fn virtual_networks(self) -> impl Iterator<Item = &'w VirtualNetwork> {
        let held = self.held;
        let mut sites: Vec<_> = held
            .into_iter()
            .flat_map(|s| s.virtual_networks.values())
            .collect();
        sites.sort_by_key(|site| site.position);
        sites.into_iter()
    }

    /// The virtual network of this name.
    pub fn virtual_network(self, name: &str) -> Result<&'w VirtualNetwork, Refusal> {
        self.held
            .and_then(|s| s.virtual_networks.get(&Name::of(name)))
            .ok_or_else(|| Refusal::missing(Thing::VirtualNetwork, name))
    }

    /// Whether some machine is in this network.
    pub fn network_in_use(self, name: &str) -> bool {
        self.services()
            .filter_map(|s| s.deployment.as_ref())
            .any(|d| d.virtual_network.as_deref().is_some_and(|n| same(n, name)))
    }
}

impl World {
    /// Adds a virtual network to what is there at birth.
    pub(crate) fn seed_virtual_network(
        &mut self,
        subscription: &SubscriptionId,
        network: VirtualNetwork,
    ) -> Result<(), Refusal> {
        self.of(subscription).region_of(&network.place)?;
        if let Some(held) = self.held_mut(subscription) {
            held.virtual_networks
                .insert(Name::of(&network.name), network);
        }
        Ok(())
    }
}
