//! Images before they are in an engine: what they are called, what they are made of, and
//! the world's registry, which has them.

mod archive;
pub mod catalogue;
pub mod config;
mod contents;
pub mod digest;
pub mod manifest;
pub mod platform;
pub mod published;
mod recipe;
pub mod refusal;
pub mod world;

pub use crate::reference::Named;
pub use crate::state::config::{Config, Healthcheck, Set, Words};
pub use config::{History, ImageConfig, RootFs};
pub use digest::Digest;
pub use platform::Platform;
pub use published::{Archive, Blob, Published, Variant};
pub use refusal::Refusal;
pub use world::{Login, Pushed, Registry, SharedRegistry};
