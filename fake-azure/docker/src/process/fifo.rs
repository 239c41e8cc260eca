//! Named pipes: ends that find each other by a file.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::pipe::{PipeReader, PipeWriter, Shared};
use crate::files::{Errno, OpenFile};

/// The named pipes that somebody holds open, by the files that name them. Spaces that share files
/// share these, too: what is written in one container is read in another.
#[derive(Debug, Default)]
pub struct Fifos(Mutex<BTreeMap<(usize, u64), Weak<Shared>>>);

impl Fifos {
    /// Opens one; see [`FifoDescriptor::opened`].
    pub(super) fn open(&self, file: OpenFile, name: &str) -> FifoDescriptor {
        let shared = {
            let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            open.retain(|_, known| known.strong_count() > 0);
            let known = open.get(&file.identity()).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let fresh = Arc::new(Shared::named());
                open.insert(file.identity(), Arc::downgrade(&fresh));
                fresh
            })
        };
        let how = file.how();
        // Whoever reads and writes is its own other end, and waits for nobody.
        FifoDescriptor {
            writer: how.write.then(|| PipeWriter::begin(&shared)),
            reader: how.read.then(|| PipeReader::begin(&shared)),
            name: name.into(),
            file,
        }
    }
}

/// A named pipe that is open.
#[derive(Debug)]
pub struct FifoDescriptor {
    reader: Option<PipeReader>,
    writer: Option<PipeWriter>,
    name: Box<str>,
    /// Held after the ends: its identity is theirs.
    file: OpenFile,
}

impl FifoDescriptor {
    /// The file that names it.
    pub fn file(&self) -> &OpenFile {
        &self.file
    }

    /// Where it lay when it was opened.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits until somebody has opened the other end, as opening it does.
    pub async fn opened(&self) {
        match (&self.reader, &self.writer) {
            (Some(reader), None) => reader.met().await,
            (None, Some(writer)) => writer.met().await,
            _ => {}
        }
    }

    /// Waits for bytes, at most `most`; none means that no writer is left.
    ///
    /// # Errors
    /// [`Errno::BadDescriptor`] when it was opened to write alone.
    pub async fn read(&self, most: usize) -> Result<Vec<u8>, Errno> {
        let reader = self.reader.as_ref().ok_or(Errno::BadDescriptor)?;
        self.opened().await;
        Ok(reader.read(most).await)
    }

    /// Writes all of `bytes`, waiting while it is full.
    ///
    /// # Errors
    /// [`Errno::BrokenPipe`] when no reader is left, [`Errno::BadDescriptor`] when it was opened to
    /// read alone.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), Errno> {
        let writer = self.writer.as_ref().ok_or(Errno::BadDescriptor)?;
        self.opened().await;
        writer.write(bytes).await
    }
}
