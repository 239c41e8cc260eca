//! Contents of a tree that are made into files when somebody looks.

use std::sync::{Arc, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{SharedTree, Tree};
use crate::files::node::{Inode, Kind, Meta, Node};
use crate::shared::Shared;

/// Contents that a tree's files are to have: the engine gives some to every container, and few
/// are read.
#[derive(Clone, Debug)]
pub(super) struct Promised {
    contents: Vec<(&'static str, Shared<String>)>,
    now: Timestamp,
}

impl Tree {
    /// Makes a tree on `base` whose files, found by path, have these contents since `now`. What the
    /// base does not have stays away.
    pub fn promise(
        base: Arc<Self>,
        contents: Vec<(&'static str, Shared<String>)>,
        now: Timestamp,
    ) -> Self {
        let mut tree = Self::on(base);
        tree.promised = Some(Box::new(Promised { contents, now }));
        tree
    }

    /// Makes files of what was promised.
    fn settle(&mut self) {
        let Some(promised) = self.promised.take() else {
            return;
        };
        for (path, content) in promised.contents {
            let Some(ino) = self.find(path) else {
                continue;
            };
            let Some(before) = self.get(ino).filter(|it| it.kind() == Kind::File) else {
                continue;
            };
            let file = Inode {
                links: before.links,
                meta: Meta {
                    modified: promised.now,
                    ..before.meta.clone()
                },
                node: Node::File(content.as_bytes().into()),
            };
            self.set(ino, Some(Arc::new(file)));
        }
    }
}

/// Locks a tree to look at what is in it, or to change it.
pub(in crate::files) fn lock(tree: &SharedTree) -> MutexGuard<'_, Tree> {
    // A panic in the middle of a change leaves a tree that can still be read.
    let mut tree = tree.lock().unwrap_or_else(PoisonError::into_inner);
    tree.settle();
    tree
}

/// Locks a tree to look at names and kinds alone, which promises do not change.
pub(in crate::files) fn lock_names(tree: &SharedTree) -> MutexGuard<'_, Tree> {
    tree.lock().unwrap_or_else(PoisonError::into_inner)
}
