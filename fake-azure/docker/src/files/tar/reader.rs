//! Reading an archive, entry by entry.

use std::collections::BTreeMap;
use std::io::Read;

use jiff::{SignedDuration, Timestamp};

use super::header::XATTR;
use super::sparse::{self, Next, Part, Sparse};
use super::{BLOCK, EntryKind, Header, Limits, TarError, name, number};

/// How long the records or the long name of one entry may be, as in Go.
const EXTENSION_MAX: u64 = 1 << 20;

/// How much is read at a time: what an archive claims of sizes is not believed.
const PORTION: usize = 64 << 10;

/// A reader of an archive.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    limits: Limits,
    entries: u64,
    read: u64,
    /// Bytes of the current entry that were not read yet, and the zeros after them.
    content: u64,
    zeros: u64,
    /// Where the current entry's holes are, if it has any.
    holes: Option<Sparse>,
    ended: bool,
}

/// Records of pax by their key.
type Records = BTreeMap<String, Vec<u8>>;

/// What goes before an entry and is about it.
#[derive(Default)]
struct Extension {
    records: Records,
    /// Offsets and lengths of a file with holes, which stand there repeatedly.
    numbers: Vec<u64>,
    long_path: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
}

impl<R: Read> Reader<R> {
    /// Begins to read.
    pub fn new(input: R, limits: Limits) -> Self {
        Self {
            input,
            limits,
            entries: 0,
            read: 0,
            content: 0,
            zeros: 0,
            holes: None,
            ended: false,
        }
    }

