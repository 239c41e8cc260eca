//! `HostConfig.NetworkMode`: which network a container is in, or whose.

use crate::state::config::Config;
use crate::state::host_config::HostConfig;

/// The text of a network mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkMode<'a>(pub &'a str);

/// What does not go together with a network mode. The words are the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModeError {
    /// `container:` without a container.
    #[error("invalid container format container:<name|id>")]
    NoContainer,
    /// It has that of the other container.
    #[error("conflicting options: hostname and the network mode")]
    Hostname,
    /// It has those of the other container.
    #[error(
        "conflicting options: container type network can't be used with links. This would result in undefined behavior"
    )]
    LinksOfContainer,
    /// The host has no links.
    #[error(
        "conflicting options: host type networking can't be used with links. This would result in undefined behavior"
    )]
    LinksOfHost,
    /// It has those of the other container.
    #[error("conflicting options: dns and the network mode")]
    Dns,
    /// It has those of the other container.
    #[error("conflicting options: custom host-to-IP mapping and the network mode")]
    ExtraHosts,
    /// It has none of its own.
    #[error("conflicting options: mac-address and the network mode")]
    MacAddress,
    /// The other container publishes them.
    #[error("conflicting options: port publishing and the container type network mode")]
    Publishing,
    /// The other container exposes them.
    #[error("conflicting options: port exposing and the container type network mode")]
    Exposing,
}

impl<'a> NetworkMode<'a> {
    /// Whether it leaves the choice to the engine.
    pub fn is_default(self) -> bool {
        matches!(self.0, "" | "default")
    }

    /// Whether it is the bridge that every engine has.
    pub fn is_bridge(self) -> bool {
        self.0 == "bridge"
    }

    /// Whether the container shares what the host has.
    pub fn is_host(self) -> bool {
        self.0 == "host"
    }

    /// Whether the container has no network but its loopback.
    pub fn is_none(self) -> bool {
        self.0 == "none"
    }

    /// The container whose network it shares.
    pub fn container(self) -> Option<&'a str> {
        self.0.strip_prefix("container:")
    }

    /// Whether it has a network of its own.
    pub fn is_private(self) -> bool {
        !self.is_host() && self.container().is_none()
    }

    /// Whether it names a network that somebody made.
    pub fn is_user_defined(self) -> bool {
        let has_a_name = self.is_default()
            || self.is_bridge()
            || self.is_host()
            || self.is_none()
            || self.container().is_some();
        !has_a_name
    }

    /// The network's name or identifier; none for one that is another container's.
    pub fn network(self) -> Option<&'a str> {
        if self.is_default() {
            return Some(super::DEFAULT);
        }
        self.container().is_none().then_some(self.0)
    }

    /// Refuses what does not go together with the mode.
    pub fn check(self, config: &Config, host: &HostConfig) -> Result<(), ModeError> {
        fn any<T>(list: Option<&Vec<T>>) -> bool {
            list.is_some_and(|list| !list.is_empty())
        }
        if self.is_host() && any(host.links.as_ref()) {
            return Err(ModeError::LinksOfHost);
        }
        if !self.is_private() && !config.mac_address.is_empty() {
            return Err(ModeError::MacAddress);
        }
        let Some(container) = self.container() else {
            return Ok(());
        };
        let publishes = host
            .port_bindings
            .as_ref()
            .is_some_and(|ports| !ports.is_empty());
        let exposes = config
            .exposed_ports
            .as_ref()
            .is_some_and(|ports| !ports.0.is_empty());
        let conflicts = [
            (container.is_empty(), ModeError::NoContainer),
            (!config.hostname.is_empty(), ModeError::Hostname),
            (any(host.links.as_ref()), ModeError::LinksOfContainer),
            (any(host.dns.as_ref()), ModeError::Dns),
            (any(host.extra_hosts.as_ref()), ModeError::ExtraHosts),
            (publishes || host.publish_all_ports, ModeError::Publishing),
            (exposes, ModeError::Exposing),
        ];
        match conflicts.into_iter().find(|(conflict, _)| *conflict) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_a_network_or_another_container() {
        assert_eq!(NetworkMode("").network(), Some("bridge"));
        assert_eq!(NetworkMode("default").network(), Some("bridge"));
        assert_eq!(NetworkMode("none").network(), Some("none"));
        assert_eq!(NetworkMode("net1").network(), Some("net1"));
        assert_eq!(NetworkMode("container:c1").network(), None);
        assert_eq!(NetworkMode("container:c1").container(), Some("c1"));
        assert!(NetworkMode("net1").is_user_defined());
        for mode in ["", "default", "bridge", "host", "none", "container:x"] {
            assert!(!NetworkMode(mode).is_user_defined(), "{mode}");
        }
        assert!(!NetworkMode("host").is_private());
        assert!(NetworkMode("none").is_private());
    }

    #[test]
    fn who_shares_a_network_has_nothing_of_its_own() {
        let check = |mode, config: serde_json::Value, host: serde_json::Value| {
            let config = serde_json::from_value(config).unwrap();
            let host = serde_json::from_value(host).unwrap();
            NetworkMode(mode).check(&config, &host)
        };
        let empty = || serde_json::json!({});
        let links = || serde_json::json!({"Links": ["a:b"]});
        assert_eq!(check("container:x", empty(), empty()), Ok(()));
        assert_eq!(check("bridge", empty(), links()), Ok(()));
        assert_eq!(check("host", empty(), links()), Err(ModeError::LinksOfHost));
        assert_eq!(
            check("container:x", empty(), links()),
            Err(ModeError::LinksOfContainer)
        );
        assert_eq!(
            check("container:", empty(), empty()),
            Err(ModeError::NoContainer)
        );
        for (config, error) in [
            (serde_json::json!({"Hostname": "h"}), ModeError::Hostname),
            (
                serde_json::json!({"MacAddress": "x"}),
                ModeError::MacAddress,
            ),
            (
                serde_json::json!({"ExposedPorts": {"80/tcp": {}}}),
                ModeError::Exposing,
            ),
        ] {
            assert_eq!(check("container:x", config, empty()), Err(error));
        }
        for (host, error) in [
            (serde_json::json!({"Dns": ["1.1.1.1"]}), ModeError::Dns),
            (
                serde_json::json!({"ExtraHosts": ["a:1.1.1.1"]}),
                ModeError::ExtraHosts,
            ),
            (
                serde_json::json!({"PortBindings": {"80/tcp": []}}),
                ModeError::Publishing,
            ),
            (
                serde_json::json!({"PublishAllPorts": true}),
                ModeError::Publishing,
            ),
        ] {
            assert_eq!(check("container:x", empty(), host), Err(error));
        }
    }
}
