//! What is told of a file.

use crate::files::node::{Ino, Inode, Kind, Meta, Node};

/// What `stat` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The number of the inode within its device.
    pub ino: Ino,
    /// The file system: files of one view are the same if `device` and `ino` are.
    pub device: u64,
    /// The kind of file.
    pub kind: Kind,
    /// Mode, owner, time, attributes.
    pub meta: Meta,
    /// Bytes of a file, length of a link's target, 4096 for a directory.
    pub size: u64,
    /// `st_nlink`
    pub links: u32,
    /// Where a symbolic link leads.
    pub target: Option<String>,
    /// Major and minor number of a device.
    pub rdev: Option<(u32, u32)>,
}

impl Stat {
    pub(in crate::files) fn of(ino: Ino, device: u64, inode: &Inode, links: u32) -> Self {
        Self {
            ino,
            device,
            kind: inode.kind(),
            meta: inode.meta.clone(),
            size: inode.size(),
            links,
            target: match &inode.node {
                Node::Symlink(target) => Some(target.clone()),
                _ => None,
            },
            rdev: match inode.node {
                Node::CharDevice { major, minor } | Node::BlockDevice { major, minor } => {
                    Some((major, minor))
                }
                _ => None,
            },
        }
    }

    /// Returns `st_mode`: the kind and the permission bits.
    pub fn mode(&self) -> u32 {
        self.kind.mode_bits() | self.meta.mode
    }

    /// Returns `st_blocks`: blocks of 512 bytes.
    pub fn blocks(&self) -> u64 {
        match self.kind {
            Kind::File | Kind::Directory => self.size.div_ceil(4096) * 8,
            _ => 0,
        }
    }

    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.kind == Kind::Directory
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Returns the mode as `ls -l` writes it, such as `drwxr-xr-x`.
    pub fn mode_text(&self) -> String {
        let mode = self.meta.mode;
        let special = [(0o4000, 's'), (0o2000, 's'), (0o1000, 't')];
        let mut text = String::from(self.kind.letter());
        for (class, (bit, letter)) in special.into_iter().enumerate() {
            let bits = mode >> (6 - 3 * class);
            let execute = bits & 1 != 0;
            text.push(if bits & 4 != 0 { 'r' } else { '-' });
            text.push(if bits & 2 != 0 { 'w' } else { '-' });
            text.push(match (mode & bit != 0, execute) {
                (true, true) => letter,
                (true, false) => letter.to_ascii_uppercase(),
                (false, true) => 'x',
                (false, false) => '-',
            });
        }
        text
    }
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// The name.
    pub name: String,
    /// The kind of file.
    pub kind: Kind,
    /// The number of the inode.
    pub ino: Ino,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn modes_are_written_as_ls_does() {
        let text = |mode, node| {
            let inode = Inode::new(Meta::new(mode, Timestamp::UNIX_EPOCH), node);
            Stat::of(1, 1, &inode, 1).mode_text()
        };
        let file = || Node::File("".into());
        assert_eq!(text(0o755, Node::Directory([].into())), "drwxr-xr-x");
        assert_eq!(text(0o1777, Node::Directory([].into())), "drwxrwxrwt");
        assert_eq!(text(0o4755, file()), "-rwsr-xr-x");
        assert_eq!(text(0o6644, file()), "-rwSr-Sr--");
        assert_eq!(text(0o1000, file()), "---------T");
    }
}
