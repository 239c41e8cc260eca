//! The network of a machine: subnets, addresses inside, endpoints and their public ports.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::Refusal;
use super::decision::Scope;
use super::deployment::Deployment;
use super::network::VirtualNetwork;
use super::refusal::{Clash, Twice};
use super::role::{Endpoint, NewEndpoint, NewNetwork, Role};
use super::view::View;
use crate::world::names::Name;

/// How many input endpoints the machines of a deployment may have together.
const MOST_ENDPOINTS: usize = 150;

/// The first port that the service gives to an endpoint without one.
const FIRST_OWN_PORT: u16 = 49152;

/// Which address a machine is to have inside.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AddressWish<'a> {
    /// In one of these subnets; in any of the network's when there are none.
    pub(crate) subnets: &'a [Name],
    /// This one and no other.
    pub(crate) fixed: Option<Ipv4Addr>,
    /// The one that it has already, which is not taken.
    pub(crate) own: Option<Ipv4Addr>,
    /// None of these, which were given to the same machine just now.
    pub(crate) beside: &'a [Ipv4Addr],
}

impl View<'_> {
    /// Checks subnets and the fixed address; the machine's address when it is in a network.
    /// What it has already (`own`) is not taken.
    pub(super) fn check_subnets(
        self,
        deployment: &Deployment,
        network: &NewNetwork,
        own: Option<Ipv4Addr>,
    ) -> Result<Option<Ipv4Addr>, Refusal> {
        if deployment.virtual_network.is_some() {
            let wish = AddressWish {
                subnets: &network.subnets,
                fixed: network.static_ip,
                own,
                beside: &[],
            };
            return self.inner_address(deployment, &wish).map(Some);
        }
        let outside = |what: &'static str, which: String| {
            Err(Refusal::NoVirtualNetwork {
                what: what.into(),
                which,
            })
        };
        if let Some(subnet) = network.subnets.first() {
            return outside("A subnet", subnet.to_string());
        }
        match network.static_ip {
            Some(address) => outside("A static address", address.to_string()),
            None => Ok(None),
        }
    }

    /// An address inside for a machine: the fixed one, or the first free one of its subnet.
    pub(crate) fn inner_address(
        self,
        deployment: &Deployment,
        wish: &AddressWish<'_>,
    ) -> Result<Ipv4Addr, Refusal> {
        let AddressWish {
            subnets,
            fixed,
            own,
            beside,
        } = *wish;
        let Some(name) = &deployment.virtual_network else {
            // Outside of any network the service gives what it has; the machine's serial will do.
            let n = u32::try_from(self.world.ground.sources.serials() % 0x00ff_fff0)
                .unwrap_or_default();
            return Ok(Ipv4Addr::from(0x0a00_0004 + n));
        };
        let site = self.virtual_network(name)?;
        let mut blocks = Vec::new();
        for wanted in subnets {
            blocks.push(subnet(site, wanted)?.prefix);
        }
        if blocks.is_empty() {
            blocks.extend(site.subnets.iter().map(|s| s.prefix));
        }
        let mut taken = self.addresses_in(name);
        taken.extend(deployment.inner_addresses());
        if let Some(own) = own {
            taken.remove(&own);
        }
        taken.extend(beside);
        if let Some(address) = fixed {
            if !blocks.iter().any(|b| b.contains(address)) {
                return Err(Refusal::AddressOutside(address));
            }
            if blocks.iter().any(|b| b.keeps(address)) {
                return Err(Refusal::AddressKept(address));
            }
            if taken.contains(&address) {
                return Err(Refusal::AddressInUse(address));
            }
            return Ok(address);
        }
        let free = blocks.iter().find_map(|block| {
            (0..)
                .map_while(|n| block.nth(n))
                .find(|address| !block.keeps(*address) && !taken.contains(address))
        });
        free.ok_or_else(|| Refusal::NetworkFull(name.clone()))
    }

    /// The addresses that machines and load balancers have in a virtual network.
    pub(crate) fn addresses_in(self, network: &str) -> BTreeSet<Ipv4Addr> {
        self.services()
            .filter_map(|s| s.deployment.as_ref())
            .filter(|d| d.virtual_network.as_ref().is_some_and(|n| *n == *network))
            .flat_map(Deployment::inner_addresses)
            .collect()
    }
}

/// An address for a machine that is in no network.
pub(super) fn any_address(scope: &mut Scope<'_>) -> Ipv4Addr {
    let n = scope.draw.chance.below(0x003f_ff00);
    Ipv4Addr::from(0x6440_0004 + n)
}

