//! Virtual networks and reserved addresses.

use std::net::Ipv4Addr;

use crate::world::names::check_label;
use crate::world::reserved_ip::Command;
use crate::world::{DeploymentPath, Place, ReservedIp, VirtualNetwork};

use super::writer::{Xml, element, text};
use super::{Answer, Call, Refused};

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
            .maybe(gateway(call, network))
            .maybe_text("Location", location)
    });
    Ok(Answer::Document(element("VirtualNetworkSites").all(sites)))
}

/// A gateway, out of the lines of the network configuration.
fn gateway(call: &Call<'_>, network: &VirtualNetwork) -> Option<Xml> {
    let quoted = |line: &str, before: &str| {
        let (_, rest) = line.split_once(before)?;
        let (name, _) = rest.split_once('"')?;
        quick_xml::escape::unescape(name)
            .ok()
            .map(std::borrow::Cow::into_owned)
    };
    if network.gateway.is_empty() {
        return None;
    }
    let lines = || network.gateway.iter();
    let kinds: Vec<String> = lines()
        .filter_map(|line| quoted(line, "<Connection type=\""))
        .collect();
    let configuration = call.here().network_configuration();
    let named = lines().filter_map(|line| quoted(line, "<LocalNetworkSiteRef name=\""));
    let sites = named.enumerate().filter_map(|(n, name)| {
        let known = configuration?.local_sites.iter();
        let site = known
            .into_iter()
            .find(|s| s.name.eq_ignore_ascii_case(&name))?;
        let prefixes = site.address_space.iter();
        let prefixes = prefixes.map(|prefix| text("AddressPrefix", prefix));
        let connection = kinds
            .get(n)
            .map(|kind| element("Connection").text("Type", kind));
        let site = element("LocalNetworkSite")
            .text("Name", &site.name)
            .with(element("AddressSpace").with(element("AddressPrefixes").all(prefixes)))
            .maybe_text("VpnGatewayAddress", site.gateway_address.as_deref())
            .with(element("Connections").all(connection));
        Some(site)
    });
    let sites: Vec<Xml> = sites.collect();
    Some(
        element("Gateway")
            .text("Profile", "Small")
            .with(element("Sites").all(sites))
            .with(element("VPNClientAddressPool").with(element("AddressPrefixes")))
            .with(element("VnetNames")),
    )
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

/// List Reserved IP Addresses.
pub(crate) fn reserved_ips(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let list = call.here().reserved_ips().map(|ip| describe(call, ip));
    Ok(Answer::Document(element("ReservedIPs").all(list)))
}

/// Get Reserved IP Address.
pub(crate) fn reserved_ip(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let ip = call.here().reserved_ip(call.name(0))?;
    let (document, operation) = (describe(call, ip), ip.operation.clone());
    call.look_at(operation);
    Ok(Answer::Document(document))
}

fn describe(call: &Call<'_>, ip: &ReservedIp) -> Xml {
    let used = ip.used_by.as_ref();
    element("ReservedIP")
        .text("Name", &ip.name)
        .text("Address", ip.address)
        .text("Id", &ip.id)
        .maybe_text("Label", ip.label.as_deref())
        .text("State", call.here().reserved_ip_state(ip))
        .maybe_text("InUse", used.map(|_| "true"))
        .maybe_text("ServiceName", used.map(|(service, _)| service))
        .maybe_text("DeploymentName", used.map(|(_, deployment)| deployment))
        .text("Location", &ip.location)
        .maybe_text("VirtualIPName", used.map(|_| &ip.name))
}

/// The members of a new reserved address.
const NEW_RESERVED_IP: &[&str] = &[
    "Name",
    "Label",
    "ServiceName",
    "DeploymentName",
    "Location",
    "VirtualIPName",
];

/// Create Reserved IP Address.
pub(crate) fn create_reserved_ip(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (name, label, of, location) = call.document("ReservedIP")?.read(NEW_RESERVED_IP, |c| {
        let name = c.required("Name")?;
        let label = c.text("Label")?;
        let service = c.filled("ServiceName")?;
        let deployment = c.filled("DeploymentName")?;
        let location = c.required("Location")?;
        c.text("VirtualIPName")?;
        Ok((name, label, (service, deployment), location))
    })?;
    if let Some(label) = label.as_deref().filter(|label| !label.is_empty()) {
        check_label(label)?;
    }
    let of = match of {
        (Some(service), Some(deployment)) => Some(DeploymentPath {
            service,
            deployment,
        }),
        (None, None) => None,
        _ => {
            return Err(Refused::invalid_xml(
                "ReservedIP: ServiceName and DeploymentName go together",
            ));
        }
    };
    call.perform(Command::Create {
        name,
        label,
        location,
        of,
    })?;
    Ok(Answer::Accepted)
}

/// Associate Reserved IP Address.
pub(crate) fn associate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let with = association(call)?;
    let [name] = call.owned();
    call.perform(Command::Associate { name, with })?;
    Ok(Answer::Accepted)
}

/// Disassociate Reserved IP Address.
pub(crate) fn disassociate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let from = association(call)?;
    let [name] = call.owned();
    call.perform(Command::Disassociate { name, from })?;
    Ok(Answer::Accepted)
}

fn association(call: &Call<'_>) -> Result<DeploymentPath, Refused> {
    call.document("ReservedIPAssociation")?.read(
        &["ServiceName", "DeploymentName", "VirtualIPName"],
        |c| {
            let service = c.required("ServiceName")?;
            let deployment = c.required("DeploymentName")?;
            c.text("VirtualIPName")?;
            Ok(DeploymentPath {
                service,
                deployment,
            })
        },
    )
}

/// Delete Reserved IP Address.
pub(crate) fn delete_reserved_ip(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    call.perform(Command::Delete { name })?;
    Ok(Answer::Accepted)
}
