//! Doors: public ports behind which something answers.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;

use super::docker_settings::DockerSettings;
use crate::world::Name;

/// A public port that leads to a Docker engine.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
    /// The machine behind it.
    pub(crate) machine: Machine,
    pub(crate) settings: Arc<DockerSettings>,
    /// Whether it shows a certificate of its own rather than the one of the settings.
    pub(crate) is_foreign: bool,
}

/// What an engine shows of the machine that it runs on.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// Tells it from any other machine, before or after.
    pub(crate) serial: u64,
    /// What it is part of, by its public name's first word.
    pub(crate) service: Name,
    /// What it is called there.
    pub(crate) name: Name,
    pub(crate) host_name: Name,
    pub(crate) cores: u32,
    pub(crate) memory_mb: u32,
    /// What its system calls itself.
    pub(crate) system: String,
    /// Its address on its own network.
    pub(crate) address: Option<Ipv4Addr>,
    /// When it was switched on last.
    pub(crate) boot: Timestamp,
}

/// A machine with Docker, and what leads to its other ports.
#[derive(Clone, Debug)]
pub(crate) struct PortDoors {
    pub(crate) machine: Machine,
    pub(crate) public: BTreeSet<PublicPort>,
    /// Ranges of public ports that lead to the machine's ports of the same numbers.
    pub(crate) ranges: Vec<PublicRange>,
    /// What the machine's own client was told since it was made, for the engine.
    pub(crate) calls: Calls,
}

/// Commands of a machine's own. They hold what its scripts do, so nothing prints them.
#[derive(Clone, Default)]
pub(crate) struct Calls(pub(crate) Vec<Vec<String>>);

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Calls").field(&self.0.len()).finish()
    }
}

/// How bytes come to a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Transport {
    /// As a stream, by TCP.
    Stream,
    /// As datagrams, by UDP.
    Datagrams,
}

/// A public port, and the machine's that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PublicPort {
    pub(crate) transport: Transport,
    pub(crate) public: SocketAddr,
    pub(crate) local: u16,
}

/// Public ports that lead to a machine's ports of the same numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicRange {
    pub(crate) transport: Transport,
    /// The address, and the first port.
    pub(crate) first: SocketAddr,
    pub(crate) last: u16,
    /// Those among them that streams to something else have.
    pub(crate) but: Arc<[u16]>,
}

impl PublicRange {
    /// The public port that leads to this port of the machine, if one of these does.
    pub(crate) fn to(&self, transport: Transport, local: u16) -> Option<PublicPort> {
        let is_in = transport == self.transport && (self.first.port()..=self.last).contains(&local);
        let is_kept = transport == Transport::Stream && self.but.contains(&local);
        (is_in && !is_kept).then(|| PublicPort {
            transport,
            public: SocketAddr::new(self.first.ip(), local),
            local,
        })
    }
}
