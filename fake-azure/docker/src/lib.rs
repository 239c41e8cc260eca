//! A Docker Engine API on any stream.
//!
//! It plays engine 28.5.2 (API 1.51, minimum 1.24) on a host of one's choice and
//! knows nothing of TLS, ports or clouds: whoever has a connection hands it to
//! [`Engine::serve`].
//!
//! The world it shows is that of a new engine: no containers, images or volumes, and
//! the three networks that every engine is born with. Reading that world and naming
//! something that is not in it answer as the real engine does; a request that would
//! change the world answers 501 and names its route, and a route that the real engine
//! does not have answers 404.
//!
//! | module | what |
//! |---|---|
//! | [`Engine`], [`EngineBuilder`] | the handle: connections in, answers out |
//! | `host` | the machine that the engine runs on, as `info` shows it |
//! | [`state`] | what the engine holds; synchronous, no clock of its own |
//! | [`mischief`], [`journal`] | what goes wrong on demand; what was asked |
//! | [`files`] | files in memory: trees, views, mounts |
//! | [`mod@reference`] | image names |
//! | [`registry`] | the catalogue of images and the world's registry |
//! | `api` | the skin: routes, negotiation, filters, one file per kind of object |
//!
//! ```
//! # async fn example(stream: tokio::net::TcpStream) {
//! let engine = fake_docker::Engine::builder()
//!     .name("my-docker-host")
//!     .cpus(1)
//!     .memory_bytes(1_750_000_000)
//!     .operating_system("Ubuntu 14.10")
//!     .build();
//!
//! engine.serve(stream).await;
//! # }
//! ```

#![expect(dead_code, reason = "the rooms are built one after the other")]

mod api;
mod build;
mod engine;
mod fault;
pub mod files;
mod host;
pub mod journal;
mod limits;
pub mod mischief;
pub mod process;
pub mod reference;
pub mod registry;
pub mod state;
mod stream;

/// The Rust of docs/scripts.md.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/scripts.md")]
mod scripts_page {}

pub use engine::host_ports::{Bound, Door, HostPorts, Loopback};
pub use engine::{Engine, EngineBuilder};
pub use limits::Limits;
pub use simulation::Clock;
