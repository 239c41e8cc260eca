//! The subnets of all networks: which are taken, and which one a network gets that asks for none.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use super::runs::Runs;
use super::subnet::{Family, Subnet, number};

/// Where subnets of IPv4 are cut from, in this order: the first and the last address, and how
/// many bits a subnet's addresses have in common.
const BLOCKS: [(Ipv4Addr, Ipv4Addr, u8); 2] = [
    (
        Ipv4Addr::new(172, 17, 0, 0),
        Ipv4Addr::new(172, 31, 255, 255),
        16,
    ),
    (
        Ipv4Addr::new(192, 168, 0, 0),
        Ipv4Addr::new(192, 168, 255, 255),
        20,
    ),
];
/// How many bits the subnets of IPv6 have in common that are given to those who ask for none.
const SUBNET_V6: u8 = 64;

/// The subnets of an engine's networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressSpace {
    v4: Runs,
    v6: Runs,
    /// The block of IPv6 that subnets are cut from.
    block_v6: Subnet,
}

/// Why a subnet cannot be had. The words are the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubnetError {
    /// Another network has addresses of it.
    #[error("invalid pool request: Pool overlaps with other one on this address space")]
    Overlap,
    /// All subnets that are given to those who ask for none are taken.
    #[error("all predefined address pools have been fully subnetted")]
    Exhausted,
}

impl AddressSpace {
    /// A space without subnets; its own ones of IPv6 are cut from a unique local block that
    /// `unique` stands for.
    pub fn new(unique: [u8; 5]) -> Self {
        let mut octets = [0; 16];
        octets[0] = 0xfd;
        octets[1..6].copy_from_slice(&unique);
        let block = Subnet::new(IpAddr::from(octets), 48);
        Self {
            v4: Runs::default(),
            v6: Runs::default(),
            // An address of IPv6 has 48 bits.
            block_v6: block.unwrap_or(Subnet::LOOPBACK_V6),
        }
    }

    /// Takes a subnet that was asked for.
    ///
    /// # Errors
    /// [`SubnetError::Overlap`] when part of it is taken.
    pub fn take(&mut self, subnet: Subnet) -> Result<(), SubnetError> {
        let (first, last) = subnet.bounds();
        let taken = self.of(subnet.family());
        if taken.meeting(first, last).is_some() {
            return Err(SubnetError::Overlap);
        }
        taken.insert(first, last);
        Ok(())
    }

    /// Takes the first subnet that is free among those for networks that ask for none.
    ///
    /// # Errors
    /// [`SubnetError::Exhausted`] when none is.
    pub fn take_any(&mut self, family: Family) -> Result<Subnet, SubnetError> {
        let free = match family {
            Family::V4 => BLOCKS.iter().find_map(|(first, last, prefix)| {
                let bounds = (number((*first).into()), number((*last).into()));
                first_free(&self.v4, family, bounds, *prefix)
            }),
            Family::V6 => first_free(&self.v6, family, self.block_v6.bounds(), SUBNET_V6),
        };
        let subnet = free.ok_or(SubnetError::Exhausted)?;
        self.take(subnet)?;
        Ok(subnet)
    }

    /// Takes a subnet back.
    pub fn give_back(&mut self, subnet: Subnet) {
        let (first, last) = subnet.bounds();
        self.of(subnet.family()).remove(first, last);
    }

    fn of(&mut self, family: Family) -> &mut Runs {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }
}

/// The first subnet of `prefix` bits within these bounds that has no number in `taken`.
fn first_free(
    taken: &Runs,
    family: Family,
    (mut first, end): (u128, u128),
    prefix: u8,
) -> Option<Subnet> {
    while first <= end {
        let candidate = Subnet::new(family.address(first), prefix)?;
        let (_, last) = candidate.bounds();
        let Some((_, run_end)) = taken.meeting(first, last) else {
            return Some(candidate);
        };
        let beyond = Subnet::new(family.address(run_end.max(last)), prefix)?;
        first = beyond.bounds().1.checked_add(1)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn subnet(text: &str) -> Subnet {
        text.parse().unwrap()
    }

    fn next(space: &mut AddressSpace) -> String {
        space.take_any(Family::V4).unwrap().to_string()
    }

    #[test]
    fn networks_that_ask_for_none_get_subnets_in_order() {
        let mut space = AddressSpace::new([1; 5]);
        let given: Vec<_> = (0..31).map(|_| next(&mut space)).collect();
        assert_eq!(given[0], "172.17.0.0/16");
        assert_eq!(given[14], "172.31.0.0/16");
        assert_eq!(given[15], "192.168.0.0/20");
        assert_eq!(given[16], "192.168.16.0/20");
        assert_eq!(given[30], "192.168.240.0/20");
        assert_eq!(space.take_any(Family::V4), Err(SubnetError::Exhausted));
        space.give_back(subnet("172.18.0.0/16"));
        assert_eq!(next(&mut space), "172.18.0.0/16");
    }

    #[test]
    fn what_others_asked_for_is_passed_over() {
        let mut space = AddressSpace::new([1; 5]);
        space.take(subnet("172.16.0.0/14")).unwrap();
        assert_eq!(next(&mut space), "172.20.0.0/16");
        space.take(subnet("172.21.9.0/24")).unwrap();
        assert_eq!(next(&mut space), "172.22.0.0/16");
        assert_eq!(
            space.take(subnet("172.22.1.0/24")),
            Err(SubnetError::Overlap)
        );
        assert_eq!(space.take(subnet("172.0.0.0/8")), Err(SubnetError::Overlap));
    }

    #[test]
    fn subnets_of_ipv6_are_unique_local() {
        let mut space = AddressSpace::new([0x12, 0x34, 0x56, 0x78, 0x9a]);
        let given: Vec<_> = (0..2)
            .map(|_| space.take_any(Family::V6).unwrap().to_string())
            .collect();
        assert_eq!(given, ["fd12:3456:789a::/64", "fd12:3456:789a:1::/64"]);
    }

    proptest! {
        #[test]
        fn no_two_subnets_overlap(
            wishes in proptest::collection::vec(
                prop_oneof![
                    Just(None),
                    (any::<u32>(), 8_u8..=30).prop_map(|(base, prefix)| {
                        let base = 0xac10_0000 | base & 0x001f_ffff;
                        Subnet::new(Ipv4Addr::from(base).into(), prefix).map(Subnet::masked)
                    }),
                ],
                0..80,
            ),
        ) {
            let mut space = AddressSpace::new([1; 5]);
            let mut taken: Vec<Subnet> = Vec::new();
            for wish in wishes {
                let given = match wish {
                    Some(subnet) => space.take(subnet).map(|()| subnet),
                    None => space.take_any(Family::V4),
                };
                match given {
                    Ok(subnet) => {
                        prop_assert!(taken.iter().all(|other| !other.overlaps(subnet)));
                        taken.push(subnet);
                    }
                    Err(SubnetError::Overlap) => {
                        let wish = wish.unwrap();
                        prop_assert!(taken.iter().any(|other| other.overlaps(wish)));
                    }
                    Err(SubnetError::Exhausted) => prop_assert!(wish.is_none()),
                }
                if taken.len() % 7 == 6 {
                    space.give_back(taken.swap_remove(3));
                }
            }
        }
    }
}
