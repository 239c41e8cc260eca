//! Containers in their networks: what follows from a start, an end, a connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use jiff::Timestamp;

use super::container_network::ContainerNetwork;
use super::mounts::OwnFile;
use super::published::PublishError;
use super::{Engine, links};
use crate::fault::Fault;
use crate::files::{Credentials, Errno};
use crate::process::Connection;
use crate::process::network::{Stream, Transport};
use crate::shared::Pool;
use crate::state::State;
use crate::state::container::{Container, Status};
use crate::state::host_files::{self, HostResolver, Link};
use crate::state::id::ObjectId;
use crate::state::network::mode::NetworkMode;
use crate::state::network::request::{ConnectRequest, DisconnectRequest};
use crate::state::networks::SETUP_FAILED;
use crate::state::subnet::Family;

/// The name server that the host asks.
const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(10, 255, 255, 53);
const HOSTS: &str = "/etc/hosts";
const RESOLV_CONF: &str = "/etc/resolv.conf";
/// How many containers may stand one behind the other that share a network.
const SHARING_DEPTH: usize = 16;

/// What a container that starts gets of its networks.
pub(super) struct Place {
    /// What its processes see.
    pub(super) network: ContainerNetwork,
    /// The files that the engine gives it, by path.
    pub(super) files: Vec<OwnFile>,
    /// What its environment tells of containers that it is linked to.
    pub(super) env: Vec<String>,
}

impl Engine {
    /// Hands a connection from outside to whoever listens behind a port of the host, on one of
    /// the host's addresses: a container that publishes it, or one in the host's network.
    ///
    /// # Errors
    /// [`Errno::Refused`] where nobody listens.
    pub async fn arrive(
        &self,
        at: SocketAddr,
        from: SocketAddr,
        stream: impl Stream + 'static,
    ) -> Result<(), Errno> {
        let connection = Connection::new(stream, from);
        self.fabric().arrive(Transport::Tcp, at, connection).await
    }

    /// Lets a container that starts join its networks, and publishes its ports.
    ///
    /// # Errors
    /// When it cannot join one, or a port is taken; then it is in none.
    pub(super) fn join_networks(
        &self,
        state: &mut State,
        container: &mut Container,
        now: Timestamp,
    ) -> Result<Place, Fault> {
        if let Some(other) = NetworkMode(&container.host.network_mode).container() {
            let other = other.to_owned();
            return self.share_network(state, container, &other);
        }
        let linked = links::of(state, container)?;
        let env = links::environment(container, &linked);
        let linked: Vec<Link> = linked.into_iter().map(|linked| linked.link).collect();
        let State {
            networks,
            chance,
            events,
            ..
        } = state;
        let joined = networks
            .join(container, &mut || ObjectId::new(chance.bytes()))
            .map_err(|error| Fault::of(error.kind(), format!("{SETUP_FAILED}: {error}")))?;
        let fabric = self.fabric();
        let network = if NetworkMode(&container.host.network_mode).is_host() {
            ContainerNetwork::of_host(fabric.clone())
        } else {
            let ports = fabric.seat(container.id);
            for network in joined.iter().filter_map(|id| networks.get(*id)) {
                if let Some(place) = container.networks.get(&network.name) {
                    fabric.plug(container, network, place);
                }
            }
            ContainerNetwork::new(fabric.clone(), container.id, ports)
        };
        match fabric.publish(container) {
            Ok(ports) => container.ports = ports,
            Err(error) => {
                fabric.unseat(container.id);
                let words = not_published(container, &error);
                networks.leave(container);
                return Err(Fault::Internal(format!("{SETUP_FAILED}: {words}")));
            }
        }
        for network in joined.iter().filter_map(|id| networks.get(*id)) {
            events.push(network.event(now, "connect", Some(container.id)));
        }
        Ok(Place {
            network,
            files: given(texts(state, container, &linked), &mut state.name_servers),
            env,
        })
    }

