//! A connection whose peer can be watched while an answer is under way.
//!
//! HTTP reads nothing of a connection between a request and the end of its answer. So a
//! client that goes away in the middle of an answer that says nothing for a while would be
//! missed only when something is written; a build has to end before.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection that was taken over from HTTP.
pub(crate) type Wire = Box<dyn Duplex>;

/// Both directions of a connection.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// How many bytes may be read ahead, of a request that follows too soon.
const AHEAD: usize = 512;

/// A connection, to be read from and written to.
#[derive(Debug)]
pub(crate) struct Line<S>(Arc<Mutex<Inner<S>>>);

#[derive(Debug)]
struct Inner<S> {
    stream: S,
    /// What was read while the peer was watched.
    ahead: Vec<u8>,
    is_gone: bool,
}

/// The one at the other end of a connection.
#[derive(Clone)]
pub(crate) struct Peer(Arc<dyn Watched>);

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Peer")
    }
}

trait Watched: Send + Sync {
    fn poll_gone(&self, cx: &mut Context<'_>) -> Poll<()>;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Line<S> {
    /// Watches over a connection.
    pub(crate) fn new(stream: S) -> (Self, Peer) {
        let inner = Arc::new(Mutex::new(Inner {
            stream,
            ahead: Vec::new(),
            is_gone: false,
        }));
        let peer = Peer(inner.clone());
        (Self(inner), peer)
    }

    /// Gives back bytes that were read too far: they are read once more.
    pub(crate) fn unread(&mut self, bytes: &[u8]) {
        lock(&self.0).ahead.splice(..0, bytes.iter().copied());
    }
}

impl Peer {
    /// Waits until the peer closes its half, or the connection breaks. One that sends
    /// instead is not watched any more.
    ///
    /// Nobody else may read meanwhile.
    pub(crate) async fn gone(self) {
        poll_fn(|cx| self.0.poll_gone(cx)).await;
    }
}

impl<S: AsyncRead + Unpin + Send> Watched for Mutex<Inner<S>> {
    fn poll_gone(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut inner = lock(self);
        if inner.is_gone {
            return Poll::Ready(());
        }
        if !inner.ahead.is_empty() {
            return Poll::Pending;
        }
        let mut space = [0; AHEAD];
        let mut read = ReadBuf::new(&mut space);
        let outcome = ready!(Pin::new(&mut inner.stream).poll_read(cx, &mut read));
        let bytes = read.filled();
        if outcome.is_ok() && !bytes.is_empty() {
            inner.ahead.extend_from_slice(bytes);
            return Poll::Pending;
        }
        inner.is_gone = true;
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut inner = lock(&self.0);
        if inner.ahead.is_empty() {
            return Pin::new(&mut inner.stream).poll_read(cx, into);
        }
        let length = inner.ahead.len().min(into.remaining());
        into.put_slice(&inner.ahead[..length]);
        inner.ahead.drain(..length);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut lock(&self.0).stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut lock(&self.0).stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut lock(&self.0).stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut lock(&self.0).stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        lock(&self.0).stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn a_peer_that_goes_is_noticed() {
        let (ours, theirs) = duplex(64);
        let (_line, peer) = Line::new(theirs);
        drop(ours);

        peer.clone().gone().await;
        // And once more, for whoever asks later.
        peer.gone().await;
    }

    #[tokio::test]
    async fn what_is_read_while_watching_is_not_lost() {
        let (mut ours, theirs) = duplex(64);
        let (mut line, peer) = Line::new(theirs);
        ours.write_all(b"GET /").await.unwrap();
        let watching = tokio::spawn(peer.gone());
        tokio::task::yield_now().await;

        let mut bytes = [0; 5];
        line.read_exact(&mut bytes).await.unwrap();
        assert_eq!(&bytes, b"GET /");
        assert!(!watching.is_finished());
        line.write_all(b"200").await.unwrap();
        ours.read_exact(&mut bytes[..3]).await.unwrap();
        assert_eq!(&bytes[..3], b"200");
        watching.abort();
    }
}
