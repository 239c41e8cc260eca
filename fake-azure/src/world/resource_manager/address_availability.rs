//! Whether a private address of a virtual network is to be had, and which are instead.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::path::Path;
use super::refusal::{NetworkRefusal, Refusal};
use super::resource::Core;
use super::view::View;
use crate::world::names::Name;

/// Of how many others it is told that are to be had.
const OTHERS: usize = 5;

impl View<'_> {
    /// The answer of `CheckIPAddressAvailability`.
    pub(crate) fn told_availability(self, path: &Path, text: &str) -> Result<Value, Refusal> {
        let resource = self.resource(path)?;
        let Core::VirtualNetwork(network) = &resource.core else {
            return Err(Refusal::NoResource(path.clone()));
        };
        let bad = || NetworkRefusal::PrivateAddress(text.to_owned());
        let address: Ipv4Addr = text.trim().parse().map_err(|_| bad())?;
        let mut subnets = network.subnets.iter();
        let found = subnets.find_map(|subnet| {
            let prefix = subnet.prefix.filter(|prefix| prefix.contains(address))?;
            Some((subnet, prefix))
        });
        let (subnet, prefix) = found.ok_or_else(|| NetworkRefusal::PrivateAddressInNoSubnet {
            address: text.to_owned(),
            network: path.id(self.id),
        })?;
        let key = path.key();
        let is_reserved = prefix.keeps(address);
        let name = Name::from(&subnet.name);
        if !is_reserved && !self.held.shelf.is_taken(&key, &name, address) {
            return Ok(json!({ "available": true, "isPlatformReserved": false }));
        }
        let mut others = Vec::new();
        while others.len() < OTHERS
            && let Some(free) = self.free_address(&key, subnet, &others)
        {
            others.push(free);
        }
        let others: Vec<String> = others.iter().map(Ipv4Addr::to_string).collect();
        Ok(json!({
            "available": false,
            "availableIPAddresses": others,
            "isPlatformReserved": is_reserved,
        }))
    }
}
