//! The network configuration, whose elements live in a name space of their own and carry attributes.

use std::borrow::Cow;
use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::super::read::NetworkConfiguration;
use super::super::record::{Manner, Shape, Tag, Wire as _};
use super::{Body, Document};

/// The name spaces of the whole document.
const NAMESPACES: &[(&str, &str)] = &[
    ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xmlns",
        "http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration",
    ),
];

/// XML with a line for each element.
struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">");
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.indent();
        let _ = writeln!(self.text, "</{name}>");
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.indent();
        let _ = writeln!(self.text, "<{name}>{}</{name}>", escape(value));
    }

    /// Writes a field: a list is there even when it has no members, unless none is as good.
    fn put(&mut self, name: &str, tag: Tag, value: &Shape<'_>) {
        match value {
            Shape::Markup(xml) => {
                self.indent();
                let _ = writeln!(self.text, "{xml}");
            }
            Shape::List(members) if members.is_empty() => {
                if tag.manner != Manner::Filled {
                    self.empty(name, &[]);
                }
            }
            Shape::List(members) => {
                self.open(name, &[]);
                for member in members {
                    self.put(tag.member, tag, member);
                }
                self.close(name);
            }
            Shape::Record(_, fields) => self.record(name, &[], fields),
            one => {
                if let Some(text) = one.text() {
                    self.text(name, &text);
                }
            }
        }
    }

    fn record(&mut self, name: &str, more: &[(&str, &str)], fields: &[(Tag, Shape<'_>)]) {
        let (attributes, elements): (Vec<_>, Vec<_>) = fields
            .iter()
            .partition(|(tag, _)| tag.manner == Manner::Attribute);
        let attributes: Vec<(&str, Cow<'_, str>)> = attributes
            .into_iter()
            .filter_map(|(tag, value)| Some((tag.name, value.text()?)))
            .collect();
        let attributes = attributes.iter().map(|(name, value)| (*name, &**value));
        let attributes: Vec<_> = more.iter().copied().chain(attributes).collect();
        if elements.is_empty() {
            return self.empty(name, &attributes);
        }
        self.open(name, &attributes);
        for (tag, value) in elements {
            self.put(tag.name, *tag, value);
        }
        self.close(name);
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.indent();
        let _ = write!(self.text, "<{name}");
        for (name, value) in attributes {
            let _ = write!(self.text, " {name}=\"{}\"", escape(*value));
        }
        let _ = writeln!(self.text, "{end}");
    }

    fn indent(&mut self) {
        let _ = write!(self.text, "{:1$}", "", 2 * self.depth);
    }
}

impl Body for NetworkConfiguration {
    fn document(&self) -> Document {
        let mut lines = Lines {
            text: "<?xml version=\"1.0\"?>\n".to_owned(),
            depth: 0,
        };
        if let Shape::Record(_, fields) = self.shape() {
            lines.record("NetworkConfiguration", NAMESPACES, &fields);
        }
        Document::verbatim(lines.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::service_management::{Element, decode};

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

    fn read(text: &str) -> NetworkConfiguration {
        decode(&Element::parse(text).unwrap()).unwrap()
    }

    #[test]
    fn what_was_read_is_written_whole() {
        let read = read(READ);

        let written = read.document();

        assert_eq!(self::read(written.as_str()), read);
        assert!(written.as_str().contains("<LocalNetworkSites/>"));
        assert!(
            written
                .as_str()
                .contains(r#"<Gateway profile="Small"><VPNClientAddressPool/></Gateway>"#)
        );
    }
}
