//! The network configuration, a document with a name space and manners of its own.

use std::net::Ipv4Addr;

use crate::world::network_configuration::Command;
use crate::world::{
    Gateway, LocalSite, Name, NetworkConfiguration, NewVirtualNetwork, Place, Prefix,
    SiteConnection, Subnet,
};

use super::members::read_place;
use super::reader::{Element, document_in};
use super::route::{Route, routes};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    GET "/services/networking/media": "Get Network Configuration" => get;
    PUT "/services/networking/media": "Set Network Configuration" => set;
};

/// Which elements have attributes.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("DnsServer", &["name", "IPAddress"]),
    ("LocalNetworkSite", &["name"]),
    ("VirtualNetworkSite", &["name", "Location", "AffinityGroup"]),
    ("Subnet", &["name"]),
    ("DnsServerRef", &["name"]),
    ("Gateway", &["profile"]),
    ("LocalNetworkSiteRef", &["name"]),
    ("Connection", &["type"]),
];

const NAMESPACE: &str = "http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration";

/// Get Network Configuration.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let networks: Vec<_> = call.here().virtual_networks().collect();
    let known = call.here().network_configuration();
    if known.is_none() && networks.is_empty() {
        return Err(Refused::resource(
            "the subscription has no network configuration",
        ));
    }
    let none = NetworkConfiguration::default();
    let NetworkConfiguration {
        dns_servers,
        local_sites,
    } = known.unwrap_or(&none);
    let mut page = Page::default();
    if dns_servers.is_empty() {
        // The oldest clients read the length of this list without asking whether it is there.
        page.inside(2, "Dns", "", |page| page.line(3, "<DnsServers />"));
    } else {
        page.inside(2, "Dns", "", |page| {
            page.inside(3, "DnsServers", "", |page| {
                for (name, address) in dns_servers {
                    page.line(
                        4,
                        &format!(
                            "<DnsServer name=\"{}\" IPAddress=\"{}\" />",
                            quote(name),
                            quote(address)
                        ),
                    );
                }
            });
        });
    }
    if !local_sites.is_empty() {
        page.inside(2, "LocalNetworkSites", "", |page| {
            for site in local_sites {
                page.local_site(site);
            }
        });
    }
    if networks.is_empty() {
        // The old clients read the length of this list, too.
        page.line(2, "<VirtualNetworkSites />");
    } else {
        page.inside(2, "VirtualNetworkSites", "", |page| {
            for network in networks {
                let place = match &network.place {
                    Place::Location(name) => format!("Location=\"{}\"", quote(name)),
                    Place::AffinityGroup(name) => format!("AffinityGroup=\"{}\"", quote(name)),
                };
                page.inside(
                    3,
                    "VirtualNetworkSite",
                    &format!(" name=\"{}\" {place}", quote(&network.name)),
                    |page| {
                        page.address_space(4, &network.address_space);
                        page.inside(4, "Subnets", "", |page| {
                            for subnet in &network.subnets {
                                page.inside(
                                    5,
                                    "Subnet",
                                    &format!(" name=\"{}\"", quote(&subnet.name)),
                                    |page| {
                                        page.line(
                                            6,
                                            &format!(
                                                "<AddressPrefix>{}</AddressPrefix>",
                                                subnet.prefix
                                            ),
                                        );
                                    },
                                );
                            }
                        });
                        if !network.dns_servers.is_empty() {
                            page.inside(4, "DnsServersRef", "", |page| {
                                for (name, _) in &network.dns_servers {
                                    page.line(
                                        5,
                                        &format!("<DnsServerRef name=\"{}\" />", quote(name)),
                                    );
                                }
                            });
                        }
                        if let Some(gateway) = &network.gateway {
                            page.gateway(gateway);
                        }
                    },
                );
            }
        });
    }
    let text = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<NetworkConfiguration xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns=\"{NAMESPACE}\">\r\n  <VirtualNetworkConfiguration>\r\n{}  </VirtualNetworkConfiguration>\r\n</NetworkConfiguration>",
        page.0
    );
    Ok(Answer::Text {
        content_type: "text/plain",
        text,
    })
}

