//! File descriptors: what a process reads from and writes to.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};

use jiff::Timestamp;

use super::fifo::FifoDescriptor;
use super::network::Connection;
use super::pipe::{PipeReader, PipeWriter};
use super::tty::Tty;
use crate::files::{Errno, Open, OpenFile};
use crate::small_map::SmallMap;

/// Where bytes leave the processes, such as a container's log and those attached to it.
pub trait Sink: Send + Sync + fmt::Debug {
    /// Whether there is room; a writer waits until there is.
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Errno>>;

    /// Takes bytes that were written at this moment.
    fn put(&self, at: Timestamp, bytes: &[u8]);

    /// The number by which it is known among the pipes.
    fn number(&self) -> u64 {
        0
    }
}

/// What stands behind a file descriptor; clones share it, as after `dup`.
#[derive(Clone, Debug)]
pub enum Descriptor {
    /// `/dev/null`: empty, and takes everything.
    Null,
    /// `/dev/zero`.
    Zero,
    /// `/dev/full`: takes nothing.
    Full,
    /// `/dev/random`, from the space's own chance.
    Random(Arc<Mutex<u64>>),
    /// The reading end of a pipe.
    Reader(Arc<PipeReader>),
    /// The writing end of a pipe.
    Writer(Arc<PipeWriter>),
    /// A named pipe.
    Fifo(Arc<FifoDescriptor>),
    /// A file with its offset.
    File(Arc<FileDescriptor>),
    /// A terminal.
    Tty(Arc<Tty>),
    /// The way out of the container.
    Sink(Arc<dyn Sink>),
    /// A connection.
    Connection(Arc<Connection>),
}

/// An open file with the offset that all its descriptors share.
#[derive(Debug)]
pub struct FileDescriptor {
    file: OpenFile,
    name: Box<str>,
    offset: Mutex<u64>,
    append: bool,
}

/// What may be done through a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// Read alone.
    Read,
    /// Write alone.
    Write,
    /// Both.
    Both,
}

impl Ways {
    fn of(how: Open) -> Self {
        match (how.read, how.write) {
            (true, true) => Self::Both,
            (false, true) => Self::Write,
            _ => Self::Read,
        }
    }
}

impl FileDescriptor {
    /// Begins at the start, or writes at the end always. The name is where it lies, and empty where
    /// it lies nowhere.
    pub fn new(file: OpenFile, name: &str, append: bool) -> Self {
        Self {
            file,
            name: name.into(),
            offset: Mutex::new(0),
            append,
        }
    }

    /// The file.
    pub fn file(&self) -> &OpenFile {
        &self.file
    }

    /// Where it lay when it was opened.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is read or written next.
    pub fn offset(&self) -> u64 {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on somewhere else.
    pub fn seek(&self, to: u64) {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }

    fn read(&self, most: usize) -> Result<Vec<u8>, Errno> {
        let mut offset = self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = self.file.read_at(*offset, most)?;
        *offset += bytes.len() as u64;
        Ok(bytes)
    }

    fn write(&self, bytes: &[u8], now: Timestamp) -> Result<(), Errno> {
        let mut offset = self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        if self.append {
            self.file.append(bytes, now)?;
        } else {
            self.file.write_at(*offset, bytes, now)?;
            *offset += bytes.len() as u64;
        }
        Ok(())
    }
}

impl Descriptor {
    /// A file without a name, from its start.
    pub fn file(file: OpenFile, append: bool) -> Self {
        Self::named_file(file, "", append)
    }

    /// A file that lies somewhere, from its start.
    pub fn named_file(file: OpenFile, name: &str, append: bool) -> Self {
        Self::File(Arc::new(FileDescriptor::new(file, name, append)))
    }

    /// What may be done through it.
    pub fn ways(&self) -> Ways {
        match self {
            Self::Reader(_) => Ways::Read,
            Self::Writer(_) | Self::Sink(_) => Ways::Write,
            Self::File(file) => Ways::of(file.file.how()),
            Self::Fifo(fifo) => Ways::of(fifo.file().how()),
            Self::Null
            | Self::Zero
            | Self::Full
            | Self::Random(_)
            | Self::Tty(_)
            | Self::Connection(_) => Ways::Both,
        }
    }

    /// Whether it is a terminal.
    pub fn is_tty(&self) -> bool {
        matches!(self, Self::Tty(_))
    }

