//! What is known of a network and of a place in it while somebody is there.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::process::network::Ports;
use crate::small_map::SmallMap;
use crate::state::container::Container;
use crate::state::endpoint::Endpoint;
use crate::state::id::ObjectId;
use crate::state::network::Network;
use crate::state::subnet::{Family, Subnet};

/// A network with somebody in it.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) is_user_defined: bool,
    pub(super) lets_members_talk: bool,
    pub(super) subnets: Vec<Subnet>,
    pub(super) gateways: Vec<IpAddr>,
    pub(super) addresses: HashMap<IpAddr, ObjectId>,
    /// Who has a name here, in lower case.
    pub(super) names: HashMap<String, Vec<ObjectId>>,
}

/// A container that runs.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) ports: Ports,
    /// Its places, in the order of its interfaces.
    pub(super) plugs: Vec<Plug>,
}

/// A place in a network.
#[derive(Debug)]
pub(super) struct Plug {
    pub(super) network: ObjectId,
    pub(super) addresses: Vec<Subnet>,
    pub(super) mac: String,
    /// Whether something leads out of the network.
    pub(super) leads_out: bool,
    pub(super) names: Vec<String>,
    /// The names that it gave to others, in lower case, with theirs.
    pub(super) links: SmallMap<String, String>,
}

impl Segment {
    pub(super) fn of(network: &Network) -> Self {
        let pools = network.pools.iter();
        Self {
            name: network.name.clone(),
            is_user_defined: network.is_user_defined(),
            lets_members_talk: network.lets_members_talk(),
            subnets: pools.clone().map(|pool| pool.addresses.subnet()).collect(),
            gateways: pools.filter_map(|pool| pool.gateway).collect(),
            addresses: HashMap::new(),
            names: HashMap::new(),
        }
    }

    /// These names are a container's no more.
    pub(super) fn forget(&mut self, names: &[String], container: ObjectId) {
        for name in names {
            if let Some(named) = self.names.get_mut(name) {
                named.retain(|other| *other != container);
                if named.is_empty() {
                    self.names.remove(name);
                }
            }
        }
    }

    /// The name of its bridge on the host.
    pub(super) fn interface(&self, id: ObjectId) -> String {
        if self.is_user_defined {
            format!("br-{}", id.short())
        } else {
            "docker0".to_owned()
        }
    }

    pub(super) fn has(&self, address: IpAddr) -> bool {
        self.subnets.iter().any(|subnet| subnet.contains(address))
    }
}

impl Plug {
    pub(super) fn of(container: &Container, network: &Network, place: &Endpoint) -> Self {
        let subnet = |address: &str, prefix| Subnet::new(address.parse().ok()?, prefix);
        let addresses = [
            subnet(&place.ip_address, place.ip_prefix_len),
            subnet(&place.global_ipv6_address, place.global_ipv6_prefix_len),
        ];
        let id = [container.id.to_string()];
        // Where names lead nowhere none are kept.
        let names = place.dns_names.iter().flatten().chain(&id);
        let names = names.filter(|_| network.is_user_defined());
        let links = place.links.iter().flatten().map(|link| {
            let (name, alias) = link.split_once(':').unwrap_or((link, link));
            (alias.to_ascii_lowercase(), name.to_ascii_lowercase())
        });
        let mut addresses: Vec<Subnet> = addresses.into_iter().flatten().collect();
        addresses.shrink_to_fit();
        Self {
            network: network.id,
            addresses,
            mac: place.mac_address.clone(),
            leads_out: network.gateway(Family::V4).is_some(),
            names: names.map(|name| name.to_ascii_lowercase()).collect(),
            links: links.collect(),
        }
    }

    pub(super) fn has(&self, address: IpAddr) -> bool {
        self.addresses
            .iter()
            .any(|subnet| subnet.address() == address)
    }

    /// Its address of the same version as another.
    pub(super) fn address_beside(&self, other: IpAddr) -> Option<IpAddr> {
        let mut addresses = self.addresses.iter().map(|subnet| subnet.address());
        addresses.find(|address| address.is_ipv4() == other.is_ipv4())
    }
}
