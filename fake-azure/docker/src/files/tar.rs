//! tar archives, as bytes.
//!
//! Read are the old format, ustar, pax and GNU's long names, large numbers and files with holes; written are
//! ustar and, where a field does not fit, pax, as Go's writer does it. Written here rather
//! than with a crate because what is read has to be bounded (entries, bytes, lengths of
//! records), must not be held twice, and is refused in the engine's words.

mod header;
mod name;
mod number;
mod reader;
mod sparse;

use std::io;

pub use header::{EntryKind, Header};
pub use reader::Reader;

/// The size of a block.
pub(super) const BLOCK: usize = 512;

/// The two empty blocks that end an archive.
pub(super) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// How much an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries.
    pub entries: u64,
    /// Bytes of the whole archive, uncompressed.
    pub bytes: u64,
    /// Bytes of a path or a link's target.
    pub path: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 1 << 20,
            bytes: 2 << 30,
            path: 4096,
        }
    }
}

/// Why an archive cannot be read. The first two are worded as the engine words them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TarError {
    /// It ends too early.
    #[error("unexpected EOF")]
    Truncated,
    /// A header is not one.
    #[error("archive/tar: invalid tar header")]
    Header,
    /// Too many entries.
    #[error("the archive has more than {0} entries")]
    TooManyEntries(u64),
    /// Too many bytes.
    #[error("the archive has more than {0} bytes")]
    TooLarge(u64),
    /// Too long a path.
    #[error("a path in the archive is longer than {0} bytes")]
    PathTooLong(usize),
    /// What the archive is read from fails.
    #[error(transparent)]
    Read(io::Error),
}

impl From<io::Error> for TarError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            _ => Self::Read(error),
        }
    }
}

/// Returns how many zeros follow `size` bytes of content.
pub(super) fn padding(size: u64) -> usize {
    let over = size % BLOCK as u64;
    // Less than a block, so it fits.
    usize::try_from((BLOCK as u64 - over) % BLOCK as u64).unwrap_or_default()
}

/// An archive that is written into memory.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Begins an archive.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry; `content` is what a regular file holds.
    pub fn add(&mut self, header: Header, content: &[u8]) {
        let content = match header.kind {
            EntryKind::File => content,
            _ => &[],
        };
        let header = Header {
            size: content.len() as u64,
            ..header
        };
        self.0.extend(header.encode());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len() + padding(header.size), 0);
    }

    /// Ends the archive.
    pub fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&END);
        self.0
    }
}

#[cfg(test)]
mod tests;
