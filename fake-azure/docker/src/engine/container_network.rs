//! What the processes of a container see of the network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use futures_util::future::BoxFuture;

use super::fabric::Fabric;
use crate::files::{Credentials, Errno, View};
use crate::process::network::{Listener, Ports};
use crate::process::{Connection, Interface, Network};
use crate::state::id::ObjectId;

/// How much of `/etc/hosts` is read, in bytes.
const HOSTS_LIMIT: usize = 1 << 20;

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

    fn connect(&self, to: SocketAddr) -> BoxFuture<'static, Result<Connection, Errno>> {
        let (fabric, container) = (self.fabric.clone(), self.container);
        Box::pin(async move { fabric.connect_from(container, to).await })
    }

    fn listen(&self, port: u16) -> Result<Listener, Errno> {
        self.ports.listen(port)
    }
}
