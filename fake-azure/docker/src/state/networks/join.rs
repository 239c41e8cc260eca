//! Containers start and end: they join their networks and leave them.

use std::net::IpAddr;

use super::settings::{check, dns_names, hardware_address};
use super::{Fresh, Networks};
use crate::state::address_pool::AddressError;
use crate::state::container::Container;
use crate::state::endpoint::Endpoint;
use crate::state::id::ObjectId;
use crate::state::network::error::NetworkError;
use crate::state::network::mode::NetworkMode;
use crate::state::network::{Member, Network};
use crate::state::subnet::{Family, Subnet};

/// What the engine says before the reason when a container cannot join its networks at its start.
pub const SETUP_FAILED: &str = "failed to set up container networking";

impl Networks {
    /// Lets a container that starts join its networks, the one of its mode first. The networks
    /// that it is in now, in the order of its interfaces.
    ///
    /// # Errors
    /// When it cannot join one of them; then it is in none.
    pub fn join(
        &mut self,
        container: &mut Container,
        fresh: Fresh<'_>,
    ) -> Result<Vec<ObjectId>, NetworkError> {
        self.settle(container);
        let mut joined = Vec::new();
        for name in in_order(container) {
            match self.join_one(container, &name, fresh) {
                Ok(network) => joined.push(network),
                Err(error) => {
                    self.leave(container);
                    return Err(error);
                }
            }
        }
        Ok(joined)
    }

    fn join_one(
        &mut self,
        container: &mut Container,
        name: &str,
        fresh: Fresh<'_>,
    ) -> Result<ObjectId, NetworkError> {
        let mut endpoint = container.networks.get(name).cloned().unwrap_or_default();
        endpoint.leave();
        let is_made = NetworkMode(name).is_user_defined();
        let network = match endpoint.network_id.as_str() {
            // One that was made anew under its old name is another network.
            known if is_made && !known.is_empty() => self.find(known),
            _ => self.find(name),
        }?;
        let id = network.id;
        self.prepare(id, container, &mut endpoint)?;
        let endpoint = self.admit(id, container, endpoint, fresh)?;
        container.networks.remove(name);
        let name = self.all.get(id).map(|network| network.name.clone());
        container
            .networks
            .insert(name.unwrap_or_default(), endpoint);
        Ok(id)
    }

    /// Lets a container that ended leave its networks, and takes its addresses back. The
    /// networks that it was in.
    pub fn leave(&mut self, container: &mut Container) -> Vec<ObjectId> {
        let mut left = Vec::new();
        for name in in_order(container) {
            if let Some(id) = self.all.named(&name)
                && self.dismiss(id, container.id)
            {
                left.push(id);
            }
            if let Some(endpoint) = container.networks.get_mut(&name) {
                endpoint.leave();
            }
        }
        left
    }

    /// Gives a place its names and refuses what cannot be.
    pub(super) fn prepare(
        &self,
        network: ObjectId,
        container: &Container,
        endpoint: &mut Endpoint,
    ) -> Result<(), NetworkError> {
        let missing = || NetworkError::Missing(network.to_string());
        let network = self.all.get(network).ok_or_else(missing)?;
        if network.is_user_defined() {
            let aliases = endpoint.aliases.as_deref().unwrap_or_default();
            endpoint.dns_names = Some(dns_names(container, aliases));
        }
        check(Some(network), &network.name, endpoint).map_err(NetworkError::Invalid)
    }

