//! A request that may go on while others are made: a stream that stays open both ways.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake_docker::{Clock, Engine};
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What a client does on its connection.
#[derive(Debug)]
enum Said {
    Bytes(Vec<u8>),
    NoMore,
}

/// A connection with one request on it.
#[derive(Debug)]
pub(crate) struct Call {
    say: mpsc::UnboundedSender<Said>,
    heard: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
    writer: JoinHandle<()>,
}

impl Call {
    /// Connects and sends `bytes`.
    pub(crate) fn start(engine: &Engine, bytes: Vec<u8>) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let engine = engine.clone();
        tokio::spawn(async move { engine.serve(theirs).await });
        let (mut from, mut to) = tokio::io::split(ours);
        let (say, mut said) = mpsc::unbounded_channel();
        let writer = tokio::spawn(async move {
            // An engine that has refused may hang up before all is written.
            while let Some(said) = said.recv().await {
                let written = match said {
                    Said::Bytes(bytes) => to.write_all(&bytes).await,
                    Said::NoMore => to.shutdown().await,
                };
                if written.is_err() {
                    return;
                }
            }
            std::future::pending::<()>().await;
        });
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let keep = Arc::clone(&heard);
        let reader = tokio::spawn(async move {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = from.read(&mut buffer).await {
                keep.lock().unwrap().extend(&buffer[..count]);
            }
        });
        let call = Self {
            say,
            heard,
            reader,
            writer,
        };
        call.say(bytes);
        call
    }

    pub(crate) fn say(&self, bytes: Vec<u8>) {
        self.say.send(Said::Bytes(bytes)).ok();
    }

    /// Closes our half.
    pub(crate) fn no_more(&self) {
        self.say.send(Said::NoMore).ok();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.reader.is_finished()
    }

    pub(crate) fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.reader.abort();
        self.writer.abort();
    }
}

/// Lets the engine do what it can do now.
pub(crate) async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}

/// How often one who waits for an answer looks for it.
const PATIENCE: u32 = 160;

/// An engine, and the clock by which it lives.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
}

impl Stage {
    /// Moves the clock to a moment, by way of every moment at which something happens.
    pub(crate) async fn advance(&self, to: Timestamp) {
        while self.clock.now() < to {
            let next = self.clock.next_wake().map_or(to, |next| next.min(to));
            // One who is due already and has not come to it is given the time to.
            let left = to.duration_since(self.clock.now());
            let by = next.duration_since(self.clock.now());
            let by = by.max(left.min(SignedDuration::from_millis(1)));
            self.clock.advance(by.unsigned_abs());
            settle().await;
        }
        settle().await;
    }

    /// Waits for an answer's end, at last with the clock moving.
    pub(crate) async fn finish(&self, call: &Call) {
        for round in 0..PATIENCE {
            for _ in 0..8 {
                settle().await;
                if call.is_over() {
                    return;
                }
            }
            // What rests for a moment of the machine's, such as a busy loop, needs that moment.
            simulation::clock::wait(Duration::from_millis(1)).await;
            if round > 3 {
                self.clock.advance(Duration::from_millis(100));
            }
        }
    }

    /// Asks, and moves the clock only to moments at which something happens, until the engine
    /// has answered.
    pub(crate) async fn ask_in_time(&self, bytes: Vec<u8>) -> Vec<u8> {
        let call = Call::start(&self.engine, bytes);
        loop {
            for _ in 0..4 {
                settle().await;
                if call.is_over() {
                    return call.heard();
                }
            }
            let Some(next) = self.clock.next_wake() else {
                return call.heard();
            };
            self.advance(next).await;
        }
    }

    /// Asks, and hears what comes until the engine ends the answer or time is up.
    pub(crate) async fn ask(&self, bytes: Vec<u8>) -> Vec<u8> {
        let call = Call::start(&self.engine, bytes);
        self.finish(&call).await;
        call.heard()
    }
}