    /// Lets a container that starts share another one's network.
    fn share_network(
        &self,
        state: &mut State,
        container: &mut Container,
        other: &str,
    ) -> Result<Place, Fault> {
        let mut other = other.to_owned();
        let mut first = None;
        for _ in 0..SHARING_DEPTH {
            let found = state.containers.find(&other).ok();
            let Some(owner) = found.and_then(|id| state.containers.get(id)) else {
                // The container that starts is not among the others.
                let id = container.id.to_string();
                let words = if container.name == other || id.starts_with(&other) {
                    "cannot join own network namespace".to_owned()
                } else {
                    format!("joining network namespace of container: No such container: {other}")
                };
                return Err(Fault::Internal(words));
            };
            if !owner.is_running() {
                return Err(Fault::Conflict(format!(
                    "cannot join network namespace of a non running container: container {} is {}",
                    owner.name, owner.state.status
                )));
            }
            if owner.state.status == Status::Restarting {
                return Err(Fault::Conflict(format!(
                    "cannot join network namespace of container: Container {other} is restarting, wait until the container is running"
                )));
            }
            let named = first.get_or_insert(owner);
            let mode = NetworkMode(&owner.host.network_mode);
            if let Some(next) = mode.container() {
                next.clone_into(&mut other);
                continue;
            }
            container.host_name.clone_from(&named.host_name);
            let domain = &named.config.domainname;
            if container.config.domainname != *domain {
                container.config.domainname.clone_from(domain);
            }
            let fabric = self.fabric().clone();
            let network = if mode.is_host() {
                ContainerNetwork::of_host(fabric)
            } else {
                let ports = fabric.ports_of(owner.id).unwrap_or_default();
                ContainerNetwork::new(fabric, owner.id, ports)
            };
            return Ok(Place {
                network,
                files: given(texts(state, owner, &[]), &mut state.name_servers),
                env: Vec::new(),
            });
        }
        let words = "too many containers share a network one behind the other".to_owned();
        Err(Fault::Internal(words))
    }

    /// Lets a container that ended leave its networks; nothing leads to it any more.
    pub(super) fn leave_networks(
        &self,
        state: &mut State,
        container: &mut Container,
        now: Timestamp,
    ) {
        self.fabric().unseat(container.id);
        let State {
            networks, events, ..
        } = state;
        for network in networks.leave(container) {
            if let Some(network) = networks.get(network) {
                events.push(network.event(now, "disconnect", Some(container.id)));
            }
        }
        container.ports.clear();
    }

    /// A container has another name now: others find it by that one.
    pub(crate) fn rename_in_networks(&self, state: &mut State, container: &mut Container) {
        state.networks.rename(container);
        self.fabric().rename(container, &state.networks);
    }

    /// Connects a container to a network.
    pub(crate) fn connect(&self, network: &str, request: ConnectRequest) -> Result<(), Fault> {
        let id = self.container_id(&request.container)?;
        let now = self.now();
        let mut state = self.state();
        let Some(mut container) = state.containers.get(id).cloned() else {
            return Err(Fault::NoSuchContainer(request.container));
        };
        let State {
            networks,
            chance,
            events,
            ..
        } = &mut *state;
        let mut fresh = || ObjectId::new(chance.bytes());
        let joined =
            networks.connect(&mut container, network, request.endpoint_config, &mut fresh)?;
        if let Some(network) = joined.and_then(|id| networks.get(id))
            && let Some(place) = container.networks.get(&network.name)
        {
            let fabric = self.fabric();
            fabric.plug(&container, network, place);
            if !is_published(&container) {
                match fabric.publish(&container) {
                    Ok(ports) => container.ports = ports,
                    Err(error) => {
                        let (id, name) = (network.id, network.name.clone());
                        fabric.unplug(container.id, id);
                        let words = not_published(&container, &error);
                        networks.disconnect(&mut container, &name, false)?;
                        return Err(Fault::Internal(words));
                    }
                }
            }
            events.push(network.event(now, "connect", Some(container.id)));
        }
        let before = state.containers.get(id).cloned();
        state.containers.insert(container.clone());
        drop(state);
        self.rewrite_files(before.as_ref(), &container, now);
        self.happened();
        Ok(())
    }

