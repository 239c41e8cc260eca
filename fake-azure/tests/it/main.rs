//! Tests of the simulator from outside, over HTTPS with mutual TLS.
//!
//! `cfg(test)` on each module tells clippy that helpers may `unwrap`, too.

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod door;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod xml;
