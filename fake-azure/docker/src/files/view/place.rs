//! Places without their paths, for what goes through many files: packing and extracting.

use jiff::Timestamp;

use super::{Place, View, lock};
use crate::files::errno::Errno;
use crate::files::node::{Ino, Inode, Meta};

impl View {
    /// Returns the root.
    pub(in crate::files) fn top(&self) -> Place {
        self.top
    }

    /// Returns the inode at a place, and its device.
    pub(in crate::files) fn inode(&self, place: Place) -> Result<(u64, Inode), Errno> {
        let device = self.at(place).device;
        self.with(place, |_, inode| Ok((device, inode.clone())))
    }

    /// Returns the names in the directory at a place.
    pub(in crate::files) fn names(&self, place: Place) -> Result<Vec<String>, Errno> {
        self.with(place, |_, inode| {
            let entries = inode.entries().ok_or(Errno::NotDirectory)?;
            Ok(entries.keys().cloned().collect())
        })
    }

    /// Returns what a name in a directory leads to.
    pub(in crate::files) fn child(&self, directory: Place, name: &str) -> Result<Place, Errno> {
        let ino = self.with(directory, |tree, _| tree.lookup(directory.ino, name))?;
        let plain = Place { ino, ..directory };
        Ok(self.mounted_on(directory, name).unwrap_or(plain))
    }

    /// Puts a new file into a directory as it is, whoever owns the directory.
    ///
    /// Without `now` the directory keeps its time.
    pub(in crate::files) fn put(
        &self,
        directory: Place,
        name: &str,
        inode: Inode,
        now: Option<Timestamp>,
    ) -> Result<Place, Errno> {
        self.check_writable(directory)?;
        let mut tree = lock(&self.at(directory).tree);
        let time = now.unwrap_or(tree.inode(directory.ino)?.meta.modified);
        let ino = tree.create(directory.ino, name, inode, time)?;
        Ok(Place { ino, ..directory })
    }

    /// Gives the file at a place one name more.
    pub(in crate::files) fn put_link(
        &self,
        directory: Place,
        name: &str,
        place: Place,
        now: Option<Timestamp>,
    ) -> Result<(), Errno> {
        self.check_writable(directory)?;
        if place.mount != directory.mount {
            return Err(Errno::CrossDevice);
        }
        let mut tree = lock(&self.at(directory).tree);
        let time = now.unwrap_or(tree.inode(directory.ino)?.meta.modified);
        tree.link(directory.ino, name, place.ino, time)
    }

    /// Sets the metadata of the file at a place.
    pub(in crate::files) fn put_meta(&self, place: Place, meta: Meta) -> Result<(), Errno> {
        self.check_writable(place)?;
        let mut tree = lock(&self.at(place).tree);
        tree.set_meta(place.ino, |there| *there = meta)
    }

    /// Sets the time of the file at a place, if it is still there.
    pub(in crate::files) fn put_modified(&self, place: Place, modified: Timestamp) {
        let mut tree = lock(&self.at(place).tree);
        if tree.get(place.ino).is_some() {
            // It is there, so nothing can go wrong.
            let _there = tree.set_meta(place.ino, |meta| meta.modified = modified);
        }
    }

    /// Returns the number of a place's inode within its device.
    pub(in crate::files) fn identity(&self, place: Place) -> (u64, Ino) {
        (self.at(place).device, place.ino)
    }
}
