//! Taking connections, and handling many at once in one process.

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::process::{Connection, Listener};

/// How many connections a port handles at once; more wait until one ends.
const MOST_CONNECTIONS: usize = 512;

/// Takes the connections of a port and lets each be handled, until one of them says how all ends.
///
/// All is part of the caller's own future: when its process ends, so do the connections, and one
/// that waits costs what waiting for a message costs.
pub(super) async fn serve<T, H>(listener: &mut Listener, mut handle: H) -> T
where
    H: FnMut(Connection) -> BoxFuture<'static, Option<T>>,
{
    let mut open = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            ended = open.next(), if !open.is_empty() => {
                if let Some(Some(end)) = ended {
                    return end;
                }
            }
            connection = listener.accept(), if open.len() < MOST_CONNECTIONS => {
                match connection {
                    Some(connection) => open.push(handle(connection)),
                    // Nobody can arrive any more.
                    None if open.is_empty() => std::future::pending().await,
                    None => {}
                }
            }
        }
    }
}
