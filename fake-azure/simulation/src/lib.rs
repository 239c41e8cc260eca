//! What simulators need and none may own.
//!
//! | module | what |
//! |---|---|
//! | [`clock`] | time that can be read, waited on and moved |
//!
//! Nothing in here has heard of Azure or of Docker.

pub mod clock;

pub use clock::Clock;
