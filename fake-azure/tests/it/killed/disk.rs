//! A disk in memory that can lose its power.

use std::io;
use std::sync::{Arc, Mutex};

use fake_azure::Storage;

/// A disk; clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<Plates>>);

#[derive(Clone, Debug, Default)]
struct Plates {
    /// None while there is no file.
    written: Option<Vec<u8>>,
    /// How much of it has come to stay.
    synced: usize,
    /// Counts how often all was replaced.
    replaced: usize,
}

impl Disk {
    fn of(plates: Plates) -> Self {
        Self(Arc::new(Mutex::new(plates)))
    }

    /// What another process finds when this one's is killed.
    pub(super) fn when_killed(&self) -> Self {
        Self::of(self.0.lock().unwrap().clone())
    }

    /// What is left when the power fails, of which so many unsynced bytes had come to stay.
    pub(super) fn when_power_fails(&self, lucky: usize) -> Self {
        let mut plates = self.0.lock().unwrap().clone();
        let left = plates.synced.saturating_add(lucky);
        if let Some(written) = &mut plates.written {
            written.truncate(left);
        }
        Self::of(plates)
    }

    /// How much is written, and how often all was replaced.
    pub(super) fn mark(&self) -> (usize, usize) {
        let plates = self.0.lock().unwrap();
        let length = plates.written.as_ref().map_or(0, Vec::len);
        (length, plates.replaced)
    }

    /// What another process finds when this one's was killed with so much written.
    pub(super) fn cut_to(&self, length: usize) -> Self {
        let mut plates = self.0.lock().unwrap().clone();
        if let Some(written) = &mut plates.written {
            written.truncate(length);
        }
        Self::of(plates)
    }
}

impl Storage for Disk {
    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().written.clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut plates = self.0.lock().unwrap();
        let written = plates.written.as_mut();
        written.ok_or(io::ErrorKind::NotFound)?.extend(bytes);
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut plates = self.0.lock().unwrap();
        let length = usize::try_from(length).unwrap();
        let written = plates.written.as_mut();
        written.ok_or(io::ErrorKind::NotFound)?.truncate(length);
        plates.synced = plates.synced.min(length);
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut plates = self.0.lock().unwrap();
        plates.written = Some(bytes.to_vec());
        plates.synced = bytes.len();
        plates.replaced += 1;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut plates = self.0.lock().unwrap();
        plates.synced = plates.written.as_ref().map_or(0, Vec::len);
        Ok(())
    }
}
