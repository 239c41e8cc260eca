//! Operating systems.

use super::word::words;

words! {
    /// What runs on a machine, or starts from a disk.
    pub enum OperatingSystem {
        /// Linux.
        Linux = "Linux",
        /// Windows.
        Windows = "Windows",
    }
}
