//! One entry's header, and how it is written.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{BLOCK, name, number, padding};

/// What an archive says of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name as written; that of a directory ends in a slash.
    pub path: String,
    /// The kind of file.
    pub kind: EntryKind,
    /// Permission bits, set-user-ID, set-group-ID and sticky.
    pub mode: u32,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// The owner's name; may be empty.
    pub user: String,
    /// The group's name; may be empty.
    pub group: String,
    /// The time of the last change.
    pub modified: Timestamp,
    /// Bytes of content that follow; only a regular file has any.
    pub size: u64,
    /// Extended attributes.
    pub xattrs: BTreeMap<String, Vec<u8>>,
}

/// The kind of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// One more name for an entry before.
    HardLink(String),
    /// A symbolic link and where it leads.
    Symlink(String),
    /// A character device.
    CharDevice {
        /// The driver.
        major: u32,
        /// The device of that driver.
        minor: u32,
    },
    /// A block device.
    BlockDevice {
        /// The driver.
        major: u32,
        /// The device of that driver.
        minor: u32,
    },
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// Something else, by its type flag.
    Other(u8),
}

impl EntryKind {
    fn flag(&self) -> u8 {
        match self {
            Self::File => b'0',
            Self::HardLink(_) => b'1',
            Self::Symlink(_) => b'2',
            Self::CharDevice { .. } => b'3',
            Self::BlockDevice { .. } => b'4',
            Self::Directory => b'5',
            Self::Fifo => b'6',
            Self::Other(flag) => *flag,
        }
    }

    fn link(&self) -> &str {
        match self {
            Self::HardLink(target) | Self::Symlink(target) => target,
            _ => "",
        }
    }
}

/// The beginning of the keys under which extended attributes stand.
pub(super) const XATTR: &str = "SCHILY.xattr.";

impl Header {
    /// Makes the header of root's file.
    pub fn new(path: impl Into<String>, kind: EntryKind, mode: u32, modified: Timestamp) -> Self {
        Self {
            path: path.into(),
            kind,
            mode,
            uid: 0,
            gid: 0,
            user: String::new(),
            group: String::new(),
            modified,
            size: 0,
            xattrs: BTreeMap::new(),
        }
    }

    /// Writes the header: one block, or a pax record and a block.
    pub fn encode(&self) -> Vec<u8> {
        let mut path = self.path.clone();
        if self.kind == EntryKind::Directory && !path.ends_with('/') {
            path.push('/');
        }
        let mut records = BTreeMap::new();
        let mut block = Block([0; BLOCK]);
        let mut text = |at: (usize, usize), key: &str, value: &str| {
            if !block.text(at, value) {
                records.insert(key.to_owned(), name::encode(value));
            }
        };
        text(Block::NAME, "path", &path);
        text(Block::LINK, "linkpath", self.kind.link());
        text(Block::USER, "uname", &self.user);
        text(Block::GROUP, "gname", &self.group);
        let size = if self.kind == EntryKind::File {
            self.size
        } else {
            0
        };
        let mut count = |at: (usize, usize), key: &str, value: u64| {
            if !block.number(at, value) {
                records.insert(key.to_owned(), value.to_string().into_bytes());
            }
        };
        count(Block::UID, "uid", u64::from(self.uid));
        count(Block::GID, "gid", u64::from(self.gid));
        count(Block::SIZE, "size", size);
        let whole = u64::try_from(self.modified.as_second()).ok();
        let fits = whole.is_some_and(|seconds| block.number(Block::MODIFIED, seconds));
        if !fits || self.modified.subsec_nanosecond() != 0 {
            records.insert("mtime".to_owned(), seconds(self.modified).into_bytes());
        }
        if !fits {
            block.number(Block::MODIFIED, 0);
        }
        for (name, value) in &self.xattrs {
            records.insert(format!("{XATTR}{name}"), value.clone());
        }
        block.number(Block::MODE, u64::from(self.mode & 0o7777));
        if let EntryKind::CharDevice { major, minor } | EntryKind::BlockDevice { major, minor } =
            self.kind
        {
            block.number(Block::MAJOR, u64::from(major & 0o7_777_777));
            block.number(Block::MINOR, u64::from(minor & 0o7_777_777));
        }
        let mut written = if records.is_empty() {
            Vec::new()
        } else {
            extension(&path, &records)
        };
        written.extend(block.finish(self.kind.flag()));
        written
    }
}

/// Writes a time as pax does: seconds with as many decimals as it takes.
fn seconds(time: Timestamp) -> String {
    let (seconds, nanoseconds) = (time.as_second(), time.subsec_nanosecond());
    let sign = if seconds < 0 || nanoseconds < 0 {
        "-"
    } else {
        ""
    };
    let (seconds, nanoseconds) = (seconds.unsigned_abs(), nanoseconds.unsigned_abs());
    let decimals = format!(".{nanoseconds:09}");
    let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{seconds}{decimals}")
}

