//! What a mount is told to be.

use std::sync::Arc;

/// What a list of mounts tells of a file system. It changes nothing of how its files behave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FileSystem {
    /// A part of the machine's disk.
    #[default]
    Disk,
    /// Files in memory, of the kind `tmpfs`.
    Memory {
        /// What stands where a disk has its device.
        name: &'static str,
        /// Its options, separated by commas, without `rw` or `ro`.
        options: Arc<str>,
    },
}
