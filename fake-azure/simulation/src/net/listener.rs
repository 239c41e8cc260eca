//! Listening sockets that are closed the moment their owner says so.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::task::JoinSet;

use super::visitors;
use crate::clock;

/// A socket at which connections arrive.
pub trait Socket: Send + 'static {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + AsRawFd + Unpin + Send + 'static;
    /// An end of one: where the socket is, or who has connected.
    type Address;

    /// Where it listens.
    fn address(&self) -> io::Result<Self::Address>;

    /// Takes the next connection.
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(Self::Stream, Self::Address)>>;
}

impl Socket for TcpListener {
    type Stream = TcpStream;
    type Address = SocketAddr;

    fn address(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        Self::poll_accept(self, cx).map_ok(|(stream, peer)| {
            // Small answers are to leave at once; where that fails they still leave.
            stream.set_nodelay(true).ok();
            (stream, peer)
        })
    }
}

impl Socket for UnixListener {
    type Stream = UnixStream;
    type Address = tokio::net::unix::SocketAddr;

    fn address(&self) -> io::Result<Self::Address> {
        self.local_addr()
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(UnixStream, Self::Address)>> {
        Self::poll_accept(self, cx)
    }
}

/// Listens on an address; must be called inside a runtime.
///
/// A listener that would take one of the last file descriptors is refused: whoever came to any
/// of them could not be let in.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    visitors::check_listener(&listener)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Listens on a path; must be called inside a runtime.
///
/// A socket that nobody listens on any more is replaced.
pub fn listen_unix(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_abandoned(path)? => {
            std::fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        bound => bound,
    }
}

fn is_abandoned(path: &Path) -> io::Result<bool> {
    // Whatever is no socket refuses connections, too.
    let is_socket = std::fs::symlink_metadata(path)?.file_type().is_socket();
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    Ok(is_socket && std::os::unix::net::UnixStream::connect(path).is_err_and(refused))
}

/// A listener that is closed the moment its owner drops it.
///
/// A task that is aborted lets go of what it holds at some later turn; until then nobody
/// else could have the address.
#[derive(Debug)]
pub struct Listening<L = TcpListener>(Arc<Mutex<Option<L>>>);

/// The end of a listener at which connections arrive.
#[derive(Debug)]
pub struct Arrivals<L = TcpListener>(Arc<Mutex<Option<L>>>);

impl<L> Listening<L> {
    /// Parts a listener from its arrivals.
    pub fn new(listener: L) -> (Self, Arrivals<L>) {
        let shared = Arc::new(Mutex::new(Some(listener)));
        (Self(shared.clone()), Arrivals(shared))
    }
}

impl<L> Drop for Listening<L> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl<L: Socket> Arrivals<L> {
    /// The next connection; none any more once the listener is closed.
    pub async fn next(&self) -> Option<(L::Stream, L::Address)> {
        loop {
            let accepted = poll_fn(|cx| {
                let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                match held.as_ref() {
                    None => Poll::Ready(None),
                    Some(listener) => listener.poll_accept(cx).map(Some),
                }
            });
            match accepted.await? {
                Ok(connection) => return Some(connection),
                Err(error) => {
                    let times = visitors::turned_away();
                    let made_room = visitors::make_room();
                    // Told less and less often: a log is a file, too.
                    if times.is_power_of_two() {
                        tracing::error!(%error, times, made_room, "a connection could not be accepted");
                    }
                    // The next attempt may find what this one lacked, such as a free file
                    // descriptor.
                    clock::wait(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Where the listener is, unless it is closed.
    pub fn address(&self) -> io::Result<Option<L::Address>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(Socket::address).transpose()
    }
}

/// Accepts until the listener is closed; each connection is served in a task that ends with
/// this future.
///
/// When file descriptors run out those are sent away whom we have waited for longest; see
/// [`at_work`](super::at_work).
pub async fn accept<L, F>(arrivals: Arrivals<L>, serve: impl Fn(L::Stream, L::Address) -> F)
where
    L: Socket,
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            arrived = arrivals.next() => match arrived {
                None => return,
                Some((stream, peer)) => {
                    // The one who has come sits down after somebody was asked to go.
                    let is_crowded = visitors::make_room_beside(&stream);
                    connections.spawn(visitors::seated(serve(stream, peer)));
                    if is_crowded {
                        // The one who is to go needs a turn to do so.
                        tokio::task::yield_now().await;
                    }
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn an_address_is_free_the_moment_its_listener_is_closed() {
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (listening, arrivals) = Listening::new(listener);
        assert_eq!(arrivals.address().unwrap(), Some(address));
        assert!(listen(address).is_err());

        drop(listening);
        assert!(arrivals.next().await.is_none());
        assert!(listen(address).is_ok());
    }

    #[tokio::test]
    async fn each_connection_to_a_path_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        let (_listening, arrivals) = Listening::new(listen_unix(&path).unwrap());
        let serving = tokio::spawn(accept(arrivals, async |mut stream: UnixStream, _| {
            stream.write_all(b"hello").await.unwrap();
        }));
        for _ in 0..2 {
            let mut said = String::new();
            let mut stream = UnixStream::connect(&path).await.unwrap();
            stream.read_to_string(&mut said).await.unwrap();
            assert_eq!(said, "hello");
        }
        serving.abort();
    }

    #[tokio::test]
    async fn only_a_socket_that_nobody_listens_on_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        let listener = listen_unix(&path).unwrap();
        assert!(listen_unix(&path).is_err());
        drop(listener);
        assert!(listen_unix(&path).is_ok());

        let file = folder.path().join("precious");
        std::fs::copy("/proc/self/comm", &file).unwrap();
        assert!(listen_unix(&file).is_err());
        assert!(file.exists());
    }
}
