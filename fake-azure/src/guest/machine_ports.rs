//! The ports that containers publish on a machine, at the public ports that lead to them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fake_docker::process::Connection;
use fake_docker::{Bound, DatagramPort, Door, HostPorts};
use simulation::net::{self, Listening, Task};
use tokio::runtime::Handle;

use crate::world::{PublicPort, PublicRange, Transport};

/// How many ports of a range are opened to an engine of which nobody says what it publishes.
const FEW: usize = 64;

/// The published ports of one machine; clones are the same machine's.
///
/// Where a public port leads to one that a container publishes it is listened on, and only as
/// long as both are so.
#[derive(Clone, Debug)]
pub(crate) struct MachinePorts(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    runtime: Handle,
    public: BTreeSet<PublicPort>,
    ranges: Vec<PublicRange>,
    published: BTreeMap<u64, Published>,
    /// How many were published so far.
    count: u64,
    open: BTreeMap<PublicPort, Open>,
    /// Those that could not be opened the last time, and why.
    closed: BTreeMap<SocketAddr, String>,
    /// What any port leads to where nobody publishes.
    elsewhere: Option<Elsewhere>,
}

/// Makes the door behind a port of the machine.
#[derive(Clone)]
pub(crate) struct Elsewhere(pub(crate) Arc<dyn Fn(u16) -> Door + Send + Sync>);

impl std::fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Elsewhere")
    }
}

struct Published {
    transport: Transport,
    port: u16,
    door: Door,
}

impl std::fmt::Debug for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Published")
            .field("transport", &self.transport)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Open {
    /// Which of the published it leads to; none leads elsewhere.
    key: Option<u64>,
    _held: Held,
}

/// What keeps a public port open.
#[derive(Debug)]
#[expect(dead_code, reason = "they are held, and let go when the port closes")]
enum Held {
    Stream(Listening, Task),
    Datagrams(DatagramPort),
}

/// A published port, until this is dropped.
#[derive(Debug)]
struct Lease {
    ports: MachinePorts,
    key: u64,
}

/// What is published for machines of the same network alone, or for none.
#[derive(Debug)]
struct Inside;

impl Bound for Lease {}
impl Bound for Inside {}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut inner = self.ports.inner();
        inner.published.remove(&self.key);
        inner.reconcile();
    }
}

impl MachinePorts {
    /// Nothing published yet; what is listened on is served on `runtime`.
    pub(crate) fn new(runtime: Handle, elsewhere: Option<Elsewhere>) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            runtime,
            public: BTreeSet::new(),
            ranges: Vec::new(),
            published: BTreeMap::new(),
            count: 0,
            open: BTreeMap::new(),
            closed: BTreeMap::new(),
            elsewhere,
        })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The public ports that nobody can reach, and why.
    pub(crate) fn closed(&self) -> Vec<(String, String)> {
        let inner = self.inner();
        let closed = inner.closed.iter();
        closed
            .map(|(at, why)| (at.to_string(), why.clone()))
            .collect()
    }

    fn publish(&self, transport: Transport, at: SocketAddr, door: Door) -> Box<dyn Bound> {
        // Endpoints are of IPv4, and lead to the machine's address on its network.
        if !at.is_ipv4() || at.ip().is_loopback() {
            return Box::new(Inside);
        }
        let mut inner = self.inner();
        inner.count += 1;
        let key = inner.count;
        let published = Published {
            transport,
            port: at.port(),
            door,
        };
        inner.published.insert(key, published);
        inner.reconcile();
        drop(inner);
        let ports = self.clone();
        Box::new(Lease { ports, key })
    }

    /// Says which public ports lead to the machine.
    pub(crate) fn lead(&self, public: BTreeSet<PublicPort>, ranges: Vec<PublicRange>) {
        let mut inner = self.inner();
        if inner.public != public || inner.ranges != ranges {
            inner.public = public;
            inner.ranges = ranges;
            inner.reconcile();
        }
    }
}

impl HostPorts for MachinePorts {
    fn bind(&self, at: SocketAddr, door: Door) -> std::io::Result<Box<dyn Bound>> {
        Ok(self.publish(Transport::Stream, at, door))
    }

    fn bind_datagrams(&self, at: SocketAddr, door: Door) -> std::io::Result<Box<dyn Bound>> {
        Ok(self.publish(Transport::Datagrams, at, door))
    }
}

impl Inner {
    /// The public ports that are open where something is behind them: of ranges those alone that
    /// somebody publishes, or, where anything may be behind a port, those of a few.
    fn wanted(&self) -> BTreeSet<PublicPort> {
        let mut wanted = self.public.clone();
        for range in &self.ranges {
            if self.elsewhere.is_some() {
                let locals = range.first.port()..=range.last;
                let few = locals.take(FEW);
                wanted.extend(few.filter_map(|local| range.to(range.transport, local)));
            }
            for published in self.published.values() {
                wanted.extend(range.to(published.transport, published.port));
            }
        }
        wanted
    }

