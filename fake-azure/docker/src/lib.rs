//! A Docker Engine API on any stream.
//!
//! It plays engine 28.5.2 (API 1.51, minimum 1.24) on a host of one's choice and
//! knows nothing of TLS, ports or clouds: whoever has a connection hands it to
//! [`Engine::serve`].
//!
//! It begins as a new engine: no containers, images or volumes, and the three networks that
//! every engine is born with. From there on clients pull, build, run and ask as they are used
//! to; docs/docker.md says what it does and does not.
//!
//! | what | where |
//! |---|---|
//! | [`Engine`], [`EngineBuilder`] | the handle: connections in, answers out |
//! | [`Limits`] | how much it takes upon itself |
//! | [`process::script`] | what containers do, as a test's author says it |
//! | [`faults`], [`journal`] | what goes wrong on demand; what was asked |
//! | [`registry`] | the catalogue of images and the world's registry |
//! | [`Loopback`], [`HostPorts`] | where published ports are listened on for real |
//! | [`process`], [`files`] | processes, a shell and tools over files in memory: a machine without Docker runs the same |
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

mod api;
mod build;
mod engine;
mod fault;
pub mod faults;
pub mod files;
mod host;
pub mod journal;
mod limits;
pub mod process;
#[expect(unreachable_pub, reason = "its items are the rooms' to share")]
mod reference;
pub mod registry;
#[expect(unreachable_pub, reason = "its items are the rooms' to share")]
mod shared;
#[expect(unreachable_pub, reason = "its items are the rooms' to share")]
mod small_map;
#[expect(unreachable_pub, reason = "its items are the rooms' to share")]
mod state;
mod stream;

/// The Rust of docs/scripts.md.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/scripts.md")]
mod scripts_page {}

pub use engine::host_ports::{Bound, Door, HostPorts, Loopback};
pub use engine::{Engine, EngineBuilder, Keeper, SavedEngine};
pub use limits::Limits;
pub use process::network::datagrams::DatagramPort;
pub use simulation::Clock;
pub use state::parts::{Changes, Parts};
