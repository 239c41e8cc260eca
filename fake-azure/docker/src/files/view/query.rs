//! Looking at files.

use std::sync::Arc;

use super::{DirEntry, Place, Stat, View};
use crate::files::credentials::{Credentials, Want};
use crate::files::errno::Errno;
use crate::files::node::{Kind, Node};

impl View {
    /// Finds what a path leads to, through a symbolic link at its end.
    pub(super) fn find(&self, path: &str, who: &Credentials) -> Result<Place, Errno> {
        self.walk(path, who, true)?.found()
    }

    /// Tells of a file; a symbolic link is followed.
    pub fn stat(&self, path: &str, who: &Credentials) -> Result<Stat, Errno> {
        self.stat_of(self.find(path, who)?)
    }

    /// Tells of a file or of a symbolic link itself.
    pub fn lstat(&self, path: &str, who: &Credentials) -> Result<Stat, Errno> {
        self.stat_of(self.walk(path, who, false)?.found()?)
    }

    /// Whether a path leads to something that `who` can get to.
    pub fn exists(&self, path: &str, who: &Credentials) -> bool {
        self.find(path, who).is_ok()
    }

    /// Whether a path leads to a directory.
    pub fn is_dir(&self, path: &str, who: &Credentials) -> bool {
        self.stat(path, who).is_ok_and(|stat| stat.is_dir())
    }

    /// Whether a path leads to a regular file.
    pub fn is_file(&self, path: &str, who: &Credentials) -> bool {
        self.stat(path, who).is_ok_and(|stat| stat.is_file())
    }

    /// Checks that `who` may use a file as wanted, as `access` does.
    pub fn access(&self, path: &str, want: Want, who: &Credentials) -> Result<(), Errno> {
        let place = self.find(path, who)?;
        let kind = self.with(place, |_, inode| {
            who.check(inode, want)?;
            Ok(inode.kind())
        })?;
        match kind {
            Kind::File | Kind::Directory | Kind::Symlink if want.write => {
                self.check_writable(place)
            }
            _ => Ok(()),
        }
    }

    /// Whether a path lies in a read-only mount, and if so, whether that is the root.
    pub(in crate::files) fn read_only_mount(
        &self,
        path: &str,
        who: &Credentials,
    ) -> Result<Option<bool>, Errno> {
        let place = self.find(path, who)?;
        let is_root = self.at(place).on.is_none();
        Ok(self.at(place).read_only.then_some(is_root))
    }

    /// Returns a path without links and dots that leads to the same file.
    pub fn canonical(&self, path: &str, who: &Credentials) -> Result<String, Errno> {
        let walk = self.walk(path, who, true)?;
        walk.found()?;
        Ok(walk.path())
    }

    /// Lists a directory by name, without `.` and `..`.
    pub fn read_dir(&self, path: &str, who: &Credentials) -> Result<Vec<DirEntry>, Errno> {
        let directory = self.find(path, who)?;
        let mut listed = self.with(directory, |tree, inode| {
            let entries = inode.entries().ok_or(Errno::NotDirectory)?;
            who.check(inode, Want::READ)?;
            let entries = entries.iter();
            Ok(entries
                .filter_map(|(name, ino)| {
                    Some(DirEntry {
                        name: name.clone(),
                        kind: tree.get(*ino)?.kind(),
                        ino: *ino,
                    })
                })
                .collect::<Vec<_>>())
        })?;
        for entry in &mut listed {
            if let Some(place) = self.mounted_on(directory, &entry.name) {
                (entry.kind, entry.ino) = (self.kind(place)?, place.ino);
            }
        }
        Ok(listed)
    }

    /// Returns where a symbolic link leads; anything else is [`Errno::Invalid`].
    pub fn read_link(&self, path: &str, who: &Credentials) -> Result<String, Errno> {
        let stat = self.lstat(path, who)?;
        stat.target.ok_or(Errno::Invalid)
    }

    /// Returns the bytes of a regular file.
    pub fn read(&self, path: &str, who: &Credentials) -> Result<Arc<Vec<u8>>, Errno> {
        let place = self.find(path, who)?;
        self.with(place, |_, inode| {
            who.check(inode, Want::READ)?;
            match &inode.node {
                Node::File(content) => Ok(content.shared()),
                Node::Directory(_) => Err(Errno::IsDirectory),
                _ => Err(Errno::NoDevice),
            }
        })
    }
}
