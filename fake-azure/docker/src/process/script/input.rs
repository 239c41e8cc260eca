//! Lines that are read from a descriptor.

use crate::files::Errno;
use crate::process::Descriptor;
use crate::process::task::CHUNK;

/// The longest line; a longer one is cut in pieces.
const LONGEST_LINE: usize = 64 * 1024;

/// Reads lines from a descriptor.
#[derive(Debug)]
pub(super) struct Input {
    from: Option<Descriptor>,
    waiting: Vec<u8>,
    /// How much of what waits was looked at.
    seen: usize,
}

impl Input {
    pub(super) fn new(from: Option<Descriptor>) -> Self {
        Self {
            from,
            waiting: Vec::new(),
            seen: 0,
        }
    }

    /// The next line without its end; none when there are no more.
    pub(super) async fn line(&mut self) -> Result<Option<String>, Errno> {
        loop {
            let fresh = &self.waiting[self.seen..];
            let end = fresh.iter().position(|b| *b == b'\n');
            if let Some(end) = end.map(|end| self.seen + end) {
                return Ok(Some(self.take(end, 1)));
            }
            if self.waiting.len() >= LONGEST_LINE {
                return Ok(Some(self.take(LONGEST_LINE, 0)));
            }
            self.seen = self.waiting.len();
            let bytes = match &self.from {
                Some(from) => from.read(CHUNK).await?,
                None => Vec::new(),
            };
            if bytes.is_empty() {
                self.from = None;
                let rest = self.waiting.len();
                return Ok((rest > 0).then(|| self.take(rest, 0)));
            }
            self.waiting.extend(bytes);
        }
    }

    /// Whatever comes next, lines or not; none when there is no more.
    pub(super) async fn chunk(&mut self) -> Result<Vec<u8>, Errno> {
        if !self.waiting.is_empty() {
            self.seen = 0;
            return Ok(std::mem::take(&mut self.waiting));
        }
        match &self.from {
            Some(from) => from.read(CHUNK).await,
            None => Ok(Vec::new()),
        }
    }

    /// Takes a line of `length` bytes and the `end` bytes after it.
    fn take(&mut self, length: usize, end: usize) -> String {
        let line = &self.waiting[..length];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = String::from_utf8_lossy(line).into_owned();
        self.waiting.drain(..length + end);
        self.seen = 0;
        if self.waiting.is_empty() {
            // One that waits costs nothing.
            self.waiting = Vec::new();
        }
        text
    }
}