    /// Makes a container a member of a network; its place, with what it got.
    pub(super) fn admit(
        &mut self,
        id: ObjectId,
        container: &Container,
        mut endpoint: Box<Endpoint>,
        fresh: Fresh<'_>,
    ) -> Result<Box<Endpoint>, NetworkError> {
        let missing = || NetworkError::Missing(id.to_string());
        let network = self.all.get_mut(id).ok_or_else(missing)?;
        if network.config_only {
            let words = "cannot create endpoint on configuration-only network".to_owned();
            return Err(NetworkError::Forbidden(words));
        }
        if network.members.contains_key(&container.id) {
            return Err(NetworkError::AlreadyIn {
                container: container.name.clone(),
                network: network.name.clone(),
            });
        }
        link_local(&endpoint)?;
        let (ipv4, ipv6) = addresses(network, &endpoint)?;
        let place = fresh();
        let mac = if network.has_no_addresses() {
            String::new()
        } else {
            let wanted = hardware_address(&endpoint.desired_mac_address);
            wanted.unwrap_or_else(|| mac_of(fresh()))
        };
        endpoint.network_id = id.to_string();
        endpoint.endpoint_id = place.to_string();
        endpoint.mac_address.clone_from(&mac);
        let text = |address: Option<IpAddr>| {
            address
                .map(|address| address.to_string())
                .unwrap_or_default()
        };
        if let Some(given) = ipv4 {
            endpoint.ip_address = given.address().to_string();
            endpoint.ip_prefix_len = given.prefix();
            endpoint.gateway = text(gateway(network, given));
        }
        if let Some(given) = ipv6 {
            endpoint.global_ipv6_address = given.address().to_string();
            endpoint.global_ipv6_prefix_len = given.prefix();
            endpoint.ipv6_gateway = text(gateway(network, given));
        }
        let member = Member {
            endpoint: place,
            name: container.name.clone(),
            mac,
            ipv4,
            ipv6,
        };
        network.members.insert(container.id, member);
        Ok(endpoint)
    }

    /// Ends a container's membership; whether it was a member.
    pub(super) fn dismiss(&mut self, network: ObjectId, container: ObjectId) -> bool {
        let Some(network) = self.all.get_mut(network) else {
            return false;
        };
        let Some(member) = network.members.remove(&container) else {
            return false;
        };
        for given in [member.ipv4, member.ipv6].into_iter().flatten() {
            network.give_back(given.address());
        }
        true
    }
}

/// The networks of a container: that of its mode first, the others by name.
fn in_order(container: &Container) -> Vec<String> {
    let first = NetworkMode(&container.host.network_mode).network();
    let mut names: Vec<String> = container.networks.keys().cloned().collect();
    names.sort_by_key(|name| first != Some(name.as_str()));
    names
}

/// The way out for who has this address; none where nothing leads out.
fn gateway(network: &Network, given: Subnet) -> Option<IpAddr> {
    let pool = network
        .pool_with(given.address())
        .filter(|_| !network.internal)?;
    pool.gateway
}

/// Refuses addresses of the link that are none.
fn link_local(endpoint: &Endpoint) -> Result<(), NetworkError> {
    let wanted = endpoint.ipam_config.iter();
    for text in wanted.filter_map(|w| w.link_local_ips.as_ref()).flatten() {
        let is_of_the_link = match text.parse() {
            Ok(IpAddr::V4(address)) => address.is_link_local(),
            Ok(IpAddr::V6(address)) => address.is_unicast_link_local(),
            Err(_) => false,
        };
        if !is_of_the_link {
            let words = format!("invalid link local IP address: {text}");
            return Err(NetworkError::Invalid(words));
        }
    }
    Ok(())
}

/// Takes a place's addresses: those that were asked for, or the next.
fn addresses(
    network: &mut Network,
    endpoint: &Endpoint,
) -> Result<(Option<Subnet>, Option<Subnet>), NetworkError> {
    let wanted = endpoint.ipam_config.as_ref();
    let wanted_of = |family| {
        let text = match family {
            Family::V4 => &wanted?.ipv4_address,
            Family::V6 => &wanted?.ipv6_address,
        };
        text.parse::<IpAddr>().ok()
    };
    let mut given = [None, None];
    let families = [
        (Family::V4, network.enable_ipv4),
        (Family::V6, network.enable_ipv6),
    ];
    for (at, (family, enabled)) in families.into_iter().enumerate() {
        if !enabled || network.has_no_addresses() {
            continue;
        }
        match network.take_address(family, wanted_of(family)) {
            Ok(address) => given[at] = Some(address),
            Err(error) => {
                for taken in given.into_iter().flatten() {
                    network.give_back(taken.address());
                }
                return Err(match error {
                    AddressError::Exhausted => NetworkError::Exhausted {
                        family,
                        name: network.name.clone(),
                        id: network.id,
                    },
                    other => other.into(),
                });
            }
        }
    }
    let [ipv4, ipv6] = given;
    Ok((ipv4, ipv6))
}

/// A hardware address that nobody's vendor gave, for one machine.
fn mac_of(chance: ObjectId) -> String {
    let mut bytes = chance.bytes();
    bytes[0] = bytes[0] & !1 | 2;
    let pairs: Vec<String> = bytes[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    pairs.join(":")
}
