//! What simulators need and none may own.
//!
//! | module | what |
//! |---|---|
//! | [`clock`] | time that can be read, waited on and moved |
//! | [`chance`] | identifiers that follow from a seed |
//! | [`journal`] | what was asked, in order |
//! | [`lock`] | files that are one process's at a time |
//! | [`log`] | what is to survive the process, on disk |
//! | [`faults`] | which calls are to go wrong |
//! | [`http`] | what a request asks for: path, parameters, route |
//! | [`mutation`] | bytes that are nearly right, to try readers with |
//! | [`net`] | listeners, tasks with an owner, connections that are reset |
//!
//! Nothing in here has heard of Azure or of Docker.

pub mod chance;
pub mod clock;
pub mod faults;
pub mod http;
pub mod journal;
pub mod lock;
pub mod log;
pub mod mutation;
pub mod net;

pub use chance::Chance;
pub use clock::Clock;
pub use journal::Journal;
