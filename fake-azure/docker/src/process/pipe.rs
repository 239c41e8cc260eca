//! A pipe between two processes: bounded, with ends that notice each other's closing.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use crate::files::Errno;

/// How many bytes wait in a pipe before its writer has to.
const CAPACITY: usize = 64 * 1024;

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    reader_gone: bool,
    writer_gone: bool,
    waiting: Vec<Waker>,
}

#[derive(Debug, Default)]
struct Shared(Mutex<State>);

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
pub struct PipeReader(Arc<Shared>);

/// The end that writes; dropped, it is closed and the reader finds the end.
#[derive(Debug)]
pub struct PipeWriter(Arc<Shared>);

/// Makes a pipe.
pub fn pipe() -> (PipeReader, PipeWriter) {
    let shared = Arc::new(Shared::default());
    (PipeReader(shared.clone()), PipeWriter(shared))
}

impl PipeReader {
    /// Waits for bytes, at most `most`; none means that the writer is gone.
    pub async fn read(&self, most: usize) -> Vec<u8> {
        poll_fn(|cx| {
            let mut state = self.0.state();
            if state.bytes.is_empty() && !state.writer_gone && most > 0 {
                remember(&mut state.waiting, cx.waker());
                return Poll::Pending;
            }
            drop(state);
            Poll::Ready(self.0.change(|state| {
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
    /// Writes all of `bytes`, waiting while the pipe is full.
    ///
    /// # Errors
    /// [`Errno::BrokenPipe`] when the reader is gone.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), Errno> {
        let mut rest = bytes;
        poll_fn(|cx| {
            loop {
                let mut state = self.0.state();
                if state.reader_gone {
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
                self.0.change(|state| state.bytes.extend(now));
                rest = later;
            }
        })
        .await
    }

    /// Waits until the reader is gone.
    pub async fn closed(&self) {
        poll_fn(|cx| {
            let mut state = self.0.state();
            if state.reader_gone {
                return Poll::Ready(());
            }
            remember(&mut state.waiting, cx.waker());
            Poll::Pending
        })
        .await;
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
        self.0.change(|state| {
            state.reader_gone = true;
            state.bytes = VecDeque::new();
        });
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        self.0.change(|state| state.writer_gone = true);
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
