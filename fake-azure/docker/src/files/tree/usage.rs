//! How much a tree holds, and how much it may.

use serde::{Deserialize, Serialize};

use crate::files::node::{Inode, Node};

/// How much a tree holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Bytes of content; a file with two names counts once.
    pub bytes: u64,
    /// Names; a file with two names counts twice.
    pub files: u64,
}

impl Usage {
    pub(super) fn of(inode: Option<&Inode>) -> Self {
        match inode.map(|inode| &inode.node) {
            Some(Node::Directory(entries)) => Self {
                bytes: 0,
                files: entries.len() as u64,
            },
            Some(Node::File(content)) => Self {
                bytes: content.len() as u64,
                files: 0,
            },
            Some(Node::Symlink(target)) => Self {
                bytes: target.len() as u64,
                files: 0,
            },
            _ => Self::default(),
        }
    }

    /// Counts what was `before` no more, but what is there `after`.
    pub(super) fn replace(self, before: Self, after: Self) -> Self {
        Self {
            bytes: self
                .bytes
                .saturating_add(after.bytes)
                .saturating_sub(before.bytes),
            files: self
                .files
                .saturating_add(after.files)
                .saturating_sub(before.files),
        }
    }
}

/// How much a tree may hold beyond its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of content.
    pub bytes: u64,
    /// Names.
    pub files: u64,
}

impl Default for Limits {
    /// A gigabyte in a million files.
    fn default() -> Self {
        Self {
            bytes: 1 << 30,
            files: 1 << 20,
        }
    }
}
