//! The addresses of one subnet: which are given away, and which is next.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::runs::Runs;
use super::subnet::{Family, Subnet, number};

/// The addresses of one subnet.
///
/// The lowest free one is given first, and one that comes back is given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressPool {
    subnet: Subnet,
    /// The part of the subnet that addresses are given from, unless one is asked for.
    range: Option<Subnet>,
    used: Runs,
}

/// Why an address cannot be had. The words are the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Somebody has it.
    #[error("Address already in use")]
    Taken,
    /// It is not of this subnet.
    #[error("Requested address is out of range")]
    OutOfRange,
    /// All are given away.
    #[error("No available addresses on this pool")]
    Exhausted,
}

impl AddressPool {
    /// The addresses of `subnet`, all free but those that no machine may have: the first, and of
    /// IPv4 the last. Links of two (`/31`) and single addresses have no such ones.
    pub fn new(subnet: Subnet, range: Option<Subnet>) -> Self {
        let subnet = subnet.masked();
        let mut pool = Self {
            subnet,
            range: range.map(Subnet::masked),
            used: Runs::default(),
        };
        let (first, last) = subnet.bounds();
        let host_bits = subnet.family().bits() - subnet.prefix();
        if subnet.family() == Family::V6 || host_bits > 1 {
            pool.used.insert(first, first);
        }
        if subnet.family() == Family::V4 && host_bits > 1 {
            pool.used.insert(last, last);
        }
        pool
    }

    /// The subnet.
    pub const fn subnet(&self) -> Subnet {
        self.subnet
    }

    /// Gives the lowest free address of the range, or of the subnet where it has no range.
    ///
    /// # Errors
    /// [`AddressError::Exhausted`] when none is free.
    pub fn take(&mut self) -> Result<IpAddr, AddressError> {
        let (first, last) = self.range.unwrap_or(self.subnet).bounds();
        let free = match self.used.run_of(first) {
            Some((_, end)) => end.checked_add(1).ok_or(AddressError::Exhausted)?,
            None => first,
        };
        if free > last {
            return Err(AddressError::Exhausted);
        }
        self.used.insert(free, free);
        Ok(self.subnet.family().address(free))
    }

    /// Gives this address, be it of the range or not.
    ///
    /// # Errors
    /// [`AddressError::OutOfRange`] or [`AddressError::Taken`].
    pub fn take_this(&mut self, address: IpAddr) -> Result<(), AddressError> {
        if !self.subnet.contains(address) {
            return Err(AddressError::OutOfRange);
        }
        let number = number(address);
        if self.used.run_of(number).is_some() {
            return Err(AddressError::Taken);
        }
        self.used.insert(number, number);
        Ok(())
    }

