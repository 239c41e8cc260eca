//! Blocks of addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use super::{Call, Function, function};
use crate::problem::Problem;

pub(super) const FUNCTIONS: &[Function] = &[
    function("cidrHost", 2, 2, host),
    function("cidrSubnet", 3, 3, subnet),
    function("parseCidr", 1, 1, parse),
];

/// A block of addresses as numbers.
#[derive(Clone, Copy)]
struct Block {
    /// How many bits an address has.
    bits: u32,
    /// The first address.
    first: u128,
    /// How many bits all addresses have in common.
    length: u32,
}

impl Block {
    fn read(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let length: u32 = length.parse().ok()?;
        let (bits, number) = match address.parse().ok()? {
            IpAddr::V4(address) => (32, u128::from(u32::from(address))),
            IpAddr::V6(address) => (128, u128::from(address)),
        };
        (length <= bits).then(|| Self::around(bits, number, length))
    }

    /// The block of this length in which an address lies.
    fn around(bits: u32, number: u128, length: u32) -> Self {
        let block = Self {
            bits,
            first: 0,
            length,
        };
        Self {
            first: number & !block.hosts(),
            ..block
        }
    }

    /// The bits that tell its addresses apart.
    fn hosts(self) -> u128 {
        u128::MAX
            .checked_shr(128 - (self.bits - self.length))
            .unwrap_or(0)
    }

    fn last(self) -> u128 {
        self.first | self.hosts()
    }

    fn address(self, number: u128) -> String {
        if self.bits == 32 {
            let [.., a, b, c, d] = number.to_be_bytes();
            Ipv4Addr::new(a, b, c, d).to_string()
        } else {
            Ipv6Addr::from(number).to_string()
        }
    }
}

fn block(call: &Call<'_>) -> Result<Block, Problem> {
    Block::read(call.text(0)?)
        .ok_or_else(|| call.wrong("the provided value is not a valid CIDR notation"))
}

fn parse(call: &Call<'_>) -> Result<Value, Problem> {
    let block = block(call)?;
    let (first, last) = (block.first, block.last());
    // Small blocks have no address to spare for network and broadcast, and IPv6 has no broadcast.
    let spare = u128::from(block.bits == 32 && block.length < 31);
    let mask = !block.hosts() & (u128::MAX >> (128 - block.bits));
    let mut parsed = json!({
        "network": block.address(first),
        "netmask": block.address(mask),
        "firstUsable": block.address(first + spare),
        "lastUsable": block.address(last - spare),
        "cidr": block.length,
    });
    if block.bits == 32 {
        parsed["broadcast"] = block.address(last).into();
    }
    Ok(parsed)
}

fn subnet(call: &Call<'_>) -> Result<Value, Problem> {
    let block = block(call)?;
    let (length, index) = (call.integer(1)?, call.integer(2)?);
    let outside = || call.wrong("the subnet does not lie in the range of addresses");
    let length = u32::try_from(length).map_err(|_| outside())?;
    if !(block.length..=block.bits).contains(&length) {
        return Err(outside());
    }
    let index = u128::try_from(index).map_err(|_| outside())?;
    let inner = Block::around(block.bits, block.first, length);
    let step = inner.hosts().checked_add(1);
    let first = match step {
        Some(step) => index
            .checked_mul(step)
            .and_then(|offset| block.first.checked_add(offset))
            .filter(|first| *first <= block.last()),
        None => (index == 0).then_some(block.first),
    }
    .ok_or_else(outside)?;
    Ok(format!("{}/{length}", block.address(first)).into())
}

fn host(call: &Call<'_>) -> Result<Value, Problem> {
    let block = block(call)?;
    let outside = || call.wrong("the host does not lie in the range of addresses");
    let index = u128::try_from(call.integer(1)?).map_err(|_| outside())?;
    // The first host of a block with a network address comes after it.
    let offset = u128::from(block.bits - block.length > 1);
    block
        .first
        .checked_add(offset)
        .and_then(|first| first.checked_add(index))
        .filter(|address| *address <= block.last())
        .map(|address| block.address(address).into())
        .ok_or_else(outside)
}
