//! One function per command: settings in, answer out.

pub mod create;
pub mod docker_create;
pub mod fake_run;
pub mod fake_serve;
pub mod vm_create;
