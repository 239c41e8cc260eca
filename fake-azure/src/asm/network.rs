//! Virtual networks.

use std::net::Ipv4Addr;

use crate::world::{Gateway, Name, Place};

use super::route::{Route, routes};
use super::writer::{Xml, element, text};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/networking";
    GET "/virtualnetwork": "List Virtual Network Sites" => sites;
    POST "/virtualnetwork/{network}/migration": "Migrate Virtual Network";
    POST "/{network}/migration": "Migrate Virtual Network";
    GET "/{network}" if "op" = "checkavailability": "Check Static IP Availability" => check_address;
};

/// What a gateway is of which nothing else was said.
const PROFILE: &str = "Small";

/// List Virtual Network Sites.
pub(crate) fn sites(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let sites = call.here().virtual_networks().map(|network| {
        let used = call.here().network_in_use(&network.name);
        let prefixes = network
            .address_space
            .iter()
            .map(|prefix| text("AddressPrefix", prefix));
        let subnets = network.subnets.iter().map(|subnet| {
            let links = call
                .here()
                .subnet_links(&network.name, &subnet.name)
                .ok()
                .flatten();
            element("Subnet")
                .text("Name", &subnet.name)
                .text("AddressPrefix", subnet.prefix)
                .maybe_text(
                    "NetworkSecurityGroup",
                    links.and_then(|l| l.security_group.as_deref()),
                )
                .maybe_text(
                    "RouteTableName",
                    links.and_then(|l| l.route_table.as_deref()),
                )
        });
        let servers = network.dns_servers.iter().map(|(name, address)| {
            element("DnsServer")
                .text("Name", name)
                .text("Address", address)
        });
        let dns = (!network.dns_servers.is_empty())
            .then(|| element("Dns").with(element("DnsServers").all(servers)));
        let (group, location) = match &network.place {
            Place::AffinityGroup(name) => (Some(name), None),
            Place::Location(name) => (None, Some(name)),
        };
        element("VirtualNetworkSite")
            .text("Name", &network.name)
            .text("Id", &network.id)
            .maybe_text("AffinityGroup", group)
            .text("State", "Created")
            .maybe_text("InUse", used.then_some("true"))
            .with(element("AddressSpace").with(element("AddressPrefixes").all(prefixes)))
            .with(element("Subnets").all(subnets))
            .maybe(dns)
            .maybe(network.gateway.as_ref().map(|told| gateway(call, told)))
            .maybe_text("Location", location)
    });
    Ok(Answer::Document(element("VirtualNetworkSites").all(sites)))
}

/// A gateway, with what is known of the networks that it leads to.
fn gateway(call: &Call<'_>, gateway: &Gateway) -> Xml {
    let configuration = call.here().network_configuration();
    let connections = gateway.connections.iter().flatten();
    let sites = connections.filter_map(|connection| {
        let known = &configuration?.local_sites;
        let site = known.iter().find(|site| site.name == connection.site)?;
        let prefixes = site.address_space.iter();
        let prefixes = prefixes.map(|prefix| text("AddressPrefix", prefix));
        let kinds = connection.kinds.iter();
        let kinds = kinds.map(|kind| element("Connection").text("Type", kind));
        let site = element("LocalNetworkSite")
            .text("Name", &site.name)
            .with(element("AddressSpace").with(element("AddressPrefixes").all(prefixes)))
            .maybe_text("VpnGatewayAddress", site.gateway_address)
            .with(element("Connections").all(kinds));
        Some(site)
    });
    let pool = gateway.client_pool.iter().flatten();
    let pool = pool.map(|prefix| text("AddressPrefix", prefix));
    let profile = gateway.profile.as_ref().map_or(PROFILE, Name::as_str);
    element("Gateway")
        .text("Profile", profile)
        .with(element("Sites").all(sites.collect::<Vec<_>>()))
        .with(element("VPNClientAddressPool").with(element("AddressPrefixes").all(pool)))
        .with(element("VnetNames"))
}

/// Check Static IP Availability.
pub(crate) fn check_address(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let network = call.here().virtual_network(call.name(0))?;
    let asked = call.parameter("address").unwrap_or_default();
    let address: Ipv4Addr = asked
        .parse()
        .map_err(|_| Refused::query(format!("address: `{asked}`")))?;
    let Some(subnet) = network.subnets.iter().find(|s| s.prefix.contains(address)) else {
        return Err(Refused::parameter(format!(
            "address: `{asked}` is in no subnet of {}",
            network.name
        )));
    };
    let taken = call.here().addresses_in(&network.name);
    let document = element("AddressAvailabilityResponse");
    if !taken.contains(&address) && !subnet.prefix.keeps(address) {
        return Ok(Answer::Document(document.text("IsAvailable", true)));
    }
    let others = (0..)
        .map_while(|n| subnet.prefix.nth(n))
        .filter(|a| !subnet.prefix.keeps(*a) && !taken.contains(a))
        .take(5)
        .map(|a| text("AvailableAddress", a));
    let document = document
        .text("IsAvailable", false)
        .with(element("AvailableAddresses").all(others));
    Ok(Answer::Document(document))
}
