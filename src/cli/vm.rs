//! `vm`: virtual machines.

pub mod create;
pub mod docker;
pub mod machine;
