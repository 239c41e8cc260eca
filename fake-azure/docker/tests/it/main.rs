//! Tests of the engine from outside, over a stream.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "the lints know tests, but not what stands beside them"
)]

mod alpine;
mod answers;
mod attach;
mod build;
mod bytes;
mod containers;
mod datagrams;
mod descriptors;
mod docker;
mod events;
mod garbage;
mod helpful_containers;
mod images;
mod library;
mod life;
mod limited_containers;
mod limits;
mod networks;
mod nginx;
mod options;
mod platforms;
mod processes;
mod recorded_world;
mod recordings;
mod routes;
mod scripts_page;
mod seed;
mod survival;
mod volumes;
mod wire;
