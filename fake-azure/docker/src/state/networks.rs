//! All networks of an engine: made, found, listed, removed; joined and left by containers.

mod connect;
mod create;
mod driver;
mod join;
mod settings;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::address_pool::AddressPool;
use super::address_space::AddressSpace;
use super::id::ObjectId;
use super::network::error::NetworkError;
use super::network::ipam::{Ipam, IpamConfig};
use super::network::{Network, Pool};
use super::store::{LookupError, Store};
use super::subnet::Family;

pub(crate) use driver::{go_bool, no_go_bool};
pub use join::SETUP_FAILED;

/// Gives identifiers that nothing has.
pub type Fresh<'a> = &'a mut dyn FnMut() -> ObjectId;

/// The networks of an engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Networks {
    all: Store<Network>,
    space: AddressSpace,
    /// How many were ever made.
    made: u64,
}

/// What the engine's own bridge is asked to be.
const BRIDGE_OPTIONS: [(&str, &str); 6] = [
    ("com.docker.network.bridge.default_bridge", "true"),
    ("com.docker.network.bridge.enable_icc", "true"),
    ("com.docker.network.bridge.enable_ip_masquerade", "true"),
    ("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0"),
    ("com.docker.network.bridge.name", "docker0"),
    ("com.docker.network.driver.mtu", "1500"),
];

impl Networks {
    /// The networks that every engine is born with: `none`, `host` and `bridge`.
    pub fn new(now: Timestamp, fresh: Fresh<'_>) -> Self {
        let mut unique = [0; 5];
        unique.copy_from_slice(&fresh().bytes()[..5]);
        let mut networks = Self {
            all: Store::default(),
            space: AddressSpace::new(unique),
            made: 0,
        };
        // The engine makes them one after the other, about a millisecond each.
        let mut born = now;
        for (name, driver) in [("none", "null"), ("host", "host"), ("bridge", "bridge")] {
            let id = fresh();
            let [high, low, ..] = id.bytes();
            let pause = 900_000 + i64::from(u16::from_be_bytes([high, low])) * 10;
            born = born
                .checked_add(SignedDuration::from_nanos(pause))
                .unwrap_or(born);
            let mut network = networks.bare(id, name, driver, born);
            if name == "bridge" {
                networks.equip_bridge(&mut network);
            }
            networks.all.insert(network);
        }
        networks
    }

    /// Gives the engine's own bridge its addresses and options.
    fn equip_bridge(&mut self, bridge: &mut Network) {
        let options = BRIDGE_OPTIONS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        bridge.options = options.into();
        // Nothing is taken yet.
        let Ok(subnet) = self.space.take_any(Family::V4) else {
            return;
        };
        let mut addresses = AddressPool::new(subnet, None);
        let gateway = addresses.take().ok();
        bridge.ipam.config = Some(vec![IpamConfig {
            subnet: subnet.to_string(),
            gateway: gateway
                .map(|address| address.to_string())
                .unwrap_or_default(),
            ..IpamConfig::default()
        }]);
        bridge.pools = vec![Pool { addresses, gateway }];
    }

    /// A network that has nothing yet.
    fn bare(&mut self, id: ObjectId, name: &str, driver: &str, created: Timestamp) -> Network {
        let serial = self.made;
        self.made += 1;
        Network {
            id,
            name: name.to_owned(),
            serial,
            created,
            driver: driver.to_owned(),
            enable_ipv4: true,
            enable_ipv6: false,
            ipam: Ipam {
                driver: "default".to_owned(),
                ..Ipam::default()
            },
            internal: false,
            attachable: false,
            config_only: false,
            config_from: String::new(),
            options: [].into(),
            labels: [].into(),
            pools: Vec::new(),
            members: [].into(),
        }
    }

    /// The network of this identifier.
    pub fn get(&self, id: ObjectId) -> Option<&Network> {
        self.all.get(id)
    }

    /// Finds a network: by its whole identifier or name first, else by the beginning of its
    /// identifier.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, name: &str) -> Result<&Network, NetworkError> {
        let missing = || NetworkError::Missing(name.to_owned());
        match self.all.find(name) {
            Ok(id) => self.all.get(id).ok_or_else(missing),
            Err(LookupError::Missing) => Err(missing()),
            Err(LookupError::Ambiguous(matches)) => Err(NetworkError::Ambiguous {
                name: name.to_owned(),
                matches,
            }),
        }
    }

    /// All networks, in the order in which they were made.
    pub fn list(&self) -> Vec<&Network> {
        let mut all: Vec<_> = self.all.iter().collect();
        all.sort_unstable_by_key(|network| network.serial);
        all
    }

    /// Removes a network and takes its addresses back.
    ///
    /// # Errors
    /// When it is not there, is one of the engine's own, or somebody uses it.
    pub fn remove(&mut self, name: &str) -> Result<Network, NetworkError> {
        let network = self.find(name)?;
        if network.is_predefined() {
            return Err(NetworkError::Permanent(network.name.clone()));
        }
        let id = network.id;
        if network.config_only && self.all.iter().any(|it| it.config_from == network.name) {
            let words = format!(
                "error while removing network: configuration network {:?} is in use",
                network.name
            );
            return Err(NetworkError::Forbidden(words));
        }
        if !network.members.is_empty() {
            let places = network.members.values();
            let places = places
                .map(|place| format!("name:{:?} id:{:?}", place.name, place.endpoint.short()))
                .collect::<Vec<_>>();
            return Err(NetworkError::InUse {
                name: network.name.clone(),
                endpoints: places.join(", "),
            });
        }
        self.taken_out(id)
            .ok_or_else(|| NetworkError::Missing(name.to_owned()))
    }

    /// Removes all networks that nobody uses and that are `chosen`; the removed ones, in the
    /// order in which they were made.
    pub fn prune(&mut self, chosen: impl Fn(&Network) -> bool) -> Vec<Network> {
        let unused: Vec<ObjectId> = self
            .list()
            .into_iter()
            .filter(|network| network.is_dangling() && !network.config_only && chosen(network))
            .map(|network| network.id)
            .collect();
        let gone = unused.into_iter();
        gone.filter_map(|id| self.taken_out(id)).collect()
    }

    fn taken_out(&mut self, id: ObjectId) -> Option<Network> {
        let network = self.all.remove(id)?;
        for pool in &network.pools {
            self.space.give_back(pool.addresses.subnet());
        }
        Some(network)
    }
}

#[cfg(test)]
pub(crate) mod tests;
