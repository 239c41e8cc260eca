//! Streams: frames, hijacked connections, detaching, and the client's side of HTTP.

pub(crate) mod client;
pub(crate) mod detach;
pub(crate) mod frame;
pub(crate) mod hijack;
