//! The network configuration: all virtual networks of a subscription in one document.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::network::{Gateway, Subnet, VirtualNetwork};
use super::service::Place;
use super::view::View;
use crate::world::address::Prefix;
use crate::world::names::Name;
use crate::world::spelling::Index;

/// What the network configuration holds besides the virtual networks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NetworkConfiguration {
    /// DNS servers by name and address.
    pub dns_servers: Vec<(Name, String)>,
    /// Networks elsewhere.
    pub local_sites: Vec<LocalSite>,
}

/// A network elsewhere, which a gateway may lead to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalSite {
    /// Its name.
    pub name: Name,
    /// Its addresses.
    pub address_space: Vec<Prefix>,
    /// The address of its own gateway.
    pub gateway_address: Option<Ipv4Addr>,
}

/// A virtual network as a new configuration tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewVirtualNetwork {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub place: Place,
    /// Its address space.
    pub address_space: Vec<Prefix>,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
    /// The names of its DNS servers.
    pub dns_servers: Vec<Name>,
    /// Its gateway, where it is to have one.
    pub gateway: Option<Gateway>,
}

/// What can be asked about the network configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Replace the whole of it.
    Set {
        /// What it holds besides the virtual networks.
        configuration: NetworkConfiguration,
        /// The virtual networks.
        networks: Vec<NewVirtualNetwork>,
    },
}

impl<'w> View<'w> {
    /// The network configuration; none before the first was set.
    pub fn network_configuration(self) -> Option<&'w NetworkConfiguration> {
        self.held?.network_configuration.as_ref()
    }

    /// Whether two places are the same region, or the same affinity group.
    fn is_same_place(self, one: &Place, other: &Place) -> bool {
        match (one, other) {
            (Place::Location(_), Place::Location(_)) => {
                self.region_of(one) == self.region_of(other)
            }
            (Place::AffinityGroup(one), Place::AffinityGroup(other)) => one == other,
            _ => false,
        }
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let Self::Set {
            configuration,
            networks,
        } = self;
        set(scope, configuration, networks)
    }
}

fn set(
    scope: &mut Scope<'_>,
    configuration: NetworkConfiguration,
    networks: Vec<NewVirtualNetwork>,
) -> Result<Decided, Refusal> {
    unique(
        "DnsServer",
        configuration.dns_servers.iter().map(|(name, _)| name),
    )?;
    unique(
        "LocalNetworkSite",
        configuration.local_sites.iter().map(|site| &site.name),
    )?;
    unique("VirtualNetworkSite", networks.iter().map(|site| &site.name))?;
    let mut sites = Index::default();
    for (position, new) in networks.into_iter().enumerate() {
        let site = plan_network(scope, &configuration, new, position)?;
        sites.put(site);
    }
    for old in scope.virtual_networks() {
        if !scope.network_in_use(&old.name) {
            continue;
        }
        let kept = sites.get(&old.name).is_some_and(|site: &VirtualNetwork| {
            scope.is_same_place(&site.place, &old.place)
                && old
                    .address_space
                    .iter()
                    .all(|b| site.address_space.contains(b))
                && old.subnets.iter().all(|subnet| {
                    site.subnets
                        .iter()
                        .any(|s| s.name == subnet.name && s.prefix == subnet.prefix)
                })
        });
        if !kept {
            return Err(Refusal::NetworkInUse(old.name.clone()));
        }
    }
    Ok(
        Decided::accepted("Set Network Configuration", 30).change(Change::Networks {
            sites,
            configuration,
        }),
    )
}

fn plan_network(
    scope: &mut Scope<'_>,
    configuration: &NetworkConfiguration,
    new: NewVirtualNetwork,
    position: usize,
) -> Result<VirtualNetwork, Refusal> {
    let at = |what: &str| Refusal::parameter(format!("VirtualNetworkSite `{}`: {what}", new.name));
    if new.name.is_empty() || new.name.len() > 256 {
        return Err(at("its name has 1 to 256 characters"));
    }
    scope.region_of(&new.place)?;
    if new.address_space.is_empty() {
        return Err(at("it has no address space"));
    }
    for (n, block) in new.address_space.iter().enumerate() {
        if let Some(other) = new.address_space[..n]
            .iter()
            .find(|other| other.overlaps(*block))
        {
            return Err(at(&format!("the blocks {other} and {block} overlap")));
        }
    }
    unique("Subnet", new.subnets.iter().map(|subnet| &subnet.name))?;
    for (n, subnet) in new.subnets.iter().enumerate() {
        if !new
            .address_space
            .iter()
            .any(|block| block.holds(subnet.prefix))
        {
            return Err(at(&format!(
                "subnet `{}` is outside of its address space",
                subnet.name
            )));
        }
        if let Some(other) = new.subnets[..n]
            .iter()
            .find(|other| other.prefix.overlaps(subnet.prefix))
        {
            return Err(at(&format!(
                "subnets `{}` and `{}` overlap",
                other.name, subnet.name
            )));
        }
    }
    let mut dns_servers = Vec::new();
    for name in &new.dns_servers {
        let server = configuration
            .dns_servers
            .iter()
            .find(|(known, _)| *known == *name);
        dns_servers.push(
            server
                .ok_or_else(|| at(&format!("there is no DNS server `{name}`")))?
                .clone(),
        );
    }
    let id = match scope.virtual_network(&new.name) {
        Ok(known) => known.id.clone(),
        Err(_) => scope.draw.chance.guid(),
    };
    Ok(VirtualNetwork {
        id,
        place: new.place,
        address_space: new.address_space,
        subnets: new.subnets,
        dns_servers,
        gateway: new.gateway,
        position,
        name: new.name,
    })
}

fn unique<'a>(what: &'static str, names: impl Iterator<Item = &'a Name>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Refusal::TwiceInNetworks {
                what: what.into(),
                name: name.clone(),
            });
        }
    }
    Ok(())
}
