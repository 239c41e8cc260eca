//! Addresses.

pub(crate) mod loopback;
