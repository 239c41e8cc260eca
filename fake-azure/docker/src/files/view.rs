//! What a process sees: a root, mounts on it, and paths that lead through them.

mod change;
mod file_system;
mod metadata;
mod open;
mod place;
mod query;
mod stat;
mod walk;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

pub use file_system::FileSystem;
pub use stat::{DirEntry, Stat};

use super::credentials::Credentials;
use super::errno::Errno;
use super::node::{Ino, Inode, Kind, Meta, Node};
use super::path;
use super::tree::{Limits, SharedTree, Tree, Usage, lock, lock_names};
use walk::Walk;

/// A root tree and what is mounted on it.
///
/// A clone sees the same files and the same mounts, and keeps its mounts when others are
/// made later. Every call takes an absolute path (see [`path::join`]) and says who asks.
///
/// No call holds a tree's lock when it returns, and none locks two trees at once.
#[derive(Clone, Debug)]
pub struct View {
    mounts: Arc<Vec<Mount>>,
    /// What `/` is.
    top: Place,
}

/// What is mounted: a tree, or one file or directory of it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The tree.
    pub tree: SharedTree,
    /// What of the tree is seen, by a path that is found without following links.
    pub inside: String,
    /// Whether it cannot be written to.
    pub read_only: bool,
    /// What it is told to be.
    pub system: FileSystem,
}

#[derive(Clone, Debug)]
struct Mount {
    tree: SharedTree,
    root: Ino,
    read_only: bool,
    /// The directory in which its name is covered; nothing for the root.
    on: Option<Place>,
    /// Where it was mounted, as text for `/proc/mounts`; it ends in its name.
    at: Cow<'static, str>,
    /// The same number for mounts of the same tree.
    device: u64,
    system: FileSystem,
}

/// How many bytes a name takes in a folder in memory.
const ENTRY_SIZE: u64 = 20;
/// The names that each folder has from its start: `.` and `..`.
const OWN_ENTRIES: u64 = 2;

/// An inode of a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    mount: usize,
    pub(super) ino: Ino,
}

/// A mount, as a list of mounts shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountPoint {
    /// The path.
    pub at: String,
    /// Whether it cannot be written to.
    pub read_only: bool,
    /// The device of its files.
    pub device: u64,
    /// What it is told to be.
    pub system: FileSystem,
}

impl Mount {
    fn point(&self) -> MountPoint {
        MountPoint {
            at: self.at.clone().into_owned(),
            read_only: self.read_only,
            device: self.device,
            system: self.system.clone(),
        }
    }
}

/// How full a file system is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Where it is mounted.
    pub mount: MountPoint,
    /// What is in it.
    pub usage: Usage,
    /// What of that counts against the limits.
    pub own: Usage,
    /// How much it may hold beyond an image.
    pub limits: Limits,
}

/// Where something is mounted in every container: the text is not each one's own.
const USUAL: [&str; 6] = [
    "/dev",
    "/dev/shm",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/sbin/docker-init",
];

impl View {
    /// Makes a view of one shared tree.
    pub fn new(root: SharedTree) -> Self {
        Self {
            mounts: Arc::new(vec![Mount {
                tree: root,
                root: Tree::ROOT,
                read_only: false,
                on: None,
                at: "/".into(),
                device: 1,
                system: FileSystem::Disk,
            }]),
            top: Place {
                mount: 0,
                ino: Tree::ROOT,
            },
        }
    }

    /// Makes a view of a tree that nobody else has.
    pub fn of(root: Tree) -> Self {
        Self::new(root.shared())
    }

    /// Returns the tree at the root.
    pub fn root(&self) -> &SharedTree {
        &self.mounts[0].tree
    }

    /// Makes the root read-only, or not. What is mounted elsewhere keeps its own way.
    pub fn set_read_only_root(&mut self, read_only: bool) {
        Arc::make_mut(&mut self.mounts)[0].read_only = read_only;
    }

    /// Whether the root is read-only.
    pub fn is_read_only_root(&self) -> bool {
        self.mounts[0].read_only
    }

    /// Mounts `source` at `at`, whose symbolic links are followed inside this view.
    ///
    /// What is missing of `at` is made, as container runtimes do: directories with mode 755,
    /// at the end an empty file if a file is mounted. It is made even if the root is
    /// read-only. A directory does not go onto a file, nor a file onto a directory:
    /// [`Errno::NotDirectory`].
    pub fn mount(&mut self, at: &str, source: Source, now: Timestamp) -> Result<(), Errno> {
        let (root, is_directory) = {
            let tree = lock_names(&source.tree);
            let root = tree.find(&source.inside).ok_or(Errno::NotFound)?;
            (root, tree.inode(root)?.kind() == Kind::Directory)
        };
        let walk = self.mount_point(&path::clean(at), is_directory, now)?;
        if (self.kind(walk.found()?)? == Kind::Directory) != is_directory {
            return Err(Errno::NotDirectory);
        }
        let (at, parent) = (walk.path(), walk.parent());
        if walk.name.is_none() {
            return Err(Errno::Busy);
        }
        let usual = USUAL.into_iter().find(|usual| *usual == at);
        let same = |mount: &&Mount| Arc::ptr_eq(&mount.tree, &source.tree);
        let device = match self.mounts.iter().find(same) {
            Some(mount) => mount.device,
            None => self.mounts.iter().map(|m| m.device).max().unwrap_or(0) + 1,
        };
        let mounts = Arc::make_mut(&mut self.mounts);
        // Few things are mounted, and all of them when a container starts.
        mounts.reserve_exact(1);
        mounts.push(Mount {
            tree: source.tree,
            root,
            read_only: source.read_only,
            on: Some(parent),
            at: usual.map_or(Cow::Owned(at), Cow::Borrowed),
            device,
            system: source.system,
        });
        Ok(())
    }

