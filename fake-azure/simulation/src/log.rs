//! A log on disk: a snapshot and the records after it, so that nothing is lost that was told
//! to be done.
//!
//! ```text
//! simulation-log 1 KIND FORMAT\n
//! length, checksum, snapshot
//! length, checksum, record
//! …
//! ```
//!
//! Records are appended, each with its length and a checksum; what a process was killed amid is
//! recognised and left out. When the records outweigh the snapshot a new one takes the place of
//! all, in a new file under the old name: at any moment the name stands for a whole log.

mod file;
#[cfg(test)]
mod tests;

use std::io;
use std::ops::Range;

pub use file::LogFile;

/// How the log itself is written.
const LAYOUT: u32 = 1;
/// What begins every log.
const MAGIC: &str = "simulation-log";
/// The length and the checksum before a record.
const FRAME: usize = 8;
/// Records may weigh this much before they are looked at at all.
const SLACK: u64 = 1 << 20;
/// Room for one record that is kept for the next; what a longer one took is given back.
const ROOM: usize = 64 << 10;

/// Where a log is kept.
pub trait Storage {
    /// All that is there; none where there is nothing yet.
    fn read(&mut self) -> io::Result<Option<Vec<u8>>>;

    /// Adds to the end. What was there before stays, even where this fails.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Takes away what is beyond this length.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Puts this in the place of all that is there: the whole of it, or nothing changes. It has
    /// come to stay when this returns.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when what was added has come to stay, whatever becomes of the machine.
    fn sync(&mut self) -> io::Result<()>;
}

impl<S: Storage + ?Sized> Storage for Box<S> {
    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        (**self).read()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        (**self).append(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        (**self).cut(length)
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        (**self).replace(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        (**self).sync()
    }
}

/// What a log is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name: a word.
    pub name: &'static str,
    /// The newest format of its contents that can be read; older ones are told to whoever opens.
    pub format: u32,
}

/// When a record counts as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// When the system has it: it survives the process.
    #[default]
    Process,
    /// When the disk has it: it survives the machine.
    Machine,
}

/// What a log held when it was opened.
#[derive(Debug)]
pub struct Contents {
    /// The format of what is in it.
    pub format: u32,
    /// Whether something stood at the end that nobody was told was written.
    pub torn: bool,
    bytes: Vec<u8>,
    snapshot: Range<usize>,
    records: Vec<Range<usize>>,
    end: usize,
}

/// Where that of a log ends which is whole.
#[derive(Clone, Copy, Debug)]
pub struct End {
    snapshot: u64,
    records: u64,
    torn: bool,
}

impl Contents {
    /// How many bytes that is, of which nothing is kept.
    pub fn left_out(&self) -> u64 {
        (self.bytes.len() - self.end) as u64
    }

    /// The snapshot.
    pub fn snapshot(&self) -> &[u8] {
        &self.bytes[self.snapshot.clone()]
    }

    /// Where it ends.
    pub fn end(&self) -> End {
        End {
            snapshot: self.snapshot.end as u64,
            records: self.end as u64,
            torn: self.torn,
        }
    }

    /// What was appended after it, in order.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.records.iter().map(|at| &self.bytes[at.clone()])
    }
}

/// Why a log cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// It cannot be opened or written.
    #[error("it cannot be {verb}")]
    Io {
        /// What was tried.
        verb: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process has it.
    #[error("another process uses it")]
    InUse,
    /// It is something else.
    #[error("it is not a file of this kind: {0}")]
    Foreign(&'static str),
    /// A later version has written it.
    #[error(
        "a later version has written it: its format is {found}, and this one reads up to {known}"
    )]
    Newer {
        /// The file's.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// Bytes in its midst are not those that were written.
    #[error("it is damaged at byte {0}")]
    Damaged(u64),
    /// It is longer than a length can be told.
    #[error("4 GiB are more than a record can have")]
    TooLong,
    /// A write has failed before, and what is in the file since then is uncertain.
    #[error("a write failed, and what it left could not be taken away")]
    Broken,
}

/// A log that is open.
#[derive(Debug)]
pub struct Log<S> {
    storage: S,
    kind: Kind,
    durability: Durability,
    /// How long it is.
    length: u64,
    /// How long it may be before its records outweigh its snapshot.
    limit: u64,
    broken: bool,
    /// The record that is written next, behind room for its frame.
    prepared: Vec<u8>,
}

