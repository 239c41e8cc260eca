//! The disk that trees lie on: how many bytes all of them may hold together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A disk that trees share.
#[derive(Debug)]
pub struct Disk {
    size: u64,
    used: AtomicU64,
}

/// What a tree's changes take of a disk, for as long as they are kept.
#[derive(Debug, Default)]
pub(super) struct Share {
    disk: Option<Arc<Disk>>,
    bytes: u64,
}

impl Disk {
    /// Makes an empty disk of this many bytes.
    pub fn new(size: u64) -> Arc<Self> {
        Arc::new(Self {
            size,
            used: AtomicU64::new(0),
        })
    }

    /// Returns how many bytes it holds.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Whether so many more bytes find room.
    pub fn has_room(&self, more: u64) -> bool {
        self.used().saturating_add(more) <= self.size
    }
}

impl Share {
    pub(super) fn new(disk: Option<Arc<Disk>>) -> Self {
        Self { disk, bytes: 0 }
    }

    /// Sets how much it takes.
    pub(super) fn set(&mut self, bytes: u64) {
        let Some(disk) = &self.disk else { return };
        if bytes >= self.bytes {
            disk.used.fetch_add(bytes - self.bytes, Ordering::Relaxed);
        } else {
            disk.used.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
    }
}

impl Clone for Share {
    fn clone(&self) -> Self {
        let mut share = Self::new(self.disk.clone());
        share.set(self.bytes);
        share
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}
