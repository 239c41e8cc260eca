//! Changing modes, owners, times and attributes.

use jiff::Timestamp;

use super::{Place, View, lock};
use crate::files::credentials::{Capability, Credentials, Want};
use crate::files::errno::Errno;
use crate::files::node::{Inode, Kind, MODE_BITS, Meta, SET_GID, SET_UID};

impl View {
    fn change_meta(
        &self,
        place: Place,
        change: impl FnOnce(&Inode, &mut Meta) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        self.check_writable(place)?;
        let mut tree = lock(&self.at(place).tree);
        let inode = tree.inode(place.ino)?;
        let mut meta = inode.meta.clone();
        change(inode, &mut meta)?;
        if meta == inode.meta {
            return Ok(());
        }
        tree.set_meta(place.ino, |there| *there = meta)
    }

    /// Sets the permission bits.
    pub fn chmod(&self, path: &str, mode: u32, who: &Credentials) -> Result<(), Errno> {
        self.change_meta(self.find(path, who)?, |inode, meta| {
            if !who.owns(inode) {
                return Err(Errno::NotPermitted);
            }
            meta.mode = mode & MODE_BITS;
            if !who.can(Capability::Owner) && !who.is_in(meta.gid) {
                meta.mode &= !SET_GID;
            }
            Ok(())
        })
    }

    /// Sets the owner, the group or both.
    pub fn chown(
        &self,
        path: &str,
        uid: Option<u32>,
        gid: Option<u32>,
        who: &Credentials,
    ) -> Result<(), Errno> {
        self.chown_place(self.find(path, who)?, uid, gid, who)
    }

    /// Sets the owner, the group or both; of a symbolic link, those of the link itself.
    pub fn lchown(
        &self,
        path: &str,
        uid: Option<u32>,
        gid: Option<u32>,
        who: &Credentials,
    ) -> Result<(), Errno> {
        self.chown_place(self.walk(path, who, false)?.found()?, uid, gid, who)
    }

    fn chown_place(
        &self,
        place: Place,
        uid: Option<u32>,
        gid: Option<u32>,
        who: &Credentials,
    ) -> Result<(), Errno> {
        self.change_meta(place, |inode, meta| {
            let keeps_owner = uid.is_none_or(|uid| uid == meta.uid);
            let own_group = gid.is_none_or(|gid| gid == meta.gid || who.is_in(gid));
            let may = who.can(Capability::Chown) || (who.owns(inode) && keeps_owner && own_group);
            if !may {
                return Err(Errno::NotPermitted);
            }
            meta.uid = uid.unwrap_or(meta.uid);
            meta.gid = gid.unwrap_or(meta.gid);
            if inode.kind() == Kind::File && meta.mode & 0o111 != 0 {
                meta.mode &= !(SET_UID | SET_GID);
            }
            Ok(())
        })
    }

    /// Sets the time of the last change. The owner may set any; who may only write, `now`.
    pub fn set_modified(
        &self,
        path: &str,
        modified: Timestamp,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        self.set_modified_of(self.find(path, who)?, modified, who, now)
    }

    /// Sets the time of the last change; of a symbolic link, that of the link itself.
    pub fn lset_modified(
        &self,
        path: &str,
        modified: Timestamp,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        self.set_modified_of(self.walk(path, who, false)?.found()?, modified, who, now)
    }

    fn set_modified_of(
        &self,
        place: Place,
        modified: Timestamp,
        who: &Credentials,
        now: Timestamp,
    ) -> Result<(), Errno> {
        self.change_meta(place, |inode, meta| {
            if !who.owns(inode) {
                if modified != now {
                    return Err(Errno::NotPermitted);
                }
                who.check(inode, Want::WRITE)?;
            }
            meta.modified = modified;
            Ok(())
        })
    }

    /// Sets an extended attribute, or takes it away.
    pub fn set_xattr(
        &self,
        path: &str,
        name: &str,
        value: Option<&[u8]>,
        who: &Credentials,
    ) -> Result<(), Errno> {
        self.change_meta(self.find(path, who)?, |inode, meta| {
            if !who.owns(inode) {
                return Err(Errno::NotPermitted);
            }
            match value {
                Some(value) => drop(meta.xattrs.insert(name.to_owned(), value.to_vec())),
                None => drop(meta.xattrs.remove(name)),
            }
            Ok(())
        })
    }
}
