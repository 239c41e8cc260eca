//! What the processes of a container see of the network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use futures_util::future::BoxFuture;

use super::fabric::Fabric;
use crate::files::{Credentials, Errno, View};
use crate::process::network::{Listener, Ports, Transport, dns};
use crate::process::{Connection, Interface, Network};
use crate::state::id::ObjectId;

/// How much of `/etc/hosts` is read, in bytes.
const HOSTS_LIMIT: usize = 1 << 20;

/// Where the engine's name server answers containers in networks that somebody made.
const NAME_SERVER: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 11)), dns::PORT);

/// The names that the engine knows for a container.
struct Known {
    fabric: Fabric,
    container: ObjectId,
}

impl dns::Names for Known {
    fn addresses(&self, name: &str) -> Vec<IpAddr> {
        self.fabric.resolve(self.container, name)
    }

    fn name(&self, address: IpAddr) -> Option<String> {
        self.fabric.name_of(self.container, address)
    }
}

/// What the processes of a container see of the network.
#[derive(Clone, Debug)]
pub(crate) struct ContainerNetwork {
    fabric: Fabric,
    /// Whose network it is; the host's when it is no container's.
    container: Option<ObjectId>,
    ports: Ports,
    /// Where `/etc/hosts` is.
    files: Option<View>,
}

impl ContainerNetwork {
    /// The network of a container that runs.
    pub(crate) fn new(fabric: Fabric, container: ObjectId, ports: Ports) -> Self {
        Self {
            fabric,
            container: Some(container),
            ports,
            files: None,
        }
    }

    /// The network of the host itself.
    pub(crate) fn of_host(fabric: Fabric) -> Self {
        Self {
            ports: fabric.host_ports(),
            fabric,
            container: None,
            files: None,
        }
    }

    /// The same network, with names from `/etc/hosts` of these files, as it is when a name is
    /// looked up.
    #[must_use]
    pub(crate) fn with_files(self, files: View) -> Self {
        Self {
            files: Some(files),
            ..self
        }
    }

    /// The addresses that `/etc/hosts` tells for a name.
    fn in_hosts(&self, name: &str) -> Vec<IpAddr> {
        let Some(files) = &self.files else {
            return Vec::new();
        };
        let Ok(bytes) = files.read("/etc/hosts", &Credentials::ROOT) else {
            return Vec::new();
        };
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(HOSTS_LIMIT)]);
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default());
        lines
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let address = words.next()?.parse().ok()?;
                words
                    .any(|word| word.eq_ignore_ascii_case(name))
                    .then_some(address)
            })
            .collect()
    }
}

impl Network for ContainerNetwork {
    fn interfaces(&self) -> Vec<Interface> {
        match self.container {
            Some(container) => self.fabric.interfaces(container),
            None => self.fabric.interfaces_of_host(),
        }
    }

    fn resolve(&self, name: &str) -> Vec<IpAddr> {
        if let Ok(address) = name.parse() {
            return vec![address];
        }
        let in_hosts = self.in_hosts(name);
        if !in_hosts.is_empty() {
            return in_hosts;
        }
        if name.eq_ignore_ascii_case("localhost") {
            return vec![Ipv4Addr::LOCALHOST.into()];
        }
        match self.container {
            Some(container) => self.fabric.resolve(container, name),
            None => Vec::new(),
        }
    }

    fn connect_by(
        &self,
        transport: Transport,
        to: SocketAddr,
    ) -> BoxFuture<'static, Result<Connection, Errno>> {
        let (fabric, container) = (self.fabric.clone(), self.container);
        let asked = container.filter(|container| {
            (transport, to) == (Transport::Udp, NAME_SERVER) && fabric.has_name_server(*container)
        });
        if let Some(container) = asked {
            let from = SocketAddr::from((Ipv4Addr::LOCALHOST, dns::PORT));
            let (near, far) = Connection::pair(transport, from, to);
            // It ends with the connection.
            tokio::spawn(dns::serve(far, Box::new(Known { fabric, container })));
            return Box::pin(async move { Ok(near) });
        }
        Box::pin(async move { fabric.connect_from(container, transport, to).await })
    }

    fn listen_by(&self, transport: Transport, port: u16) -> Result<Listener, Errno> {
        self.ports.listen(transport, port)
    }

    fn listened(&self) -> Vec<(Transport, u16)> {
        self.ports.open()
    }
}
