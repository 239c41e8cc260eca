//! Addresses: blocks of them, and the public ones that machines are given.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

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

/// Why nobody gets a public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("all public addresses are taken")]
pub(crate) struct NoAddressLeft;

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
    pub(crate) fn peek(&self, others: usize) -> Result<Ipv4Addr, NoAddressLeft> {
        let fresh = self.end().saturating_sub(self.next);
        let found = match u32::try_from(others) {
            Ok(n) if n < fresh => self.block.nth(self.next + n),
            _ => self.free.get(others - fresh as usize).copied(),
        };
        found.ok_or(NoAddressLeft)
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
    pub(crate) fn take(&mut self) -> Result<Ipv4Addr, NoAddressLeft> {
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
