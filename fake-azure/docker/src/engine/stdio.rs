//! The standard streams of a container or exec, and those attached to them.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::body::Bytes;
use jiff::Timestamp;

use crate::files::Errno;
use crate::process::Sink;
use crate::process::pipe::{PipeReader, PipeWriter, pipe};
use crate::state::log::{Log, Stream};

/// How many bytes wait for one who is attached before the container has to wait for him.
const WAITING: usize = 1 << 20;

/// The standard streams of a container or exec while it may be attached to.
#[derive(Debug)]
pub(crate) struct Stdio {
    log: Option<Arc<Mutex<Log>>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    audience: Vec<Arc<Seat>>,
    /// The writing end of standard input, shared by those attached.
    input: Option<Arc<PipeWriter>>,
    /// The reading end, until a process takes it.
    unread: Option<PipeReader>,
    ended: bool,
    /// Who waits for more of the log.
    followers: Vec<Waker>,
    /// Writers that wait for room.
    writers: Vec<Waker>,
}

/// The place of one who is attached: what he has not read yet.
#[derive(Debug)]
struct Seat {
    stdout: bool,
    stderr: bool,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    pieces: VecDeque<(Stream, Bytes)>,
    size: usize,
    ended: bool,
    gone: bool,
    reader: Option<Waker>,
}

/// What a container writes, as one who is attached reads it.
#[derive(Debug)]
pub(crate) struct Attached {
    seat: Arc<Seat>,
    stdio: Arc<Stdio>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

fn remember(wakers: &mut Vec<Waker>, waker: &Waker) {
    if !wakers.iter().any(|known| known.will_wake(waker)) {
        wakers.push(waker.clone());
    }
}

impl Stdio {
    /// Streams that are written down in `log`, if they are.
    pub(crate) fn new(log: Option<Arc<Mutex<Log>>>) -> Arc<Self> {
        Arc::new(Self {
            log,
            state: Mutex::default(),
        })
    }

    /// Lets those who attach before the process begins type already.
    pub(crate) fn prepare_input(&self) {
        let mut state = lock(&self.state);
        if state.input.is_none() && state.unread.is_none() {
            let (reader, writer) = pipe();
            state.input = Some(Arc::new(writer));
            state.unread = Some(reader);
        }
    }

    /// The end of standard input that the process reads from.
    pub(crate) fn open_input(&self) -> PipeReader {
        let mut state = lock(&self.state);
        if let Some(reader) = state.unread.take() {
            return reader;
        }
        let (reader, writer) = pipe();
        state.input = Some(Arc::new(writer));
        reader
    }

    /// The end of standard input to write to, if it is open.
    pub(crate) fn input(&self) -> Option<Arc<PipeWriter>> {
        lock(&self.state).input.clone()
    }

    /// Closes standard input: the process finds its end.
    pub(crate) fn close_input(&self) {
        let input = lock(&self.state).input.take();
        drop(input);
    }

    /// Attaches to what is written from now on.
    pub(crate) fn attach(self: &Arc<Self>, stdout: bool, stderr: bool) -> Attached {
        let seat = Arc::new(Seat {
            stdout,
            stderr,
            queue: Mutex::default(),
        });
        lock(&self.state).audience.push(seat.clone());
        Attached {
            seat,
            stdio: self.clone(),
        }
    }

    /// Lets a process write to one of the streams.
    pub(crate) fn sink(self: &Arc<Self>, stream: Stream) -> Arc<dyn Sink> {
        Arc::new(Outlet {
            stdio: self.clone(),
            stream,
        })
    }

    /// The process begins: what it writes has readers again.
    pub(crate) fn begin(&self) {
        lock(&self.state).ended = false;
    }

    /// The process ended: those attached find the end of its streams, and so do followers.
    pub(crate) fn end(&self, at: Timestamp) {
        if let Some(log) = &self.log {
            lock(log).finish(at);
        }
        let (audience, input, wakers) = {
            let mut state = lock(&self.state);
            state.ended = true;
            let mut wakers = std::mem::take(&mut state.followers);
            wakers.append(&mut state.writers);
            (
                std::mem::take(&mut state.audience),
                state.input.take(),
                wakers,
            )
        };
        drop(input);
        for seat in audience {
            let mut queue = lock(&seat.queue);
            queue.ended = true;
            let reader = queue.reader.take();
            drop(queue);
            wake(reader.into_iter().collect());
        }
        wake(wakers);
    }

