//! Streams between a client and a container: frames, hijacked connections, detaching.

pub(crate) mod detach;
pub(crate) mod frame;
pub(crate) mod hijack;
