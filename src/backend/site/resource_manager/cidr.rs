//! A block of addresses that a rule lets in.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A block of IPv4 addresses, such as `203.0.113.0/24`; a single address is a block of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Cidr {
    first: Ipv4Addr,
    length: u8,
}

/// Why a text is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no block of addresses such as 203.0.113.0/24")]
pub struct NotCidr(String);

impl Cidr {
    /// Is every address in the block?
    pub fn is_all(self) -> bool {
        self.length == 0
    }

    /// Is `address` in the block?
    pub fn holds(self, address: Ipv4Addr) -> bool {
        let mask = mask(self.length);
        address.to_bits() & mask == self.first.to_bits()
    }
}

fn mask(length: u8) -> u32 {
    u32::MAX
        .checked_shl(32 - u32::from(length))
        .unwrap_or_default()
}

impl FromStr for Cidr {
    type Err = NotCidr;

    fn from_str(text: &str) -> Result<Self, NotCidr> {
        let not = || NotCidr(text.to_owned());
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => {
                let is_plain = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
                let length: u8 = length.parse().map_err(|_| not())?;
                if !is_plain || length > 32 {
                    return Err(not());
                }
                (address, length)
            }
            None => (text, 32),
        };
        let address: Ipv4Addr = address.parse().map_err(|_| not())?;
        Ok(Self {
            first: Ipv4Addr::from_bits(address.to_bits() & mask(length)),
            length,
        })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> Self {
        cidr.to_string()
    }
}

impl TryFrom<String> for Cidr {
    type Error = NotCidr;

    fn try_from(text: String) -> Result<Self, NotCidr> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_told_by_its_first_address() {
        for (typed, told) in [
            ("203.0.113.7/24", "203.0.113.0/24"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("1.2.3.4/0", "0.0.0.0/0"),
        ] {
            assert_eq!(typed.parse::<Cidr>().unwrap().to_string(), told);
        }
        for typed in [
            "",
            "*",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0/8",
            "::/0",
            "1.2.3.4/+8",
        ] {
            assert!(typed.parse::<Cidr>().is_err(), "{typed}");
        }
    }

    #[test]
    fn a_block_holds_its_own_addresses() {
        let block: Cidr = "10.1.0.0/16".parse().unwrap();
        assert!(block.holds("10.1.255.255".parse().unwrap()));
        assert!(!block.holds("10.2.0.0".parse().unwrap()));
    }
}
