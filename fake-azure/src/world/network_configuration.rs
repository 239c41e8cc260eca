//! The network configuration: all virtual networks of a subscription in one document.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::names::{key, same};
use super::network::{Prefix, Subnet, VirtualNetwork};
use super::operation::OperationId;
use super::service::Place;
use super::{Refusal, SubscriptionId, World};

/// What the network configuration holds besides the virtual networks.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NetworkConfiguration {
    /// DNS servers by name and address.
    pub dns_servers: Vec<(String, String)>,
    /// Networks elsewhere.
    pub local_sites: Vec<LocalSite>,
}

/// A network elsewhere, which a gateway may lead to.
#[derive(Clone, Debug, Serialize)]
pub struct LocalSite {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub address_space: Vec<Prefix>,
    /// The address of its own gateway.
    pub gateway_address: Option<String>,
}

/// A virtual network as a new configuration tells it.
#[derive(Clone, Debug)]
pub struct NewVirtualNetwork {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Its address space.
    pub address_space: Vec<Prefix>,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
    /// The names of its DNS servers.
    pub dns_servers: Vec<String>,
    /// Its gateway, as lines.
    pub gateway: Vec<String>,
}

impl World {
    /// The network configuration; none before the first was set.
    pub fn network_configuration(
        &self,
        subscription: &SubscriptionId,
    ) -> Option<&NetworkConfiguration> {
        self.subscription(subscription)?
            .network_configuration
            .as_ref()
    }

    /// Replaces the whole network configuration.
    pub fn set_network_configuration(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        configuration: NetworkConfiguration,
        networks: Vec<NewVirtualNetwork>,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        unique(
            "DnsServer",
            configuration.dns_servers.iter().map(|(name, _)| name),
        )?;
        unique(
            "LocalNetworkSite",
            configuration.local_sites.iter().map(|site| &site.name),
        )?;
        unique("VirtualNetworkSite", networks.iter().map(|site| &site.name))?;
        let mut sites = BTreeMap::new();
        for (position, new) in networks.into_iter().enumerate() {
            let site = self.plan_network(subscription, &configuration, new, position)?;
            sites.insert(key(&site.name), site);
        }
        for old in self.virtual_networks(subscription) {
            if !self.network_in_use(subscription, &old.name) {
                continue;
            }
            let kept = sites
                .get(&key(&old.name))
                .is_some_and(|site: &VirtualNetwork| {
                    self.is_same_place(subscription, &site.place, &old.place)
                        && old
                            .address_space
                            .iter()
                            .all(|b| site.address_space.contains(b))
                        && old.subnets.iter().all(|subnet| {
                            site.subnets
                                .iter()
                                .any(|s| same(&s.name, &subnet.name) && s.prefix == subnet.prefix)
                        })
                });
            if !kept {
                return Err(Refusal::bad_request(format!(
                    "The virtual network {} is in use: it cannot be removed, moved or lose addresses or a subnet.",
                    old.name
                )));
            }
        }
        let held = self.subscription_mut(subscription)?;
        // What stands before a subnet goes with it.
        held.subnet_links.retain(|(network, subnet), _| {
            let site = sites.get(network);
            site.is_some_and(|site| site.subnets.iter().any(|s| key(&s.name) == *subnet))
        });
        held.virtual_networks = sites;
        held.network_configuration = Some(configuration);
        self.accept(
            subscription,
            id,
            "Set Network Configuration",
            30,
            None,
            None,
            now,
        )
    }

    /// Whether two places are the same region, or the same affinity group.
    fn is_same_place(&self, subscription: &SubscriptionId, one: &Place, other: &Place) -> bool {
        match (one, other) {
            (Place::Location(_), Place::Location(_)) => {
                self.region_of(subscription, one) == self.region_of(subscription, other)
            }
            (Place::AffinityGroup(one), Place::AffinityGroup(other)) => same(one, other),
            _ => false,
        }
    }

    fn plan_network(
        &mut self,
        subscription: &SubscriptionId,
        configuration: &NetworkConfiguration,
        new: NewVirtualNetwork,
        position: usize,
    ) -> Result<VirtualNetwork, Refusal> {
        let at =
            |what: &str| Refusal::parameter(format!("VirtualNetworkSite `{}`: {what}", new.name));
        if new.name.is_empty() || new.name.len() > 256 {
            return Err(at("its name has 1 to 256 characters"));
        }
        self.region_of(subscription, &new.place)?;
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
                .find(|(known, _)| same(known, name));
            dns_servers.push(
                server
                    .ok_or_else(|| at(&format!("there is no DNS server `{name}`")))?
                    .clone(),
            );
        }
        let id = match self.virtual_network(subscription, &new.name) {
            Ok(known) => known.id.clone(),
            Err(_) => self.chance.guid(),
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
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(key(name)) {
            return Err(Refusal::conflict(format!(
                "The {what} name {name} is used more than once in the network configuration."
            )));
        }
    }
    Ok(())
}
