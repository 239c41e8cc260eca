//! What a container was asked to be in a network: is it possible, and what is it called there.

use std::net::IpAddr;

use super::Networks;
use crate::state::container::Container;
use crate::state::endpoint::{Endpoint, EndpointAddresses};
use crate::state::network::Network;
use crate::state::network::error::NetworkError;
use crate::state::network::ipam::{IpamConfig, joined};
use crate::state::network::mode::NetworkMode;
use crate::state::subnet::Family;

const SYSCTLS: &str = "com.docker.network.endpoint.sysctls";

impl Networks {
    /// Refuses what a container that is to be made cannot be in its networks. A network that is
    /// not there may come.
    ///
    /// # Errors
    /// The sentence, of all mistakes.
    pub fn check_endpoints<'a>(
        &self,
        endpoints: impl IntoIterator<Item = (&'a String, Option<&'a Endpoint>)>,
    ) -> Result<(), NetworkError> {
        let mut mistakes = Vec::new();
        for (name, endpoint) in endpoints {
            let outcome = match endpoint {
                Some(endpoint) => check(self.find(name).ok(), name, endpoint),
                None => Err("EndpointsConfig is nil".to_owned()),
            };
            if let Err(why) = outcome {
                mistakes.push(format!("invalid config for network {name}: {why}"));
            }
        }
        match joined(&mistakes) {
            Some(mistakes) => Err(NetworkError::Invalid(mistakes)),
            None => Ok(()),
        }
    }

    /// Writes down the network that a container is to be in when nothing was said of its place
    /// there, and networks that were named by identifier by their names.
    pub fn settle(&self, container: &mut Container) {
        let mode = NetworkMode(&container.host.network_mode);
        let Some(wanted) = mode.network() else {
            container.networks.clear();
            return;
        };
        if container.config.network_disabled {
            container.networks.clear();
            return;
        }
        let network = mode.is_user_defined().then(|| self.find(wanted).ok());
        let network = network.flatten();
        let name = network.map_or(wanted, |network| &network.name).to_owned();
        if container.networks.is_empty() {
            container.networks.insert(name, Box::default());
            return;
        }
        let id = network.map(|network| network.id.to_string());
        if !container.networks.contains_key(&name)
            && let Some(endpoint) = id.and_then(|id| container.networks.remove(&id))
        {
            container.networks.insert(name, endpoint);
        }
    }

    /// Gives a running container's places its new name.
    pub fn rename(&mut self, container: &mut Container) {
        let names: Vec<String> = container.networks.keys().cloned().collect();
        for name in names {
            let Some(network) = self.all.named(&name) else {
                continue;
            };
            let Some(network) = self.all.get_mut(network) else {
                continue;
            };
            if let Some(member) = network.members.get_mut(&container.id) {
                member.name.clone_from(&container.name);
            }
            if network.is_user_defined() {
                let aliases = container.networks.get(&name);
                let aliases = aliases.and_then(|endpoint| endpoint.aliases.as_deref());
                let names = dns_names(container, aliases.unwrap_or_default());
                if let Some(endpoint) = container.networks.get_mut(&name) {
                    endpoint.dns_names = Some(names);
                }
            }
        }
    }
}

/// The names by which others in a network that somebody made find a container.
pub(super) fn dns_names(container: &Container, aliases: &[String]) -> Vec<String> {
    let mut names = vec![container.name.clone()];
    names.extend(aliases.iter().cloned());
    names.push(container.id.short());
    names.push(container.host_name.clone());
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| !name.is_empty() && seen.insert(name.clone()));
    names
}

