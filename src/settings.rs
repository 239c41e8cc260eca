//! What was meant: flags, environment, profile and defaults, resolved.

pub mod acl;
pub mod blob;
pub mod create;
pub mod endpoint;
pub mod environment;
pub mod login;
pub mod mode;
pub mod profile;
pub mod publish;
pub mod sas;
pub mod slot;
pub mod vnet;
pub mod wait;

pub use environment::Environment;
