//! Loopback addresses of a simulator's own.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};

use crate::world::Prefix;

/// Holding this port on a block's first address means having the block.
const CLAIM_PORT: u16 = 41_243;

/// A block of 16,384 loopback addresses that no other simulator of this machine has.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) prefix: Prefix,
    /// Keeps the block ours; the system takes it back with the process.
    _claim: UdpSocket,
}

impl Block {
    /// Claims a block that is free, looking from one on.
    pub(crate) fn claim(from: u32) -> io::Result<Self> {
        // 127.0.0.0/16 stays everybody's.
        const BLOCKS: u32 = 255 * 4;
        let start = from % BLOCKS;
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for n in 0..BLOCKS {
            let index = 4 + (start + n) % BLOCKS;
            let first = u32::from(Ipv4Addr::new(127, 0, 0, 0)) + (index << 14);
            let prefix = Prefix {
                address: Ipv4Addr::from(first),
                bits: 18,
            };
            match Self::claim_this(prefix) {
                Ok(block) => return Ok(block),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Claims the block that a simulator had before.
    pub(crate) fn claim_this(prefix: Prefix) -> io::Result<Self> {
        let first = u32::from(prefix.address);
        let claim = UdpSocket::bind((Ipv4Addr::from(first + 1), CLAIM_PORT))?;
        Ok(Self {
            prefix,
            _claim: claim,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_from_the_same_on_finds_the_same_that_is_free() {
        let finds_it_again = |from| {
            let first = Block::claim(from).unwrap();
            let next = Block::claim(from).unwrap();
            assert_ne!(first.prefix, next.prefix);
            let prefix = first.prefix;
            drop(first);
            Block::claim(from).unwrap().prefix == prefix
        };
        // Another process may have come between.
        assert!((0..5).any(|n| finds_it_again(std::process::id() + 97 * n)));
    }

    #[test]
    fn two_simulators_never_share_a_block() {
        let blocks: Vec<_> = (0..8)
            .map(|_| Block::claim(std::process::id()).unwrap())
            .collect();
        for (i, a) in blocks.iter().enumerate() {
            assert!(!a.prefix.contains(Ipv4Addr::LOCALHOST));
            assert!(blocks[i + 1..].iter().all(|b| b.prefix != a.prefix));
        }
    }
}
