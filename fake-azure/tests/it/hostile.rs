//! Hostile peers: what docs/security.md promises of the simulator's ports. Nothing is timed:
//! bytes, entries and what is answered are counted.

mod bodies;
mod connections;
mod journal;
mod page;
pub(crate) mod peer;
mod promises;
