//! Who can reach whom: the living side of networks and published ports.
//!
//! What networks are and who is in them is the state's. Here stands which address leads to which
//! container's ports, for as long as it runs.

mod segment;
mod wiring;

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::host_ports::{Door, HostPorts};
use super::port_wish::{self, ContainerPort};
use super::published::{PublishError, Published};
use crate::files::Errno;
use crate::process::network::{Ports, Transport};
use crate::process::{Connection, Interface};
use crate::state::container::Container;
use crate::state::endpoint::Endpoint;
use crate::state::host_config::PortMap;
use crate::state::id::ObjectId;
use crate::state::network::Network;
use crate::state::network::mode::NetworkMode;
use crate::state::networks::Networks;
use segment::Seat;
use wiring::{SOURCE_PORTS, Wiring};

/// The address of the host on its own network, unless somebody says another.
pub(crate) const HOST_ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 4);

/// All that is connected on one host; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Fabric(Arc<Mutex<Wiring>>);

impl Default for Fabric {
    fn default() -> Self {
        Self::new(HOST_ADDRESS, None)
    }
}

impl Fabric {
    /// Nothing connected yet, on a host of this address. With `host_ports`, published ports are
    /// listened on for real.
    pub(crate) fn new(address: Ipv4Addr, host_ports: Option<Arc<dyn HostPorts>>) -> Self {
        Self(Arc::new(Mutex::new(Wiring {
            address,
            host: Ports::default(),
            networks: BTreeMap::new(),
            containers: HashMap::new(),
            published: Published::default(),
            host_ports,
            source: SOURCE_PORTS.1,
        })))
    }

    fn wiring(&self) -> MutexGuard<'_, Wiring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address of the host on its own network.
    pub(crate) fn address(&self) -> Ipv4Addr {
        self.wiring().address
    }

    /// The ports of the host itself.
    pub(crate) fn host_ports(&self) -> Ports {
        self.wiring().host.clone()
    }

    /// The ports of a container that runs.
    pub(crate) fn ports_of(&self, container: ObjectId) -> Option<Ports> {
        let wiring = self.wiring();
        wiring
            .containers
            .get(&container)
            .map(|seat| seat.ports.clone())
    }

    /// A container begins to run, connected to nothing yet; its ports.
    pub(crate) fn seat(&self, container: ObjectId) -> Ports {
        let ports = Ports::default();
        let seat = Seat {
            ports: ports.clone(),
            plugs: Vec::new(),
        };
        self.wiring().containers.insert(container, seat);
        ports
    }

    /// Connects a running container to a network, by its place there.
    pub(crate) fn plug(&self, container: &Container, network: &Network, place: &Endpoint) {
        self.wiring().plug(container, network, place);
    }

    /// A running container has other names now.
    pub(crate) fn rename(&self, container: &Container, networks: &Networks) {
        let mut wiring = self.wiring();
        for place in container.networks.values() {
            if let Ok(network) = networks.find(&place.network_id) {
                wiring.rename(container, network, place);
            }
        }
    }

    /// Disconnects a running container from a network.
    pub(crate) fn unplug(&self, container: ObjectId, network: ObjectId) {
        self.wiring().unplug(container, network);
    }

    /// A container does not run any more: it is reached nowhere.
    pub(crate) fn unseat(&self, container: ObjectId) {
        let mut wiring = self.wiring();
        wiring.published.withdraw(container);
        let seat = wiring.containers.get(&container);
        let networks: Vec<_> = seat
            .iter()
            .flat_map(|seat| &seat.plugs)
            .map(|p| p.network)
            .collect();
        for network in networks {
            wiring.unplug(container, network);
        }
        wiring.containers.remove(&container);
    }

    /// Whether something leads out of one of a running container's networks.
    pub(crate) fn leads_out(&self, container: ObjectId) -> bool {
        self.wiring().outward_address(container).is_some()
    }

    /// Publishes nothing of a container any more.
    pub(crate) fn withdraw(&self, container: ObjectId) {
        self.wiring().published.withdraw(container);
    }

