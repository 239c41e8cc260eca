//! The network configuration, whose elements live in a name space of their own and carry attributes.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::super::read::{NetworkConfiguration, VirtualNetworkSite};
use super::{Body, Document};

const NAMESPACE: &str = "http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration";

/// XML with a line for each element.
struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    fn open(&mut self, name: &str, attributes: &[(&str, Option<&str>)]) {
        self.tag(name, attributes, ">");
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.indent();
        let _ = writeln!(self.text, "</{name}>");
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, Option<&str>)]) {
        self.tag(name, attributes, "/>");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.indent();
        let _ = writeln!(self.text, "<{name}>{}</{name}>", escape(value));
    }

    /// Writes a list, which is there even when it has no members.
    fn list<T>(&mut self, name: &str, members: &[T], write: impl Fn(&mut Self, &T)) {
        if members.is_empty() {
            return self.empty(name, &[]);
        }
        self.open(name, &[]);
        for member in members {
            write(self, member);
        }
        self.close(name);
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, Option<&str>)], end: &str) {
        self.indent();
        let _ = write!(self.text, "<{name}");
        for (name, value) in attributes {
            if let Some(value) = value {
                let _ = write!(self.text, " {name}=\"{}\"", escape(*value));
            }
        }
        let _ = writeln!(self.text, "{end}");
    }

    fn indent(&mut self) {
        let _ = write!(self.text, "{:1$}", "", 2 * self.depth);
    }
}

impl Body for NetworkConfiguration {
    fn document(&self) -> Document {
        let networks = &self.virtual_network_configuration;
        let mut lines = Lines {
            text: "<?xml version=\"1.0\"?>\n".to_owned(),
            depth: 0,
        };
        lines.open(
            "NetworkConfiguration",
            &[
                ("xmlns:xsd", Some("http://www.w3.org/2001/XMLSchema")),
                (
                    "xmlns:xsi",
                    Some("http://www.w3.org/2001/XMLSchema-instance"),
                ),
                ("xmlns", Some(NAMESPACE)),
            ],
        );
        lines.open("VirtualNetworkConfiguration", &[]);
        lines.open("Dns", &[]);
        lines.list("DnsServers", &networks.dns.dns_servers, |lines, server| {
            lines.empty(
                "DnsServer",
                &[
                    ("name", Some(&server.name)),
                    ("IPAddress", Some(&server.ip_address)),
                ],
            );
        });
        lines.close("Dns");
        lines.list(
            "LocalNetworkSites",
            &networks.local_network_sites,
            |lines, site| {
                lines.open("LocalNetworkSite", &[("name", Some(&site.name))]);
                if let Some(address) = &site.vpn_gateway_address {
                    lines.text("VPNGatewayAddress", address);
                }
                lines.list("AddressSpace", &site.address_space, prefix);
                lines.close("LocalNetworkSite");
            },
        );
        lines.list(
            "VirtualNetworkSites",
            &networks.virtual_network_sites,
            virtual_network,
        );
        lines.close("VirtualNetworkConfiguration");
        lines.close("NetworkConfiguration");
        Document::verbatim(lines.text)
    }
}

#[expect(clippy::ptr_arg, reason = "a member of a list of strings")]
fn prefix(lines: &mut Lines, prefix: &String) {
    lines.text("AddressPrefix", prefix);
}

fn virtual_network(lines: &mut Lines, site: &VirtualNetworkSite) {
    lines.open(
        "VirtualNetworkSite",
        &[
            ("name", Some(&site.name)),
            ("AffinityGroup", site.affinity_group.as_deref()),
            ("Location", site.location.as_deref()),
        ],
    );
    lines.list("AddressSpace", &site.address_space, prefix);
    if !site.subnets.is_empty() {
        lines.list("Subnets", &site.subnets, |lines, subnet| {
            lines.open("Subnet", &[("name", Some(&subnet.name))]);
            lines.text("AddressPrefix", &subnet.address_prefix);
            lines.close("Subnet");
        });
    }
    if !site.dns_servers_ref.is_empty() {
        lines.list("DnsServersRef", &site.dns_servers_ref, |lines, server| {
            lines.empty("DnsServerRef", &[("name", Some(&server.name))]);
        });
    }
    if let Some(gateway) = &site.gateway {
        lines.indent();
        let _ = writeln!(lines.text, "{gateway}");
    }
    lines.close("VirtualNetworkSite");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::service_management::Element;

    const READ: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration">
  <VirtualNetworkConfiguration>
    <Dns><DnsServers><DnsServer name="d" IPAddress="1.2.3.4" /></DnsServers></Dns>
    <VirtualNetworkSites>
      <VirtualNetworkSite name="&quot;a &amp; b&quot;" Location="West US">
        <AddressSpace><AddressPrefix>10.0.0.0/8</AddressPrefix></AddressSpace>
        <Subnets><Subnet name="s"><AddressPrefix>10.0.0.0/11</AddressPrefix></Subnet></Subnets>
        <DnsServersRef><DnsServerRef name="d" /></DnsServersRef>
        <Gateway profile="Small"><VPNClientAddressPool /></Gateway>
      </VirtualNetworkSite>
    </VirtualNetworkSites>
  </VirtualNetworkConfiguration>
</NetworkConfiguration>"#;

    #[test]
    fn what_was_read_is_written_whole() {
        let read = NetworkConfiguration::from_element(&Element::parse(READ).unwrap());

        let written = read.document();

        let again = Element::parse(written.as_str()).unwrap();
        assert_eq!(NetworkConfiguration::from_element(&again), read);
        assert!(written.as_str().contains("<LocalNetworkSites/>"));
        assert!(
            written
                .as_str()
                .contains(r#"<Gateway profile="Small"><VPNClientAddressPool/></Gateway>"#)
        );
    }

    #[test]
    fn a_file_of_the_old_cli_can_be_read() {
        let text = r#"{"VirtualNetworkConfiguration":{"Dns":{"DnsServers":""},"VirtualNetworkSites":[{"AddressSpace":["10.0.0.0/8"],"Subnets":[{"AddressPrefix":"10.0.0.0/8","Name":"s"}],"Name":"v","AffinityGroup":"ag"}]}}"#;

        let read: NetworkConfiguration = serde_json::from_str(text).unwrap();

        let site = &read.virtual_network_configuration.virtual_network_sites[0];
        assert_eq!(site.affinity_group.as_deref(), Some("ag"));
        assert_eq!(site.subnets[0].name, "s");
    }
}