/// Writes the entry of pax records that goes before the entry they are about.
fn extension(path: &str, records: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut content = Vec::new();
    for (key, value) in records {
        // The length counts its own digits.
        let rest = key.len() + value.len() + 3;
        let mut length = rest + digits(rest);
        if digits(length) > digits(rest) {
            length = rest + digits(length);
        }
        content.extend_from_slice(format!("{length} {key}=").as_bytes());
        content.extend_from_slice(value);
        content.push(b'\n');
    }
    let path = path.trim_end_matches('/');
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let slash = if directory.is_empty() { "" } else { "/" };
    let name = format!("{directory}{slash}PaxHeaders.0/{name}");
    let name: String = name.chars().filter(char::is_ascii).take(100).collect();

    let size = content.len() as u64;
    let mut block = Block([0; BLOCK]);
    block.text(Block::NAME, name.trim_end_matches('/'));
    for field in [Block::MODE, Block::UID, Block::GID, Block::MODIFIED] {
        block.number(field, 0);
    }
    block.number(Block::SIZE, size);
    let mut written = block.finish(b'x').to_vec();
    written.extend(content);
    written.resize(written.len() + padding(size), 0);
    written
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}

/// A block that is being filled.
struct Block([u8; BLOCK]);

impl Block {
    const NAME: (usize, usize) = (0, 100);
    const MODE: (usize, usize) = (100, 8);
    const UID: (usize, usize) = (108, 8);
    const GID: (usize, usize) = (116, 8);
    const SIZE: (usize, usize) = (124, 12);
    const MODIFIED: (usize, usize) = (136, 12);
    const LINK: (usize, usize) = (157, 100);
    const USER: (usize, usize) = (265, 32);
    const GROUP: (usize, usize) = (297, 32);
    const MAJOR: (usize, usize) = (329, 8);
    const MINOR: (usize, usize) = (337, 8);

    /// Writes what fits of a text; tells whether that is all of it.
    fn text(&mut self, (at, room): (usize, usize), value: &str) -> bool {
        let plain = value.bytes().filter(u8::is_ascii).take(room);
        for (to, byte) in self.0[at..at + room].iter_mut().zip(plain) {
            *to = byte;
        }
        value.is_ascii() && value.len() <= room
    }

    /// Writes a number if it fits, else zero.
    fn number(&mut self, (at, room): (usize, usize), value: u64) -> bool {
        let field = &mut self.0[at..at + room];
        number::write(field, value) || {
            number::write(field, 0);
            false
        }
    }

    fn finish(mut self, flag: u8) -> [u8; BLOCK] {
        self.0[156] = flag;
        self.0[257..265].copy_from_slice(b"ustar\x0000");
        self.0[148..156].fill(b' ');
        let sum: u64 = self.0.iter().map(|byte| u64::from(*byte)).sum();
        number::write(&mut self.0[148..155], sum);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_has_as_many_decimals_as_it_takes() {
        assert_eq!(seconds(time("1970-01-01T00:00:01Z")), "1");
        assert_eq!(seconds(time("1970-01-01T00:00:01.5Z")), "1.5");
        assert_eq!(
            seconds(time("1970-01-01T00:00:00.000000001Z")),
            "0.000000001"
        );
        assert_eq!(seconds(time("1969-12-31T23:59:58.5Z")), "-1.5");
        assert_eq!(seconds(time("1969-12-31T23:59:59.5Z")), "-0.5");
    }

    #[test]
    fn a_plain_entry_is_one_block_as_go_writes_it() {
        let file = Header::new("a", EntryKind::File, 0o644, Timestamp::UNIX_EPOCH);
        let block = Header { size: 1, ..file }.encode();
        assert_eq!(block.len(), BLOCK);
        let fields = b"0000644\x000000000\x000000000\x0000000000001\x0000000000000\x00";
        assert_eq!(&block[100..148], fields);
        assert_eq!(&block[156..158], b"0\0");
        assert_eq!(&block[257..265], b"ustar\x0000");
    }

    #[test]
    fn the_length_of_a_record_counts_itself() {
        let record = |length: usize| {
            let value = vec![b'v'; length];
            let records = BTreeMap::from([("k".to_owned(), value)]);
            let written = extension("p", &records);
            let text = String::from_utf8(written[BLOCK..].to_vec()).unwrap();
            let text = text.trim_end_matches('\0').to_owned();
            let (said, _) = text.split_once(' ').unwrap();
            assert_eq!(said.parse::<usize>().unwrap(), text.len());
        };
        (0..1200).for_each(record);
    }
}
