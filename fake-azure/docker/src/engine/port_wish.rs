//! Which of a container's ports are to be reached at which of the host's.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use crate::process::network::Transport;
use crate::state::container::Container;

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
    Sctp,
}

impl Protocol {
    /// How its bytes travel; none for one that nothing here speaks.
    pub(crate) fn transport(self) -> Option<Transport> {
        match self {
            Self::Tcp => Some(Transport::Tcp),
            Self::Udp => Some(Transport::Udp),
            Self::Sctp => None,
        }
    }
}

impl From<Transport> for Protocol {
    fn from(transport: Transport) -> Self {
        match transport {
            Transport::Tcp => Self::Tcp,
            Transport::Udp => Self::Udp,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        })
    }
}

/// A port of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ContainerPort {
    pub(crate) number: u16,
    pub(crate) protocol: Protocol,
}

impl fmt::Display for ContainerPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.protocol)
    }
}

impl ContainerPort {
    /// Reads `80/tcp`, or `80` alone; none when it is no such text.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let protocol = match protocol.to_ascii_lowercase().as_str() {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "sctp" => Protocol::Sctp,
            _ => return None,
        };
        Some(Self {
            number: number.parse().ok()?,
            protocol,
        })
    }
}

/// That a port of a container is to be reached at one of the host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PortWish {
    /// The container's port.
    pub(crate) port: ContainerPort,
    /// The host's address; all when not said.
    pub(crate) address: Option<IpAddr>,
    /// The host's ports that will do; any when not said.
    pub(crate) host: Option<(u16, u16)>,
}

/// The ports that a container exposes, published or not.
pub(crate) fn exposed(container: &Container) -> BTreeSet<ContainerPort> {
    let exposed = container.config.exposed_ports.iter();
    let exposed = exposed.flat_map(|set| set.0.iter().map(String::as_str));
    let bound = container.host.port_bindings.iter();
    let bound = bound.flat_map(|ports| ports.keys().map(String::as_str));
    exposed
        .chain(bound)
        .filter_map(ContainerPort::read)
        .collect()
}

/// What a container wants to be published, in the order in which the engine does it: the highest
/// ports of the host first, then those for which any will do.
pub(crate) fn wishes(container: &Container) -> Vec<PortWish> {
    let bindings = container.host.port_bindings.as_ref();
    let mut wishes = Vec::new();
    for port in exposed(container) {
        let bound = bindings
            .into_iter()
            .flatten()
            .filter(|(key, _)| ContainerPort::read(key) == Some(port))
            .flat_map(|(_, bound)| bound.iter().flatten());
        let before = wishes.len();
        wishes.extend(bound.map(|binding| PortWish {
            port,
            address: binding.host_ip.parse().ok(),
            host: range(&binding.host_port),
        }));
        if wishes.len() == before && container.host.publish_all_ports {
            wishes.push(PortWish {
                port,
                address: None,
                host: None,
            });
        }
    }
    wishes.sort_by_key(|wish| {
        let highest_first = std::cmp::Reverse(wish.host.map_or(0, |(first, _)| first));
        (highest_first, wish.port)
    });
    wishes
}

/// Reads a port or a range of ports of the host; none when any will do.
fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
    (first > 0 && first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::state::networks::tests::{container, counter};

    fn wanted(exposed: &serde_json::Value, host: serde_json::Value) -> Vec<String> {
        let mut made = container(counter()(), "c", "bridge");
        made.config = serde_json::from_value(json!({"ExposedPorts": exposed})).unwrap();
        made.host = serde_json::from_value(host).unwrap();
        let shown = wishes(&made).into_iter().map(|wish| {
            let address = wish.address.map_or("*".to_owned(), |a| a.to_string());
            let host = wish
                .host
                .map_or("*".to_owned(), |(a, b)| format!("{a}-{b}"));
            format!("{address}:{host}->{}", wish.port)
        });
        shown.collect()
    }

    #[test]
    fn each_binding_is_a_wish() {
        let exposed = json!({"80/tcp": {}, "81/udp": {}, "99/tcp": {}});
        let host = json!({"PortBindings": {
            "80/tcp": [{"HostIp": "", "HostPort": "18081"}, {"HostPort": "9000-9010"}],
            "81/udp": [{"HostIp": "127.0.0.1", "HostPort": ""}],
        }});
        assert_eq!(
            wanted(&exposed, host),
            [
                "*:18081-18081->80/tcp",
                "*:9000-9010->80/tcp",
                "127.0.0.1:*->81/udp"
            ]
        );
    }

    #[test]
    fn all_exposed_ports_may_be_wished_for() {
        let host =
            json!({"PublishAllPorts": true, "PortBindings": {"80/tcp": [{"HostPort": "1"}]}});
        assert_eq!(
            wanted(&json!({"80/tcp": {}, "53/udp": {}, "53": {}}), host),
            ["*:1-1->80/tcp", "*:*->53/tcp", "*:*->53/udp"]
        );
    }

    #[test]
    fn what_is_no_address_is_any_as_in_the_engine() {
        let host = json!({"PortBindings": {"80/tcp": [{"HostIp": "x", "HostPort": "1"}]}});
        assert_eq!(wanted(&json!({}), host), ["*:1-1->80/tcp"]);
    }

    #[test]
    fn what_is_no_port_is_no_wish() {
        let exposed = json!({"x/tcp": {}, "80/abc": {}, "99999": {}, "": {}});
        assert!(wanted(&exposed, json!({"PublishAllPorts": true})).is_empty());
    }
}
