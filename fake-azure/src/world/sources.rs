//! Where identifiers, keys and public addresses come from: chance by the seed, and counters.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use simulation::Chance;

use super::address::{AddressPool, NoAddressLeft, Prefix};

/// The sources of a world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sources {
    pub(crate) chance: Chance,
    pub(crate) addresses: AddressPool,
    serials: u64,
}

impl Sources {
    pub(crate) fn new(seed: u64, block: Prefix) -> Self {
        Self {
            chance: Chance::seeded(seed),
            addresses: AddressPool::new(block),
            serials: 0,
        }
    }

    /// How many machines there were.
    pub(crate) fn serials(&self) -> u64 {
        self.serials
    }

    /// Begins to draw; nothing moves before it is taken.
    pub(crate) fn draw(&self) -> Draw<'_> {
        Draw {
            chance: self.chance.clone(),
            pool: &self.addresses,
            serials: self.serials,
            addresses: 0,
        }
    }

    /// Takes what was drawn, since when nothing else was.
    pub(crate) fn take(&mut self, drawn: Drawn) {
        self.chance = drawn.chance;
        self.serials = drawn.serials;
        self.addresses.skip(drawn.addresses);
    }
}

/// What is drawn for a decision: a copy of the sources that moves in their place.
#[derive(Debug)]
pub(crate) struct Draw<'s> {
    pub(crate) chance: Chance,
    pool: &'s AddressPool,
    serials: u64,
    addresses: usize,
}

/// How far the sources are after a decision.
#[derive(Debug)]
pub(crate) struct Drawn {
    chance: Chance,
    serials: u64,
    /// How many public addresses were taken.
    addresses: usize,
}

impl Draw<'_> {
    /// A number that no machine has had.
    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serials += 1;
        self.serials
    }

    /// A public address that nobody has.
    pub(crate) fn take_address(&mut self) -> Result<Ipv4Addr, NoAddressLeft> {
        let address = self.pool.peek(self.addresses)?;
        self.addresses += 1;
        Ok(address)
    }

    /// How far the sources are now.
    pub(crate) fn end(self) -> Drawn {
        Drawn {
            chance: self.chance,
            serials: self.serials,
            addresses: self.addresses,
        }
    }
}
