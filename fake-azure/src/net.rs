//! Addresses, listeners and TLS.

pub(crate) mod loopback;
pub(crate) mod plumbing;