    /// Returns the next entry; what was not read of the last one's content is passed over.
    pub fn next_entry(&mut self) -> Result<Option<Header>, TarError> {
        let mut extension = Extension::default();
        loop {
            self.skip()?;
            let Some(block) = self.block()? else {
                return Ok(None);
            };
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(TarError::TooManyEntries(self.limits.entries));
            }
            let fields = Fields(&block);
            let size = fields.size()?;
            match fields.flag() {
                b'x' => {
                    (extension.records, extension.numbers) = records(&self.extension(size)?)?;
                }
                b'g' => drop(self.extension(size)?), // of the archive as a whole, as in the engine
                b'L' => extension.long_path = Some(self.extension(size)?),
                b'K' => extension.long_link = Some(self.extension(size)?),
                _ => return self.entry(&block, extension).map(Some),
            }
        }
    }

    /// Returns what is left of the current entry's content.
    pub fn content(&mut self) -> Result<Vec<u8>, TarError> {
        let mut content = Vec::new();
        while self.portion(&mut content)? {}
        Ok(content)
    }

    /// Adds some of the current entry's content; tells whether there was any.
    pub fn portion(&mut self, content: &mut Vec<u8>) -> Result<bool, TarError> {
        let Some(holes) = &mut self.holes else {
            return self.stored(content);
        };
        match holes.next(PORTION as u64) {
            Next::Content(count) => {
                self.take(count, content)?;
                self.content -= count;
            }
            Next::Hole(count) => {
                self.count(count)?;
                let length = content
                    .len()
                    .saturating_add(usize::try_from(count).unwrap_or(0));
                content.resize(length, 0);
            }
            Next::End => return Ok(false),
        }
        Ok(true)
    }

    /// Adds some of what the archive has of the current entry; tells whether there was any.
    fn stored(&mut self, content: &mut Vec<u8>) -> Result<bool, TarError> {
        let most = self.content.min(PORTION as u64);
        self.take(most, content)?;
        self.content -= most;
        Ok(most > 0)
    }

    /// Reads exactly `count` bytes, which are at most a portion.
    fn take(&mut self, count: u64, into: &mut Vec<u8>) -> Result<(), TarError> {
        self.count(count)?;
        let read = self.input.by_ref().take(count).read_to_end(into)?;
        if (read as u64) < count {
            return Err(TarError::Truncated);
        }
        Ok(())
    }

    /// Counts bytes that are made of the archive.
    fn count(&mut self, count: u64) -> Result<(), TarError> {
        self.read += count;
        if self.read > self.limits.bytes {
            return Err(TarError::TooLarge(self.limits.bytes));
        }
        Ok(())
    }

    fn skip(&mut self) -> Result<(), TarError> {
        let mut passed = Vec::new();
        self.holes = None;
        while self.stored(&mut passed)? {
            passed.clear();
        }
        // An archive may end in the zeros after its last entry, as in Go; clients send such.
        let zeros = std::mem::take(&mut self.zeros);
        self.count(zeros)?;
        let read = self.input.by_ref().take(zeros).read_to_end(&mut passed)?;
        self.ended |= (read as u64) < zeros;
        Ok(())
    }

    /// Reads the next header's block; there is none after two empty blocks or at the end.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, TarError> {
        if self.ended {
            return Ok(None);
        }
        let mut empty = 0;
        loop {
            let mut bytes = Vec::with_capacity(BLOCK);
            let read = self.input.by_ref().take(BLOCK as u64);
            let read = { read }.read_to_end(&mut bytes)?;
            self.read += read as u64;
            let Ok(block) = <[u8; BLOCK]>::try_from(bytes) else {
                self.ended = true;
                return if read == 0 {
                    Ok(None)
                } else {
                    Err(TarError::Truncated)
                };
            };
            match (block.iter().all(|byte| *byte == 0), empty) {
                (false, 0) => return Ok(Some(block)),
                (false, _) => return Err(TarError::Header),
                (true, 0) => empty = 1,
                (true, _) => {
                    self.ended = true;
                    return Ok(None);
                }
            }
        }
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        if size > EXTENSION_MAX {
            return Err(TarError::Header);
        }
        self.expect(size);
        self.content()
    }

    fn expect(&mut self, size: u64) {
        self.content = size;
        self.zeros = super::padding(size) as u64;
    }

    fn entry(&mut self, block: &[u8; BLOCK], extension: Extension) -> Result<Header, TarError> {
        let fields = Fields(block);
        let Extension {
            mut records,
            numbers,
            long_path,
            long_link,
        } = extension;
        let mut holes = sparse::Records::take(&mut records, numbers)?;
        let told = holes.as_mut().and_then(|holes| holes.name.take());
        let path = told.or_else(|| records.remove("path")).or(long_path);
        let path = self.path(path.unwrap_or_else(|| fields.path()))?;
        let link = records.remove("linkpath").or(long_link);
        let link = self.path(link.unwrap_or_else(|| fields.link()))?;
        let mut count = |key: &str, field: i64| {
            let record = records.remove(key);
            record.map_or(Ok(field), |value| decimal(&value))
        };
        let size = count("size", fields.number(124, 12)?)?;
        let (uid, gid) = (
            count("uid", fields.number(108, 8)?)?,
            count("gid", fields.number(116, 8)?)?,
        );
        let modified = match records.remove("mtime") {
            Some(value) => time(&value)?,
            None => moment(fields.number(136, 12)?, 0),
        };
        let device = |at| fields.device(at);
        let kind = match fields.flag() {
            b'0' | 0 if path.ends_with('/') => EntryKind::Directory,
            b'0' | 0 | b'7' | b'S' => EntryKind::File,
            b'1' => EntryKind::HardLink(link),
            b'2' => EntryKind::Symlink(link),
            b'3' => EntryKind::CharDevice {
                major: device(329)?,
                minor: device(337)?,
            },
            b'4' => EntryKind::BlockDevice {
                major: device(329)?,
                minor: device(337)?,
            },
            b'5' => EntryKind::Directory,
            b'6' => EntryKind::Fifo,
            other => EntryKind::Other(other),
        };
        let size = match kind {
            EntryKind::File | EntryKind::Other(_) => size,
            _ => 0, // they may claim one, but nothing follows
        };
        let size = u64::try_from(size).map_err(|_| TarError::Header)?;
        self.expect(size);
        let size = if kind == EntryKind::File {
            self.holes = match holes {
                _ if fields.flag() == b'S' => Some(self.old_holes(block, size)?),
                Some(told) => Some(self.holes(&told, size)?),
                None => None,
            };
            self.holes.as_ref().map_or(size, Sparse::size)
        } else {
            size
        };
        let named = |record: Option<Vec<u8>>, at| {
            let name = record.unwrap_or_else(|| fields.ustar_text(at, 32));
            String::from_utf8_lossy(&name).into_owned()
        };
        let (user, group) = (
            named(records.remove("uname"), 265),
            named(records.remove("gname"), 297),
        );
        let owner = |id| u32::try_from(id).map_err(|_| TarError::Header);
        let attributes = records.into_iter();
        let xattrs = attributes.filter_map(|(key, value)| {
            let name = key.strip_prefix(XATTR)?;
            (!name.is_empty()).then(|| (name.to_owned(), value))
        });
        Ok(Header {
            path,
            kind,
            mode: fields.mode()?,
            uid: owner(uid)?,
            gid: owner(gid)?,
            user,
            group,
            modified,
            size,
            xattrs: xattrs.collect(),
        })
    }

    /// The holes of the old format: parts stand in the header and in blocks after it.
    fn old_holes(&mut self, block: &[u8; BLOCK], stored: u64) -> Result<Sparse, TarError> {
        let size = Fields(block).number(483, 12)?;
        let size = u64::try_from(size).map_err(|_| TarError::Header)?;
        let mut parts: Vec<Part> = Vec::new();
        let mut goes_on = sparse::old_parts(block, 386, 4, &mut parts)?;
        while goes_on {
            let mut bytes = Vec::with_capacity(BLOCK);
            self.take(BLOCK as u64, &mut bytes)?;
            let block = <[u8; BLOCK]>::try_from(bytes).map_err(|_| TarError::Truncated)?;
            goes_on = sparse::old_parts(&block, 0, 21, &mut parts)?;
        }
        Sparse::new(parts, size, stored)
    }

    /// The holes that records tell, or a list of decimals before the content, in whole blocks.
    fn holes(&mut self, told: &sparse::Records, stored: u64) -> Result<Sparse, TarError> {
        let size = told.size.ok_or(TarError::Header)?;
        if !told.is_ahead {
            return Sparse::new(told.parts()?, size, stored);
        }
        let mut lines: Vec<u64> = Vec::new();
        let mut text = Vec::new();
        let mut count = None;
        loop {
            let most = (BLOCK as u64).min(self.content);
            if most == 0 {
                return Err(TarError::Header);
            }
            self.take(most, &mut text)?;
            self.content -= most;
            while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                let number = sparse::natural(&text[..end])?;
                text.drain(..=end);
                match count {
                    None if sparse::is_too_many(number) => return Err(TarError::Header),
                    None => count = Some(number * 2),
                    Some(_) => lines.push(number),
                }
                if count == Some(lines.len() as u64) {
                    return Sparse::new(sparse::pairs(&lines)?, size, self.content);
                }
            }
        }
    }

    fn path(&self, mut bytes: Vec<u8>) -> Result<String, TarError> {
        if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
            bytes.truncate(end);
        }
        if bytes.len() > self.limits.path {
            return Err(TarError::PathTooLong(self.limits.path));
        }
        Ok(name::decode(&bytes))
    }
}

