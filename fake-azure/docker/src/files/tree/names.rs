//! Names in directories: making, linking, moving and taking them away.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Tree, Usage};
use crate::files::errno::Errno;
use crate::files::node::{Ino, Inode, Kind, Meta, Node};
use crate::files::path::{NAME_MAX, components};

impl Tree {
    /// Changes the names in a directory.
    fn edit_entries(
        &mut self,
        directory: Ino,
        now: Timestamp,
        change: impl FnOnce(&mut BTreeMap<String, Ino>),
    ) -> Result<(), Errno> {
        self.change(directory, |inode| {
            let Node::Directory(entries) = &mut inode.node else {
                return Err(Errno::NotDirectory);
            };
            change(entries);
            inode.meta.modified = now;
            Ok(())
        })?
    }

    /// Checks that a directory may get the new name `name`.
    fn check_name(&self, directory: Ino, name: &str) -> Result<(), Errno> {
        let inode = self.inode(directory)?;
        if inode.links == 0 {
            return Err(Errno::NotFound); // it was removed
        }
        if name.len() > NAME_MAX {
            return Err(Errno::NameTooLong);
        }
        if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
            return Err(Errno::Invalid);
        }
        if self.entries(directory)?.contains_key(name) {
            return Err(Errno::Exists);
        }
        let mut after = Usage::of(Some(inode));
        after.files += 1;
        self.check_room(directory, after)
    }

    /// Makes a new file with the name `name` in a directory.
    pub fn create(
        &mut self,
        directory: Ino,
        name: &str,
        inode: Inode,
        now: Timestamp,
    ) -> Result<Ino, Errno> {
        self.check_name(directory, name)?;
        let ino = self.next();
        let next = ino.checked_add(1).ok_or(Errno::NoSpace)?;
        self.check_room(ino, Usage::of(Some(&inode)))?;
        self.changed().next = next;
        self.set(ino, Some(Arc::new(Inode { links: 1, ..inode })));
        self.edit_entries(directory, now, |entries| {
            entries.insert(name.to_owned(), ino);
        })?;
        Ok(ino)
    }

    /// Gives a file one name more. A directory has one name alone.
    pub fn link(
        &mut self,
        directory: Ino,
        name: &str,
        ino: Ino,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let inode = self.inode(ino)?;
        if inode.kind() == Kind::Directory {
            return Err(Errno::NotPermitted);
        }
        if inode.links == 0 {
            return Err(Errno::NotFound);
        }
        let links = inode.links.checked_add(1).ok_or(Errno::TooManyLinks)?;
        self.check_name(directory, name)?;
        self.set_links(ino, links)?;
        self.edit_entries(directory, now, |entries| {
            entries.insert(name.to_owned(), ino);
        })
    }

    fn set_links(&mut self, ino: Ino, links: u32) -> Result<(), Errno> {
        self.change(ino, |inode| inode.links = links)
    }

    /// Takes away a name: that of an empty directory, or of any other file. The file goes
    /// with its last name, or later with the last that holds it open.
    pub fn unlink(&mut self, directory: Ino, name: &str, now: Timestamp) -> Result<(), Errno> {
        let ino = self.lookup(directory, name)?;
        let inode = self.inode(ino)?;
        if inode.entries().is_some_and(|entries| !entries.is_empty()) {
            return Err(Errno::NotEmpty);
        }
        let links = inode.links.saturating_sub(1);
        self.edit_entries(directory, now, |entries| {
            entries.remove(name);
        })?;
        if links == 0 && !self.is_held(ino) {
            self.set(ino, None);
            Ok(())
        } else {
            self.set_links(ino, links)
        }
    }

    /// Takes away a name and all that lies under it.
    pub fn remove(&mut self, directory: Ino, name: &str, now: Timestamp) -> Result<(), Errno> {
        let mut open = vec![(directory, name.to_owned())];
        while let Some((directory, name)) = open.last() {
            let ino = self.lookup(*directory, name)?;
            let names = self.inode(ino)?.entries();
            if let Some((below, _)) = names.and_then(BTreeMap::last_key_value) {
                open.push((ino, below.clone()));
            } else {
                self.unlink(*directory, name, now)?;
                open.pop();
            }
        }
        Ok(())
    }

    /// Moves a name. What has the new name is replaced as by [`Tree::unlink`].
    pub(in crate::files) fn rename(
        &mut self,
        (from, name): (Ino, &str),
        (to, new_name): (Ino, &str),
        now: Timestamp,
    ) -> Result<(), Errno> {
        let ino = self.lookup(from, name)?;
        match self.lookup(to, new_name) {
            Ok(there) if there == ino => return Ok(()),
            Ok(_) => self.unlink(to, new_name, now)?,
            Err(_) => self.check_name(to, new_name)?,
        }
        self.edit_entries(from, now, |entries| {
            entries.remove(name);
        })?;
        self.edit_entries(to, now, |entries| {
            entries.insert(new_name.to_owned(), ino);
        })
    }

    /// Makes the file at `path` as trees of images are made: its directories are made with
    /// mode 755 at the same time, and what was there is replaced; a directory that is there
    /// stays and gets the metadata. Symbolic links are not followed.
    pub fn put(&mut self, path: &str, meta: Meta, node: Node) -> Result<Ino, Errno> {
        let now = meta.modified;
        let mut directory = Self::ROOT;
        let mut names = components(path).peekable();
        while let Some(name) = names.next() {
            if name == ".." {
                return Err(Errno::Invalid);
            }
            let found = self.entries(directory)?.get(name).copied();
            let is_directory = |ino: &Ino| self.get(*ino).is_some_and(|i| i.entries().is_some());
            if names.peek().is_some() {
                directory = match found {
                    Some(found) if is_directory(&found) => found,
                    Some(_) => return Err(Errno::NotDirectory),
                    None => {
                        let made = Inode::directory(Meta::new(0o755, now));
                        self.create(directory, name, made, now)?
                    }
                };
                continue;
            }
            let makes_directory = matches!(node, Node::Directory(_));
            match found {
                Some(found) if makes_directory && is_directory(&found) => {
                    self.set_meta(found, |there| *there = meta)?;
                    return Ok(found);
                }
                Some(_) => self.remove(directory, name, now)?,
                None => {}
            }
            return self.create(directory, name, Inode::new(meta, node), now);
        }
        self.set_meta(Self::ROOT, |there| *there = meta)?;
        Ok(Self::ROOT)
    }
}
