//! A tree of inodes, copied on write from a base that others share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::disk::{Disk, Share};
use super::errno::Errno;
use super::node::{Content, Ino, Inode, Kind, Meta, Node};
use super::path::components;
use crate::small_map::SmallMap;
use promised::Promised;

mod kept;
mod names;
mod promised;
mod usage;

pub(super) use promised::{lock, lock_names};
pub use usage::{Limits, Usage};

/// A tree that several views and open files share.
pub type SharedTree = Arc<Mutex<Tree>>;

/// How deep trees may lie on each other before they are made one.
const DEPTH_MAX: usize = 12;

/// A file system: inodes that a root directory leads to.
///
/// What was changed lies on top of a base, which is immutable and shared: to begin a tree
/// on an image costs nothing, and to clone one costs nothing until either is changed.
/// Nothing is asked about permissions here; that is the business of a
/// [`View`](super::View).
#[derive(Debug)]
pub struct Tree {
    base: Option<Arc<Self>>,
    changed: Option<Arc<Changed>>,
    /// How often each inode is held open.
    held: SmallMap<Ino, u32>,
    limits: Option<Box<Limits>>,
    disk: Option<Arc<Disk>>,
    promised: Option<Box<Promised>>,
}

/// What a tree holds beyond its base.
#[derive(Clone, Debug, Default)]
struct Changed {
    /// New and changed inodes; nothing for those of the base that are gone.
    inodes: BTreeMap<Ino, Option<Arc<Inode>>>,
    next: Ino,
    /// What the whole tree holds.
    usage: Usage,
    /// What lies in `inodes` alone.
    own: Usage,
    /// What that takes of the disk.
    share: Share,
}

impl Tree {
    /// The inode of the root directory.
    pub const ROOT: Ino = 1;

    /// Makes a tree with nothing in it but a root directory.
    pub fn new(now: Timestamp) -> Self {
        let mut root = Inode::directory(Meta::new(0o755, now));
        root.links = 1;
        let changed = Changed {
            inodes: BTreeMap::from([(Self::ROOT, Some(Arc::new(root)))]),
            next: Self::ROOT + 1,
            ..Changed::default()
        };
        Self {
            changed: Some(Arc::new(changed)),
            ..Self::empty()
        }
    }

    const fn empty() -> Self {
        Self {
            base: None,
            changed: None,
            held: SmallMap::new(),
            limits: None,
            disk: None,
            promised: None,
        }
    }

    /// Begins a tree that holds what `base` holds.
    pub fn on(base: Arc<Self>) -> Self {
        let untouched = base.changed.is_none();
        let base = match &base.base {
            Some(below) if untouched => Arc::clone(below),
            _ => base,
        };
        Self {
            base: Some(base),
            ..Self::empty()
        }
    }

    /// Lays what was changed, as serde keeps it, back on the base that it was changed from.
    #[must_use]
    pub fn with_base(self, base: Arc<Self>) -> Self {
        let limits = self.limits.clone();
        let inodes = self.changed.map(|changed| {
            let next = changed.next.max(base.next());
            let inodes = Arc::unwrap_or_clone(changed).inodes;
            (inodes, next)
        });
        let mut tree = Self::on(base);
        tree.limits = limits;
        if let Some((inodes, next)) = inodes {
            tree.changed().next = next;
            for (ino, inode) in inodes {
                // What had no name left was held open by a process that is gone.
                let inode = inode.filter(|inode| inode.links > 0);
                tree.set(ino, inode);
            }
        }
        tree
    }

    /// Returns the tree that this one was begun on.
    pub fn base(&self) -> Option<&Arc<Self>> {
        self.base.as_ref()
    }

    /// Whether anything was changed since the tree was begun.
    pub fn is_touched(&self) -> bool {
        self.changed.is_some()
    }

    /// Makes it a base for others: immutable, and not too deep to look things up in.
    pub fn into_base(self) -> Arc<Self> {
        let mut depth = 0;
        let mut below = &self.base;
        while let Some(tree) = below {
            depth += 1;
            below = &tree.base;
        }
        Arc::new(if depth < DEPTH_MAX {
            self
        } else {
            self.flattened()
        })
    }

    /// Returns the same tree without a base of its own. Inodes keep their numbers.
    #[must_use]
    pub fn flattened(&self) -> Self {
        let mut flat = Self::empty();
        flat.changed().next = self.next();
        let mut levels = vec![self];
        while let Some(below) = levels.last().and_then(|tree| tree.base.as_deref()) {
            levels.push(below);
        }
        for changed in levels.iter().rev().filter_map(|tree| tree.changed.as_ref()) {
            for (ino, inode) in &changed.inodes {
                flat.set(*ino, inode.clone().filter(|inode| inode.links > 0));
            }
        }
        flat.limits.clone_from(&self.limits);
        flat
    }

