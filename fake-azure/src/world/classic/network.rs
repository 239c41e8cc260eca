//! Virtual networks.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use crate::world::address::Prefix;
use crate::world::{Name, SubscriptionId, World};

/// A virtual network site.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VirtualNetwork {
    /// Its name.
    pub name: Name,
    /// Its GUID.
    pub id: String,
    /// Where it is.
    pub place: Place,
    /// Its address space.
    pub address_space: Vec<Prefix>,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
    /// The DNS servers of its machines, by name and address.
    pub dns_servers: Vec<(Name, String)>,
    /// Its gateway, where it is to have one.
    pub gateway: Option<Gateway>,
    /// Its place in the network configuration.
    pub(crate) position: usize,
}

/// A part of a virtual network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subnet {
    /// Its name.
    pub name: Name,
    /// Its addresses.
    pub prefix: Prefix,
}

/// What a gateway of a virtual network is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gateway {
    /// How much it can do, in the word of the configuration.
    pub profile: Option<Name>,
    /// The addresses that single machines get which connect to it; nothing where none were told.
    pub client_pool: Option<Vec<Prefix>>,
    /// Where it leads to; nothing where that was not told.
    pub connections: Option<Vec<SiteConnection>>,
}

/// What leads from a gateway to a network elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteConnection {
    /// The network elsewhere.
    pub site: Name,
    /// How it is reached, in the words of the configuration.
    pub kinds: Vec<Name>,
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
            .and_then(|s| s.virtual_networks.get(name))
            .ok_or_else(|| Refusal::missing(Thing::VirtualNetwork, name))
    }

    /// Whether some machine is in this network.
    pub fn network_in_use(self, name: &str) -> bool {
        self.services()
            .filter_map(|s| s.deployment.as_ref())
            .any(|d| d.virtual_network.as_ref().is_some_and(|n| *n == *name))
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
            held.virtual_networks.insert(network.name.clone(), network);
        }
        Ok(())
    }
}
