//! Networks, in the shape that the API shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// A network. The order of the fields is that of the answers.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
pub(crate) struct Network {
    pub(crate) name: String,
    pub(crate) id: String,
    created: String,
    pub(crate) scope: &'static str,
    pub(crate) driver: String,
    #[serde(rename = "EnableIPv4")]
    enable_ipv4: bool,
    #[serde(rename = "EnableIPv6")]
    enable_ipv6: bool,
    #[serde(rename = "IPAM")]
    ipam: Ipam,
    internal: bool,
    attachable: bool,
    ingress: bool,
    config_from: ConfigFrom,
    config_only: bool,
    containers: serde_json::Map<String, Value>,
    options: BTreeMap<&'static str, &'static str>,
    pub(crate) labels: BTreeMap<String, String>,
}

/// Who hands out a network's addresses.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ipam {
    driver: &'static str,
    options: Option<BTreeMap<String, String>>,
    config: Option<Vec<Pool>>,
}

/// A range of addresses.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pool {
    subnet: &'static str,
    gateway: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConfigFrom {
    network: String,
}

impl Network {
    /// The network of containers without one.
    pub(super) fn none(id: String, created: Timestamp) -> Self {
        Self::predefined("none", "null", id, created)
    }

    /// The host's own network.
    pub(super) fn host(id: String, created: Timestamp) -> Self {
        Self::predefined("host", "host", id, created)
    }

    /// The network of containers that ask for no other.
    pub(super) fn bridge(id: String, created: Timestamp) -> Self {
        Self {
            ipam: Ipam {
                driver: "default",
                options: None,
                config: Some(vec![Pool {
                    subnet: "172.17.0.0/16",
                    gateway: "172.17.0.1",
                }]),
            },
            options: BTreeMap::from([
                ("com.docker.network.bridge.default_bridge", "true"),
                ("com.docker.network.bridge.enable_icc", "true"),
                ("com.docker.network.bridge.enable_ip_masquerade", "true"),
                ("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0"),
                ("com.docker.network.bridge.name", "docker0"),
                ("com.docker.network.driver.mtu", "1500"),
            ]),
            ..Self::predefined("bridge", "bridge", id, created)
        }
    }

    fn predefined(name: &str, driver: &str, id: String, created: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            id,
            created: created.to_string(),
            scope: "local",
            driver: driver.to_owned(),
            enable_ipv4: true,
            enable_ipv6: false,
            ipam: Ipam {
                driver: "default",
                options: None,
                config: None,
            },
            internal: false,
            attachable: false,
            ingress: false,
            config_from: ConfigFrom {
                network: String::new(),
            },
            config_only: false,
            containers: serde_json::Map::new(),
            options: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// Whether the engine was born with this network; such a one is never removed.
    pub(crate) fn is_predefined(&self) -> bool {
        matches!(self.name.as_str(), "bridge" | "host" | "none" | "default")
    }

    /// Whether nothing uses this network and it may be removed.
    pub(crate) fn is_dangling(&self) -> bool {
        !self.is_predefined() && self.containers.is_empty()
    }
}