/// Indented lines.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, depth: usize, text: &str) {
        self.0.push_str(&"  ".repeat(depth));
        self.0.push_str(text);
        self.0.push_str("\r\n");
    }

    fn inside(&mut self, depth: usize, name: &str, attributes: &str, fill: impl FnOnce(&mut Self)) {
        self.line(depth, &format!("<{name}{attributes}>"));
        fill(self);
        self.line(depth, &format!("</{name}>"));
    }

    /// The same of what may be empty.
    fn list(
        &mut self,
        depth: usize,
        name: &str,
        attributes: &str,
        filled: bool,
        fill: impl FnOnce(&mut Self),
    ) {
        if filled {
            self.inside(depth, name, attributes, fill);
        } else {
            self.line(depth, &format!("<{name}{attributes} />"));
        }
    }

    fn address_space(&mut self, depth: usize, blocks: &[Prefix]) {
        self.inside(depth, "AddressSpace", "", |page| {
            page.prefixes(depth + 1, blocks);
        });
    }

    fn prefixes(&mut self, depth: usize, blocks: &[Prefix]) {
        for block in blocks {
            self.line(depth, &format!("<AddressPrefix>{block}</AddressPrefix>"));
        }
    }

    fn local_site(&mut self, site: &LocalSite) {
        self.inside(
            3,
            "LocalNetworkSite",
            &format!(" name=\"{}\"", quote(&site.name)),
            |page| {
                page.address_space(4, &site.address_space);
                if let Some(address) = &site.gateway_address {
                    page.line(
                        4,
                        &format!("<VPNGatewayAddress>{address}</VPNGatewayAddress>"),
                    );
                }
            },
        );
    }

    fn gateway(&mut self, gateway: &Gateway) {
        let profile = gateway
            .profile
            .as_ref()
            .map(|p| format!(" profile=\"{}\"", quote(p)));
        let pool = gateway.client_pool.as_deref();
        let connections = gateway.connections.as_deref();
        let filled = pool.is_some() || connections.is_some();
        self.list(4, "Gateway", &profile.unwrap_or_default(), filled, |page| {
            if let Some(blocks) = pool {
                page.list(5, "VPNClientAddressPool", "", !blocks.is_empty(), |page| {
                    page.prefixes(6, blocks);
                });
            }
            if let Some(sites) = connections {
                page.list(
                    5,
                    "ConnectionsToLocalNetwork",
                    "",
                    !sites.is_empty(),
                    |page| {
                        for site in sites {
                            page.connection(site);
                        }
                    },
                );
            }
        });
    }

    fn connection(&mut self, connection: &SiteConnection) {
        let name = format!(" name=\"{}\"", quote(&connection.site));
        let kinds = &connection.kinds;
        self.list(6, "LocalNetworkSiteRef", &name, !kinds.is_empty(), |page| {
            for kind in kinds {
                page.line(7, &format!("<Connection type=\"{}\" />", quote(kind)));
            }
        });
    }
}

