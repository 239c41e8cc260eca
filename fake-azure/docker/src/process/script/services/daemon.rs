//! What all that listens has in common: ports, many connections, and signals that end it.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::files::Errno;
use crate::process::network::Transport;
use crate::process::script::http_server::{LONGEST_BODY, serve_http};
use crate::process::script::message::{Request, Response};
use crate::process::script::reception::Reception;
use crate::process::{Connection, Listener, Process, Signal};

/// Answers the requests to a port.
pub(super) type Answer = Arc<dyn Fn(u16, Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// Handles the connections to ports until a signal comes that was caught, and tells which.
pub(super) async fn connections<H>(
    process: &Process,
    listeners: &mut [Listener],
    handle: H,
) -> Signal
where
    H: FnMut(u16, Connection) -> BoxFuture<'static, Option<Signal>>,
{
    let mut reception = Reception::default();
    tokio::select! {
        biased;
        signal = process.signal() => signal,
        ended = reception.serve(listeners, handle) => ended,
    }
}

/// Answers HTTP on ports until a signal comes that was caught, and tells which.
pub(super) async fn http(process: &Process, listeners: &mut [Listener], answer: &Answer) -> Signal {
    connections(process, listeners, |port, connection| {
        let answer = answer.clone();
        Box::pin(async move {
            let stop = std::future::pending();
            let answer = |request| answer(port, request);
            serve_http(connection, LONGEST_BODY, stop, answer).await;
            None
        })
    })
    .await
}

/// Listens on ports; the one that is not free comes with the error.
pub(super) fn listen(process: &Process, ports: &[u16]) -> Result<Vec<Listener>, (u16, Errno)> {
    let listen = |port: &u16| {
        let listener = process.listen(Transport::Tcp, *port);
        listener.map_err(|errno| (*port, errno))
    };
    ports.iter().map(listen).collect()
}

/// Lets the signals that end a daemon be heard.
pub(super) fn catch_ends(process: &Process) {
    for signal in [Signal::TERM, Signal::INT] {
        process.catch(signal);
    }
}