    /// Finds the place for a mount and makes what is missing of it.
    fn mount_point(&self, at: &str, directory: bool, now: Timestamp) -> Result<Walk, Errno> {
        let root = &Credentials::ROOT;
        let mut done = String::new();
        let mut names = path::components(at).peekable();
        while let Some(name) = names.next() {
            done = format!("{done}/{name}");
            let walk = self.walk(&done, root, true)?;
            let (None, Some(name)) = (walk.place, &walk.name) else {
                continue;
            };
            let inode = if directory || names.peek().is_some() {
                Inode::directory(Meta::new(0o755, now))
            } else {
                Inode::new(Meta::new(0o755, now), Node::File(Vec::new().into()))
            };
            let parent = walk.parent();
            lock(&self.at(parent).tree).create(parent.ino, name, inode, now)?;
        }
        let walk = self.walk(at, root, true)?;
        // Of a path that ended in a link to `..` the name is known by the whole path alone.
        match walk.name {
            Some(_) => Ok(walk),
            None => self.walk(&walk.path(), root, false),
        }
    }

    /// Returns a view whose root is a directory of this one, as `chroot` does.
    pub fn chroot(&self, path: &str, who: &Credentials) -> Result<Self, Errno> {
        let top = self.find(path, who)?;
        if self.kind(top)? != Kind::Directory {
            return Err(Errno::NotDirectory);
        }
        Ok(Self {
            mounts: Arc::clone(&self.mounts),
            top,
        })
    }

    /// Returns a view of the same files as they are now: what is written later through
    /// either is not seen through the other. It costs nothing until something is written.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        let mut copies: BTreeMap<u64, SharedTree> = BTreeMap::new();
        let mut mounts = (*self.mounts).clone();
        for mount in &mut mounts {
            let copy = || lock(&mount.tree).clone().shared();
            mount.tree = Arc::clone(copies.entry(mount.device).or_insert_with(copy));
        }
        Self {
            mounts: Arc::new(mounts),
            top: self.top,
        }
    }

    /// Lists the mounts, the root first, then in the order they were made.
    pub fn mounts(&self) -> impl Iterator<Item = MountPoint> {
        self.mounts.iter().map(Mount::point)
    }

    /// Tells of the file system that a path lies in, as `statfs` does.
    pub fn space(&self, path: &str, who: &Credentials) -> Result<Space, Errno> {
        let mount = self.at(self.find(path, who)?);
        let tree = lock(&mount.tree);
        Ok(Space {
            mount: mount.point(),
            usage: tree.usage(),
            own: tree.own_usage(),
            limits: tree.limits(),
        })
    }

    fn at(&self, place: Place) -> &Mount {
        &self.mounts[place.mount]
    }

    /// Returns the root of what is mounted on a name, if anything is.
    fn mounted_on(&self, directory: Place, name: &str) -> Option<Place> {
        let on = |mount: &Mount| {
            let covered = mount.at.rsplit('/').next();
            mount.on == Some(directory) && covered == Some(name)
        };
        // The last mount covers those before it.
        let mount = self.mounts.iter().rposition(on)?;
        let ino = self.mounts[mount].root;
        Some(Place { mount, ino })
    }

    fn with<T>(
        &self,
        place: Place,
        ask: impl FnOnce(&Tree, &Inode) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let tree = lock(&self.at(place).tree);
        ask(&tree, tree.inode(place.ino)?)
    }

    fn kind(&self, place: Place) -> Result<Kind, Errno> {
        self.with(place, |_, inode| Ok(inode.kind()))
    }

    fn stat_of(&self, place: Place) -> Result<Stat, Errno> {
        let mount = self.at(place);
        let device = mount.device;
        let in_memory = matches!(mount.system, FileSystem::Memory(_));
        self.with(place, |tree, inode| {
            let mut stat = Stat::of(place.ino, device, inode, tree.links(place.ino));
            if let (true, Some(entries)) = (in_memory, inode.entries()) {
                stat.size = (entries.len() as u64 + OWN_ENTRIES) * ENTRY_SIZE;
            }
            Ok(stat)
        })
    }

    /// Checks that the mount of a place can be written to.
    fn check_writable(&self, place: Place) -> Result<(), Errno> {
        if self.at(place).read_only {
            Err(Errno::ReadOnly)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