/// A header's block.
struct Fields<'a>(&'a [u8; BLOCK]);

impl Fields<'_> {
    /// Checks the sum and returns the size that the block itself tells.
    fn size(&self) -> Result<u64, TarError> {
        let said = self.number(148, 8)?;
        let bytes = self.0.iter().enumerate();
        let bytes = bytes.map(|(at, byte)| {
            if (148..156).contains(&at) {
                b' '
            } else {
                *byte
            }
        });
        // Some old writers summed signed bytes.
        let (unsigned, signed) = bytes.fold((0_i64, 0_i64), |(unsigned, signed), byte| {
            (
                unsigned + i64::from(byte),
                signed + i64::from(byte.cast_signed()),
            )
        });
        if said != unsigned && said != signed {
            return Err(TarError::Header);
        }
        u64::try_from(self.number(124, 12)?).map_err(|_| TarError::Header)
    }

    fn flag(&self) -> u8 {
        self.0[156]
    }

    fn number(&self, at: usize, room: usize) -> Result<i64, TarError> {
        number::read(&self.0[at..at + room]).ok_or(TarError::Header)
    }

    fn mode(&self) -> Result<u32, TarError> {
        let mode = self.number(100, 8)? & 0o7777;
        u32::try_from(mode).map_err(|_| TarError::Header)
    }

    fn device(&self, at: usize) -> Result<u32, TarError> {
        u32::try_from(self.number(at, 8)?).map_err(|_| TarError::Header)
    }

    fn text(&self, at: usize, room: usize) -> Vec<u8> {
        let field = &self.0[at..at + room];
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(room);
        field[..end].to_vec()
    }

    /// A text that the old format does not have.
    fn ustar_text(&self, at: usize, room: usize) -> Vec<u8> {
        if &self.0[257..262] == b"ustar" {
            self.text(at, room)
        } else {
            Vec::new()
        }
    }

    fn path(&self) -> Vec<u8> {
        let name = self.text(0, 100);
        // GNU's old format has times where ustar has the beginning of a long path.
        let is_ustar = &self.0[257..263] == b"ustar\0";
        let mut path = if is_ustar {
            self.text(345, 155)
        } else {
            Vec::new()
        };
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend(name);
        path
    }

    fn link(&self) -> Vec<u8> {
        self.text(157, 100)
    }
}

