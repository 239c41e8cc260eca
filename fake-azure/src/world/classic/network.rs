//! Virtual networks, and the public addresses there are.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use crate::world::names::{key, same};
use crate::world::{SubscriptionId, World};

/// A virtual network site.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

/// A block of IPv4 addresses in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// The first address, as it was written.
    pub address: Ipv4Addr,
    /// How many leading bits are fixed.
    pub bits: u8,
}

impl Prefix {
    /// Whether the address lies in the block.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
        u32::from(self.address) & mask == u32::from(address) & mask
    }

    /// Whether the other block lies wholly in this one.
    pub fn holds(self, other: Self) -> bool {
        self.bits <= other.bits && self.contains(other.address)
    }

    /// Whether the blocks have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }

    /// Whether the service keeps this address of a subnet: the first four and the last.
    pub fn keeps(self, address: Ipv4Addr) -> bool {
        let size = (u64::from(u32::MAX) + 1) >> self.bits;
        let first = self.nth(0).unwrap_or(self.address);
        let distance = u64::from(u32::from(address).saturating_sub(u32::from(first)));
        self.contains(address) && (distance < 4 || distance + 1 == size)
    }

    /// The address at this distance from the block's first.
    pub fn nth(self, n: u32) -> Option<Ipv4Addr> {
        let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
        let address = Ipv4Addr::from((u32::from(self.address) & mask).checked_add(n)?);
        self.contains(address).then_some(address)
    }
}

impl std::fmt::Display for Prefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Serialize for Prefix {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a block could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a block of IPv4 addresses, such as 10.0.0.0/20")]
pub struct InvalidPrefix(String);

impl std::str::FromStr for Prefix {
    type Err = InvalidPrefix;

    fn from_str(text: &str) -> Result<Self, InvalidPrefix> {
        let refuse = || InvalidPrefix(text.to_owned());
        let (address, bits) = text.split_once('/').ok_or_else(refuse)?;
        if !bits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse());
        }
        let prefix = Self {
            address: address.parse().map_err(|_| refuse())?,
            bits: bits.parse().map_err(|_| refuse())?,
        };
        if prefix.bits <= 32 {
            Ok(prefix)
        } else {
            Err(refuse())
        }
    }
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
            .and_then(|s| s.virtual_networks.get(&key(name)))
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
        if let Some(held) = self.subscriptions.get_mut(subscription) {
            held.virtual_networks.insert(key(&network.name), network);
        }
        Ok(())
    }
}

/// Public addresses to give out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AddressPool {
    block: Prefix,
    /// How many were given out for the first time, with the two that nobody gets.
    next: u32,
    /// Those that were given back, the first of them first.
    free: VecDeque<Ipv4Addr>,
}

impl AddressPool {
    /// The addresses of a block, but for its first two and its last.
    pub(crate) fn new(block: Prefix) -> Self {
        Self {
            block,
            next: 2,
            free: VecDeque::new(),
        }
    }

    /// The block that they are of.
    pub(crate) fn block(&self) -> Prefix {
        self.block
    }

    fn end(&self) -> u32 {
        (1_u32 << (32 - u32::from(self.block.bits.clamp(1, 32)))).saturating_sub(1)
    }

    /// The address that comes after so many others: one that nobody has; one that was given
    /// back comes again last.
    pub(crate) fn peek(&self, others: usize) -> Result<Ipv4Addr, Refusal> {
        let fresh = self.end().saturating_sub(self.next);
        let found = match u32::try_from(others) {
            Ok(n) if n < fresh => self.block.nth(self.next + n),
            _ => self.free.get(others - fresh as usize).copied(),
        };
        found.ok_or_else(|| Refusal::Limit {
            of: "public addresses".into(),
            most: None,
        })
    }

    /// Takes the addresses out that were peeked at.
    pub(crate) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            if self.next < self.end() {
                self.next += 1;
            } else {
                self.free.pop_front();
            }
        }
    }

    /// An address that nobody has.
    pub(crate) fn take(&mut self) -> Result<Ipv4Addr, Refusal> {
        let address = self.peek(0)?;
        self.skip(1);
        Ok(address)
    }

    pub(crate) fn give_back(&mut self, address: Ipv4Addr) {
        self.free.push_back(address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_knows_its_addresses() {
        let block: Prefix = "10.0.0.0/23".parse().unwrap();
        assert!(block.contains("10.0.1.255".parse().unwrap()));
        assert!(!block.contains("10.0.2.0".parse().unwrap()));
        assert_eq!(block.nth(4), Some("10.0.0.4".parse().unwrap()));
        assert_eq!(block.nth(512), None);
        assert!(
            "0.0.0.0/0"
                .parse::<Prefix>()
                .unwrap()
                .contains("9.9.9.9".parse().unwrap())
        );
        assert!("10.0.0.0/33".parse::<Prefix>().is_err());
        assert!("10.0.0/8".parse::<Prefix>().is_err());
    }

    #[test]
    fn addresses_come_again_only_when_all_were_used() {
        let mut pool = AddressPool::new("127.9.0.0/29".parse().unwrap());
        let first = pool.take().unwrap();
        assert_eq!(first, "127.9.0.2".parse::<Ipv4Addr>().unwrap());
        pool.give_back(first);
        let rest: Vec<_> = (0..4).map(|_| pool.take().unwrap()).collect();
        assert!(!rest.contains(&first));
        assert_eq!(pool.take().unwrap(), first);
        assert!(pool.take().is_err());
    }
}
