//! What simulators need and none may own.
//!
//! | module | what |
//! |---|---|
//! | [`clock`] | time that can be read, waited on and moved |
//! | [`http`] | what a request asks for: path, parameters, route |
//! | [`net`] | listeners, tasks with an owner, connections that are reset |
//!
//! Nothing in here has heard of Azure or of Docker.

pub mod clock;
pub mod http;
pub mod net;

pub use clock::Clock;
