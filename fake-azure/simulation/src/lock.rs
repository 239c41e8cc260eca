//! Files and folders that are one process's at a time.

use std::fs::{File, TryLockError};
use std::ops::{Deref, DerefMut};

/// An open file or folder that nobody else has locked; given back when dropped, and by the kernel
/// when the process is killed.
#[derive(Debug)]
pub struct Locked(File);

impl Locked {
    /// Locks what is open.
    ///
    /// # Errors
    /// When somebody else has it, or where there are no locks.
    pub fn take(file: File) -> Result<Self, TryLockError> {
        file.try_lock()?;
        Ok(Self(file))
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // A child that was forked a moment ago has it open, too, until it begins its program.
        self.0.unlock().ok();
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}