    /// Opens and closes public ports until they are as they should be.
    fn reconcile(&mut self) {
        let public = &self.wanted();
        let published = &self.published;
        self.open.retain(|port, open| {
            let is_published = open.key.is_none_or(|key| published.contains_key(&key));
            is_published && public.contains(port)
        });
        self.closed.clear();
        let closed: Vec<_> = public
            .iter()
            .filter(|port| !self.open.contains_key(port))
            .copied()
            .collect();
        for port in closed {
            let Some((key, door)) = self.behind(port) else {
                continue;
            };
            let _inside = self.runtime.enter();
            match open(port, key, door, &self.runtime) {
                Ok(open) => drop(self.open.insert(port, open)),
                Err(error) => {
                    tracing::error!(%error, at = %port.public, "a published port stays closed");
                    let why = format!("the port cannot be listened on: {error}");
                    self.closed.insert(port.public, why);
                }
            }
        }
    }

    /// What a port of the machine leads to.
    fn behind(&self, port: PublicPort) -> Option<(Option<u64>, Door)> {
        let mut published = self.published.iter();
        let published =
            published.find(|(_, p)| (p.transport, p.port) == (port.transport, port.local));
        match (published, &self.elsewhere) {
            (Some((key, published)), _) => Some((Some(*key), published.door.clone())),
            (None, Some(Elsewhere(door))) if port.transport == Transport::Stream => {
                Some((None, door(port.local)))
            }
            (None, _) => None,
        }
    }
}

fn open(port: PublicPort, key: Option<u64>, door: Door, runtime: &Handle) -> std::io::Result<Open> {
    if port.transport == Transport::Datagrams {
        let held = Held::Datagrams(DatagramPort::open(port.public, door)?);
        return Ok(Open { key, _held: held });
    }
    let (listening, arrivals) = Listening::new(net::listen(port.public)?);
    let work = net::accept(arrivals, move |stream, peer| {
        door(Connection::new(stream, peer))
    });
    Ok(Open {
        key,
        _held: Held::Stream(listening, Task::spawn(runtime, work)),
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpStream;

    use super::*;

    /// A door that says a word and closes.
    fn saying(word: &'static str) -> Door {
        Arc::new(move |connection| {
            Box::pin(async move {
                connection.write(word.as_bytes()).await.ok();
            })
        })
    }

    async fn said(at: SocketAddr) -> Option<String> {
        let mut text = String::new();
        let mut stream = TcpStream::connect(at).await.ok()?;
        stream.read_to_string(&mut text).await.ok()?;
        Some(text)
    }

    fn port(public: SocketAddr, local: u16) -> PublicPort {
        PublicPort {
            transport: Transport::Stream,
            public,
            local,
        }
    }

    fn free() -> SocketAddr {
        let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        free.local_addr().unwrap()
    }

    fn everywhere(port: u16) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))
    }

    #[tokio::test]
    async fn a_public_port_answers_while_what_it_leads_to_is_published() {
        let ports = MachinePorts::new(Handle::current(), None);
        let public = free();
        let leads = |local| BTreeSet::from([port(public, local)]);
        let lease = ports.bind(everywhere(8080), saying("web")).unwrap();
        assert_eq!(said(public).await, None);
        ports.lead(leads(8080), Vec::new());
        assert_eq!(said(public).await.as_deref(), Some("web"));
        drop(lease);
        assert_eq!(said(public).await, None);
        let _lease = ports.bind(everywhere(8080), saying("again")).unwrap();
        assert_eq!(said(public).await.as_deref(), Some("again"));
        ports.lead(leads(81), Vec::new());
        assert_eq!(said(public).await, None);
        ports.lead(leads(8080), Vec::new());
        assert_eq!(said(public).await.as_deref(), Some("again"));
        ports.lead(BTreeSet::new(), Vec::new());
        assert_eq!(said(public).await, None);
    }

    #[tokio::test]
    async fn what_is_published_on_loopback_alone_is_for_nobody_else() {
        let ports = MachinePorts::new(Handle::current(), None);
        let public = free();
        ports.lead(BTreeSet::from([port(public, 80)]), Vec::new());
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
        let _lease = ports.bind(local, saying("web")).unwrap();
        assert_eq!(said(public).await, None);
    }

    #[tokio::test]
    async fn a_port_may_lead_elsewhere() {
        let elsewhere = Elsewhere(Arc::new(|port| match port {
            80 => saying("eighty"),
            _ => saying("other"),
        }));
        let ports = MachinePorts::new(Handle::current(), Some(elsewhere));
        let public = free();
        ports.lead(BTreeSet::from([port(public, 80)]), Vec::new());
        assert_eq!(said(public).await.as_deref(), Some("eighty"));
    }

    #[tokio::test]
    async fn datagrams_come_where_an_endpoint_of_their_kind_leads() {
        let ports = MachinePorts::new(Handle::current(), None);
        let free = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let public = free.local_addr().unwrap();
        drop(free);
        let udp = PublicPort {
            transport: Transport::Datagrams,
            ..port(public, 53)
        };
        let echo: Door = Arc::new(|connection| {
            Box::pin(async move {
                while let Ok(bytes) = connection.read(99).await
                    && !bytes.is_empty()
                {
                    connection.write(&bytes).await.ok();
                }
            })
        });
        ports.lead(BTreeSet::from([udp, port(public, 53)]), Vec::new());
        let _lease = ports.bind_datagrams(everywhere(53), echo).unwrap();
        let client = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .unwrap();
        client.send_to(b"over here", public).await.unwrap();
        let mut buffer = [0; 99];
        let count = client.recv(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..count], b"over here");
        assert_eq!(said(public).await, None, "nothing is published for TCP");
    }
}