fn quote(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

/// Set Network Configuration.
pub(crate) fn set(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let root = document_in(call.body, NAMESPACE, "NetworkConfiguration")?;
    root.check_inside(ATTRIBUTES)?;
    root.children_once(&["VirtualNetworkConfiguration"])?;
    let Some(all) = root.child("VirtualNetworkConfiguration") else {
        return Err(Refused::invalid_xml(
            "NetworkConfiguration: VirtualNetworkConfiguration is missing",
        ));
    };
    all.children_once(&["Dns", "LocalNetworkSites", "VirtualNetworkSites"])?;
    let mut configuration = NetworkConfiguration::default();
    if let Some(dns) = all.child("Dns") {
        dns.children_once(&["DnsServers"])?;
        for server in children(dns, "DnsServers", "DnsServer")? {
            server.children_once(&[])?;
            let name = attribute(server, "name")?;
            let address: String = attribute(server, "IPAddress")?;
            if address.parse::<Ipv4Addr>().is_err() {
                return Err(Refused::parameter(format!("DnsServer: `{address}`")));
            }
            configuration.dns_servers.push((name, address));
        }
    }
    for site in children(all, "LocalNetworkSites", "LocalNetworkSite")? {
        site.children_once(&["AddressSpace", "VPNGatewayAddress"])?;
        configuration.local_sites.push(LocalSite {
            name: attribute(site, "name")?,
            address_space: prefixes(site)?,
            gateway_address: site
                .child("VPNGatewayAddress")
                .map(Element::value)
                .transpose()?,
        });
    }
    let networks = children(all, "VirtualNetworkSites", "VirtualNetworkSite")?
        .iter()
        .map(|site| network(site, &configuration.local_sites))
        .collect::<Result<_, _>>()?;
    call.perform(Command::Set {
        configuration,
        networks,
    })?;
    Ok(Answer::Accepted)
}

fn network(site: &Element, local_sites: &[LocalSite]) -> Result<NewVirtualNetwork, Refused> {
    site.children_once(&["AddressSpace", "Subnets", "DnsServersRef", "Gateway"])?;
    let told = |name: &str| site.attribute(name).map(Name::from);
    let place = read_place(told("Location"), told("AffinityGroup"))?;
    for list in ["AddressSpace", "Subnets"] {
        if site.child(list).is_none() {
            return Err(Refused::invalid_xml(format!(
                "VirtualNetworkSite: {list} is missing"
            )));
        }
    }
    let mut subnets = Vec::new();
    for subnet in children(site, "Subnets", "Subnet")? {
        subnet.children_once(&["AddressPrefix"])?;
        let Some(prefix) = subnet.child("AddressPrefix") else {
            return Err(Refused::invalid_xml("Subnet: AddressPrefix is missing"));
        };
        subnets.push(Subnet {
            name: attribute(subnet, "name")?,
            prefix: prefix.value()?,
        });
    }
    let mut dns_servers = Vec::new();
    for reference in children(site, "DnsServersRef", "DnsServerRef")? {
        reference.children_once(&[])?;
        dns_servers.push(attribute(reference, "name")?);
    }
    let gateway = site
        .child("Gateway")
        .map(|told| gateway(told, local_sites))
        .transpose()?;
    Ok(NewVirtualNetwork {
        name: attribute(site, "name")?,
        place,
        address_space: prefixes(site)?,
        subnets,
        dns_servers,
        gateway,
    })
}

/// A gateway leads to networks that are described.
fn gateway(gateway: &Element, local_sites: &[LocalSite]) -> Result<Gateway, Refused> {
    gateway.children_once(&["ConnectionsToLocalNetwork", "VPNClientAddressPool"])?;
    let list = |name: &str, item: &str| -> Result<Option<&[Element]>, Refused> {
        let list = gateway.child(name);
        list.map(|list| list.children_named(item)).transpose()
    };
    let client_pool = list("VPNClientAddressPool", "AddressPrefix")?
        .map(|prefixes| prefixes.iter().map(Element::value).collect())
        .transpose()?;
    let connections = list("ConnectionsToLocalNetwork", "LocalNetworkSiteRef")?
        .map(|sites| {
            sites
                .iter()
                .map(|site| connection(site, local_sites))
                .collect()
        })
        .transpose()?;
    Ok(Gateway {
        profile: gateway.attribute("profile").map(Name::from),
        client_pool,
        connections,
    })
}

fn connection(reference: &Element, local_sites: &[LocalSite]) -> Result<SiteConnection, Refused> {
    let kinds = reference.children_named("Connection")?;
    let site = attribute(reference, "name")?;
    if !local_sites.iter().any(|known| known.name == site) {
        return Err(Refused::parameter(format!(
            "LocalNetworkSiteRef: there is no LocalNetworkSite `{site}`"
        )));
    }
    let kinds = kinds.iter().filter_map(|kind| kind.attribute("type"));
    Ok(SiteConnection {
        kinds: kinds.map(Name::from).collect(),
        site,
    })
}

fn prefixes(of: &Element) -> Result<Vec<Prefix>, Refused> {
    children(of, "AddressSpace", "AddressPrefix")?
        .iter()
        .map(Element::value)
        .collect()
}

/// The items of a list that may be missing.
fn children<'a>(of: &'a Element, list: &str, item: &str) -> Result<&'a [Element], Refused> {
    of.child(list)
        .map_or(Ok(&[]), |list| list.children_named(item))
}

fn attribute<T: for<'a> From<&'a str>>(of: &Element, name: &str) -> Result<T, Refused> {
    match of.attribute(name) {
        Some(value) if !value.is_empty() => Ok(value.into()),
        _ => Err(Refused::invalid_xml(format!(
            "the attribute {name} is missing"
        ))),
    }
}