    /// Publishes what a running container wishes, if it has a network that something leads out
    /// of; what leads to each port that it exposes.
    ///
    /// # Errors
    /// When a port is taken; then nothing is published.
    pub(crate) fn publish(&self, container: &Container) -> Result<PortMap, PublishError> {
        let exposed = port_wish::exposed(container);
        let mut map: PortMap = exposed
            .into_iter()
            .map(|port| (port.to_string(), None))
            .collect();
        let mode = NetworkMode(&container.host.network_mode);
        let mut wiring = self.wiring();
        wiring.published.withdraw(container.id);
        let Some(own) = wiring
            .outward_address(container.id)
            .filter(|_| mode.is_private())
        else {
            map.clear();
            return Ok(map);
        };
        let wishes = port_wish::wishes(container);
        let host_ports = wiring.host_ports.clone();
        let bind = |at: SocketAddr, port: ContainerPort| {
            let (Some(host_ports), Some(transport)) = (&host_ports, port.protocol.transport())
            else {
                return Ok(None);
            };
            let door = self.door(container.id, transport, port.number);
            let bound = match transport {
                Transport::Tcp => host_ports.bind(at, door),
                Transport::Udp => host_ports.bind_datagrams(at, door),
            };
            bound.map(Some)
        };
        let published = wiring
            .published
            .publish(container.id, own, &wishes, &bind)?;
        map.extend(published);
        Ok(map)
    }

    /// What is done with connections from the real host to a container's port.
    fn door(&self, container: ObjectId, transport: Transport, port: u16) -> Door {
        let wiring = Arc::downgrade(&self.0);
        Arc::new(move |connection| {
            let fabric = wiring.upgrade().map(Self);
            Box::pin(async move {
                let Some(fabric) = fabric else { return };
                // Whoever comes from the host itself comes through the network's gateway.
                let peer = connection.peer();
                let gateway = fabric.wiring().gateway(container);
                let connection = match gateway.filter(|_| peer.ip().is_loopback()) {
                    Some(gateway) => connection.seen_from(SocketAddr::new(gateway, peer.port())),
                    None => connection,
                };
                if let Some(ports) = fabric.ports_of(container) {
                    // Where nobody listens the connection ends at once.
                    ports.arrive(transport, port, connection).await.ok();
                }
            })
        })
    }

    /// Hands a connection from outside to whoever listens behind a port of the host on one of its
    /// addresses.
    ///
    /// # Errors
    /// [`Errno::Refused`] where nobody does.
    pub(crate) async fn arrive(
        &self,
        transport: Transport,
        at: SocketAddr,
        connection: Connection,
    ) -> Result<(), Errno> {
        let behind = self.wiring().behind(transport, at);
        let (ports, port) = behind.ok_or(Errno::Refused)?;
        ports.arrive(transport, port, connection).await
    }

    /// Connects from outside to a port of the host on one of its addresses.
    ///
    /// # Errors
    /// [`Errno::Refused`] where nobody listens behind it.
    pub(crate) async fn connect(
        &self,
        transport: Transport,
        at: SocketAddr,
        from: SocketAddr,
    ) -> Result<Connection, Errno> {
        let (near, far) = Connection::pair(transport, from, at);
        self.arrive(transport, at, far).await?;
        Ok(near)
    }

    /// Connects from a container, or from the host itself where none is named.
    ///
    /// # Errors
    /// [`Errno::Refused`] where nobody listens, [`Errno::NoRoute`] where nobody is, and
    /// [`Errno::Unreachable`] where nothing leads to.
    pub(super) async fn connect_from(
        &self,
        container: Option<ObjectId>,
        transport: Transport,
        to: SocketAddr,
    ) -> Result<Connection, Errno> {
        let route = {
            let mut wiring = self.wiring();
            match container {
                Some(container) => wiring.route(container, transport, to),
                None => wiring.route_of_host(transport, to),
            }
        }?;
        let (near, far) = Connection::pair(transport, route.from, to);
        route.ports.arrive(transport, route.port, far).await?;
        Ok(near)
    }

