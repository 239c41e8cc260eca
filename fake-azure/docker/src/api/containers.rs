//! Containers.

pub(super) mod attach;
pub(super) mod change;
pub(super) mod create;
pub(super) mod exec;
pub(super) mod files;
pub(super) mod inspect;
pub(super) mod list;
pub(super) mod logs;
pub(super) mod prune;
pub(super) mod stats;
pub(super) mod text;
pub(super) mod top;
pub(super) mod update;
pub(super) mod wait;
