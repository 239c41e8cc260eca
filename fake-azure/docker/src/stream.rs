//! Streams between a client and a container: frames, hijacked connections, detaching, web sockets,
//! and the client's side of HTTP.

pub(crate) mod client;
pub(crate) mod detach;
pub(crate) mod frame;
pub(crate) mod hijack;
pub(crate) mod websocket;
