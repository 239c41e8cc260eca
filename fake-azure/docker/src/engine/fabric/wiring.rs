//! The wires: who is connected to what, and which way leads where.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::segment::{Plug, Seat, Segment};
use crate::engine::host_ports::HostPorts;
use crate::engine::published::Published;
use crate::files::Errno;
use crate::process::network::{Ports, Transport};
use crate::state::container::Container;
use crate::state::endpoint::Endpoint;
use crate::state::id::ObjectId;
use crate::state::network::Network;

/// The ports that connections come from.
pub(super) const SOURCE_PORTS: (u16, u16) = (32768, 60999);

/// All that is connected on one host.
#[derive(Debug)]
pub(super) struct Wiring {
    /// The address of the host on its own network.
    pub(super) address: Ipv4Addr,
    /// The ports that the host's own processes listen on, those of containers in its network
    /// among them.
    pub(super) host: Ports,
    pub(super) networks: BTreeMap<ObjectId, Segment>,
    pub(super) containers: HashMap<ObjectId, Seat>,
    pub(super) published: Published,
    pub(super) host_ports: Option<Arc<dyn HostPorts>>,
    /// The port that the last connection came from.
    pub(super) source: u16,
}

/// Where a connection goes, and from where it seems to come.
pub(super) struct Route {
    pub(super) ports: Ports,
    pub(super) port: u16,
    pub(super) from: SocketAddr,
}

impl Wiring {
    pub(super) fn plug(&mut self, container: &Container, network: &Network, place: &Endpoint) {
        let segment = self
            .networks
            .entry(network.id)
            .or_insert_with(|| Segment::of(network));
        let plug = Plug::of(container, network, place);
        for address in &plug.addresses {
            segment.addresses.insert(address.address(), container.id);
        }
        for name in &plug.names {
            let named = segment.names.entry(name.clone()).or_default();
            named.push(container.id);
        }
        if let Some(seat) = self.containers.get_mut(&container.id) {
            // Most are in one network.
            seat.plugs.reserve_exact(1);
            seat.plugs.push(plug);
        }
    }

    /// Gives a place other names.
    pub(super) fn rename(&mut self, container: &Container, network: &Network, place: &Endpoint) {
        let plugs = self.containers.get_mut(&container.id);
        let mut plugs = plugs.into_iter().flat_map(|seat| &mut seat.plugs);
        let plug = plugs.find(|plug| plug.network == network.id);
        let (Some(plug), Some(segment)) = (plug, self.networks.get_mut(&network.id)) else {
            return;
        };
        let renamed = Plug::of(container, network, place).names;
        let old = std::mem::replace(&mut plug.names, renamed);
        segment.forget(&old, container.id);
        for name in &plug.names {
            let named = segment.names.entry(name.clone()).or_default();
            named.push(container.id);
        }
    }

    pub(super) fn unplug(&mut self, container: ObjectId, network: ObjectId) {
        let plug = self.containers.get_mut(&container).and_then(|seat| {
            let at = seat.plugs.iter().position(|plug| plug.network == network)?;
            Some(seat.plugs.remove(at))
        });
        let (Some(plug), Some(segment)) = (plug, self.networks.get_mut(&network)) else {
            return;
        };
        for address in &plug.addresses {
            segment.addresses.remove(&address.address());
        }
        segment.forget(&plug.names, container);
        let is_empty = segment.addresses.is_empty() && segment.names.is_empty();
        if is_empty {
            self.networks.remove(&network);
        }
    }

    /// The addresses of a container in a network.
    pub(super) fn addresses(&self, container: ObjectId, network: ObjectId) -> Vec<IpAddr> {
        let seat = self.containers.get(&container);
        let plugs = seat.into_iter().flat_map(|seat| &seat.plugs);
        plugs
            .filter(|plug| plug.network == network)
            .flat_map(|plug| plug.addresses.iter().map(|subnet| subnet.address()))
            .collect()
    }

    /// The address of a container in the first of its networks that something leads out of.
    pub(super) fn outward_address(&self, container: ObjectId) -> Option<IpAddr> {
        let seat = self.containers.get(&container)?;
        let outward = seat.plugs.iter().find(|plug| plug.leads_out)?;
        outward.addresses.first().map(|subnet| subnet.address())
    }

