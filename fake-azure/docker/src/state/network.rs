//! Networks: what they were asked to be, the addresses they have, and who is in them.

pub mod document;
pub mod error;
pub mod ipam;
pub mod mode;
pub mod request;

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::address_pool::{AddressError, AddressPool};
use super::event::{Event, EventKind};
use super::id::ObjectId;
use super::store::Named;
use super::subnet::{Family, Subnet};
use document::Document;
use ipam::Ipam;
use mode::NetworkMode;

/// The bridge that containers are on that ask for no network.
pub const DEFAULT: &str = "bridge";

/// A network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
pub struct Network {
    /// Its identifier.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// How many networks the engine made before it: lists are in this order.
    pub serial: u64,
    /// When it was made.
    pub created: Timestamp,
    /// `bridge`, `host`, `null`, `macvlan`, `ipvlan`.
    pub driver: String,
    /// Whether its members have addresses of IPv4.
    pub enable_ipv4: bool,
    /// Whether its members have addresses of IPv6.
    pub enable_ipv6: bool,
    /// The addresses as they were asked for.
    pub ipam: Ipam,
    /// Whether nothing leads out of it.
    pub internal: bool,
    /// Whether containers may join a swarm's network by hand.
    pub attachable: bool,
    /// Whether it only stands for the settings of others.
    pub config_only: bool,
    /// The network whose settings it has.
    pub config_from: String,
    /// Options of the driver.
    pub options: BTreeMap<String, String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// The addresses that it has.
    pub pools: Vec<Pool>,
    /// The containers that run in it.
    pub members: BTreeMap<ObjectId, Member>,
}

/// Addresses of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// The addresses.
    pub addresses: AddressPool,
    /// The way out.
    pub gateway: Option<IpAddr>,
}

/// A container that runs in a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The identifier of its place.
    pub endpoint: ObjectId,
    /// The name of the container.
    pub name: String,
    /// The hardware address; empty where there is none.
    pub mac: String,
    /// The address of IPv4, and how many bits of it are the network's.
    pub ipv4: Option<Subnet>,
    /// The address of IPv6.
    pub ipv6: Option<Subnet>,
}

impl Named for Network {
    fn id(&self) -> ObjectId {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}

impl Network {
    /// Whether the engine was born with this network; such a one is never removed.
    pub fn is_predefined(&self) -> bool {
        is_predefined(&self.name)
    }

    /// Whether its members find each other by name.
    pub fn is_user_defined(&self) -> bool {
        NetworkMode(&self.name).is_user_defined()
    }

    /// Whether nothing uses this network and it may be removed.
    pub fn is_dangling(&self) -> bool {
        !self.is_predefined() && self.members.is_empty()
    }

    /// Whether its members share what the host has, or have nothing: no addresses of their own.
    pub fn has_no_addresses(&self) -> bool {
        matches!(self.driver.as_str(), "host" | "null")
    }

    /// The way out; none where nothing leads out.
    pub fn gateway(&self, family: Family) -> Option<IpAddr> {
        if self.internal {
            return None;
        }
        self.pools_of(family).find_map(|pool| pool.gateway)
    }

    /// The pools of this version.
    pub fn pools_of(&self, family: Family) -> impl Iterator<Item = &Pool> {
        self.pools
            .iter()
            .filter(move |pool| pool.addresses.subnet().family() == family)
    }

    /// The pool that an address is of.
    pub fn pool_with(&self, address: IpAddr) -> Option<&Pool> {
        self.pools
            .iter()
            .find(|pool| pool.addresses.subnet().contains(address))
    }

    /// The name of the bridge on the host.
    pub fn bridge_name(&self) -> String {
        match self.options.get("com.docker.network.bridge.name") {
            Some(name) => name.clone(),
            None => format!("br-{}", self.id.short()),
        }
    }

    /// Whether its members reach each other.
    pub fn lets_members_talk(&self) -> bool {
        self.options
            .get("com.docker.network.bridge.enable_icc")
            .is_none_or(|value| value != "false")
    }

    /// Gives an address, this one or the next, with the bits of its subnet.
    ///
    /// # Errors
    /// When this one is taken, or none is left.
    pub fn take_address(
        &mut self,
        family: Family,
        wanted: Option<IpAddr>,
    ) -> Result<Subnet, AddressError> {
        let mut why = AddressError::Exhausted;
        for pool in &mut self.pools {
            let pool = &mut pool.addresses;
            if pool.subnet().family() != family {
                continue;
            }
            let given = match wanted {
                Some(address) => pool.take_this(address).map(|()| address),
                None => pool.take(),
            };
            match given {
                Ok(address) => {
                    let given = Subnet::new(address, pool.subnet().prefix());
                    return given.ok_or(AddressError::OutOfRange);
                }
                Err(AddressError::Taken) => return Err(AddressError::Taken),
                Err(other) => why = other,
            }
        }
        Err(why)
    }

    /// Takes an address back.
    pub fn give_back(&mut self, address: IpAddr) {
        for pool in &mut self.pools {
            pool.addresses.give_back(address);
        }
    }

    /// What the API shows; its members are told by an inspection alone.
    pub fn document(&self, with_members: bool) -> Document<'_> {
        Document::of(self, with_members)
    }

    /// What is told of what happens to it: `create`, `destroy`, and with a container `connect`
    /// and `disconnect`.
    pub fn event(&self, now: Timestamp, action: &str, container: Option<ObjectId>) -> Event {
        let mut attributes = BTreeMap::from([
            ("name".to_owned(), self.name.clone()),
            ("type".to_owned(), self.driver.clone()),
        ]);
        if let Some(container) = container {
            attributes.insert("container".to_owned(), container.to_string());
        }
        let id = self.id.to_string();
        Event::new(now, EventKind::Network, action, id, attributes)
    }
}

/// Whether the engine keeps this name to itself.
pub fn is_predefined(name: &str) -> bool {
    matches!(name, "bridge" | "host" | "none" | "default")
}
