//! What a container wrote: lines with their time and stream, within a limit.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many bytes of a line make one entry, as in the engine's own files.
const LINE: usize = 16 * 1024;
/// What an entry costs besides its bytes.
const OVERHEAD: usize = 48;

/// Which of its outputs a container wrote to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    /// Standard output; all that a terminal shows.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A line, or as much of a long one as an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its number, from 0 in the container's life.
    pub number: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Where to.
    pub stream: Stream,
    /// What, line feed included.
    pub bytes: Vec<u8>,
}

/// The log of a container. When it is full, the oldest entries go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    entries: VecDeque<LogEntry>,
    written: u64,
    size: usize,
    limit: usize,
    /// Lines without an end yet, one for each stream.
    open: [Vec<u8>; 2],
    /// Whether anything is kept.
    kept: bool,
}

impl Log {
    /// An empty log of at most `limit` bytes; `kept` is false for the driver `none`.
    pub fn new(limit: usize, kept: bool) -> Self {
        Self {
            entries: VecDeque::new(),
            written: 0,
            size: 0,
            limit,
            open: [Vec::new(), Vec::new()],
            kept,
        }
    }

    /// Whether it can be read.
    pub fn is_kept(&self) -> bool {
        self.kept
    }

    /// Takes what was written, line by line.
    pub fn write(&mut self, at: Timestamp, stream: Stream, bytes: &[u8]) {
        if !self.kept {
            return;
        }
        let slot = stream as usize;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let mut rest = piece;
            while !rest.is_empty() {
                let room = LINE - self.open[slot].len();
                let (now, later) = rest.split_at(room.min(rest.len()));
                self.open[slot].extend_from_slice(now);
                rest = later;
                if self.open[slot].len() >= LINE || self.open[slot].ends_with(b"\n") {
                    let line = std::mem::take(&mut self.open[slot]);
                    self.push(at, stream, line);
                }
            }
        }
    }

    /// Takes what stands in lines without an end: the container ended.
    pub fn finish(&mut self, at: Timestamp) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let line = std::mem::take(&mut self.open[stream as usize]);
            if !line.is_empty() {
                self.push(at, stream, line);
            }
        }
    }

    fn push(&mut self, at: Timestamp, stream: Stream, bytes: Vec<u8>) {
        self.size += bytes.len() + OVERHEAD;
        self.entries.push_back(LogEntry {
            number: self.written,
            at,
            stream,
            bytes,
        });
        self.written += 1;
        while self.size > self.limit
            && let Some(gone) = self.entries.pop_front()
        {
            self.size -= gone.bytes.len() + OVERHEAD;
        }
    }

    /// The entries from number `from` on that are still there.
    pub fn from(&self, from: u64) -> impl DoubleEndedIterator<Item = &LogEntry> {
        let first = self.entries.front().map_or(0, |entry| entry.number);
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        self.entries.range(skip.min(self.entries.len())..)
    }

    /// The number that the next entry gets.
    pub fn next(&self) -> u64 {
        self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn texts(log: &Log) -> Vec<String> {
        let texts = log
            .from(0)
            .map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned());
        texts.collect()
    }

    #[test]
    fn an_entry_is_a_line_and_the_last_one_may_be_open() {
        let mut log = Log::new(1000, true);
        log.write(NOW, Stream::Stdout, b"a\nb");
        log.write(NOW, Stream::Stderr, b"e\n");
        log.write(NOW, Stream::Stdout, b"c\nd");
        assert_eq!(texts(&log), ["a\n", "e\n", "bc\n"]);
        log.finish(NOW);
        assert_eq!(texts(&log), ["a\n", "e\n", "bc\n", "d"]);
        assert_eq!(log.from(3).count(), 1);
    }

    #[test]
    fn the_oldest_entries_go_when_it_is_full() {
        let mut log = Log::new(10 * OVERHEAD, true);
        for line in 0..100 {
            log.write(NOW, Stream::Stdout, format!("{line}\n").as_bytes());
        }
        assert!(log.from(0).count() < 10);
        assert_eq!(log.from(0).next_back().unwrap().bytes, b"99\n");
        assert_eq!(log.from(99).count(), 1);
        assert_eq!(log.from(100).count(), 0);
    }

    #[test]
    fn a_long_line_is_several_entries() {
        let mut log = Log::new(1 << 20, true);
        log.write(NOW, Stream::Stdout, &vec![b'x'; 2 * LINE + 1]);
        log.write(NOW, Stream::Stdout, b"\n");
        assert_eq!(
            log.from(0).map(|e| e.bytes.len()).collect::<Vec<_>>(),
            [LINE, LINE, 2]
        );
    }
}