    /// The gateway of the first of a container's networks that something leads out of.
    pub(super) fn gateway(&self, container: ObjectId) -> Option<IpAddr> {
        let seat = self.containers.get(&container)?;
        let outward = seat.plugs.iter().find(|plug| plug.leads_out)?;
        let gateways = &self.networks.get(&outward.network)?.gateways;
        gateways.iter().find(|gateway| gateway.is_ipv4()).copied()
    }

    /// The next port that a connection comes from.
    pub(super) fn source(&mut self) -> u16 {
        let (first, last) = SOURCE_PORTS;
        self.source = if self.source >= last {
            first
        } else {
            self.source + 1
        };
        self.source
    }

    /// Who listens behind a port of the host: the host's own processes, or a container.
    pub(super) fn behind(&self, transport: Transport, at: SocketAddr) -> Option<(Ports, u16)> {
        if self.host.is_open(transport, at.port()) {
            return Some((self.host.clone(), at.port()));
        }
        let (container, port) = self.published.behind(transport.into(), at)?;
        let seat = self.containers.get(&container)?;
        Some((seat.ports.clone(), port))
    }

    /// Whether an address is the host's own.
    pub(super) fn is_of_host(&self, address: IpAddr) -> bool {
        address == IpAddr::V4(self.address)
            || self
                .networks
                .values()
                .any(|segment| segment.gateways.contains(&address))
    }

    pub(super) fn reach_host(
        &mut self,
        from: IpAddr,
        transport: Transport,
        to: SocketAddr,
    ) -> Result<Route, Errno> {
        let (ports, port) = self.behind(transport, to).ok_or(Errno::Refused)?;
        let from = SocketAddr::new(from, self.source());
        Ok(Route { ports, port, from })
    }

    /// The way from a container to an address.
    pub(super) fn route(
        &mut self,
        container: ObjectId,
        transport: Transport,
        to: SocketAddr,
    ) -> Result<Route, Errno> {
        let seat = self.containers.get(&container).ok_or(Errno::Unreachable)?;
        let is_own = seat.plugs.iter().any(|plug| plug.has(to.ip()));
        if to.ip().is_loopback() || to.ip().is_unspecified() || is_own {
            let (ports, port) = (seat.ports.clone(), to.port());
            let from = SocketAddr::new(to.ip(), self.source());
            return Ok(Route { ports, port, from });
        }
        for plug in &seat.plugs {
            let Some(segment) = self.networks.get(&plug.network) else {
                continue;
            };
            if !segment.has(to.ip()) {
                continue;
            }
            let own = plug.address_beside(to.ip()).ok_or(Errno::Unreachable)?;
            if segment.gateways.contains(&to.ip()) {
                return self.reach_host(own, transport, to);
            }
            let other = segment.addresses.get(&to.ip()).ok_or(Errno::NoRoute)?;
            if !segment.lets_members_talk {
                return Err(Errno::TimedOut);
            }
            let other = self.containers.get(other).ok_or(Errno::NoRoute)?;
            let ports = other.ports.clone();
            let from = SocketAddr::new(own, self.source());
            return Ok(Route {
                ports,
                port: to.port(),
                from,
            });
        }
        let out = seat.plugs.iter().find(|plug| plug.leads_out);
        let own = out.and_then(|plug| plug.address_beside(to.ip()));
        match own {
            Some(own) if self.is_of_host(to.ip()) => self.reach_host(own, transport, to),
            _ => Err(Errno::Unreachable),
        }
    }

    /// The way from the host itself to an address.
    pub(super) fn route_of_host(
        &mut self,
        transport: Transport,
        to: SocketAddr,
    ) -> Result<Route, Errno> {
        let is_here = to.ip().is_loopback() || to.ip().is_unspecified();
        if is_here || self.is_of_host(to.ip()) {
            return self.reach_host(to.ip(), transport, to);
        }
        let segment = self.networks.values().find(|segment| segment.has(to.ip()));
        let segment = segment.ok_or(Errno::Unreachable)?;
        let other = segment.addresses.get(&to.ip()).ok_or(Errno::NoRoute)?;
        let seat = self.containers.get(other).ok_or(Errno::NoRoute)?;
        let (ports, port) = (seat.ports.clone(), to.port());
        let from = segment
            .gateways
            .first()
            .copied()
            .unwrap_or(self.address.into());
        let from = SocketAddr::new(from, self.source());
        Ok(Route { ports, port, from })
    }
}