    /// Waits for bytes, at most `most`; none is the end.
    pub async fn read(&self, most: usize) -> Result<Vec<u8>, Errno> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::Zero | Self::Full => Ok(vec![0; most.min(super::task::CHUNK)]),
            Self::Random(state) => Ok(random(state, most.min(super::task::CHUNK))),
            Self::Reader(pipe) => Ok(pipe.read(most).await),
            Self::Fifo(fifo) => fifo.read(most).await,
            Self::File(file) => file.read(most),
            Self::Tty(tty) => Ok(tty.read(most).await),
            Self::Connection(connection) => connection.read(most).await,
            Self::Writer(_) | Self::Sink(_) => Err(Errno::BadDescriptor),
        }
    }

    /// Writes all of `bytes`, at `now`.
    pub async fn write(&self, bytes: &[u8], now: Timestamp) -> Result<(), Errno> {
        match self {
            Self::Null | Self::Zero | Self::Random(_) => Ok(()),
            Self::Full => Err(Errno::NoSpace),
            Self::Writer(pipe) => pipe.write(bytes).await,
            Self::Fifo(fifo) => fifo.write(bytes).await,
            Self::File(file) => file.write(bytes, now),
            Self::Tty(tty) => tty.write(now, bytes).await,
            Self::Sink(sink) => {
                poll_fn(|cx| sink.poll_ready(cx)).await?;
                sink.put(now, bytes);
                Ok(())
            }
            Self::Connection(connection) => connection.write(bytes).await,
            Self::Reader(_) => Err(Errno::BadDescriptor),
        }
    }
}

/// Xorshift: bytes that differ, the same for one seed.
pub(super) fn random(state: &Mutex<u64>, count: usize) -> Vec<u8> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}

/// The descriptors of a process, by number. A clone has the same ones, and changes alone.
#[derive(Debug, Default)]
pub struct Descriptors(Arc<Mutex<Table>>);

type Table = SmallMap<u32, Descriptor>;

/// What others may look at while the process is there.
#[derive(Clone, Debug)]
pub(super) struct Watched(Weak<Mutex<Table>>);

impl Watched {
    /// The descriptors that are open, by number; none when the process is gone.
    pub(super) fn all(&self) -> Option<Vec<(u32, Descriptor)>> {
        self.0.upgrade().map(|table| Descriptors(table).all())
    }
}

impl Clone for Descriptors {
    fn clone(&self) -> Self {
        Self::of(self.table().clone())
    }
}

impl Descriptors {
    fn of(table: Table) -> Self {
        Self(Arc::new(Mutex::new(table)))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Standard input, output and errors.
    pub fn standard(stdin: Descriptor, stdout: Descriptor, stderr: Descriptor) -> Self {
        Self::of([(0, stdin), (1, stdout), (2, stderr)].into_iter().collect())
    }

    /// Lets others look.
    pub(super) fn watched(&self) -> Watched {
        Watched(Arc::downgrade(&self.0))
    }

    /// The descriptor of this number.
    ///
    /// # Errors
    /// [`Errno::BadDescriptor`] when it is closed.
    pub fn get(&self, number: u32) -> Result<Descriptor, Errno> {
        let table = self.table();
        table.get(&number).cloned().ok_or(Errno::BadDescriptor)
    }

    /// Opens or replaces the descriptor of this number.
    pub fn set(&mut self, number: u32, descriptor: Descriptor) {
        let before = self.table().insert(number, descriptor);
        drop(before);
    }

    /// Closes the descriptor of this number.
    pub fn close(&mut self, number: u32) -> Option<Descriptor> {
        self.table().remove(&number)
    }

    /// Closes all.
    pub fn clear(&mut self) {
        let before = std::mem::take(&mut *self.table());
        drop(before);
    }

    /// Those that are open, by number.
    pub fn all(&self) -> Vec<(u32, Descriptor)> {
        let table = self.table();
        let open = table.iter();
        open.map(|(number, descriptor)| (*number, descriptor.clone()))
            .collect()
    }

    /// The lowest number, from `least` on, that is free.
    pub fn free(&self, least: u32) -> u32 {
        let table = self.table();
        (least..=u32::MAX)
            .find(|number| !table.contains_key(number))
            .unwrap_or(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn devices_behave_as_their_names_say() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(Descriptor::Null.read(9).await, Ok(Vec::new()));
        assert_eq!(Descriptor::Zero.read(3).await, Ok(vec![0; 3]));
        assert_eq!(Descriptor::Full.write(b"x", now).await, Err(Errno::NoSpace));
        let random = |seed| Descriptor::Random(Arc::new(Mutex::new(seed)));
        assert_eq!(random(7).read(9).await, random(7).read(9).await);
        assert_ne!(random(7).read(9).await, random(8).read(9).await);
    }

    #[test]
    fn a_free_number_is_the_lowest() {
        let mut open = Descriptors::standard(Descriptor::Null, Descriptor::Null, Descriptor::Null);
        assert_eq!(open.free(0), 3);
        open.close(1);
        assert_eq!(open.free(0), 1);
        assert_eq!(open.free(10), 10);
        assert_eq!(open.get(1).err(), Some(Errno::BadDescriptor));
    }
}
