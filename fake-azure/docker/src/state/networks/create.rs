//! A new network: what is refused, and which addresses it gets.

use std::net::IpAddr;

use jiff::Timestamp;

use super::driver::{check_name, go_bool};
use super::{Fresh, Networks};
use crate::state::address_pool::{AddressError, AddressPool};
use crate::state::network::error::NetworkError;
use crate::state::network::ipam::IpamConfig;
use crate::state::network::request::NetworkRequest;
use crate::state::network::{DEFAULT, Network, Pool, is_predefined};
use crate::state::subnet::{Family, Subnet};

impl Networks {
    /// Makes a network.
    ///
    /// # Errors
    /// When the request is wrong, its name is taken, or its addresses cannot be had; nothing has
    /// changed then.
    pub fn create(
        &mut self,
        request: NetworkRequest,
        now: Timestamp,
        fresh: Fresh<'_>,
    ) -> Result<&Network, NetworkError> {
        if is_predefined(&request.name) {
            return Err(NetworkError::Predefined(request.name));
        }
        let driver = match request.driver.as_str() {
            "" => DEFAULT,
            driver => driver,
        };
        if driver == "overlay" {
            check_name(driver)?;
        }
        let enable_ipv4 = switch(&request, request.enable_ipv4, "enable_ipv4", true)?;
        let enable_ipv6 = switch(&request, request.enable_ipv6, "enable_ipv6", false)?;
        if let Some(ipam) = &request.ipam {
            ipam.check(enable_ipv6).map_err(NetworkError::Invalid)?;
        }
        if request.name.trim().is_empty() {
            let words = "invalid name: name is empty".to_owned();
            return Err(NetworkError::Invalid(words));
        }
        if self.all.named(&request.name).is_some() {
            return Err(NetworkError::Exists(request.name));
        }
        check_configuration(&request, enable_ipv4, enable_ipv6)?;

        let driver = if request.config_only { "null" } else { driver };
        if !request.config_only {
            check_name(driver)?;
            check_scope(&request)?;
        }
        let id = fresh();
        let mut network = self.bare(id, &request.name, driver, now);
        network.enable_ipv4 = enable_ipv4;
        network.enable_ipv6 = enable_ipv6;
        network.internal = request.internal;
        network.attachable = request.attachable;
        network.config_only = request.config_only;
        network.options = request.options;
        network.labels = request.labels;
        if let Some(mut ipam) = request.ipam {
            if ipam.driver.is_empty() {
                network.ipam.driver.clone_into(&mut ipam.driver);
            }
            network.ipam = ipam;
        }
        if let Some(from) = request.config_from {
            self.configure(&mut network, from.network)?;
        }
        if !network.config_only {
            if network.ipam.driver != "default" {
                return Err(NetworkError::NoPlugin(network.ipam.driver));
            }
            self.check_options(&network)?;
            self.give_addresses(&mut network)?;
        }
        self.all.insert(network);
        let missing = || NetworkError::Missing(id.to_string());
        self.all.get(id).ok_or_else(missing)
    }

    /// Gives a network the settings that another one stands for.
    fn configure(&self, network: &mut Network, from: String) -> Result<(), NetworkError> {
        if from.is_empty() {
            return Ok(());
        }
        let settings = self.all.named(&from);
        let settings = settings.and_then(|id| self.all.get(id));
        let Some(settings) = settings.filter(|settings| settings.config_only) else {
            return Err(NetworkError::NoConfiguration(from));
        };
        network.enable_ipv4 = settings.enable_ipv4;
        network.enable_ipv6 = settings.enable_ipv6;
        network.ipam.clone_from(&settings.ipam);
        network.options.clone_from(&settings.options);
        network.labels.clone_from(&settings.labels);
        network.config_from = from;
        Ok(())
    }

    /// Takes the subnets of a network, and in them the gateways and the addresses of others.
    fn give_addresses(&mut self, network: &mut Network) -> Result<(), NetworkError> {
        let mut pools = Vec::new();
        let outcome = self.take_pools(network, &mut pools);
        if let Err(error) = outcome {
            for pool in pools {
                self.space.give_back(pool.addresses.subnet());
            }
            return Err(error);
        }
        network.pools = pools;
        Ok(())
    }

