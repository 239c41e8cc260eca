//! What a file is: its metadata, its content and its kind.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The number of an inode within its tree.
pub type Ino = u64;

/// The bits of a mode that [`Meta::mode`] holds: permissions, set-user-ID, set-group-ID, sticky.
pub const MODE_BITS: u32 = 0o7777;
/// The set-user-ID bit.
pub const SET_UID: u32 = 0o4000;
/// The set-group-ID bit.
pub const SET_GID: u32 = 0o2000;
/// The sticky bit.
pub const STICKY: u32 = 0o1000;

/// What is known of a file besides its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Permission bits, set-user-ID, set-group-ID and sticky; not the kind of file.
    pub mode: u32,
    /// The owner.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uid: u32,
    /// The group.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gid: u32,
    /// When the content was last changed.
    pub modified: Timestamp,
    /// Extended attributes, by their whole names (`user.note`, `security.capability`).
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        with = "attributes"
    )]
    pub xattrs: BTreeMap<String, Vec<u8>>,
}

impl Meta {
    /// Makes the metadata of a file of root's.
    pub fn new(mode: u32, modified: Timestamp) -> Self {
        Self {
            mode: mode & MODE_BITS,
            uid: 0,
            gid: 0,
            modified,
            xattrs: BTreeMap::new(),
        }
    }

    /// Gives it another owner and group.
    #[must_use]
    pub fn owned_by(self, uid: u32, gid: u32) -> Self {
        Self { uid, gid, ..self }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(id: &u32) -> bool {
    *id == 0
}

/// The bytes of a regular file, shared until somebody writes to them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content(Arc<Vec<u8>>);

impl Content {
    /// Returns the bytes, shared.
    pub fn shared(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.0)
    }

    /// Returns the bytes to change them; they are copied if somebody else holds them.
    pub(super) fn to_mut(&mut self) -> &mut Vec<u8> {
        Arc::make_mut(&mut self.0)
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({} bytes)", self.0.len())
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl From<Arc<Vec<u8>>> for Content {
    fn from(bytes: Arc<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&**self.0))
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        decoded(from).map(Self::from)
    }
}

fn decoded<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

/// Extended attributes in serde: their values as base64.
mod attributes {
    use super::{BTreeMap, Content, Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        values: &BTreeMap<String, Vec<u8>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let values = values.iter();
        let values: BTreeMap<&str, Content> = values
            .map(|(name, value)| (name.as_str(), value.as_slice().into()))
            .collect();
        values.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<String, Vec<u8>>, D::Error> {
        let values = BTreeMap::<String, Content>::deserialize(from)?.into_iter();
        Ok(values.map(|(name, value)| (name, value.to_vec())).collect())
    }
}

/// What an inode holds, by kind of file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// A regular file.
    File(Content),
    /// A directory: names and the inodes that they lead to.
    Directory(BTreeMap<String, Ino>),
    /// A symbolic link and its target.
    Symlink(String),
    /// A named pipe. What is in it belongs to the processes.
    Fifo,
    /// A socket.
    Socket,
    /// A character device, such as `/dev/null` (1, 3).
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
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
}

impl Kind {
    /// Returns the kind's bits of `st_mode` (`S_IFREG` and so on).
    pub const fn mode_bits(self) -> u32 {
        match self {
            Self::File => 0o100_000,
            Self::Directory => 0o040_000,
            Self::Symlink => 0o120_000,
            Self::Fifo => 0o010_000,
            Self::Socket => 0o140_000,
            Self::CharDevice => 0o020_000,
            Self::BlockDevice => 0o060_000,
        }
    }

    /// Returns the letter that `ls -l` begins a line with.
    pub const fn letter(self) -> char {
        match self {
            Self::File => '-',
            Self::Directory => 'd',
            Self::Symlink => 'l',
            Self::Fifo => 'p',
            Self::Socket => 's',
            Self::CharDevice => 'c',
            Self::BlockDevice => 'b',
        }
    }
}

/// A file without its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inode {
    /// Owner, mode, time.
    pub meta: Meta,
    /// Kind and content.
    pub node: Node,
    /// How many names lead to it. A directory has one, whatever `stat` says.
    pub links: u32,
}

impl Inode {
    /// Makes an inode that no name leads to yet.
    pub fn new(meta: Meta, node: Node) -> Self {
        Self {
            meta,
            node,
            links: 0,
        }
    }

    /// Makes an empty directory.
    pub fn directory(meta: Meta) -> Self {
        Self::new(meta, Node::Directory(BTreeMap::new()))
    }

    /// Returns the kind of file.
    pub fn kind(&self) -> Kind {
        match &self.node {
            Node::File(_) => Kind::File,
            Node::Directory(_) => Kind::Directory,
            Node::Symlink(_) => Kind::Symlink,
            Node::Fifo => Kind::Fifo,
            Node::Socket => Kind::Socket,
            Node::CharDevice { .. } => Kind::CharDevice,
            Node::BlockDevice { .. } => Kind::BlockDevice,
        }
    }

    /// Returns `st_size`: bytes of a file, length of a link's target, one block for a directory.
    pub fn size(&self) -> u64 {
        match &self.node {
            Node::File(content) => content.len() as u64,
            Node::Symlink(target) => target.len() as u64,
            Node::Directory(_) => 4096,
            _ => 0,
        }
    }

    /// Returns the names in a directory; nothing else has any.
    pub fn entries(&self) -> Option<&BTreeMap<String, Ino>> {
        match &self.node {
            Node::Directory(entries) => Some(entries),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inode_survives_serde_with_bytes_that_are_no_text() {
        let mut meta = Meta::new(0o4755, "2026-01-02T03:04:05.000000006Z".parse().unwrap());
        meta.xattrs.insert("user.x".to_owned(), vec![0, 255]);
        let inode = Inode::new(meta.owned_by(1, 2), Node::File(vec![0, 0xff, b'"'].into()));

        let text = serde_json::to_string(&inode).unwrap();
        assert_eq!(serde_json::from_str::<Inode>(&text).unwrap(), inode);
        assert!(text.contains(r#""file":"AP8i""#), "{text}");
    }

    #[test]
    fn bytes_are_copied_only_when_somebody_else_holds_them() {
        let mut content = Content::from("abc");
        let before = content.as_ptr();
        content.to_mut()[0] = b'x';
        assert_eq!(content.as_ptr(), before);

        let held = content.shared();
        content.to_mut()[0] = b'y';
        assert_eq!(*held, b"xbc");
        assert_eq!(*content, *b"ybc");
    }
}
