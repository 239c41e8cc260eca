//! Taking connections, and handling many at once in one process.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::process::{Connection, Listener};

/// How many connections are handled at once; more wait until one ends.
const MOST_CONNECTIONS: usize = 512;

/// The connections that are being handled.
///
/// They are part of whoever holds this: when its process ends, so do they, and one who waits for
/// the first costs what waiting for a message costs.
pub(super) struct Reception<T> {
    open: FuturesUnordered<BoxFuture<'static, Option<T>>>,
}

impl<T> Default for Reception<T> {
    fn default() -> Self {
        Self {
            open: FuturesUnordered::new(),
        }
    }
}

impl<T> Reception<T> {
    /// Takes the connections of ports and lets each be handled, until one of them says how all
    /// ends. The handler gets the number of the port with each connection.
    ///
    /// Dropping the future loses no connection.
    pub(super) async fn serve<H>(&mut self, listeners: &mut [Listener], mut handle: H) -> T
    where
        H: FnMut(u16, Connection) -> BoxFuture<'static, Option<T>>,
    {
        loop {
            tokio::select! {
                biased;
                Some(ended) = self.open.next(), if !self.open.is_empty() => {
                    if let Some(end) = ended {
                        return end;
                    }
                }
                (port, connection) = accept(listeners), if self.open.len() < MOST_CONNECTIONS => {
                    self.open.push(handle(port, connection));
                }
            }
        }
    }

    /// Waits until all connections have ended.
    pub(super) async fn drain(&mut self) {
        while self.open.next().await.is_some() {}
    }
}

/// Waits for the next connection to one of some ports.
async fn accept(listeners: &mut [Listener]) -> (u16, Connection) {
    poll_fn(|cx| {
        for listener in &mut *listeners {
            if let Poll::Ready(Some(connection)) = listener.poll_accept(cx) {
                return Poll::Ready((listener.port(), connection));
            }
        }
        Poll::Pending
    })
    .await
}