    /// Returns an inode.
    pub fn get(&self, ino: Ino) -> Option<&Inode> {
        self.shared_inode(ino).map(|inode| &**inode)
    }

    /// Returns an inode as trees share it.
    fn shared_inode(&self, ino: Ino) -> Option<&Arc<Inode>> {
        let mut tree = self;
        loop {
            if let Some(inode) = tree.changed.as_ref().and_then(|c| c.inodes.get(&ino)) {
                return inode.as_ref();
            }
            tree = tree.base.as_deref()?;
        }
    }

    /// Returns an inode that something leads to.
    pub(super) fn inode(&self, ino: Ino) -> Result<&Inode, Errno> {
        self.get(ino).ok_or(Errno::InputOutput)
    }

    /// Returns the inodes that were changed or made since the tree was begun.
    pub(super) fn is_changed(&self, ino: Ino) -> bool {
        let changed = self.changed.as_ref();
        changed.is_some_and(|changed| changed.inodes.contains_key(&ino))
    }

    /// Returns the names in a directory.
    pub fn entries(&self, directory: Ino) -> Result<&BTreeMap<String, Ino>, Errno> {
        self.inode(directory)?.entries().ok_or(Errno::NotDirectory)
    }

    /// Finds a name in a directory.
    pub fn lookup(&self, directory: Ino, name: &str) -> Result<Ino, Errno> {
        let found = self.entries(directory)?.get(name);
        found.copied().ok_or(Errno::NotFound)
    }

    /// Finds a path from the root by its text: symbolic links are not followed, and `..`
    /// is not known.
    pub fn find(&self, path: &str) -> Option<Ino> {
        components(path).try_fold(Self::ROOT, |directory, name| {
            self.lookup(directory, name).ok()
        })
    }

    /// Returns `st_nlink`. A directory counts itself and its subdirectories; one that several
    /// trees of those that lie on each other have counts 1, as in an overlay.
    pub fn links(&self, ino: Ino) -> u32 {
        let Some(inode) = self.get(ino) else {
            return 0;
        };
        let Some(entries) = inode.entries() else {
            return inode.links;
        };
        let below = std::iter::successors(Some(self), |tree| tree.base.as_deref());
        if below.filter(|tree| tree.is_changed(ino)).count() > 1 {
            return 1;
        }
        let is_directory =
            |ino: &&Ino| self.get(**ino).is_some_and(|i| i.kind() == Kind::Directory);
        let below = entries.values().filter(is_directory).count();
        u32::try_from(below).unwrap_or(u32::MAX).saturating_add(2)
    }

    /// Returns what the whole tree holds.
    pub fn usage(&self) -> Usage {
        match (&self.changed, &self.base) {
            (Some(changed), _) => changed.usage,
            (None, Some(base)) => base.usage(),
            (None, None) => Usage::default(),
        }
    }

    /// Returns what was added to the base: the whole of each changed file.
    pub fn own_usage(&self) -> Usage {
        let changed = self.changed.as_ref();
        changed.map(|changed| changed.own).unwrap_or_default()
    }

    /// Returns how much may be added to the base.
    pub fn limits(&self) -> Limits {
        self.limits.as_deref().copied().unwrap_or_default()
    }

    /// Sets how much may be added to the base. What is there stays.
    pub fn set_limits(&mut self, limits: Limits) {
        let default = limits == Limits::default();
        self.limits = (!default).then(|| Box::new(limits));
    }

    /// Puts what is changed from now on, and was before, on a disk that others share.
    pub fn set_disk(&mut self, disk: Arc<Disk>) {
        let own = self.own_usage().bytes;
        if let Some(changed) = &mut self.changed {
            let share = &mut Arc::make_mut(changed).share;
            *share = Share::new(Some(Arc::clone(&disk)));
            share.set(own);
        }
        self.disk = Some(disk);
    }

    fn next(&self) -> Ino {
        match (&self.changed, &self.base) {
            (Some(changed), _) => changed.next,
            (None, Some(base)) => base.next(),
            (None, None) => Self::ROOT + 1,
        }
    }

    fn changed(&mut self) -> &mut Changed {
        let (next, usage) = (self.next(), self.usage());
        let disk = &self.disk;
        let changed = self.changed.get_or_insert_with(|| {
            Arc::new(Changed {
                next,
                usage,
                share: Share::new(disk.clone()),
                ..Changed::default()
            })
        });
        Arc::make_mut(changed)
    }