    /// Takes an address back.
    pub fn give_back(&mut self, address: IpAddr) {
        if !self.subnet.contains(address) {
            return;
        }
        let number = number(address);
        self.used.remove(number, number);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    impl AddressPool {
        fn is_used(&self, address: IpAddr) -> bool {
            self.subnet.contains(address) && self.used.run_of(number(address)).is_some()
        }
    }

    fn pool(subnet: &str, range: Option<&str>) -> AddressPool {
        AddressPool::new(
            subnet.parse().unwrap(),
            range.map(|range| range.parse().unwrap()),
        )
    }

    fn taken(pool: &mut AddressPool) -> String {
        pool.take().unwrap().to_string()
    }

    #[test]
    fn the_lowest_free_address_is_given() {
        let mut pool = pool("10.77.0.0/24", None);
        assert_eq!(taken(&mut pool), "10.77.0.1");
        assert_eq!(taken(&mut pool), "10.77.0.2");
        assert_eq!(taken(&mut pool), "10.77.0.3");
        pool.give_back("10.77.0.2".parse().unwrap());
        assert_eq!(taken(&mut pool), "10.77.0.2");
        assert_eq!(taken(&mut pool), "10.77.0.4");
    }

    #[test]
    fn an_address_that_is_asked_for_is_given_once() {
        let mut pool = pool("10.77.0.0/24", None);
        let nine = "10.77.0.9".parse().unwrap();
        assert_eq!(pool.take_this(nine), Ok(()));
        assert_eq!(pool.take_this(nine), Err(AddressError::Taken));
        assert_eq!(
            pool.take_this("10.78.0.9".parse().unwrap()),
            Err(AddressError::OutOfRange)
        );
        pool.give_back(nine);
        assert!(!pool.is_used(nine));
        assert_eq!(pool.take_this(nine), Ok(()));
    }

    #[test]
    fn the_network_and_broadcast_addresses_are_nobodys() {
        let mut small = pool("10.77.0.0/30", None);
        assert_eq!(taken(&mut small), "10.77.0.1");
        assert_eq!(taken(&mut small), "10.77.0.2");
        assert_eq!(small.take(), Err(AddressError::Exhausted));
        let mut link = pool("10.77.0.0/31", None);
        assert_eq!(taken(&mut link), "10.77.0.0");
        assert_eq!(taken(&mut link), "10.77.0.1");
        assert_eq!(link.take(), Err(AddressError::Exhausted));
        assert_eq!(taken(&mut pool("fd00::/64", None)), "fd00::1");
    }

    #[test]
    fn a_range_is_where_addresses_come_from() {
        let mut pool = pool("10.77.0.0/16", Some("10.77.5.0/30"));
        let given: Vec<_> = (0..4).map(|_| taken(&mut pool)).collect();
        assert_eq!(given, ["10.77.5.0", "10.77.5.1", "10.77.5.2", "10.77.5.3"]);
        assert_eq!(pool.take(), Err(AddressError::Exhausted));
        assert_eq!(pool.take_this("10.77.0.9".parse().unwrap()), Ok(()));
    }

    #[test]
    fn the_edges_of_all_addresses_are_edges() {
        let mut all = pool("::/0", Some("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"));
        assert!(all.take().is_ok());
        assert_eq!(all.take(), Err(AddressError::Exhausted));
        assert_eq!(taken(&mut pool("0.0.0.0/0", None)), "0.0.0.1");
    }

    #[derive(Clone, Debug)]
    enum Step {
        Take,
        TakeThis(u8),
        GiveBack(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Take),
            any::<u8>().prop_map(Step::TakeThis),
            any::<u8>().prop_map(Step::GiveBack),
        ]
    }

    proptest! {
        /// A set of free addresses is the model: the pool gives its lowest, never one that is
        /// not in it, and gets back what it is given back.
        #[test]
        fn no_address_is_given_twice(
            prefix in 25_u8..=32,
            steps in proptest::collection::vec(step(), 0..300),
        ) {
            let subnet = Subnet::new("10.9.8.0".parse().unwrap(), prefix).unwrap();
            let mut pool = AddressPool::new(subnet, None);
            let (first, last) = subnet.bounds();
            let mut free: BTreeSet<u128> = (first..=last).collect();
            if prefix < 31 {
                free.remove(&first);
                free.remove(&last);
            }
            for step in steps {
                match step {
                    Step::Take => {
                        let expected = free.pop_first().map(|number| Family::V4.address(number));
                        prop_assert_eq!(pool.take().ok(), expected);
                    }
                    Step::TakeThis(host) => {
                        let number = first + u128::from(host);
                        let outcome = pool.take_this(Family::V4.address(number));
                        prop_assert_eq!(outcome.is_ok(), free.remove(&number));
                        prop_assert_eq!(outcome == Err(AddressError::OutOfRange), number > last);
                    }
                    Step::GiveBack(host) => {
                        let number = first + u128::from(host);
                        pool.give_back(Family::V4.address(number));
                        if number <= last {
                            free.insert(number);
                        }
                    }
                }
                for number in first..=last {
                    let used = pool.is_used(Family::V4.address(number));
                    prop_assert_eq!(used, !free.contains(&number));
                }
            }
        }
    }
}
