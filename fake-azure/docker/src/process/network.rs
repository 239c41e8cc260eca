//! What processes reach and offer: names, connections and listeners, all in memory.

pub mod datagrams;
pub mod dns;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::mpsc;

use crate::files::Errno;
use crate::small_map::SmallMap;

/// How many connections wait to be accepted.
const BACKLOG: usize = 128;
/// How many bytes of a connection wait in each direction.
const BUFFER: usize = 64 * 1024;

/// What a process knows of its network.
pub trait Network: Send + Sync + fmt::Debug {
    /// The interfaces, loopback first.
    fn interfaces(&self) -> Vec<Interface>;

    /// The addresses of a name; none when nobody knows it.
    fn resolve(&self, name: &str) -> Vec<IpAddr>;

    /// Connects to an address.
    ///
    /// # Errors
    /// [`Errno::Refused`] where nobody listens, [`Errno::Unreachable`] where nobody is.
    fn connect_by(
        &self,
        transport: Transport,
        to: SocketAddr,
    ) -> BoxFuture<'static, Result<Connection, Errno>>;

    /// Listens on a port of all interfaces.
    ///
    /// # Errors
    /// [`Errno::AddressInUse`] when somebody does.
    fn listen_by(&self, transport: Transport, port: u16) -> Result<Listener, Errno>;

    /// The ports that are listened on, in order.
    fn listened(&self) -> Vec<(Transport, u16)>;

    /// Connects to an address by TCP.
    ///
    /// # Errors
    /// As [`Network::connect_by`].
    fn connect(&self, to: SocketAddr) -> BoxFuture<'static, Result<Connection, Errno>> {
        self.connect_by(Transport::Tcp, to)
    }

    /// Listens on a port of all interfaces for TCP.
    ///
    /// # Errors
    /// As [`Network::listen_by`].
    fn listen(&self, port: u16) -> Result<Listener, Errno> {
        self.listen_by(Transport::Tcp, port)
    }
}

/// How bytes travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// As a stream.
    #[default]
    Tcp,
    /// As datagrams. What two ports send each other is one connection here: it is there from the
    /// first datagram on until either end goes, and each write is a datagram.
    Udp,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// `lo`, `eth0`.
    pub name: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// How many bits of the address are the network's.
    pub prefix: u8,
    /// Its hardware address, as `02:42:ac:11:00:02`; empty for loopback.
    pub mac: String,
}

impl Interface {
    /// `lo`.
    pub fn loopback() -> Self {
        Self {
            name: "lo".to_owned(),
            address: Ipv4Addr::LOCALHOST,
            prefix: 8,
            mac: String::new(),
        }
    }
}

/// Anything that bytes can be read from and written to.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection, seen from one of its ends.
pub struct Connection {
    stream: tokio::sync::Mutex<tokio::io::ReadHalf<Box<dyn Stream>>>,
    sending: tokio::sync::Mutex<tokio::io::WriteHalf<Box<dyn Stream>>>,
    peer: SocketAddr,
    /// Whether what is read at once ends in a line feed.
    in_lines: bool,
}

impl Connection {
    /// Wraps a stream whose other end is `peer`.
    pub fn new(stream: impl Stream + 'static, peer: SocketAddr) -> Self {
        let (reading, writing) = tokio::io::split(Box::new(stream) as Box<dyn Stream>);
        Self {
            stream: tokio::sync::Mutex::new(reading),
            sending: tokio::sync::Mutex::new(writing),
            peer,
            in_lines: false,
        }
    }

    /// The same connection, whose datagrams are lines whether or not they end as such.
    #[must_use]
    pub fn in_lines(self) -> Self {
        Self {
            in_lines: true,
            ..self
        }
    }

    /// Two ends: the first at whoever connects from `from`, the second at whoever accepts at `to`.
    pub fn pair(transport: Transport, from: SocketAddr, to: SocketAddr) -> (Self, Self) {
        match transport {
            Transport::Tcp => {
                let (near, far) = tokio::io::duplex(BUFFER);
                (Self::new(near, to), Self::new(far, from))
            }
            Transport::Udp => {
                let (near, far) = datagrams::pair();
                (Self::new(near, to), Self::new(far, from))
            }
        }
    }

    /// The same connection, from somebody whom others see at another address.
    #[must_use]
    pub fn seen_from(mut self, peer: SocketAddr) -> Self {
        self.peer = peer;
        self
    }

    /// Who is at the other end.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Waits for bytes, at most `most`; none is the end.
    pub async fn read(&self, most: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; most.min(super::task::CHUNK)];
        let count = self
            .stream
            .lock()
            .await
            .read(&mut bytes)
            .await
            .map_err(|_| Errno::ConnectionReset)?;
        bytes.truncate(count);
        if self.in_lines && bytes.last().is_some_and(|last| *last != b'\n') {
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    /// Writes all of `bytes`.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), Errno> {
        let mut sending = self.sending.lock().await;
        let written = match sending.write_all(bytes).await {
            Ok(()) => sending.flush().await,
            failed => failed,
        };
        written.map_err(|_| Errno::BrokenPipe)
    }

    /// Says that nothing more will be written.
    pub async fn finish(&self) {
        // Whoever is gone need not be told.
        self.sending.lock().await.shutdown().await.ok();
    }