impl<S: Storage> Log<S> {
    /// Opens a log and tells what it holds; nothing is changed before the first
    /// [`Log::compact`], which a log that is new needs before all else, or [`Log::go_on`].
    pub fn open(
        mut storage: S,
        kind: Kind,
        durability: Durability,
    ) -> Result<(Self, Option<Contents>), LogError> {
        let found = storage.read().map_err(|source| match source.kind() {
            io::ErrorKind::WouldBlock => LogError::InUse,
            io::ErrorKind::InvalidInput => LogError::Foreign("not a regular file"),
            _ => LogError::Io {
                verb: "opened",
                source,
            },
        })?;
        let contents = match found {
            None => None,
            // A file that was made for us, say by `mktemp`.
            Some(bytes) if bytes.is_empty() => None,
            Some(bytes) => Some(read(bytes, kind)?),
        };
        let log = Self {
            storage,
            kind,
            durability,
            length: 0,
            limit: 0,
            // There is nothing to append to yet.
            broken: true,
            prepared: Vec::new(),
        };
        Ok((log, contents))
    }

    /// Lets records follow on those that the log held when it was opened. They must be of this
    /// format.
    pub fn go_on(&mut self, end: End) -> Result<(), LogError> {
        if end.torn {
            let cut = self.storage.cut(end.records);
            cut.map_err(|source| LogError::Io {
                verb: "written",
                source,
            })?;
        }
        self.length = end.records;
        self.limit = limit(end.snapshot);
        self.broken = false;
        Ok(())
    }

    /// Adds a record, which is not empty; it is written when this returns. Where it fails the
    /// log is as it was.
    pub fn append(&mut self, record: &[u8]) -> Result<(), LogError> {
        self.prepare(|prepared| prepared.extend(record));
        self.append_prepared()
    }

    /// Prepares a record for [`Log::append_prepared`], in the place of one that was prepared
    /// before: `write` adds it to the bytes that it is given.
    pub fn prepare<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.prepared.clear();
        self.prepared.extend([0; FRAME]);
        write(&mut self.prepared)
    }

    /// Adds the record that was prepared, which is not empty; it is written when this returns.
    /// Where it fails the log is as it was.
    pub fn append_prepared(&mut self) -> Result<(), LogError> {
        if self.broken {
            return Err(LogError::Broken);
        }
        frame(&mut self.prepared, 0)?;
        let mut written = self.storage.append(&self.prepared);
        if self.durability == Durability::Machine {
            written = written.and_then(|()| self.storage.sync());
        }
        if let Err(source) = written {
            self.broken = self.storage.cut(self.length).is_err();
            return Err(LogError::Io {
                verb: "written",
                source,
            });
        }
        self.length += self.prepared.len() as u64;
        self.prepared.clear();
        self.prepared.shrink_to(ROOM);
        Ok(())
    }

    /// Whether the records outweigh the snapshot, so that a new one is worth its while.
    pub fn is_long(&self) -> bool {
        self.length > self.limit
    }

    /// Puts a snapshot in the place of all that is there. Where it fails the log is as it was.
    pub fn compact(&mut self, snapshot: &[u8]) -> Result<(), LogError> {
        self.compact_with(|whole| {
            whole.extend(snapshot);
            Ok(())
        })
    }

    /// The same with a snapshot that `write` adds to the bytes that it is given, so that it need
    /// not be in memory twice.
    pub fn compact_with<E: From<LogError>>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut whole = header(self.kind).into_bytes();
        let begin = whole.len();
        whole.extend([0; FRAME]);
        write(&mut whole)?;
        frame(&mut whole, begin)?;
        if let Err(source) = self.storage.replace(&whole) {
            // It is not tried again at every record.
            self.limit = self.length + SLACK;
            let verb = "written";
            return Err(LogError::Io { verb, source }.into());
        }
        self.length = whole.len() as u64;
        self.limit = limit(self.length);
        self.broken = false;
        Ok(())
    }
}

/// How long a log may become whose snapshot ends here: a snapshot costs about what its length in
/// records does, so it is to be a lesser part of what is written.
fn limit(snapshot: u64) -> u64 {
    3 * snapshot + SLACK
}

