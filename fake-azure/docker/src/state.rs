//! What an engine holds, as values: they can be stored, compared and brought back.
//!
//! Synchronous, without a clock or chance of its own; sockets, tasks and streams are made from
//! it and never kept in it.

pub mod address_pool;
pub mod address_space;
pub mod config;
pub mod container;
pub mod endpoint;
pub mod event;
pub mod event_query;
pub mod exec;
pub mod host_config;
pub mod host_files;
pub mod id;
pub mod log;
pub mod moment;
pub mod network;
pub mod networks;
pub mod refusal;
pub mod runs;
pub mod store;
pub mod subnet;
pub mod volume;
