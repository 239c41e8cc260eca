//! Changing names: making, linking, moving and taking away.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::walk::Walk;
use super::{Place, View, lock};
use crate::files::credentials::{Capability, Credentials, Want};
use crate::files::errno::Errno;
use crate::files::node::{Inode, Kind, Meta, Node, SET_GID, STICKY};

impl View {
    /// Makes a file where `walk` found none, owned by `who`.
    pub(super) fn make(
        &self,
        walk: &Walk,
        node: Node,
        mode: u32,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<Place, Errno> {
        let Some(name) = walk.name.as_ref().filter(|_| walk.place.is_none()) else {
            return Err(Errno::Exists);
        };
        let is_directory = matches!(node, Node::Directory(_));
        if walk.as_directory && !is_directory {
            return Err(Errno::NotFound);
        }
        let parent = walk.parent();
        self.check_writable(parent)?;
        let mut tree = lock(&self.at(parent).tree);
        let directory = tree.inode(parent.ino)?;
        who.check(directory, Want::ALTER)?;
        let mut meta = Meta::new(mode, now).owned_by(who.uid, who.gid);
        if directory.meta.mode & SET_GID != 0 {
            meta.gid = directory.meta.gid;
            if is_directory {
                meta.mode |= SET_GID;
            }
        }
        let ino = tree.create(parent.ino, name, Inode::new(meta, node), now)?;
        Ok(Place { ino, ..parent })
    }

    /// Makes a file of any kind but a directory's.
    pub fn mknod(
        &self,
        path: &str,
        node: Node,
        mode: u32,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let walk = self.walk(path, who, false)?;
        match node {
            Node::Directory(_) => return Err(Errno::NotPermitted),
            Node::CharDevice { .. } | Node::BlockDevice { .. }
                if !who.can(Capability::MakeNodes) =>
            {
                return Err(Errno::NotPermitted);
            }
            _ => {}
        }
        self.make(&walk, node, mode, who, now).map(drop)
    }

    /// Makes a directory.
    pub fn create_dir(
        &self,
        path: &str,
        mode: u32,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let walk = self.walk(path, who, false)?;
        let node = Node::Directory([].into());
        self.make(&walk, node, mode, who, now).map(drop)
    }

    /// Makes a directory and those above it that are missing, all with the same mode.
    pub fn create_dir_all(
        &self,
        path: &str,
        mode: u32,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let mut done = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            done = format!("{done}/{name}");
            match self.walk(&done, who, true)? {
                walk if walk.place.is_none() => {
                    let node = Node::Directory([].into());
                    self.make(&walk, node, mode, who, now)?;
                }
                walk if self.kind(walk.found()?)? != Kind::Directory => {
                    return Err(if done.len() == path.trim_end_matches('/').len() {
                        Errno::Exists
                    } else {
                        Errno::NotDirectory
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes a symbolic link at `path`. Where it leads to is not looked at.
    pub fn symlink(
        &self,
        target: &str,
        path: &str,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        match target.len() {
            0 => return Err(Errno::NotFound),
            4096.. => return Err(Errno::NameTooLong),
            _ => {}
        }
        let walk = self.walk(path, who, false)?;
        let node = Node::Symlink(target.to_owned());
        self.make(&walk, node, 0o777, who, now).map(drop)
    }

    /// Gives the file at `from` the name `to` as well. A symbolic link is not followed.
    pub fn link(
        &self,
        from: &str,
        to: &str,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let place = self.walk(from, who, false)?.found()?;
        let walk = self.walk(to, who, false)?;
        let Some(name) = walk.name.as_ref().filter(|_| walk.place.is_none()) else {
            return Err(Errno::Exists);
        };
        let parent = walk.parent();
        if place.mount != parent.mount {
            return Err(Errno::CrossDevice);
        }
        if walk.as_directory {
            return Err(Errno::NotFound);
        }
        self.check_writable(parent)?;
        let mut tree = lock(&self.at(parent).tree);
        who.check(tree.inode(parent.ino)?, Want::ALTER)?;
        tree.link(parent.ino, name, place.ino, now)
    }

    /// Finds a name that is to be taken away or moved.
    fn entry(&self, path: &str, who: &Credentials) -> Result<(Walk, Place), Errno> {
        let bare = path.trim_end_matches('/');
        let walk = match bare {
            "" => self.walk(path, who, false)?,
            bare => self.walk(bare, who, false)?,
        };
        let place = walk.found()?;
        if bare.len() < path.len() && self.kind(place)? != Kind::Directory {
            return Err(Errno::NotDirectory);
        }
        Ok((walk, place))
    }

    /// Checks that `who` may take the name of `place` out of `parent`.
    fn check_removable(
        &self,
        parent: Place,
        name: &str,
        place: Place,
        who: &Credentials,
    ) -> Result<(), Errno> {
        self.check_writable(parent)?;
        if place.mount != parent.mount || self.mounted_on(parent, name).is_some() {
            return Err(Errno::Busy);
        }
        self.with(parent, |tree, directory| {
            who.check(directory, Want::ALTER)?;
            let sticky = directory.meta.mode & STICKY != 0;
            if sticky && !who.owns(directory) && !who.owns(tree.inode(place.ino)?) {
                return Err(Errno::NotPermitted);
            }
            Ok(())
        })
    }

    fn unlink(
        &self,
        path: &str,
        who: &Credentials,
        now: Timestamp,
        directory: bool,
    ) -> Result<(), Errno> {
        let (walk, place) = self.entry(path, who)?;
        let Some(name) = &walk.name else {
            return Err(match path.trim_end_matches('/').rsplit('/').next() {
                _ if !directory => Errno::IsDirectory,
                Some(".") => Errno::Invalid,
                Some("..") => Errno::NotEmpty,
                _ => Errno::Busy,
            });
        };
        let parent = walk.parent();
        self.check_removable(parent, name, place, who)?;
        match (directory, self.kind(place)? == Kind::Directory) {
            (true, false) => return Err(Errno::NotDirectory),
            (false, true) => return Err(Errno::IsDirectory),
            _ => {}
        }
        lock(&self.at(parent).tree).unlink(parent.ino, name, now)
    }

    /// Takes away a name of a file that is no directory.
    pub fn remove_file(&self, path: &str, who: &Credentials, now: Timestamp) -> Result<(), Errno> {
        self.unlink(path, who, now, false)
    }

    /// Takes away an empty directory.
    pub fn remove_dir(&self, path: &str, who: &Credentials, now: Timestamp) -> Result<(), Errno> {
        self.unlink(path, who, now, true)
    }

    /// Takes away a file or a directory with all that is in it, as far as `who` may.
    ///
    /// The first thing that cannot be taken away ends it; what went before is gone.
    pub fn remove_all(&self, path: &str, who: &Credentials, now: Timestamp) -> Result<(), Errno> {
        let (walk, place) = self.entry(path, who)?;
        let Some(name) = walk.name.clone() else {
            return Err(Errno::Busy);
        };
        self.remove_within(walk.parent(), name, place, who, Some(now))
    }

    /// Takes away the name of `place` in `parent` and all under it.
    ///
    /// Without `now` the directories keep their times.
    pub(in crate::files) fn remove_within(
        &self,
        parent: Place,
        name: String,
        place: Place,
        who: &Credentials,
        now: Option<Timestamp>,
    ) -> Result<(), Errno> {
        let mut open = vec![(parent, name, place)];
        while let Some((parent, name, place)) = open.last() {
            self.check_removable(*parent, name, *place, who)?;
            let below = self.with(*place, |_, inode| {
                let entries = inode.entries();
                let Some((name, ino)) = entries.and_then(BTreeMap::last_key_value) else {
                    return Ok(None);
                };
                who.check(inode, Want::bits(7))?;
                Ok(Some((name.clone(), *ino)))
            })?;
            if let Some((name, ino)) = below {
                let plain = Place { ino, ..*place };
                let below = self.mounted_on(*place, &name).unwrap_or(plain);
                open.push((*place, name, below));
            } else {
                let mut tree = lock(&self.at(*parent).tree);
                let time = now.unwrap_or(tree.inode(parent.ino)?.meta.modified);
                tree.unlink(parent.ino, name, time)?;
                drop(tree);
                open.pop();
            }
        }
        Ok(())
    }

    /// Moves `from` to `to` within one mount; what has that name is replaced.
    pub fn rename(
        &self,
        from: &str,
        to: &str,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let (source, place) = self.entry(from, who)?;
        let is_directory = self.kind(place)? == Kind::Directory;
        let goal = match to.trim_end_matches('/') {
            "" => self.walk(to, who, false)?,
            bare => self.walk(bare, who, false)?,
        };
        let (Some(name), Some(new_name)) = (&source.name, &goal.name) else {
            return Err(Errno::Busy);
        };
        if to.ends_with('/') && !is_directory {
            return Err(Errno::NotDirectory);
        }
        let (parent, new_parent) = (source.parent(), goal.parent());
        if parent.mount != new_parent.mount {
            return Err(Errno::CrossDevice);
        }
        if goal.above.iter().any(|(above, _)| *above == place) {
            return Err(Errno::Invalid); // into itself
        }
        if goal.place.is_some_and(|goal| goal == place) {
            return self.check_writable(parent); // two names of one file: nothing happens
        }
        self.check_removable(parent, name, place, who)?;
        if is_directory && parent != new_parent {
            self.with(place, |_, inode| who.check(inode, Want::WRITE))?;
        }
        if let Some(there) = goal.place {
            self.check_removable(new_parent, new_name, there, who)?;
            match (is_directory, self.kind(there)? == Kind::Directory) {
                (true, false) => return Err(Errno::NotDirectory),
                (false, true) => return Err(Errno::IsDirectory),
                _ => {}
            }
        } else {
            self.with(new_parent, |_, inode| who.check(inode, Want::ALTER))?;
        }
        let mut tree = lock(&self.at(parent).tree);
        tree.rename((parent.ino, name), (new_parent.ino, new_name), now)
    }
}