/// The subnet of this name.
pub(super) fn subnet<'a>(
    site: &'a VirtualNetwork,
    name: &str,
) -> Result<&'a super::Subnet, Refusal> {
    site.subnets
        .iter()
        .find(|s| s.name == *name)
        .ok_or_else(|| Refusal::NoSubnet {
            network: site.name.clone(),
            subnet: name.into(),
        })
}

/// Names and public ports of endpoints, each name once; sorted by name, as the service does.
pub(super) fn name_endpoints(
    new: Vec<NewEndpoint>,
    deployment: &Deployment,
) -> Result<Vec<Endpoint>, Refusal> {
    let others = || deployment.roles.iter().flat_map(|r| &r.endpoints);
    let mut taken: BTreeSet<u16> = others().map(|e| e.port).collect();
    taken.extend(new.iter().filter_map(|e| e.port));
    let mut endpoints: Vec<Endpoint> = Vec::with_capacity(new.len());
    if others().count() + new.len() > MOST_ENDPOINTS {
        return Err(Refusal::ManyEndpoints(MOST_ENDPOINTS));
    }
    for wanted in new {
        if let Some(balancer) = &wanted.settings.load_balancer {
            deployment.load_balancer(balancer)?;
        }
        let set = wanted.settings.load_balanced_set.as_ref();
        let port = match wanted.port {
            Some(port) => port,
            None => (FIRST_OWN_PORT..=u16::MAX)
                .find(|port| !taken.contains(port))
                .ok_or(Refusal::NoPort)?,
        };
        taken.insert(port);
        let name = wanted.name.unwrap_or_else(|| {
            format!(
                "{}-{port}-{}",
                wanted.settings.protocol, wanted.settings.local_port
            )
            .into()
        });
        if endpoints.iter().any(|e| e.name == name) {
            return Err(Refusal::TwiceInRole {
                what: Twice::Endpoint,
                name,
            });
        }
        if let Some(set) = set {
            let in_set = |e: &&Endpoint| {
                let other = e.settings.load_balanced_set.as_ref();
                other.is_some_and(|other| other == set)
            };
            if endpoints.iter().any(|e| in_set(&e)) {
                return Err(Refusal::TwiceInRole {
                    what: Twice::LoadBalancedSet,
                    name: set.clone(),
                });
            }
            let differs = |e: &Endpoint| {
                (e.port, e.settings.protocol) != (port, wanted.settings.protocol)
                    || e.settings.load_balancer != wanted.settings.load_balancer
            };
            let member = others().find(in_set);
            if let (Some(member), Some(probe)) = (member, &wanted.settings.probe)
                && member.settings.probe.as_ref() != Some(probe)
            {
                return Err(Refusal::SetDiffers {
                    set: set.clone(),
                    in_probe: true,
                });
            }
            if member.is_some_and(differs) {
                return Err(Refusal::SetDiffers {
                    set: set.clone(),
                    in_probe: false,
                });
            }
        }
        endpoints.push(Endpoint {
            name,
            port,
            settings: wanted.settings,
        });
    }
    endpoints.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(endpoints)
}

/// The refusal of a public port that two endpoints of a deployment want for the same protocol,
/// or of a port inside that two endpoints of a machine want.
///
/// Endpoints of one load-balanced set share theirs, and internal load balancers have ports of
/// their own.
pub(super) fn port_clash<'a>(roles: impl Iterator<Item = &'a Role>) -> Option<Clash> {
    let mut seen = BTreeSet::new();
    let mut sets = BTreeSet::new();
    let mut local = None;
    let endpoints = roles.flat_map(|role| {
        local = local.take().or_else(|| local_clash(role));
        &role.endpoints
    });
    for endpoint in endpoints {
        let settings = &endpoint.settings;
        let port = (
            settings.load_balancer.as_ref(),
            settings.protocol,
            endpoint.port,
        );
        let set = settings.load_balanced_set.as_ref();
        let shared = set.is_some() && !sets.insert((set, port));
        if !seen.insert(port) && !shared {
            return Some(Clash::Port(endpoint.port));
        }
    }
    local
}

/// The refusal of a port inside that two endpoints of a machine want for the same protocol.
fn local_clash(role: &Role) -> Option<Clash> {
    let mut seen = BTreeSet::new();
    let twice = role.endpoints.iter().find(|endpoint| {
        let settings = &endpoint.settings;
        let balancer = settings.load_balancer.as_ref();
        !seen.insert((balancer, settings.protocol, settings.local_port))
    })?;
    Some(Clash::LocalPort {
        port: twice.settings.local_port,
        endpoint: twice.name.clone(),
    })
}
