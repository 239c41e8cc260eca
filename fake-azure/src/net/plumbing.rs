//! Sockets: binding, accepting, and cutting off.

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// How long a client may take over its TLS handshake.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);

/// A task that ends when this is dropped, and all that it started.
#[derive(Debug)]
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    pub(crate) fn spawn(
        on: &tokio::runtime::Handle,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self(on.spawn(work))
    }

    /// Ends it and waits until it has let go of what it held.
    pub(crate) async fn end(mut self) {
        self.0.abort();
        // It was cancelled or had ended by itself: either way it is over.
        (&mut self.0).await.ok();
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Listens on an address; must be called inside a runtime.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// A listener that is closed the moment its owner drops it.
///
/// A task that is aborted lets go of what it holds at some later turn; until then nobody
/// else could have the address.
#[derive(Debug)]
pub(crate) struct Listening(Arc<Mutex<Option<TcpListener>>>);

/// The end of a listener at which connections arrive.
#[derive(Debug)]
pub(crate) struct Arrivals(Arc<Mutex<Option<TcpListener>>>);

impl Listening {
    pub(crate) fn new(listener: TcpListener) -> (Self, Arrivals) {
        let shared = Arc::new(Mutex::new(Some(listener)));
        (Self(shared.clone()), Arrivals(shared))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Arrivals {
    /// The next connection; none any more once the listener is closed.
    async fn next(&self) -> Option<io::Result<(TcpStream, SocketAddr)>> {
        poll_fn(|cx| {
            let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match held.as_ref() {
                None => Poll::Ready(None),
                Some(listener) => listener.poll_accept(cx).map(Some),
            }
        })
        .await
    }
}

impl axum::serve::Listener for Arrivals {
    type Io = TcpStream;
    type Addr = Option<SocketAddr>;

    async fn accept(&mut self) -> (TcpStream, Option<SocketAddr>) {
        loop {
            match self.next().await {
                None => std::future::pending().await,
                Some(Ok((stream, peer))) => return (stream, Some(peer)),
                Some(Err(error)) => not_accepted(&error).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Option<SocketAddr>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(TcpListener::local_addr).transpose()
    }
}

/// The next attempt may find what this one lacked, such as a free file descriptor.
async fn not_accepted(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    simulation::clock::wait(Duration::from_millis(20)).await;
}

/// Accepts until the listener is closed; each connection is served in a task that ends with
/// this future.
pub(crate) async fn accept<F>(arrivals: Arrivals, serve: impl Fn(TcpStream, SocketAddr) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = arrivals.next() => match accepted {
                None => return,
                Some(Ok((stream, peer))) => {
                    // Small answers are to leave at once; where that fails they still leave.
                    stream.set_nodelay(true).ok();
                    connections.spawn(serve(stream, peer));
                }
                Some(Err(error)) => not_accepted(&error).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection that can be reset instead of closed.
#[derive(Debug)]
pub(crate) struct Resettable {
    stream: TcpStream,
    reset: Reset,
}

/// The means to reset a connection when it ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reset(Arc<AtomicBool>);

impl Reset {
    pub(crate) fn arm(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_armed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Resettable {
    pub(crate) fn new(stream: TcpStream) -> (Self, Reset) {
        let reset = Reset::default();
        (
            Self {
                stream,
                reset: reset.clone(),
            },
            reset,
        )
    }
}

impl Drop for Resettable {
    fn drop(&mut self) {
        if self.reset.is_armed() {
            // Closing with unsent data thrown away is what sends RST; if the option cannot
            // be set the connection is closed, which a client takes for a loss as well.
            self.stream.set_zero_linger().ok();
        }
    }
}

impl AsyncRead for Resettable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Resettable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.reset.is_armed() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.reset.is_armed() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
