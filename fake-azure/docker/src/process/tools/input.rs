//! Input of the tools: files by name or standard input, by lines or as it comes.

use super::output::Output;
use super::stop::Stop;
use crate::files::{Errno, Open};
use crate::process::task::CHUNK;
use crate::process::{Descriptor, Process};

/// The longest line that a tool holds, in bytes.
pub(super) const LONGEST_LINE: usize = 8 * 1024 * 1024;
/// How much a tool holds at most that has to see all of its input before it answers.
pub(super) const WHOLE: usize = 64 * 1024 * 1024;

/// Opens a file to read; `-` is standard input.
pub(super) fn open(process: &Process, name: &str) -> Result<Descriptor, Errno> {
    if name == "-" {
        return process.descriptors.get(0);
    }
    process.open(
        name,
        Open {
            read: true,
            ..Open::default()
        },
    )
}

/// The files that were named, or standard input.
pub(super) fn or_stdin(names: &[String]) -> Vec<String> {
    if names.is_empty() {
        vec!["-".to_owned()]
    } else {
        names.to_vec()
    }
}

/// Waits for the next bytes; none is the end.
pub(super) async fn chunk(process: &mut Process, from: &Descriptor) -> Result<Vec<u8>, Errno> {
    let bytes = from.read(CHUNK).await?;
    process.step().await;
    Ok(bytes)
}

/// Reads all there is, at most [`WHOLE`] bytes.
pub(super) async fn whole(process: &mut Process, from: &Descriptor) -> Result<Vec<u8>, Errno> {
    let mut all = Vec::new();
    loop {
        let bytes = chunk(process, from).await?;
        if bytes.is_empty() {
            return Ok(all);
        }
        if all.len() + bytes.len() > WHOLE {
            return Err(Errno::TooLarge);
        }
        all.extend(bytes);
    }
}

/// Reads all there is of a file by name, at most [`WHOLE`] bytes.
pub(super) async fn whole_file(process: &mut Process, name: &str) -> Result<Vec<u8>, Errno> {
    let from = open(process, name)?;
    whole(process, &from).await
}

/// A descriptor that is read line by line.
#[derive(Debug)]
pub(super) struct Lines {
    from: Descriptor,
    separator: u8,
    held: Vec<u8>,
    /// Where the next line begins in `held`.
    begin: usize,
    /// Up to where no separator was found.
    searched: usize,
    ended: bool,
}

impl Lines {
    /// Lines that end with a line feed.
    pub(super) fn new(from: Descriptor) -> Self {
        Self::separated(from, b'\n')
    }

    /// Lines that end with another byte.
    pub(super) fn separated(from: Descriptor, separator: u8) -> Self {
        Self {
            from,
            separator,
            held: Vec::new(),
            begin: 0,
            searched: 0,
            ended: false,
        }
    }

    /// The next line with the byte that ends it; the last one may lack that.
    ///
    /// Before it waits, `out` is written.
    pub(super) async fn next(
        &mut self,
        process: &mut Process,
        out: &mut Output,
    ) -> Result<Option<Vec<u8>>, Stop> {
        loop {
            if let Some(line) = self.held_line() {
                process.step().await;
                return Ok(Some(line));
            }
            if self.ended {
                return Ok(None);
            }
            out.flush(process).await?;
            let bytes = match chunk(process, &self.from).await {
                Ok(bytes) => bytes,
                Err(errno) => return Err(Stop::told(format!("read error: {errno}"))),
            };
            self.ended = bytes.is_empty();
            self.held.drain(..self.begin);
            self.searched -= self.begin;
            self.begin = 0;
            self.held.extend(bytes);
            if self.held.len() > LONGEST_LINE {
                return Err(Stop::told(format!("line longer than {LONGEST_LINE} bytes")));
            }
        }
    }

    /// A line that is there without waiting.
    fn held_line(&mut self) -> Option<Vec<u8>> {
        let rest = &self.held[self.searched..];
        let end = match rest.iter().position(|b| *b == self.separator) {
            Some(position) => self.searched + position + 1,
            None if self.ended && self.begin < self.held.len() => self.held.len(),
            None => {
                self.searched = self.held.len();
                return None;
            }
        };
        let line = self.held[self.begin..end].to_vec();
        (self.begin, self.searched) = (end, end);
        Some(line)
    }
}

/// A line without the byte that ends it, and whether it had one.
pub(super) fn chomp(line: &[u8], separator: u8) -> (&[u8], bool) {
    match line.split_last() {
        Some((last, rest)) if *last == separator => (rest, true),
        _ => (line, false),
    }
}