    /// Brings the files of a running container up to date that the engine gave it, where its
    /// networks changed: its own addresses in `/etc/hosts`, and its name server, unless somebody
    /// has chosen another.
    fn rewrite_files(&self, before: Option<&Container>, after: &Container, now: Timestamp) {
        let life = self.life(after.id);
        let (Some(before), Some(running)) = (before, life.ok().and_then(|life| life.running()))
        else {
            return;
        };
        let files = running.space.files();
        let root = &Credentials::ROOT;
        if let Ok(bytes) = files.read(HOSTS, root) {
            let text = String::from_utf8_lossy(&bytes);
            let (old, new) = (host_files::own_lines(before), host_files::own_lines(after));
            let kept = text
                .lines()
                .filter(|line| !old.iter().any(|own| own == line));
            let lines = kept.map(ToOwned::to_owned).chain(new);
            let text: String = lines.map(|line| line + "\n").collect();
            // On a disk that is full the old one stays.
            files.write(HOSTS, text.into_bytes(), 0o644, root, now).ok();
        }
        let resolver = resolver();
        let [old, new] = [before, after].map(|of| host_files::resolv_conf(of, &resolver));
        if let Ok(bytes) = files.read(RESOLV_CONF, root)
            && *bytes == *old.as_bytes()
            && old != new
        {
            files
                .write(RESOLV_CONF, new.into_bytes(), 0o644, root, now)
                .ok();
        }
    }

    /// Disconnects a container from a network.
    pub(crate) fn disconnect(
        &self,
        network: &str,
        request: &DisconnectRequest,
    ) -> Result<(), Fault> {
        let now = self.now();
        let found = self.container_id(&request.container);
        let mut state = self.state();
        let State {
            networks,
            events,
            containers,
            ..
        } = &mut *state;
        let mut container = match found {
            Ok(id) => containers.get(id).cloned(),
            Err(_) if request.force => None,
            Err(fault) => return Err(fault),
        };
        let left = match &mut container {
            Some(container) => networks.disconnect(container, network, request.force)?,
            None => Some(networks.forget(&request.container, network)?),
        };
        if let Some(network) = left.and_then(|id| networks.get(id)) {
            let id = container.as_ref().map(|container| container.id);
            if let Some(container) = &mut container {
                let fabric = self.fabric();
                fabric.unplug(container.id, network.id);
                if !fabric.leads_out(container.id) {
                    fabric.withdraw(container.id);
                    container.ports.clear();
                }
            }
            events.push(network.event(now, "disconnect", id));
        }
        let before = container
            .as_ref()
            .and_then(|c| containers.get(c.id).cloned());
        if let Some(container) = &container {
            containers.insert(container.clone());
        }
        drop(state);
        if let Some(container) = &container {
            self.rewrite_files(before.as_ref(), container, now);
        }
        self.happened();
        Ok(())
    }
}

/// Whether one of the host's ports leads to a container.
fn is_published(container: &Container) -> bool {
    container.ports.values().any(Option::is_some)
}

/// The engine's sentence for a port that cannot be published.
fn not_published(container: &Container, error: &PublishError) -> String {
    let mode = NetworkMode(&container.host.network_mode).network();
    let place = mode.and_then(|name| container.networks.get(name));
    let place = place.or_else(|| container.networks.values().next());
    let endpoint = place.map_or("", |place| place.endpoint_id.as_str());
    format!(
        "driver failed programming external connectivity on endpoint {} ({endpoint}): {error}",
        container.name
    )
}

/// The contents of the files that the engine gives a container: its hosts, its own name, its name
/// servers.
fn texts(state: &State, container: &Container, links: &[Link]) -> [String; 3] {
    let bridge = state.networks.find(crate::state::network::DEFAULT).ok();
    let gateway = bridge.and_then(|bridge| bridge.gateway(Family::V4));
    let host = gateway.unwrap_or(IpAddr::V4(super::fabric::HOST_ADDRESS));
    [
        host_files::hosts(container, links, host),
        host_files::hostname(container),
        host_files::resolv_conf(container, &resolver()),
    ]
}

/// The files of these contents. Most containers are told of the same name servers.
fn given([mut hosts, name, servers]: [String; 3], known: &mut Pool<String>) -> Vec<OwnFile> {
    hosts.shrink_to_fit();
    vec![
        (HOSTS, hosts.into()),
        ("/etc/hostname", name.into()),
        (RESOLV_CONF, known.share(servers)),
    ]
}

/// What the host knows of names.
fn resolver() -> HostResolver {
    HostResolver {
        servers: vec![NAME_SERVER.into()],
        search: Vec::new(),
        options: Vec::new(),
    }
}