/// Reads pax records: `LENGTH KEY=VALUE\n`. One without a value takes back one before. Beside
/// them come the numbers that GNU's tar repeats for a file with holes.
fn records(mut bytes: &[u8]) -> Result<(Records, Vec<u64>), TarError> {
    let mut records = BTreeMap::new();
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().take(20).position(|byte| *byte == b' ');
        let space = space.ok_or(TarError::Header)?;
        let length = decimal(&bytes[..space])?;
        let length = usize::try_from(length).map_err(|_| TarError::Header)?;
        let record = bytes.get(space + 1..length).ok_or(TarError::Header)?;
        let record = record.strip_suffix(b"\n").ok_or(TarError::Header)?;
        let equals = record.iter().position(|byte| *byte == b'=');
        let (key, value) = record.split_at(equals.ok_or(TarError::Header)?);
        let key = std::str::from_utf8(key).map_err(|_| TarError::Header)?;
        let value = &value[1..];
        if matches!(key, "GNU.sparse.offset" | "GNU.sparse.numbytes") {
            numbers.push(sparse::natural(value)?);
        }
        if value.is_empty() && !key.starts_with(XATTR) {
            records.remove(key);
        } else {
            records.insert(key.to_owned(), value.to_vec());
        }
        bytes = &bytes[length..];
    }
    Ok((records, numbers))
}

fn decimal(bytes: &[u8]) -> Result<i64, TarError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TarError::Header)?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TarError::Header);
    }
    text.parse().map_err(|_| TarError::Header)
}

/// Reads a time with decimals; those after the ninth do not count.
fn time(bytes: &[u8]) -> Result<Timestamp, TarError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TarError::Header)?;
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (seconds, decimals) = text.split_once('.').unwrap_or((text, ""));
    let seconds = decimal(seconds.as_bytes())?;
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TarError::Header);
    }
    let nanoseconds = format!("{decimals:0<9.9}").parse::<i32>();
    let nanoseconds = nanoseconds.map_err(|_| TarError::Header)?;
    Ok(if negative {
        moment(-seconds, -nanoseconds)
    } else {
        moment(seconds, nanoseconds)
    })
}

/// A time; one that is too far away becomes the farthest.
fn moment(seconds: i64, nanoseconds: i32) -> Timestamp {
    let farthest = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_duration(SignedDuration::new(seconds, nanoseconds)).unwrap_or(farthest)
}
