//! What was meant: flags, environment, profile and defaults, resolved.

pub mod create;
