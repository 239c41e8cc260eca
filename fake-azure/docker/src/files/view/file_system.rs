//! What a mount is told to be.

use std::sync::Arc;

/// What a list of mounts tells of a file system. It changes nothing of how its files behave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FileSystem {
    /// A part of the machine's disk.
    #[default]
    Disk,
    /// Files in memory, of the kind `tmpfs`.
    Memory(Arc<InMemory>),
}

/// Files in memory, as a list of mounts tells of them.
#[derive(Debug, PartialEq, Eq)]
pub struct InMemory {
    /// What stands where a disk has its device.
    pub name: &'static str,
    /// Its options, separated by commas, without `rw` or `ro`.
    pub options: String,
}

impl FileSystem {
    /// Files in memory.
    pub fn in_memory(name: &'static str, options: impl Into<String>) -> Self {
        let options = options.into();
        Self::Memory(Arc::new(InMemory { name, options }))
    }
}