    /// Puts an inode, or takes it away.
    fn set(&mut self, ino: Ino, inode: Option<Arc<Inode>>) {
        let before = Usage::of(self.get(ino));
        let after = Usage::of(inode.as_deref());
        let base = self.base.as_ref();
        let in_base = base.is_some_and(|base| base.get(ino).is_some());
        let changed = self.changed();
        changed.usage = changed.usage.replace(before, after);
        let was = match inode {
            None if !in_base => changed.inodes.remove(&ino),
            inode => changed.inodes.insert(ino, inode),
        };
        let was = Usage::of(was.flatten().as_deref());
        changed.own = changed.own.replace(was, after);
        changed.share.set(changed.own.bytes);
    }

    /// Checks that an inode may become as large as `after`.
    fn check_room(&self, ino: Ino, after: Usage) -> Result<(), Errno> {
        let (own, limits) = (self.own_usage(), self.limits());
        let now = Usage::of(self.get(ino));
        let was = if self.is_changed(ino) {
            now
        } else {
            Usage::default()
        };
        let more = after.bytes.saturating_sub(was.bytes);
        let own = own.replace(was, after);
        let disk = self.disk.as_ref();
        let is_full = || own.bytes > limits.bytes || disk.is_some_and(|d| !d.has_room(more));
        let over = (after.bytes > now.bytes && is_full())
            || (after.files > now.files && own.files > limits.files);
        if over { Err(Errno::NoSpace) } else { Ok(()) }
    }

    /// Changes an inode, which is copied first if it is the base's or another tree's.
    fn change<T>(&mut self, ino: Ino, change: impl FnOnce(&mut Inode) -> T) -> Result<T, Errno> {
        let inode = self.shared_inode(ino).ok_or(Errno::InputOutput)?;
        let before = Usage::of(Some(inode));
        if !self.is_changed(ino) {
            let inode = Arc::clone(inode);
            self.set(ino, Some(inode));
        }
        let changed = self.changed();
        let Some(Some(inode)) = changed.inodes.get_mut(&ino) else {
            return Err(Errno::InputOutput);
        };
        let inode = Arc::make_mut(inode);
        let result = change(inode);
        let after = Usage::of(Some(inode));
        changed.usage = changed.usage.replace(before, after);
        changed.own = changed.own.replace(before, after);
        changed.share.set(changed.own.bytes);
        Ok(result)
    }

    /// Changes the metadata of an inode.
    pub fn set_meta(&mut self, ino: Ino, change: impl FnOnce(&mut Meta)) -> Result<(), Errno> {
        self.change(ino, |inode| change(&mut inode.meta))
    }

    /// Changes the content of a regular file; `length` is how long it will be.
    pub(super) fn edit(
        &mut self,
        ino: Ino,
        length: u64,
        now: Timestamp,
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), Errno> {
        self.check_room(
            ino,
            Usage {
                bytes: length,
                files: 0,
            },
        )?;
        self.change(ino, |inode| {
            let Node::File(content) = &mut inode.node else {
                return Err(Errno::Invalid);
            };
            change(content.to_mut());
            inode.meta.modified = now;
            Ok(())
        })?
    }

    /// Replaces the content of a regular file.
    pub(super) fn replace(
        &mut self,
        ino: Ino,
        content: Content,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let length = content.len() as u64;
        self.check_room(
            ino,
            Usage {
                bytes: length,
                files: 0,
            },
        )?;
        self.change(ino, |inode| {
            let Node::File(there) = &mut inode.node else {
                return Err(Errno::Invalid);
            };
            *there = content;
            inode.meta.modified = now;
            Ok(())
        })?
    }

    fn is_held(&self, ino: Ino) -> bool {
        self.held.contains_key(&ino)
    }

    /// Holds an inode open: it outlives its names.
    pub(super) fn hold(&mut self, ino: Ino) {
        match self.held.get_mut(&ino) {
            Some(count) => *count += 1,
            None => {
                self.held.insert(ino, 1);
            }
        }
    }

    /// Lets go of an inode that was held open.
    pub(super) fn release(&mut self, ino: Ino) {
        if let Some(count) = self.held.get_mut(&ino) {
            *count -= 1;
            if *count > 0 {
                return;
            }
            self.held.remove(&ino);
        }
        if self.get(ino).is_some_and(|inode| inode.links == 0) {
            self.set(ino, None);
        }
    }

    /// Makes it one that views can share.
    pub fn shared(self) -> SharedTree {
        Arc::new(Mutex::new(self))
    }
}

impl Clone for Tree {
    /// What is held open stays with the original.
    fn clone(&self) -> Self {
        Self {
            base: self.base.clone(),
            changed: self.changed.clone(),
            held: SmallMap::new(),
            limits: self.limits.clone(),
            disk: self.disk.clone(),
            promised: self.promised.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
