//! One function per command: settings in, answer out.

pub mod create;
pub mod fake_run;
