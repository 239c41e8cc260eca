//! What an engine is to the world around its host.

use std::net::{Ipv4Addr, SocketAddr};

use super::{Engine, lock};
use crate::process::network::{Stream, Transport};

/// Where somebody outside dials from, by the documentation's addresses.
const OUTSIDER: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)), 50_000);

impl Engine {
    /// Connects to a port of the host, as somebody outside does: none where nobody listens
    /// behind it, neither a container whose port is published there nor one on the host's own
    /// network.
    pub async fn dial(&self, port: u16) -> Option<Box<dyn Stream>> {
        let at = SocketAddr::from((self.fabric().address(), port));
        let connection = self
            .fabric()
            .connect(Transport::Tcp, at, OUTSIDER)
            .await
            .ok()?;
        Some(connection.into_stream())
    }

    /// Sends datagrams from outside to a published UDP port, and takes those that come back; none
    /// when no program listens behind it. What is written at once is one.
    pub async fn dial_datagrams(&self, port: u16) -> Option<Box<dyn Stream>> {
        let at = SocketAddr::from((self.fabric().address(), port));
        let connecting = self.fabric().connect(Transport::Udp, at, OUTSIDER);
        Some(connecting.await.ok()?.into_stream())
    }

    /// Ends all that runs and serves nobody any more, as when the host is gone for good.
    pub fn shut_down(&self) {
        let lives = std::mem::take(&mut *lock(&self.shared.lives));
        let containers = std::mem::take(&mut self.state().containers);
        for life in lives.into_values() {
            life.finish();
        }
        for container in containers.iter() {
            self.fabric().unseat(container.id);
        }
        self.faults().go_down(None, self.clock());
        self.happened();
    }
}