    /// Whether its process has ended.
    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.state).ended
    }

    /// Waits until the log has an entry from number `from` on, or the process has ended.
    pub(crate) async fn more(&self, from: u64) {
        poll_fn(|cx| {
            let mut state = lock(&self.state);
            let next = self.log.as_ref().map_or(0, |log| lock(log).next());
            if state.ended || next > from {
                return Poll::Ready(());
            }
            remember(&mut state.followers, cx.waker());
            Poll::Pending
        })
        .await;
    }

    fn poll_room(&self, stream: Stream, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        state.audience.retain(|seat| !lock(&seat.queue).gone);
        let is_full = |seat: &Arc<Seat>| seat.wants(stream) && lock(&seat.queue).size > WAITING;
        if !state.audience.iter().any(is_full) {
            return Poll::Ready(());
        }
        remember(&mut state.writers, cx.waker());
        Poll::Pending
    }

    fn write(&self, at: Timestamp, stream: Stream, bytes: &[u8]) {
        if let Some(log) = &self.log {
            lock(log).write(at, stream, bytes);
        }
        let mut state = lock(&self.state);
        let followers = std::mem::take(&mut state.followers);
        let audience: Vec<_> = state
            .audience
            .iter()
            .filter(|s| s.wants(stream))
            .cloned()
            .collect();
        drop(state);
        if !audience.is_empty() {
            let piece = Bytes::copy_from_slice(bytes);
            for seat in audience {
                let mut queue = lock(&seat.queue);
                if queue.gone {
                    continue;
                }
                queue.size += piece.len();
                queue.pieces.push_back((stream, piece.clone()));
                let reader = queue.reader.take();
                drop(queue);
                wake(reader.into_iter().collect());
            }
        }
        wake(followers);
    }
}

impl Seat {
    fn wants(&self, stream: Stream) -> bool {
        match stream {
            Stream::Stdout => self.stdout,
            Stream::Stderr => self.stderr,
        }
    }
}

impl Attached {
    /// The next piece that was written; none when the process has ended.
    pub(crate) async fn next(&self) -> Option<(Stream, Bytes)> {
        poll_fn(|cx| {
            let mut queue = lock(&self.seat.queue);
            match queue.pieces.pop_front() {
                Some((stream, piece)) => {
                    queue.size -= piece.len();
                    drop(queue);
                    let writers = std::mem::take(&mut lock(&self.stdio.state).writers);
                    wake(writers);
                    Poll::Ready(Some((stream, piece)))
                }
                None if queue.ended => Poll::Ready(None),
                None => {
                    queue.reader = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        {
            let mut queue = lock(&self.seat.queue);
            queue.gone = true;
            queue.pieces.clear();
        }
        let mut state = lock(&self.stdio.state);
        state.audience.retain(|seat| !Arc::ptr_eq(seat, &self.seat));
        let writers = std::mem::take(&mut state.writers);
        drop(state);
        wake(writers);
    }
}

/// One of the streams, as a process writes to it.
#[derive(Debug)]
struct Outlet {
    stdio: Arc<Stdio>,
    stream: Stream,
}

impl Sink for Outlet {
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Errno>> {
        self.stdio.poll_room(self.stream, cx).map(Ok)
    }

    fn put(&self, at: Timestamp, bytes: &[u8]) {
        self.stdio.write(at, self.stream, bytes);
    }

    fn number(&self) -> u64 {
        match self.stream {
            Stream::Stdout => 20_001,
            Stream::Stderr => 20_002,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[tokio::test]
    async fn who_is_attached_reads_what_is_written_and_then_the_end() {
        let stdio = Stdio::new(None);
        let both = stdio.attach(true, true);
        let errors = stdio.attach(false, true);
        stdio.sink(Stream::Stdout).put(NOW, b"a");
        stdio.sink(Stream::Stderr).put(NOW, b"b");
        stdio.end(NOW);
        let a = (Stream::Stdout, Bytes::from_static(b"a"));
        let b = (Stream::Stderr, Bytes::from_static(b"b"));
        assert_eq!(both.next().await, Some(a));
        assert_eq!(both.next().await, Some(b.clone()));
        assert_eq!(both.next().await, None);
        assert_eq!(errors.next().await, Some(b));
        assert_eq!(errors.next().await, None);
    }

    #[tokio::test]
    async fn a_writer_waits_for_who_does_not_read() {
        let stdio = Stdio::new(None);
        let lazy = stdio.attach(true, false);
        let sink = stdio.sink(Stream::Stdout);
        sink.put(NOW, &vec![0; WAITING + 1]);
        let ready = || poll_fn(|cx| sink.poll_ready(cx));
        let mut writing = tokio_test(ready());
        assert!(writing.is_none());
        lazy.next().await;
        writing = tokio_test(ready());
        assert_eq!(writing, Some(Ok(())));
    }

    /// Polls once.
    fn tokio_test<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }
}
