//! What the drivers make of their options.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Networks;
use crate::state::network::Network;
use crate::state::network::error::NetworkError;

const BRIDGE: &str = "com.docker.network.bridge.";
const MTU: &str = "com.docker.network.driver.mtu";
/// Options of bridges that are true or false.
const SWITCHES: [&str; 4] = [
    "enable_icc",
    "enable_ip_masquerade",
    "default_bridge",
    "inhibit_ipv4",
];
/// The host's interfaces that a container can be put on.
const PARENT: &str = "eth0";

/// Refuses drivers that this engine does not have, or has but once.
pub(super) fn check_name(driver: &str) -> Result<(), NetworkError> {
    match driver {
        "bridge" | "macvlan" | "ipvlan" => Ok(()),
        "overlay" => Err(NetworkError::Forbidden(
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.".to_owned(),
        )),
        "host" | "null" => Err(NetworkError::Forbidden(format!(
            "only one instance of {driver:?} network is allowed"
        ))),
        other => Err(NetworkError::NoPlugin(other.to_owned())),
    }
}

/// Reads a boolean as Go does.
pub(crate) fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Go's sentence for a text that is no boolean.
pub(crate) fn no_go_bool(text: &str) -> String {
    format!("strconv.ParseBool: parsing {text:?}: invalid syntax")
}

impl Networks {
    /// Refuses options that the driver of a new network cannot follow.
    pub(super) fn check_options(&self, network: &Network) -> Result<(), NetworkError> {
        match network.driver.as_str() {
            "bridge" => self.check_bridge(network),
            "macvlan" => self.check_parent(network, "macvlan_mode", &MACVLAN_MODES),
            "ipvlan" => self.check_parent(network, "ipvlan_mode", &IPVLAN_MODES),
            _ => Ok(()),
        }
    }

    fn check_bridge(&self, network: &Network) -> Result<(), NetworkError> {
        let options = &network.options;
        let wrong = |label: &str, value: &str, why: &str| {
            let words = format!("failed to parse {label} value: {value} ({why})");
            NetworkError::Invalid(words)
        };
        for switch in SWITCHES {
            let label = format!("{BRIDGE}{switch}");
            if let Some(value) = options.get(&label)
                && go_bool(value).is_none()
            {
                return Err(wrong(&label, value, &no_go_bool(value)));
            }
        }
        check_mtu(options)?;
        let label = format!("{BRIDGE}host_binding_ipv4");
        if let Some(value) = options.get(&label)
            && value.parse::<IpAddr>().is_err()
        {
            return Err(wrong(&label, value, "nil ip"));
        }
        let bridge = network.bridge_name();
        let same = |other: &&Network| other.driver == "bridge" && other.bridge_name() == bridge;
        match self.all.iter().find(same) {
            Some(other) => Err(NetworkError::Forbidden(format!(
                "cannot create network {} ({bridge}): conflicts with network {} ({bridge}): networks have same bridge name",
                network.id, other.id
            ))),
            None => Ok(()),
        }
    }

    /// Refuses modes that the driver does not know, and interfaces that the host does not have or
    /// has given to another network.
    fn check_parent(
        &self,
        network: &Network,
        option: &str,
        modes: &Modes,
    ) -> Result<(), NetworkError> {
        check_mtu(&network.options)?;
        let driver = &network.driver;
        if let Some(mode) = network.options.get(option)
            && !mode.is_empty()
            && !modes.known.contains(&mode.as_str())
        {
            let default = modes.default;
            return Err(NetworkError::Internal(format!(
                "requested {driver} mode '{mode}' is not valid, '{default}' mode is the {driver} driver default"
            )));
        }
        let Some(parent) = parent_of(network) else {
            return Ok(());
        };
        if parent == "lo" {
            let words = format!("loopback interface is not a valid {driver} parent link");
            return Err(NetworkError::Internal(words));
        }
        let is_there = parent == PARENT
            || parent
                .strip_prefix(PARENT)
                .and_then(|rest| rest.strip_prefix('.'))
                .is_some_and(|vlan| vlan.parse().is_ok_and(|vlan: u16| vlan < 4095));
        if !is_there {
            return Err(NetworkError::Internal(format!(
                "invalid subinterface vlan name {parent}, example formatting is {PARENT}.10"
            )));
        }
        let same = |other: &&Network| other.driver == *driver && parent_of(other) == Some(parent);
        match self.all.iter().find(same) {
            Some(other) => Err(NetworkError::Internal(format!(
                "network dm-{} is already using parent interface {parent}",
                other.id.short()
            ))),
            None => Ok(()),
        }
    }
}

/// The modes of a driver.
struct Modes {
    known: &'static [&'static str],
    default: &'static str,
}

const MACVLAN_MODES: Modes = Modes {
    known: &["bridge", "private", "vepa", "passthru"],
    default: "bridge",
};
const IPVLAN_MODES: Modes = Modes {
    known: &["l2", "l3", "l3s"],
    default: "l2",
};

fn parent_of(network: &Network) -> Option<&str> {
    let parent = network.options.get("parent")?;
    (!parent.is_empty()).then_some(parent)
}

fn check_mtu(options: &BTreeMap<String, String>) -> Result<(), NetworkError> {
    let Some(value) = options.get(MTU) else {
        return Ok(());
    };
    match value.parse::<i64>() {
        Ok(mtu) if mtu < 0 => Err(NetworkError::Invalid(format!("invalid MTU number: {mtu}"))),
        Ok(_) => Ok(()),
        Err(_) => Err(NetworkError::Invalid(format!(
            "failed to parse {MTU} value: {value} (strconv.Atoi: parsing {value:?}: invalid syntax)"
        ))),
    }
}
