//! A file held open: it keeps working when its name is gone.

use std::sync::{Arc, MutexGuard};

use jiff::Timestamp;

use super::errno::Errno;
use super::node::{Content, Ino, Inode, Node, SET_GID, SET_UID};
use super::tree::{SharedTree, Tree, lock};
use super::view::Stat;

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of `open` of its own"
)]
pub struct Open {
    /// Read from it.
    pub read: bool,
    /// Write to it.
    pub write: bool,
    /// Write at the end alone (`O_APPEND`); means `write`.
    pub append: bool,
    /// Make it if it is not there (`O_CREAT`).
    pub create: bool,
    /// Make it, and fail if it is there (`O_CREAT | O_EXCL`).
    pub create_new: bool,
    /// Empty it (`O_TRUNC`).
    pub truncate: bool,
    /// The mode of a file that is made; the caller has taken the umask off.
    pub mode: u32,
}

impl Open {
    /// For `<`.
    pub const READ: Self = Self {
        read: true,
        write: false,
        append: false,
        create: false,
        create_new: false,
        truncate: false,
        mode: 0,
    };

    /// For `>`: made or emptied.
    pub const fn to_write(mode: u32) -> Self {
        Self {
            read: false,
            write: true,
            create: true,
            truncate: true,
            mode,
            ..Self::READ
        }
    }

    /// For `>>`: made or kept.
    pub const fn to_append(mode: u32) -> Self {
        Self {
            append: true,
            truncate: false,
            ..Self::to_write(mode)
        }
    }
}

/// An open file. A clone is the same open file (`dup`).
///
/// Positions are the caller's: what reads and writes in order keeps an offset of its own.
/// The last clone locks the tree when it is dropped, so none may be dropped by who holds that lock.
#[derive(Clone, Debug)]
pub struct OpenFile(Arc<Held>);

#[derive(Debug)]
struct Held {
    tree: SharedTree,
    ino: Ino,
    device: u64,
    how: Open,
    /// Whether the writer is root, who keeps set-user-ID bits.
    root: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        lock(&self.tree).release(self.ino);
    }
}

impl OpenFile {
    pub(super) fn hold(tree: &SharedTree, ino: Ino, device: u64, how: Open, root: bool) -> Self {
        lock(tree).hold(ino);
        Self(Arc::new(Held {
            tree: Arc::clone(tree),
            ino,
            device,
            how,
            root,
        }))
    }

    /// Returns how it was opened.
    pub fn how(&self) -> Open {
        self.0.how
    }

    /// What no other file has while it is open: the place of its tree, and its inode there.
    pub(crate) fn identity(&self) -> (usize, Ino) {
        (Arc::as_ptr(&self.0.tree).addr(), self.0.ino)
    }

    /// Tells of the file as it is now; without names it has 0 links.
    pub fn stat(&self) -> Result<Stat, Errno> {
        let tree = lock(&self.0.tree);
        let inode = tree.inode(self.0.ino)?;
        let links = tree.links(self.0.ino);
        Ok(Stat::of(self.0.ino, self.0.device, inode, links))
    }

    /// Returns how long it is.
    pub fn len(&self) -> Result<u64, Errno> {
        Ok(lock(&self.0.tree).inode(self.0.ino)?.size())
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> Result<bool, Errno> {
        Ok(self.len()? == 0)
    }

    /// Returns up to `most` bytes from `offset`; none at the end.
    pub fn read_at(&self, offset: u64, most: usize) -> Result<Vec<u8>, Errno> {
        if !self.0.how.read {
            return Err(Errno::BadDescriptor);
        }
        let tree = lock(&self.0.tree);
        match &tree.inode(self.0.ino)?.node {
            Node::File(content) => {
                let length = content.len();
                let start = usize::try_from(offset).map_or(length, |offset| offset.min(length));
                let end = start.saturating_add(most).min(length);
                Ok(content[start..end].to_vec())
            }
            Node::Directory(_) => Err(Errno::IsDirectory),
            _ => Err(Errno::NoDevice),
        }
    }

    /// Returns the whole content, shared.
    pub fn read_all(&self) -> Result<Arc<Vec<u8>>, Errno> {
        if !self.0.how.read {
            return Err(Errno::BadDescriptor);
        }
        match &lock(&self.0.tree).inode(self.0.ino)?.node {
            Node::File(content) => Ok(content.shared()),
            Node::Directory(_) => Err(Errno::IsDirectory),
            _ => Err(Errno::NoDevice),
        }
    }

    /// Writes at `offset` (at the end, if opened to append) and returns where the writing ended.
    /// A gap before `offset` is filled with zeros.
    pub fn write_at(&self, offset: u64, bytes: &[u8], now: Timestamp) -> Result<u64, Errno> {
        let mut tree = self.writable()?;
        let length = tree.inode(self.0.ino)?.size();
        let offset = if self.0.how.append { length } else { offset };
        let end = offset
            .checked_add(bytes.len() as u64)
            .ok_or(Errno::TooLarge)?;
        if bytes.is_empty() {
            return Ok(offset);
        }
        let start = usize::try_from(offset).map_err(|_| Errno::TooLarge)?;
        tree.edit(self.0.ino, length.max(end), now, |content| {
            let stop = start + bytes.len();
            if start == content.len() {
                content.extend_from_slice(bytes);
                return;
            }
            if content.len() < stop {
                content.resize(stop, 0);
            }
            content[start..stop].copy_from_slice(bytes);
        })?;
        self.drop_set_id(&mut tree)?;
        Ok(end)
    }

    /// Writes at the end and returns where the writing ended.
    pub fn append(&self, bytes: &[u8], now: Timestamp) -> Result<u64, Errno> {
        let end = self.len()?;
        self.write_at(end, bytes, now)
    }

    /// Makes it `length` bytes long, with zeros where there was nothing.
    pub fn truncate(&self, length: u64, now: Timestamp) -> Result<(), Errno> {
        let mut tree = self.writable()?;
        let size = usize::try_from(length).map_err(|_| Errno::TooLarge)?;
        tree.edit(self.0.ino, length, now, |content| {
            content.resize(size, 0);
            content.shrink_to_fit();
        })?;
        self.drop_set_id(&mut tree)
    }

    /// Replaces the whole content.
    pub fn replace(&self, content: Content, now: Timestamp) -> Result<(), Errno> {
        let mut tree = self.writable()?;
        tree.replace(self.0.ino, content, now)?;
        self.drop_set_id(&mut tree)
    }

    fn writable(&self) -> Result<MutexGuard<'_, Tree>, Errno> {
        if !self.0.how.write {
            return Err(Errno::BadDescriptor);
        }
        let tree = lock(&self.0.tree);
        match &tree.inode(self.0.ino)?.node {
            Node::File(_) => Ok(tree),
            Node::Directory(_) => Err(Errno::IsDirectory),
            _ => Err(Errno::NoDevice),
        }
    }

    /// A writer who is not root takes set-user-ID and set-group-ID off.
    fn drop_set_id(&self, tree: &mut Tree) -> Result<(), Errno> {
        let set = |inode: &Inode| inode.meta.mode & (SET_UID | SET_GID) != 0;
        if self.0.root || !set(tree.inode(self.0.ino)?) {
            return Ok(());
        }
        tree.set_meta(self.0.ino, |meta| meta.mode &= !(SET_UID | SET_GID))
    }
}
