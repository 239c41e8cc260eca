//! Locks of files, as `flock` takes them: they are held by what opened the file, and go with it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::descriptor::FileDescriptor;

/// The locks of the processes that share files.
#[derive(Debug, Default)]
pub struct Locks(Mutex<Vec<Lock>>);

#[derive(Debug)]
struct Lock {
    holder: Weak<FileDescriptor>,
    /// The file, by its device and number.
    file: (u64, u64),
    alone: bool,
}

impl Locks {
    /// Takes a lock for who opened the file, alone or with others; false while somebody else
    /// holds it.
    pub fn take(&self, holder: &Arc<FileDescriptor>, alone: bool) -> bool {
        let Some(file) = place(holder) else {
            return false;
        };
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|lock| lock.holder.strong_count() > 0);
        let is_own = |lock: &Lock| std::ptr::eq(lock.holder.as_ptr(), Arc::as_ptr(holder));
        let mut others = locks
            .iter()
            .filter(|lock| lock.file == file && !is_own(lock));
        if others.any(|lock| alone || lock.alone) {
            return false;
        }
        locks.retain(|lock| !is_own(lock));
        locks.push(Lock {
            holder: Arc::downgrade(holder),
            file,
            alone,
        });
        true
    }

    /// Gives back what was taken for who opened a file.
    pub fn give_back(&self, holder: &Arc<FileDescriptor>) {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|lock| !std::ptr::eq(lock.holder.as_ptr(), Arc::as_ptr(holder)));
    }
}

fn place(holder: &FileDescriptor) -> Option<(u64, u64)> {
    let stat = holder.file().stat().ok()?;
    Some((stat.device, stat.ino))
}
