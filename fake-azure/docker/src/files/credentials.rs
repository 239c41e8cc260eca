//! Who asks for a file, and what the permission bits let them do.

use serde::{Deserialize, Serialize};

use super::errno::Errno;
use super::node::{Inode, Kind};

/// The user and groups of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Credentials {
    /// The user.
    pub uid: u32,
    /// The primary group; new files get it.
    pub gid: u32,
    /// The supplementary groups.
    pub groups: Vec<u32>,
    /// What a superuser is not allowed all the same.
    pub denied: Denied,
}

/// What was taken from a superuser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Denied(u8);

/// Something that a superuser may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Give files to others.
    Chown = 1,
    /// Pass the permission bits.
    Override = 2,
    /// Change what others own.
    Owner = 4,
    /// Make device files.
    MakeNodes = 8,
    /// Become another user.
    SetUser = 16,
    /// Send signals to others.
    Kill = 32,
}

impl Denied {
    /// Nothing.
    pub const NOTHING: Self = Self(0);

    /// This, too.
    #[must_use]
    pub const fn with(self, capability: Capability) -> Self {
        Self(self.0 | capability as u8)
    }
}

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Read it, or list the directory.
    pub read: bool,
    /// Write to it, or change the directory's entries.
    pub write: bool,
    /// Execute it, or pass through the directory.
    pub execute: bool,
}

impl Want {
    /// Nothing but that it exists.
    pub const EXISTS: Self = Self::bits(0);
    /// `r`
    pub const READ: Self = Self::bits(4);
    /// `w`
    pub const WRITE: Self = Self::bits(2);
    /// `x`
    pub const EXECUTE: Self = Self::bits(1);
    /// `wx`: what making and removing names asks of their directory.
    pub(super) const ALTER: Self = Self::bits(3);

    /// Makes it of the three low bits: 4 read, 2 write, 1 execute.
    pub const fn bits(bits: u32) -> Self {
        Self {
            read: bits & 4 != 0,
            write: bits & 2 != 0,
            execute: bits & 1 != 0,
        }
    }

    fn of(self) -> u32 {
        u32::from(self.read) << 2 | u32::from(self.write) << 1 | u32::from(self.execute)
    }
}

impl Credentials {
    /// The superuser, who passes all checks but one: a file without any execute bit is
    /// not executed for anybody.
    pub const ROOT: Self = Self {
        uid: 0,
        gid: 0,
        groups: Vec::new(),
        denied: Denied::NOTHING,
    };

    /// Makes the credentials of a user with one group.
    pub const fn new(uid: u32, gid: u32) -> Self {
        Self {
            uid,
            gid,
            groups: Vec::new(),
            denied: Denied::NOTHING,
        }
    }

    /// Whether this is the superuser.
    pub const fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// Whether `gid` is one of the groups.
    pub fn is_in(&self, gid: u32) -> bool {
        self.gid == gid || self.groups.contains(&gid)
    }

    /// Whether this is a superuser who was left this capability.
    pub const fn can(&self, capability: Capability) -> bool {
        self.is_root() && self.denied.0 & capability as u8 == 0
    }

    /// Whether this is the superuser or the owner of `inode`.
    pub fn owns(&self, inode: &Inode) -> bool {
        self.can(Capability::Owner) || self.uid == inode.meta.uid
    }

    /// Checks that `inode` may be used as wanted.
    ///
    /// Exactly one class of bits counts: the owner's, else the group's, else the others'.
    pub fn check(&self, inode: &Inode, want: Want) -> Result<(), Errno> {
        let mode = inode.meta.mode;
        let granted = if self.can(Capability::Override) {
            let executable = mode & 0o111 != 0 || inode.kind() == Kind::Directory;
            6 | u32::from(executable)
        } else if self.uid == inode.meta.uid {
            mode >> 6
        } else if self.is_in(inode.meta.gid) {
            mode >> 3
        } else {
            mode
        };
        let missing = want.of() & !granted;
        if missing == 0 {
            Ok(())
        } else {
            Err(Errno::Access)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::files::{Meta, Node};

    fn file(mode: u32) -> Inode {
        let mut meta = Meta::new(mode, Timestamp::UNIX_EPOCH);
        (meta.uid, meta.gid) = (1, 10);
        Inode::new(meta, Node::File(Vec::new().into()))
    }

    #[test]
    fn exactly_one_class_of_bits_counts() {
        let owner = Credentials::new(1, 10);
        let group = Credentials {
            uid: 2,
            gid: 20,
            groups: vec![10],
            ..Credentials::default()
        };
        let other = Credentials::new(3, 30);

        // The owner is not helped by what the others may do.
        assert_eq!(owner.check(&file(0o077), Want::READ), Err(Errno::Access));
        assert_eq!(group.check(&file(0o707), Want::READ), Err(Errno::Access));
        assert_eq!(other.check(&file(0o770), Want::READ), Err(Errno::Access));
        assert_eq!(group.check(&file(0o040), Want::READ), Ok(()));
        assert_eq!(other.check(&file(0o006), Want::bits(6)), Ok(()));
        assert_eq!(other.check(&file(0o006), Want::bits(7)), Err(Errno::Access));
        assert_eq!(other.check(&file(0), Want::EXISTS), Ok(()));
    }

    #[test]
    fn a_superuser_without_capabilities_is_one_of_many() {
        let denied = Denied::NOTHING.with(Capability::Override);
        let root = Credentials {
            denied: denied.with(Capability::Owner),
            ..Credentials::ROOT
        };
        assert!(root.is_root() && root.can(Capability::Chown));
        assert_eq!(root.check(&file(0o770), Want::READ), Err(Errno::Access));
        assert!(!root.owns(&file(0)) && Credentials::ROOT.owns(&file(0)));
    }

    #[test]
    fn the_superuser_executes_only_what_has_an_execute_bit() {
        let root = Credentials::ROOT;
        assert_eq!(root.check(&file(0), Want::bits(6)), Ok(()));
        assert_eq!(root.check(&file(0o666), Want::EXECUTE), Err(Errno::Access));
        assert_eq!(root.check(&file(0o001), Want::EXECUTE), Ok(()));
        let directory = Inode::directory(Meta::new(0, Timestamp::UNIX_EPOCH));
        assert_eq!(root.check(&directory, Want::bits(7)), Ok(()));
    }
}
