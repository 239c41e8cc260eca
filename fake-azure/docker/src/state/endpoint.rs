//! A container's place in a network, in the order in which the engine tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A container's place in a network: what was asked for, and while it runs what it got.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "EndpointSettings", rename_all = "PascalCase", default)]
#[expect(clippy::struct_field_names, reason = "the document has that name")]
pub struct Endpoint {
    /// Addresses that were asked for.
    #[serde(rename = "IPAMConfig")]
    pub ipam_config: Option<EndpointAddresses>,
    /// `container:alias`.
    pub links: Option<Vec<String>>,
    /// Further names.
    pub aliases: Option<Vec<String>>,
    /// The hardware address.
    pub mac_address: String,
    /// The hardware address that was asked for. The API shows it nowhere: see [`Self::shown`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub desired_mac_address: String,
    /// Options of the driver.
    pub driver_opts: Option<BTreeMap<String, String>>,
    /// Which network's gateway is the default: the highest.
    pub gw_priority: i64,
    /// The network.
    #[serde(rename = "NetworkID")]
    pub network_id: String,
    /// The endpoint; empty while it does not run.
    #[serde(rename = "EndpointID")]
    pub endpoint_id: String,
    /// The way out.
    pub gateway: String,
    /// The address; empty while it does not run.
    #[serde(rename = "IPAddress")]
    pub ip_address: String,
    /// How many bits of the address are the network's.
    #[serde(rename = "IPPrefixLen")]
    pub ip_prefix_len: u8,
    /// The way out by IPv6.
    #[serde(rename = "IPv6Gateway")]
    pub ipv6_gateway: String,
    /// The address of IPv6.
    #[serde(rename = "GlobalIPv6Address")]
    pub global_ipv6_address: String,
    /// How many bits of it are the network's.
    #[serde(rename = "GlobalIPv6PrefixLen")]
    pub global_ipv6_prefix_len: u8,
    /// The names by which others in the network find it.
    #[serde(rename = "DNSNames")]
    pub dns_names: Option<Vec<String>>,
}

/// Addresses that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "EndpointIPAMConfig", rename_all = "PascalCase", default)]
pub struct EndpointAddresses {
    /// Of IPv4.
    #[serde(rename = "IPv4Address", skip_serializing_if = "String::is_empty")]
    pub ipv4_address: String,
    /// Of IPv6.
    #[serde(rename = "IPv6Address", skip_serializing_if = "String::is_empty")]
    pub ipv6_address: String,
    /// Of the link.
    #[serde(rename = "LinkLocalIPs", skip_serializing_if = "Option::is_none")]
    pub link_local_ips: Option<Vec<String>>,
}

impl Endpoint {
    /// Forgets what it got while it ran; what was asked for stays.
    pub fn leave(&mut self) {
        self.endpoint_id.clear();
        self.gateway.clear();
        self.ip_address.clear();
        self.ip_prefix_len = 0;
        self.ipv6_gateway.clear();
        self.global_ipv6_address.clear();
        self.global_ipv6_prefix_len = 0;
        self.mac_address.clear();
    }

    /// Makes a place of what a client sent: what it asks for is kept, what only the engine knows
    /// is not.
    pub fn begin(&mut self) {
        let mac = std::mem::take(&mut self.mac_address);
        self.leave();
        self.network_id.clear();
        self.dns_names = None;
        self.mac_address.clone_from(&mac);
        self.desired_mac_address = mac;
    }

    /// The place as an inspection shows it.
    #[must_use]
    pub fn shown(&self) -> Self {
        Self {
            desired_mac_address: String::new(),
            ..self.clone()
        }
    }

    /// The place as a list shows it, which tells less than an inspection.
    #[must_use]
    pub fn listed(&self) -> Self {
        Self {
            links: None,
            aliases: None,
            driver_opts: None,
            dns_names: None,
            ..self.shown()
        }
    }
}
