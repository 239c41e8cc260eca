//! The network configuration of a subscription: one document, read and replaced as a whole.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::super::element::Element;

/// The document; as JSON it has the shape of the old CLI's `network export`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkConfiguration {
    /// All that it holds.
    pub virtual_network_configuration: Networks,
}

/// What the document holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Networks {
    /// The name servers.
    #[serde(deserialize_with = "or_default")]
    pub dns: Dns,
    /// Networks elsewhere.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub local_network_sites: Vec<LocalNetworkSite>,
    /// The virtual networks.
    #[serde(deserialize_with = "or_default")]
    pub virtual_network_sites: Vec<VirtualNetworkSite>,
}

/// The name servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Dns {
    /// Each of them.
    #[serde(deserialize_with = "or_default")]
    pub dns_servers: Vec<NameServer>,
}

/// A name server that virtual networks may use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NameServer {
    /// Its name.
    #[serde(rename = "Name")]
    pub name: String,
    /// Its IPv4 address.
    #[serde(rename = "IPAddress")]
    pub ip_address: String,
}

/// A network elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LocalNetworkSite {
    /// Its addresses, each as address and prefix.
    #[serde(deserialize_with = "or_default")]
    pub address_space: Vec<String>,
    /// The way in.
    #[serde(rename = "VPNGatewayAddress", skip_serializing_if = "Option::is_none")]
    pub vpn_gateway_address: Option<String>,
    /// Its name.
    pub name: String,
}

/// A virtual network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct VirtualNetworkSite {
    /// Its addresses, each as address and prefix.
    #[serde(deserialize_with = "or_default")]
    pub address_space: Vec<String>,
    /// Its parts.
    #[serde(deserialize_with = "or_default")]
    pub subnets: Vec<SiteSubnet>,
    /// The name servers of its machines.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub dns_servers_ref: Vec<NameServerRef>,
    /// The way out to other networks, as the XML it came as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// Its name.
    pub name: String,
    /// The affinity group it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity_group: Option<String>,
    /// The location it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// A part of a virtual network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct SiteSubnet {
    /// Its addresses, as address and prefix.
    pub address_prefix: String,
    /// Its name.
    pub name: String,
}

/// The name of a name server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NameServerRef {
    /// The name.
    pub name: String,
}

/// The old CLI wrote an empty list as an empty text.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned + Default,
{
    match Value::deserialize(deserializer)? {
        Value::Null | Value::String(_) => Ok(T::default()),
        value => serde_json::from_value(value).map_err(serde::de::Error::custom),
    }
}

/// The list of a gateway's ways to networks elsewhere.
const CONNECTIONS: &str = "ConnectionsToLocalNetwork";

impl VirtualNetworkSite {
    fn gateway_element(&self) -> Option<Element> {
        Element::parse(self.gateway.as_deref()?).ok()
    }

    /// Is there a way to the network elsewhere of that name?
    pub fn leads_to(&self, local: &str) -> bool {
        let gateway = self.gateway_element();
        let connections = gateway.as_ref().and_then(|one| one.child(CONNECTIONS));
        connections.is_some_and(|list| list.children().iter().any(|one| is_named(one, local)))
    }

    /// Adds a way to the network elsewhere of that name.
    pub fn lead_to(&mut self, local: &str) {
        let mut gateway = self
            .gateway_element()
            .unwrap_or_else(|| Element::of("Gateway", "", Vec::new()));
        let connection = Element::of("Connection", "", Vec::new()).with_attribute("type", "IPsec");
        let reference =
            Element::of("LocalNetworkSiteRef", "", vec![connection]).with_attribute("name", local);
        gateway
            .child_or_new(CONNECTIONS)
            .children_mut()
            .push(reference);
        self.gateway = Some(gateway.to_xml());
    }

    /// Takes the way to the network elsewhere of that name away; was there one?
    pub fn part_from(&mut self, local: &str) -> bool {
        if !self.leads_to(local) {
            return false;
        }
        if let Some(mut gateway) = self.gateway_element() {
            gateway
                .child_or_new(CONNECTIONS)
                .children_mut()
                .retain(|one| !is_named(one, local));
            self.gateway = Some(gateway.to_xml());
        }
        true
    }
}

fn is_named(reference: &Element, name: &str) -> bool {
    reference
        .attribute("name")
        .is_some_and(|has| has.eq_ignore_ascii_case(name))
}

impl NetworkConfiguration {
    /// Reads the document.
    pub fn from_element(root: &Element) -> Self {
        let Some(networks) = root.child("VirtualNetworkConfiguration") else {
            return Self::default();
        };
        Self {
            virtual_network_configuration: Networks {
                dns: Dns {
                    dns_servers: members(networks.child("Dns"), "DnsServers", |server| {
                        NameServer {
                            name: attribute(server, "name").unwrap_or_default(),
                            ip_address: attribute(server, "IPAddress").unwrap_or_default(),
                        }
                    }),
                },
                local_network_sites: members(Some(networks), "LocalNetworkSites", |site| {
                    LocalNetworkSite {
                        address_space: texts(site, "AddressSpace"),
                        vpn_gateway_address: site
                            .child("VPNGatewayAddress")
                            .map(|one| one.text().trim().to_owned()),
                        name: attribute(site, "name").unwrap_or_default(),
                    }
                }),
                virtual_network_sites: members(Some(networks), "VirtualNetworkSites", site),
            },
        }
    }
}

fn site(site: &Element) -> VirtualNetworkSite {
    VirtualNetworkSite {
        address_space: texts(site, "AddressSpace"),
        subnets: members(Some(site), "Subnets", |subnet| SiteSubnet {
            address_prefix: subnet
                .child("AddressPrefix")
                .map(|one| one.text().trim().to_owned())
                .unwrap_or_default(),
            name: attribute(subnet, "name").unwrap_or_default(),
        }),
        dns_servers_ref: members(Some(site), "DnsServersRef", |server| NameServerRef {
            name: attribute(server, "name").unwrap_or_default(),
        }),
        gateway: site.child("Gateway").map(Element::to_xml),
        name: attribute(site, "name").unwrap_or_default(),
        affinity_group: attribute(site, "AffinityGroup"),
        location: attribute(site, "Location"),
    }
}

fn attribute(of: &Element, name: &str) -> Option<String> {
    of.attribute(name).map(str::to_owned)
}

/// The members of a list that may be absent.
fn members<T>(of: Option<&Element>, list: &str, read: impl Fn(&Element) -> T) -> Vec<T> {
    of.and_then(|of| of.child(list))
        .map(|list| list.children().iter().map(read).collect())
        .unwrap_or_default()
}

fn texts(of: &Element, list: &str) -> Vec<String> {
    members(Some(of), list, |one| one.text().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_added_to_and_taken_from_what_the_gateway_has() {
        let mut site = VirtualNetworkSite {
            gateway: Some(
                r#"<Gateway profile="Small"><VPNClientAddressPool/></Gateway>"#.to_owned(),
            ),
            ..VirtualNetworkSite::default()
        };

        site.lead_to("a & b");

        assert!(site.leads_to("A & B"));
        assert!(!site.leads_to("a"));
        assert_eq!(
            site.gateway.as_deref(),
            Some(
                r#"<Gateway profile="Small"><VPNClientAddressPool/><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="a &amp; b"><Connection type="IPsec"/></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway>"#
            )
        );
        assert!(!site.part_from("a"));
        assert!(site.part_from("a & b"));
        assert!(!site.leads_to("a & b"));
    }
}