    /// The stream itself, for those who speak a protocol of streams.
    pub fn into_stream(self) -> Box<dyn Stream> {
        Box::new(Joined {
            reading: self.stream.into_inner(),
            writing: self.sending.into_inner(),
        })
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

struct Joined {
    reading: tokio::io::ReadHalf<Box<dyn Stream>>,
    writing: tokio::io::WriteHalf<Box<dyn Stream>>,
}

impl AsyncRead for Joined {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reading).poll_read(cx, buf)
    }
}

impl AsyncWrite for Joined {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.writing).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writing).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writing).poll_shutdown(cx)
    }
}

/// The ports of one network namespace.
#[derive(Clone, Debug, Default)]
pub struct Ports(Arc<Mutex<Open>>);

/// Who listens.
type Open = SmallMap<(Transport, u16), mpsc::Sender<Box<Connection>>>;

/// A port that is listened on until this is dropped.
#[derive(Debug)]
pub struct Listener {
    transport: Transport,
    port: u16,
    /// Boxed, because a channel has room for many from the start.
    arrivals: mpsc::Receiver<Box<Connection>>,
    ports: Ports,
}

impl Ports {
    /// Listens on a port.
    ///
    /// # Errors
    /// [`Errno::AddressInUse`] when somebody does.
    pub fn listen(&self, transport: Transport, port: u16) -> Result<Listener, Errno> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.contains_key(&(transport, port)) {
            return Err(Errno::AddressInUse);
        }
        let (sender, arrivals) = mpsc::channel(BACKLOG);
        open.insert((transport, port), sender);
        Ok(Listener {
            transport,
            port,
            arrivals,
            ports: self.clone(),
        })
    }

    /// The ports that are listened on, in order.
    pub fn open(&self) -> Vec<(Transport, u16)> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.keys().copied().collect()
    }

    /// Whether somebody listens on a port.
    pub fn is_open(&self, transport: Transport, port: u16) -> bool {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.contains_key(&(transport, port))
    }

    /// Connects to a port, from `from`; `to` is how the one who connects calls it.
    ///
    /// # Errors
    /// [`Errno::Refused`] where nobody listens.
    pub async fn connect(
        &self,
        transport: Transport,
        from: SocketAddr,
        to: SocketAddr,
    ) -> Result<Connection, Errno> {
        let (near, far) = Connection::pair(transport, from, to);
        self.arrive(transport, to.port(), far).await?;
        Ok(near)
    }

    /// Hands an outsider's connection to whoever listens on a port.
    ///
    /// # Errors
    /// [`Errno::Refused`] where nobody listens.
    pub async fn arrive(
        &self,
        transport: Transport,
        port: u16,
        connection: Connection,
    ) -> Result<(), Errno> {
        let listening = {
            let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            open.get(&(transport, port)).cloned()
        };
        let listening = listening.ok_or(Errno::Refused)?;
        listening
            .send(Box::new(connection))
            .await
            .map_err(|_| Errno::Refused)
    }
}

impl Listener {
    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the next connection.
    pub async fn accept(&mut self) -> Option<Connection> {
        self.arrivals.recv().await.map(|connection| *connection)
    }

    /// Takes the next connection if there is one.
    pub fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<Option<Connection>> {
        let arrived = self.arrivals.poll_recv(cx);
        arrived.map(|connection| connection.map(|connection| *connection))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut open = self.ports.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&(self.transport, self.port));
    }
}

/// A machine without neighbours: it reaches itself alone.
#[derive(Clone, Debug, Default)]
pub struct Isolated(pub Ports);

impl Network for Isolated {
    fn interfaces(&self) -> Vec<Interface> {
        vec![Interface::loopback()]
    }

    fn resolve(&self, name: &str) -> Vec<IpAddr> {
        let here = name == "localhost";
        here.then_some(IpAddr::from(Ipv4Addr::LOCALHOST))
            .into_iter()
            .collect()
    }

    fn connect_by(
        &self,
        transport: Transport,
        to: SocketAddr,
    ) -> BoxFuture<'static, Result<Connection, Errno>> {
        let ports = self.0.clone();
        Box::pin(async move {
            if !to.ip().is_loopback() {
                return Err(Errno::Unreachable);
            }
            let from = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
            ports.connect(transport, from, to).await
        })
    }

    fn listen_by(&self, transport: Transport, port: u16) -> Result<Listener, Errno> {
        self.0.listen(transport, port)
    }

    fn listened(&self) -> Vec<(Transport, u16)> {
        self.0.open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_carries_bytes_both_ways_and_its_end() {
        let network = Isolated::default();
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
        assert_eq!(network.connect(to).await.err(), Some(Errno::Refused));
        let mut listener = network.listen(80).unwrap();
        assert_eq!(network.listen(80).err(), Some(Errno::AddressInUse));
        let client = network.connect(to).await.unwrap();
        let server = listener.accept().await.unwrap();
        client.write(b"ping").await.unwrap();
        client.finish().await;
        assert_eq!(server.read(9).await.unwrap(), b"ping");
        assert_eq!(server.read(9).await.unwrap(), b"");
        server.write(b"pong").await.unwrap();
        assert_eq!(client.read(9).await.unwrap(), b"pong");
        drop(listener);
        assert_eq!(network.connect(to).await.err(), Some(Errno::Refused));
    }
}
