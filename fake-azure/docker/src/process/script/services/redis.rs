//! Redis: a server that keeps values in memory, and its client.

mod client;
mod commands;
mod protocol;
mod pubsub;
mod rdb;
mod server;
mod session;
mod settings;
mod store;
#[cfg(test)]
mod tests;

pub(super) use client::run as client;
pub(super) use server::run as server;
