//! Those who come to an admin API.

use std::io;
use std::net::SocketAddr;

use axum::serve::Listener;
use simulation::net::Arrivals;
use tokio::net::TcpStream;

/// Connections to an admin API.
pub(crate) struct Visits(pub(crate) Arrivals);

impl Listener for Visits {
    type Io = TcpStream;
    type Addr = Option<SocketAddr>;

    async fn accept(&mut self) -> (TcpStream, Option<SocketAddr>) {
        match self.0.next().await {
            None => std::future::pending().await,
            Some((stream, peer)) => (stream, Some(peer)),
        }
    }

    fn local_addr(&self) -> io::Result<Option<SocketAddr>> {
        self.0.address()
    }
}