    fn take_pools(&mut self, network: &Network, pools: &mut Vec<Pool>) -> Result<(), NetworkError> {
        let families = [
            (Family::V4, network.enable_ipv4),
            (Family::V6, network.enable_ipv6),
        ];
        for (family, _) in families.into_iter().filter(|(_, enabled)| *enabled) {
            let asked: Vec<_> = network.ipam.subnets_of(family).collect();
            if asked.len() > 1 && network.driver == "bridge" {
                let words = "bridge driver doesn't support multiple subnets".to_owned();
                return Err(NetworkError::Forbidden(words));
            }
            if asked.is_empty() {
                let subnet = self.space.take_any(family)?;
                pools.push(Pool {
                    addresses: AddressPool::new(subnet, None),
                    gateway: None,
                });
                give_gateway(pools, &IpamConfig::default())?;
            }
            for config in asked {
                let Some(subnet) = config.block() else {
                    continue;
                };
                self.space.take(subnet)?;
                let range: Option<Subnet> = config.ip_range.parse().ok();
                pools.push(Pool {
                    addresses: AddressPool::new(subnet, range),
                    gateway: None,
                });
                give_gateway(pools, config)?;
                reserve_others(pools, config)?;
            }
        }
        Ok(())
    }
}

/// Takes the way out of the newest pool: the address that was asked for, or the first.
fn give_gateway(pools: &mut [Pool], config: &IpamConfig) -> Result<(), NetworkError> {
    let Some(pool) = pools.last_mut() else {
        return Ok(());
    };
    let wanted: Option<IpAddr> = config.gateway.parse().ok();
    let given = match wanted {
        Some(address) => pool.addresses.take_this(address).map(|()| address),
        None => pool.addresses.take(),
    };
    match given {
        Ok(address) => {
            pool.gateway = Some(address);
            Ok(())
        }
        Err(error) => Err(NetworkError::Internal(format!(
            "failed to allocate gateway ({}): {error}",
            config.gateway
        ))),
    }
}

/// Takes the addresses of the newest pool that others have.
fn reserve_others(pools: &mut [Pool], config: &IpamConfig) -> Result<(), NetworkError> {
    let Some(pool) = pools.last_mut() else {
        return Ok(());
    };
    for (name, text) in config.others() {
        let address: Option<IpAddr> = text.parse().ok();
        let outcome = address.map(|address| pool.addresses.take_this(address));
        if let Some(Err(error @ AddressError::Taken)) = outcome {
            return Err(NetworkError::Internal(format!(
                "failed to allocate secondary ip address ({name}:{text}): {error}"
            )));
        }
    }
    Ok(())
}

/// Whether a version of addresses is on: said by a field, else by an option, else as always.
fn switch(
    request: &NetworkRequest,
    field: Option<bool>,
    option: &str,
    always: bool,
) -> Result<bool, NetworkError> {
    let option = format!("com.docker.network.{option}");
    match (field, request.options.get(&option)) {
        (Some(on), _) => Ok(on),
        (None, None) => Ok(always),
        (None, Some(text)) => go_bool(text).ok_or_else(|| {
            NetworkError::Invalid(format!("driver-opt {option:?} is not a valid bool"))
        }),
    }
}

/// Refuses settings that go neither with standing for settings nor with having another's.
fn check_configuration(
    request: &NetworkRequest,
    enable_ipv4: bool,
    enable_ipv6: bool,
) -> Result<(), NetworkError> {
    let forbidden = |words: &str| Err(NetworkError::Forbidden(words.to_owned()));
    let operates = request.ingress || request.internal || request.attachable;
    if request.config_only && (operates || !request.scope.is_empty()) {
        return forbidden(
            "configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.",
        );
    }
    let from = request.config_from.as_ref();
    if from.is_none_or(|from| from.network.is_empty()) {
        return Ok(());
    }
    if request.config_only {
        return forbidden("a configuration network cannot depend on another configuration network");
    }
    let has_addresses = request.ipam.as_ref().is_some_and(|ipam| {
        !matches!(ipam.driver.as_str(), "" | "default")
            || !ipam.subnets().is_empty()
            || ipam
                .options
                .as_ref()
                .is_some_and(|options| !options.is_empty())
    });
    if !enable_ipv4 || enable_ipv6 || !request.labels.is_empty() || has_addresses {
        return forbidden(
            "user-specified configurations are not supported if the network depends on a configuration network",
        );
    }
    if !request.options.is_empty() {
        return forbidden(
            "network driver options are not supported if the network depends on a configuration network",
        );
    }
    Ok(())
}

/// Refuses what only a swarm has.
fn check_scope(request: &NetworkRequest) -> Result<(), NetworkError> {
    let words = if request.ingress {
        "Ingress network can only be global scope network"
    } else if request.scope == "swarm" {
        "cannot create a swarm scoped network when swarm is not active"
    } else {
        return Ok(());
    };
    Err(NetworkError::Forbidden(words.to_owned()))
}