/// Refuses what a container cannot be in a network; the sentence, of all mistakes.
pub(super) fn check(
    network: Option<&Network>,
    name: &str,
    endpoint: &Endpoint,
) -> Result<(), String> {
    let mut mistakes = Vec::new();
    let none = EndpointAddresses::default();
    let wanted = endpoint.ipam_config.as_ref().unwrap_or(&none);
    let asks = !wanted.ipv4_address.is_empty() || !wanted.ipv6_address.is_empty();
    if !NetworkMode(name).is_user_defined() {
        if asks {
            mistakes.push(
                "user specified IP address is supported on user defined networks only".to_owned(),
            );
        }
        if endpoint
            .aliases
            .as_ref()
            .is_some_and(|aliases| !aliases.is_empty())
        {
            mistakes.push(
                "network-scoped alias is supported only for containers in user defined networks"
                    .to_owned(),
            );
        }
    }
    mistakes.extend(mistakes_of(wanted));
    if let Some(network) = network {
        let wanted = [
            (Family::V4, &wanted.ipv4_address),
            (Family::V6, &wanted.ipv6_address),
        ];
        mistakes.extend(wanted.iter().filter_map(|(family, address)| {
            is_of_a_wanted_subnet(network, *family, address).err()
        }));
    }
    if !endpoint.mac_address.is_empty() && hardware_address(&endpoint.mac_address).is_none() {
        return Err(format!("invalid MAC address {}", endpoint.mac_address));
    }
    let options = endpoint.driver_opts.as_ref();
    if let Some(sysctls) = options.and_then(|options| options.get(SYSCTLS)) {
        mistakes.extend(sysctls.split(',').filter_map(mistake_of_sysctl));
    }
    match joined(&mistakes) {
        Some(mistakes) => Err(format!("invalid endpoint settings:\n{mistakes}")),
        None => Ok(()),
    }
}

fn mistakes_of(wanted: &EndpointAddresses) -> Vec<String> {
    let is = |text: &str, family: Option<Family>| {
        text.parse::<IpAddr>().is_ok_and(|address| {
            let right = family.is_none_or(|family| Family::of(address) == family);
            right && !address.is_unspecified()
        })
    };
    let mut mistakes = Vec::new();
    let (v4, v6) = (&wanted.ipv4_address, &wanted.ipv6_address);
    if !v4.is_empty() && !is(v4, Some(Family::V4)) {
        mistakes.push(format!("invalid IPv4 address: {v4}"));
    }
    if !v6.is_empty() && !is(v6, Some(Family::V6)) {
        mistakes.push(format!("invalid IPv6 address: {v6}"));
    }
    for address in wanted.link_local_ips.iter().flatten() {
        if !is(address, None) {
            mistakes.push(format!("invalid link-local IP address: {address}"));
        }
    }
    mistakes
}

fn is_of_a_wanted_subnet(network: &Network, family: Family, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let address: Option<IpAddr> = text.parse().ok();
    let mut subnets = network.ipam.subnets_of(family).peekable();
    if subnets.peek().is_none() {
        return Err("user specified IP address is supported only when connecting to networks with user configured subnets".to_owned());
    }
    let mut blocks = subnets.filter_map(IpamConfig::block);
    if blocks.any(|block| address.is_some_and(|address| block.contains(address))) {
        Ok(())
    } else {
        Err(format!(
            "no configured subnet or ip-range contain the IP address {text}"
        ))
    }
}

fn mistake_of_sysctl(sysctl: &str) -> Option<String> {
    let parts: Vec<&str> = sysctl.splitn(5, '.').collect();
    let is_right = parts.len() == 5
        && matches!(parts[1], "ipv4" | "ipv6" | "mpls")
        && matches!(parts[3], "IFNAME" | "ifname");
    (!is_right).then(|| {
        format!(
            "unrecognised network interface sysctl '{sysctl}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'"
        )
    })
}

/// Reads a hardware address in any writing that Go reads, and writes it as the engine does.
pub(super) fn hardware_address(text: &str) -> Option<String> {
    let group = match text.find([':', '-', '.'])? {
        2 if !text.contains('.') => 2,
        4 if text.contains('.') => 4,
        _ => return None,
    };
    let separator = text.chars().find(|c| matches!(c, ':' | '-' | '.'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let is_hex =
        |part: &&str| part.len() == group && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = parts.len() * group / 2;
    if !parts.iter().all(is_hex) || !matches!(bytes, 6 | 8 | 20) {
        return None;
    }
    let digits = parts.concat().to_ascii_lowercase();
    let pairs: Vec<&str> = (0..bytes)
        .filter_map(|at| digits.get(2 * at..2 * at + 2))
        .collect();
    Some(pairs.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_addresses_are_read_in_three_writings() {
        for text in ["02:42:AC:11:00:02", "02-42-ac-11-00-02", "0242.ac11.0002"] {
            assert_eq!(
                hardware_address(text).unwrap(),
                "02:42:ac:11:00:02",
                "{text}"
            );
        }
        for text in [
            "",
            "x",
            "02:42",
            "02:42:ac:11:00",
            "02:42:ac:11:00:0g",
            "02:42:ac:11:00:2",
            "0242ac110002",
            "02:42-ac:11:00:02",
            "0:42:ac:11:00:02",
            "0242.ac11",
        ] {
            assert_eq!(hardware_address(text), None, "{text}");
        }
    }
}
