//! Opening files, and writing them whole.

use jiff::Timestamp;

use super::{Place, View, lock};
use crate::files::credentials::{Credentials, Want};
use crate::files::errno::Errno;
use crate::files::node::{Content, Kind, Node};
use crate::files::open_file::{Open, OpenFile};

impl View {
    /// Opens a file.
    ///
    /// Special files open as well, so that the caller can look at their kind; they are neither
    /// read nor written here: [`Errno::NoDevice`].
    pub fn open(
        &self,
        path: &str,
        how: Open,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<OpenFile, Errno> {
        let how = Open {
            write: how.write || how.append,
            create: how.create || how.create_new,
            ..how
        };
        let (place, is_new) = self.find_or_make(path, how, who, now)?;
        if !is_new {
            self.check_open(place, how, who)?;
        }
        let mount = self.at(place);
        let file = OpenFile::hold(&mount.tree, place.ino, mount.device, how, who.is_root());
        if how.truncate && !is_new && self.kind(place)? == Kind::File && file.len()? > 0 {
            let content = Content::default();
            lock(&mount.tree).replace(place.ino, content, now)?;
        }
        Ok(file)
    }

    fn find_or_make(
        &self,
        path: &str,
        how: Open,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(Place, bool), Errno> {
        let walk = self.walk(path, who, !how.create_new)?;
        match walk.place {
            Some(_) if how.create_new => Err(Errno::Exists),
            Some(place) => Ok((place, false)),
            None if !how.create => Err(Errno::NotFound),
            None if walk.as_directory => Err(Errno::IsDirectory),
            None => {
                let node = Node::File(Content::default());
                Ok((self.make(&walk, node, how.mode, who, now)?, true))
            }
        }
    }

    fn check_open(&self, place: Place, how: Open, who: &Credentials) -> Result<(), Errno> {
        let writes = how.write || how.truncate;
        let kind = self.with(place, |_, inode| {
            if inode.kind() == Kind::Directory && (writes || how.create) {
                return Err(Errno::IsDirectory);
            }
            who.check(
                inode,
                Want {
                    read: how.read,
                    write: writes,
                    execute: false,
                },
            )?;
            Ok(inode.kind())
        })?;
        match kind {
            Kind::File if writes => self.check_writable(place),
            Kind::Socket => Err(Errno::NoDevice),
            _ => Ok(()),
        }
    }

    /// Makes a file, or replaces its content.
    pub fn write(
        &self,
        path: &str,
        content: impl Into<Content>,
        mode: u32,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let file = self.open(path, Open::to_write(mode), who, now)?;
        file.replace(content.into(), now)
    }

    /// Adds to the end of a file, or makes it.
    pub fn append(
        &self,
        path: &str,
        bytes: &[u8],
        mode: u32,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let file = self.open(path, Open::to_append(mode), who, now)?;
        file.append(bytes, now).map(drop)
    }
}
