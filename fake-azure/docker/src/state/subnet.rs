//! A block of addresses, as `10.1.0.0/16`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// 32 bits.
    V4,
    /// 128 bits.
    V6,
}

impl Family {
    /// The version of this address.
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }

    /// How many bits an address has.
    pub const fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// The address of this number, which is the lower bits of `number`.
    pub fn address(self, number: u128) -> IpAddr {
        match self {
            Self::V4 => {
                let [.., a, b, c, d] = number.to_be_bytes();
                Ipv4Addr::new(a, b, c, d).into()
            }
            Self::V6 => Ipv6Addr::from(number).into(),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// The number of an address among those of its version.
pub fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// A block of addresses: an address and how many of its bits all of them have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subnet {
    address: IpAddr,
    prefix: u8,
}

impl Subnet {
    /// The one address `::1`.
    pub const LOOPBACK_V6: Self = Self {
        address: IpAddr::V6(Ipv6Addr::LOCALHOST),
        prefix: 128,
    };

    /// The block of these addresses; none when an address has no so many bits.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        (prefix <= Family::of(address).bits()).then_some(Self { address, prefix })
    }

    /// The address it was written with.
    pub const fn address(self) -> IpAddr {
        self.address
    }

    /// How many bits are common.
    pub const fn prefix(self) -> u8 {
        self.prefix
    }

    /// The version of its addresses.
    pub const fn family(self) -> Family {
        Family::of(self.address)
    }

    /// The numbers of the first and the last address.
    pub fn bounds(self) -> (u128, u128) {
        let host_bits = u32::from(self.family().bits() - self.prefix);
        let host = 1_u128
            .checked_shl(host_bits)
            .map_or(u128::MAX, |size| size - 1);
        let first = number(self.address) & !host;
        (first, first | host)
    }

    /// The same block, written with its first address.
    #[must_use]
    pub fn masked(self) -> Self {
        Self {
            address: self.family().address(self.bounds().0),
            prefix: self.prefix,
        }
    }

    /// Whether an address is one of its.
    pub fn contains(self, address: IpAddr) -> bool {
        let (first, last) = self.bounds();
        Family::of(address) == self.family() && (first..=last).contains(&number(address))
    }

    /// Whether the two have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        let ((first, last), (other_first, other_last)) = (self.bounds(), other.bounds());
        self.family() == other.family() && first <= other_last && other_first <= last
    }
}

/// A text is no block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid CIDR block notation")]
pub struct InvalidSubnet;

impl FromStr for Subnet {
    type Err = InvalidSubnet;

    fn from_str(text: &str) -> Result<Self, InvalidSubnet> {
        let (address, prefix) = text.rsplit_once('/').ok_or(InvalidSubnet)?;
        let address = address.parse().map_err(|_| InvalidSubnet)?;
        // Go reads no sign and no zeros in front.
        let is_plain = prefix.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain || prefix.len() > 1 && prefix.starts_with('0') {
            return Err(InvalidSubnet);
        }
        let prefix = prefix.parse().map_err(|_| InvalidSubnet)?;
        Self::new(address, prefix).ok_or(InvalidSubnet)
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl Serialize for Subnet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subnet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Subnet {
        text.parse().unwrap()
    }

    #[test]
    fn a_block_is_read_and_written() {
        for text in [
            "10.1.2.3/16",
            "0.0.0.0/0",
            "fd00::/64",
            "::/0",
            "1.2.3.4/32",
        ] {
            assert_eq!(subnet(text).to_string(), text);
        }
        assert_eq!(subnet("10.1.2.3/16").masked(), subnet("10.1.0.0/16"));
        assert_eq!(subnet("fd00::7/64").masked(), subnet("fd00::/64"));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in [
            "",
            "x",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0/8",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "fd00::/129",
            "/8",
            "010.0.0.0/8",
        ] {
            assert_eq!(text.parse::<Subnet>(), Err(InvalidSubnet), "{text}");
        }
    }

    #[test]
    fn blocks_overlap_when_one_holds_the_other() {
        assert!(subnet("10.0.0.0/8").overlaps(subnet("10.9.0.0/24")));
        assert!(subnet("10.9.0.0/24").overlaps(subnet("10.0.0.0/8")));
        assert!(!subnet("10.9.0.0/24").overlaps(subnet("10.9.1.0/24")));
        assert!(!subnet("0.0.0.0/0").overlaps(subnet("::/0")));
        assert!(subnet("10.9.0.0/24").contains("10.9.0.255".parse().unwrap()));
        assert!(!subnet("10.9.0.0/24").contains("10.9.1.0".parse().unwrap()));
    }
}
