//! Where a simulator listens, and where it is found.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use simulation::net;
use tokio::net::TcpListener;

use super::StartError;

/// Where a client finds who listens there: it cannot dial "any address", of which this machine's own
/// is meant.
pub(super) fn reachable(listening: IpAddr) -> IpAddr {
    if listening.is_unspecified() {
        IpAddr::from(Ipv4Addr::LOCALHOST)
    } else {
        listening
    }
}

/// A listener at an address, and where that is.
pub(super) fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listening = net::listen(address).and_then(|listener| {
        let at = listener.local_addr()?;
        Ok((listener, at))
    });
    listening.map_err(|source| StartError::Listen { address, source })
}