    /// The addresses of a name, as the engine's name server knows it for a container: names in
    /// networks that somebody made.
    pub(super) fn resolve(&self, container: ObjectId, name: &str) -> Vec<IpAddr> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let wiring = self.wiring();
        let Some(seat) = wiring.containers.get(&container) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for plug in &seat.plugs {
            let Some(segment) = wiring.networks.get(&plug.network) else {
                continue;
            };
            if !segment.is_user_defined {
                continue;
            }
            let linked = plug.links.get(&name).map(String::as_str);
            let short = name
                .strip_suffix(segment.name.to_ascii_lowercase().as_str())
                .and_then(|rest| rest.strip_suffix('.'));
            let known = [linked, Some(name.as_str()), short];
            let named = known
                .into_iter()
                .flatten()
                .find_map(|name| segment.names.get(name));
            for other in named.into_iter().flatten() {
                found.extend(wiring.addresses(*other, plug.network));
            }
        }
        found
    }

    /// Whether the engine's name server answers a container: it is in a network that somebody made.
    pub(super) fn has_name_server(&self, container: ObjectId) -> bool {
        let wiring = self.wiring();
        let seat = wiring.containers.get(&container);
        let plugs = seat.into_iter().flat_map(|seat| &seat.plugs);
        let mut segments = plugs.filter_map(|plug| wiring.networks.get(&plug.network));
        segments.any(|segment| segment.is_user_defined)
    }

    /// What an address is called in the networks of a container, as the engine's name server says it.
    pub(super) fn name_of(&self, container: ObjectId, address: IpAddr) -> Option<String> {
        let wiring = self.wiring();
        let seat = wiring.containers.get(&container)?;
        seat.plugs.iter().find_map(|plug| {
            let segment = wiring.networks.get(&plug.network)?;
            let other = segment.addresses.get(&address)?;
            let other = &wiring.containers.get(other)?.plugs;
            let place = other.iter().find(|place| place.network == plug.network)?;
            Some(format!("{}.{}", place.names.first()?, segment.name))
        })
    }

    /// The interfaces of a container, loopback first.
    pub(super) fn interfaces(&self, container: ObjectId) -> Vec<Interface> {
        let wiring = self.wiring();
        let seat = wiring.containers.get(&container);
        let plugs = seat.into_iter().flat_map(|seat| &seat.plugs);
        let addressed = plugs.filter(|plug| !plug.addresses.is_empty());
        let mut interfaces = vec![Interface::loopback()];
        for (number, plug) in addressed.enumerate() {
            let ipv4 = plug
                .addresses
                .iter()
                .find_map(|subnet| match subnet.address() {
                    IpAddr::V4(address) => Some((address, subnet.prefix())),
                    IpAddr::V6(_) => None,
                });
            let (address, prefix) = ipv4.unwrap_or((Ipv4Addr::UNSPECIFIED, 0));
            interfaces.push(Interface {
                name: format!("eth{number}"),
                address,
                prefix,
                mac: plug.mac.clone(),
            });
        }
        interfaces
    }

    /// The interfaces of the host, loopback first: its own network, then its bridges.
    pub(super) fn interfaces_of_host(&self) -> Vec<Interface> {
        let wiring = self.wiring();
        let mut interfaces = vec![
            Interface::loopback(),
            Interface {
                name: "eth0".to_owned(),
                address: wiring.address,
                prefix: 24,
                mac: "00:0d:3a:00:00:04".to_owned(),
            },
        ];
        for (id, segment) in &wiring.networks {
            let gateways = segment.gateways.iter().zip(&segment.subnets);
            interfaces.extend(gateways.filter_map(|(gateway, subnet)| match gateway {
                IpAddr::V4(address) => Some(Interface {
                    name: segment.interface(*id),
                    address: *address,
                    prefix: subnet.prefix(),
                    mac: "02:42:00:00:00:01".to_owned(),
                }),
                IpAddr::V6(_) => None,
            }));
        }
        interfaces
    }
}

#[cfg(test)]
mod tests;
