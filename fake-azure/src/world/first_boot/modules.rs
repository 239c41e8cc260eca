//! cloud-init's modules: what each of them makes of a cloud-config.

pub(super) mod apt;
pub(super) mod commands;
pub(super) mod packages;
pub(super) mod users;
pub(super) mod write_files;