fn header(kind: Kind) -> String {
    format!("{MAGIC} {LAYOUT} {} {}\n", kind.name, kind.format)
}

/// Fills the frame that begins here with the length and the checksum of what is behind it.
fn frame(bytes: &mut [u8], begin: usize) -> Result<(), LogError> {
    let (frame, record) = bytes[begin..].split_at_mut(FRAME);
    let length = u32::try_from(record.len()).map_err(|_| LogError::TooLong)?;
    let (told, checksum) = frame.split_at_mut(FRAME / 2);
    told.copy_from_slice(&length.to_le_bytes());
    checksum.copy_from_slice(&crc32fast::hash(record).to_le_bytes());
    Ok(())
}

fn read(bytes: Vec<u8>, kind: Kind) -> Result<Contents, LogError> {
    let (format, mut at) = read_header(&bytes, kind)?;
    let mut records = Vec::new();
    let mut torn = false;
    let mut snapshot = None;
    while at < bytes.len() {
        let rest = &bytes[at..];
        match unframed(rest) {
            Some(record) => {
                let begin = at + FRAME;
                at = begin + record.len();
                match snapshot {
                    None => snapshot = Some(begin..at),
                    Some(_) => records.push(begin..at),
                }
            }
            None if is_torn(rest) => {
                torn = true;
                break;
            }
            None => return Err(LogError::Damaged(at as u64)),
        }
    }
    // A snapshot comes with its header, whole.
    let snapshot = snapshot.ok_or(LogError::Damaged(at as u64))?;
    Ok(Contents {
        format,
        torn,
        bytes,
        snapshot,
        records,
        end: at,
    })
}

/// The format of the contents, and where they begin.
fn read_header(bytes: &[u8], kind: Kind) -> Result<(u32, usize), LogError> {
    let end = bytes.iter().take(256).position(|byte| *byte == b'\n');
    let line = end.and_then(|end| std::str::from_utf8(&bytes[..end]).ok());
    let mut words = line.unwrap_or_default().split(' ');
    if words.next() != Some(MAGIC) {
        return Err(LogError::Foreign("it does not begin as one does"));
    }
    let number = |words: &mut std::str::Split<'_, char>| {
        let number = words.next().and_then(|word| word.parse::<u32>().ok());
        number.ok_or(LogError::Foreign("its first line makes no sense"))
    };
    let layout = number(&mut words)?;
    if layout > LAYOUT {
        return Err(LogError::Newer {
            found: layout,
            known: LAYOUT,
        });
    }
    if words.next() != Some(kind.name) {
        return Err(LogError::Foreign("it is of something else"));
    }
    let format = number(&mut words)?;
    if format > kind.format {
        return Err(LogError::Newer {
            found: format,
            known: kind.format,
        });
    }
    Ok((format, end.map_or(0, |end| end + 1)))
}

/// The lengths and checksum that stand here, with what follows them.
fn told_frame(bytes: &[u8]) -> Option<(usize, u32, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (checksum, rest) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    Some((length, u32::from_le_bytes(*checksum), rest))
}

/// The record that stands here, if a whole one does.
fn unframed(bytes: &[u8]) -> Option<&[u8]> {
    let (length, checksum, rest) = told_frame(bytes)?;
    let record = rest.get(..length).filter(|record| !record.is_empty())?;
    (crc32fast::hash(record) == checksum).then_some(record)
}

/// Records below this length are found by chance.
const TELLING: usize = 16;

/// Whether a whole record stands somewhere in these bytes. None comes after one that is being written:
/// then what is before it was damaged later.
fn holds_a_record(bytes: &[u8]) -> bool {
    (1..bytes.len())
        .filter_map(|at| bytes.get(at..))
        .any(|rest| unframed(rest).is_some_and(|record| record.len() >= TELLING))
}

/// Whether what is no record may be one that was being written: one that the end cuts off or
/// that reaches to the end, or room that was made for it.
fn is_torn(bytes: &[u8]) -> bool {
    let reaches_end = told_frame(bytes).is_none_or(|(length, _, rest)| length >= rest.len());
    (reaches_end && !holds_a_record(bytes)) || bytes.iter().all(|byte| *byte == 0)
}
