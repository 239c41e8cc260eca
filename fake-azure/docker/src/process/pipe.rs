//! A pipe between two processes: bounded, with ends that notice each other's closing.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use crate::files::Errno;

/// How many bytes wait in a pipe before its writer has to.
const CAPACITY: usize = 64 * 1024;

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    /// Whether others may open it when its ends are closed.
    is_named: bool,
    /// By what number it is known; nothing until somebody asks.
    number: Option<NonZeroU64>,
    readers: u32,
    writers: u32,
    /// How often an end to read from was opened.
    readers_begun: u32,
    /// How often an end to write to was opened.
    writers_begun: u32,
    waiting: Vec<Waker>,
}

impl State {
    /// Forgets what nobody will read.
    fn forget(&mut self) {
        if self.readers == 0 && (self.writers == 0 || !self.is_named) {
            self.bytes = VecDeque::new();
        }
    }
}

/// What the ends of a pipe share.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<State>);

impl Shared {
    /// A pipe that has no ends yet, and that others find by its name.
    pub(super) fn named() -> Self {
        Self(Mutex::new(State {
            is_named: true,
            ..State::default()
        }))
    }

    fn number(&self, fresh: impl FnOnce() -> u64) -> u64 {
        let mut state = self.state();
        state.number = state.number.or_else(|| NonZeroU64::new(fresh()));
        state.number.map_or(0, NonZeroU64::get)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the state is as asked.
    async fn until(&self, is_so: impl Fn(&State) -> bool) {
        poll_fn(|cx| {
            let mut state = self.state();
            if is_so(&state) {
                return Poll::Ready(());
            }
            remember(&mut state.waiting, cx.waker());
            Poll::Pending
        })
        .await;
    }

    /// Changes the state and wakes whoever waits at either end.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let done = change(&mut state);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waker in waiting {
            waker.wake();
        }
        done
    }
}

/// The end that reads; dropped, it is closed.
#[derive(Debug)]
pub struct PipeReader {
    shared: Arc<Shared>,
    /// How many writers had come and gone when it was opened.
    missed: u32,
}

/// The end that writes; dropped, it is closed and the reader finds the end.
#[derive(Debug)]
pub struct PipeWriter {
    shared: Arc<Shared>,
    /// How many readers had come and gone when it was opened.
    missed: u32,
}

/// Makes a pipe.
pub fn pipe() -> (PipeReader, PipeWriter) {
    let shared = Arc::new(Shared::default());
    let writer = PipeWriter::begin(&shared);
    (PipeReader::begin(&shared), writer)
}

impl PipeReader {
    /// Opens an end.
    pub(super) fn begin(shared: &Arc<Shared>) -> Self {
        let missed = shared.change(|state| {
            state.readers += 1;
            state.readers_begun = state.readers_begun.wrapping_add(1);
            state.writers_begun.wrapping_sub(state.writers)
        });
        Self {
            shared: shared.clone(),
            missed,
        }
    }

    /// Waits until somebody has opened the other end.
    pub(super) async fn met(&self) {
        let met = |state: &State| state.writers > 0 || state.writers_begun != self.missed;
        self.shared.until(met).await;
    }

    /// The number by which both its ends are known; the first who asks gives it a fresh one.
    pub(super) fn number(&self, fresh: impl FnOnce() -> u64) -> u64 {
        self.shared.number(fresh)
    }

    /// Waits for bytes, at most `most`; none means that the writer is gone.
    pub async fn read(&self, most: usize) -> Vec<u8> {
        poll_fn(|cx| {
            let mut state = self.shared.state();
            if state.bytes.is_empty() && state.writers > 0 && most > 0 {
                remember(&mut state.waiting, cx.waker());
                return Poll::Pending;
            }
            drop(state);
            Poll::Ready(self.shared.change(|state| {
                let taken = most.min(state.bytes.len());
                let bytes = state.bytes.drain(..taken).collect();
                if state.bytes.is_empty() {
                    // An idle pipe costs nothing.
                    state.bytes = VecDeque::new();
                }
                bytes
            }))
        })
        .await
    }
}

impl PipeWriter {
    /// Opens an end.
    pub(super) fn begin(shared: &Arc<Shared>) -> Self {
        let missed = shared.change(|state| {
            state.writers += 1;
            state.writers_begun = state.writers_begun.wrapping_add(1);
            state.readers_begun.wrapping_sub(state.readers)
        });
        Self {
            shared: shared.clone(),
            missed,
        }
    }

    /// Waits until somebody has opened the other end.
    pub(super) async fn met(&self) {
        let met = |state: &State| state.readers > 0 || state.readers_begun != self.missed;
        self.shared.until(met).await;
    }

    /// The number by which both its ends are known; the first who asks gives it a fresh one.
    pub(super) fn number(&self, fresh: impl FnOnce() -> u64) -> u64 {
        self.shared.number(fresh)
    }

    /// Writes all of `bytes`, waiting while the pipe is full.
    ///
    /// # Errors
    /// [`Errno::BrokenPipe`] when the reader is gone.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), Errno> {
        let mut rest = bytes;
        poll_fn(|cx| {
            loop {
                let mut state = self.shared.state();
                if state.readers == 0 {
                    return Poll::Ready(Err(Errno::BrokenPipe));
                }
                if rest.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                let room = CAPACITY.saturating_sub(state.bytes.len());
                if room == 0 {
                    remember(&mut state.waiting, cx.waker());
                    return Poll::Pending;
                }
                drop(state);
                let (now, later) = rest.split_at(room.min(rest.len()));
                self.shared.change(|state| state.bytes.extend(now));
                rest = later;
            }
        })
        .await
    }

    /// Waits until the reader is gone.
    pub async fn closed(&self) {
        self.shared.until(|state| state.readers == 0).await;
    }
}

/// Keeps one waker of each task.
fn remember(waiting: &mut Vec<Waker>, waker: &Waker) {
    if !waiting.iter().any(|known| known.will_wake(waker)) {
        waiting.push(waker.clone());
    }
}

impl Drop for PipeReader {
    fn drop(&mut self) {
        self.shared.change(|state| {
            state.readers -= 1;
            state.forget();
        });
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        self.shared.change(|state| {
            state.writers -= 1;
            state.forget();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_is_read_and_then_the_end_is_found() {
        let (reader, writer) = pipe();
        writer.write(b"hello").await.unwrap();
        drop(writer);
        assert_eq!(reader.read(3).await, b"hel");
        assert_eq!(reader.read(9).await, b"lo");
        assert_eq!(reader.read(9).await, b"");
    }

    #[tokio::test]
    async fn a_writer_waits_for_room_and_is_told_of_a_reader_that_went() {
        let (reader, writer) = pipe();
        let writing = tokio::spawn(async move { writer.write(&vec![7; 3 * CAPACITY]).await });
        let mut seen = 0;
        while seen < 2 * CAPACITY {
            seen += reader.read(CAPACITY).await.len();
        }
        drop(reader);
        assert_eq!(writing.await.unwrap(), Err(Errno::BrokenPipe));
    }
}
