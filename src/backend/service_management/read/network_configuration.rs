//! The network configuration of a subscription: one document, read and replaced as a whole.

use super::super::element::Element;
use super::super::record::{list, one, record};
use super::super::value::Markup;

record! {
    /// The document.
    #[derive(PartialEq, Eq)]
    pub struct NetworkConfiguration {
        /// All that it holds.
        virtual_network_configuration: Networks = "VirtualNetworkConfiguration",
    }

    /// What the document holds.
    #[derive(PartialEq, Eq)]
    pub struct Networks {
        /// The name servers.
        dns: Dns = "Dns",
        /// Networks elsewhere.
        local_network_sites: Vec<LocalNetworkSite> = list("LocalNetworkSites", "LocalNetworkSite"),
        /// The virtual networks.
        virtual_network_sites: Vec<VirtualNetworkSite> =
            list("VirtualNetworkSites", "VirtualNetworkSite"),
    }

    /// The name servers.
    #[derive(PartialEq, Eq)]
    pub struct Dns {
        /// Each of them.
        dns_servers: Vec<NameServer> = list("DnsServers", "DnsServer"),
    }

    /// A name server that virtual networks may use.
    #[derive(PartialEq, Eq)]
    pub struct NameServer {
        /// Its name.
        name: String = one("name").attribute(),
        /// Its IPv4 address.
        ip_address: String = one("IPAddress").attribute(),
    }

    /// A network elsewhere.
    #[derive(PartialEq, Eq)]
    pub struct LocalNetworkSite {
        /// The way in.
        vpn_gateway_address: Option<String> = one("VPNGatewayAddress").trimmed(),
        /// Its addresses, each as address and prefix.
        address_space: Vec<String> = list("AddressSpace", "AddressPrefix").trimmed(),
        /// Its name.
        name: String = one("name").attribute(),
    }

    /// A virtual network.
    #[derive(PartialEq, Eq)]
    pub struct VirtualNetworkSite {
        /// Its addresses, each as address and prefix.
        address_space: Vec<String> = list("AddressSpace", "AddressPrefix").trimmed(),
        /// Its parts.
        subnets: Vec<SiteSubnet> = list("Subnets", "Subnet").filled(),
        /// The name servers of its machines.
        dns_servers_ref: Vec<NameServerRef> = list("DnsServersRef", "DnsServerRef").filled(),
        /// The way out to other networks.
        gateway: Option<Markup> = "Gateway",
        /// Its name.
        name: String = one("name").attribute(),
        /// The affinity group it lies in.
        affinity_group: Option<String> = one("AffinityGroup").attribute(),
        /// The location it lies in.
        location: Option<String> = one("Location").attribute(),
    }

    /// A part of a virtual network.
    #[derive(PartialEq, Eq)]
    pub struct SiteSubnet {
        /// Its addresses, as address and prefix.
        address_prefix: String = one("AddressPrefix").trimmed(),
        /// Its name.
        name: String = one("name").attribute(),
    }

    /// The name of a name server.
    #[derive(PartialEq, Eq)]
    pub struct NameServerRef {
        /// The name.
        name: String = one("name").attribute(),
    }
}

/// The list of a gateway's ways to networks elsewhere.
const CONNECTIONS: &str = "ConnectionsToLocalNetwork";

impl VirtualNetworkSite {
    fn gateway_element(&self) -> Option<Element> {
        Element::parse(&self.gateway.as_ref()?.0).ok()
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
        self.gateway = Some(Markup(gateway.to_xml()));
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
            self.gateway = Some(Markup(gateway.to_xml()));
        }
        true
    }
}

fn is_named(reference: &Element, name: &str) -> bool {
    reference
        .attribute("name")
        .is_some_and(|has| has.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_added_to_and_taken_from_what_the_gateway_has() {
        let mut site = VirtualNetworkSite {
            gateway: Some(Markup(
                r#"<Gateway profile="Small"><VPNClientAddressPool/></Gateway>"#.to_owned(),
            )),
            ..VirtualNetworkSite::default()
        };

        site.lead_to("a & b");

        assert!(site.leads_to("A & B"));
        assert!(!site.leads_to("a"));
        assert_eq!(
            site.gateway.as_ref().map(|gateway| gateway.0.as_str()),
            Some(
                r#"<Gateway profile="Small"><VPNClientAddressPool/><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="a &amp; b"><Connection type="IPsec"/></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway>"#
            )
        );
        assert!(!site.part_from("a"));
        assert!(site.part_from("a & b"));
        assert!(!site.leads_to("a & b"));
    }
}
