//! The ports of the machine that the engine really runs on.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use simulation::net::{self, Listening};

use crate::process::Connection;
use crate::process::network::datagrams::DatagramPort;

/// What is done with a connection that came in at a port.
pub type Door = Arc<dyn Fn(Connection) -> BoxFuture<'static, ()> + Send + Sync>;

/// A port of the machine that is listened on until this is dropped.
pub trait Bound: Send + Sync + fmt::Debug {}

/// Where published ports are listened on for real. Without one they are reached in memory alone.
pub trait HostPorts: Send + Sync + fmt::Debug {
    /// Listens on an address and port for TCP, and hands what comes in to `door`. Must be called
    /// inside a runtime.
    ///
    /// # Errors
    /// What the machine says, such as that somebody listens there.
    fn bind(&self, at: SocketAddr, door: Door) -> io::Result<Box<dyn Bound>>;

    /// Takes datagrams at an address and port, and hands what each visitor sends to `door`. Must be
    /// called inside a runtime. Where it is not said otherwise they are carried in memory alone.
    ///
    /// # Errors
    /// What the machine says, such as that somebody has the port.
    fn bind_datagrams(&self, _at: SocketAddr, _door: Door) -> io::Result<Box<dyn Bound>> {
        Ok(Box::new(Elsewhere))
    }
}

/// Published ports are listened on at the machine's loopback addresses, whichever address was
/// asked for: nobody else's machine is to find a simulated engine's containers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loopback;

impl Bound for Listening {}

/// A port that needs nobody to listen: another one stands for it.
#[derive(Debug)]
struct Elsewhere;

impl Bound for Elsewhere {}

/// The loopback address that stands for another.
fn on_loopback(at: SocketAddr) -> SocketAddr {
    let address = match at.ip() {
        address if address.is_loopback() => address,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(address, at.port())
}

impl HostPorts for Loopback {
    fn bind_datagrams(&self, at: SocketAddr, door: Door) -> io::Result<Box<dyn Bound>> {
        let at = on_loopback(at);
        match DatagramPort::open(at, door) {
            Err(error) if at.is_ipv6() && error.kind() != ErrorKind::AddrInUse => {
                Ok(Box::new(Elsewhere))
            }
            port => Ok(Box::new(port?)),
        }
    }

    fn bind(&self, at: SocketAddr, door: Door) -> io::Result<Box<dyn Bound>> {
        let address = on_loopback(at).ip();
        let listener = match net::listen(SocketAddr::new(address, at.port())) {
            // A machine without IPv6: what is asked for on all of its addresses is reached on
            // those of IPv4.
            Err(error) if address.is_ipv6() && error.kind() != ErrorKind::AddrInUse => {
                return Ok(Box::new(Elsewhere));
            }
            listener => listener?,
        };
        let (listening, arrivals) = Listening::new(listener);
        // It ends when the other half is dropped.
        tokio::spawn(net::accept(arrivals, move |stream, peer| {
            door(Connection::new(stream, peer))
        }));
        Ok(Box::new(listening))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn a_port_is_listened_on_until_it_is_let_go() {
        let door: Door = Arc::new(|connection| {
            Box::pin(async move {
                connection.write(b"hello").await.unwrap();
            })
        });
        let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = free.local_addr().unwrap();
        assert!(Loopback.bind(at, door.clone()).is_err(), "it is taken");
        drop(free);
        let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, at.port()));
        let bound = Loopback.bind(everywhere, door.clone()).unwrap();
        let mut stream = TcpStream::connect(at).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "hello");
        let six = SocketAddr::from((Ipv6Addr::UNSPECIFIED, at.port()));
        let also = Loopback.bind(six, door).unwrap();
        match std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
            Ok(_) => {
                let at = (Ipv6Addr::LOCALHOST, at.port());
                let mut stream = TcpStream::connect(at).await.unwrap();
                let mut said = String::new();
                stream.read_to_string(&mut said).await.unwrap();
                assert_eq!(said, "hello");
            }
            Err(_) => println!("this machine has no IPv6: nothing is reached there"),
        }
        drop(also);
        stream.shutdown().await.ok();
        drop(bound);
        assert!(TcpStream::connect(at).await.is_err());
    }
}
