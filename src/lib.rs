//! Docker hosts in classic Azure, for real or offline against an embedded simulator.

pub mod answer;
pub mod backend;
pub mod backoff;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod domain;
pub mod entra;
pub mod event;
pub mod failure;
pub mod files;
pub mod input;
pub mod pki;
pub mod provision;
pub mod saga;
pub mod sandbox;
pub mod settings;
pub mod terminal;
