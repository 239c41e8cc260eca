//! Kinds of storage: what an account keeps its data on, and how a host keeps a disk's at hand.

use super::word::words;

words! {
    /// What a storage account keeps its data on, and in how many places.
    pub enum AccountType {
        /// Three copies in one place.
        StandardLrs = "Standard_LRS",
        /// Copies in several zones; for block blobs alone, so for no VHDs.
        StandardZrs = "Standard_ZRS",
        /// Further copies in a second region.
        StandardGrs = "Standard_GRS",
        /// Further copies in a second region, which can be read there.
        StandardRagrs = "Standard_RAGRS",
        /// Fast disks, for sizes of machines that take them.
        PremiumLrs = "Premium_LRS",
    }
}

words! {
    /// What a machine's host keeps at hand of a disk.
    pub enum Caching {
        /// Nothing.
        None = "None",
        /// What was read.
        ReadOnly = "ReadOnly",
        /// What was read, and what is still to be written.
        ReadWrite = "ReadWrite",
    }
}
