//! Layers: what a tree changed over its base, as an archive with whiteouts, and back.

use std::io::Read;
use std::sync::{Arc, PoisonError};

use super::changes::{Change, ChangeKind, changes, with_all_names};
use super::extract::{ExtractError, Extraction, Rules};
use super::pack::{Packer, Part, Times};
use super::tar::{Limits, Reader};
use super::tree::Tree;
use super::view::View;

/// What goes before the name of a file that a layer takes away.
pub const WHITEOUT: &str = ".wh.";
/// The name that takes away all that lower layers have in a directory.
pub const OPAQUE: &str = ".wh..wh..opq";
/// What goes before names that only an overlay's own bookkeeping has.
pub(super) const WHITEOUT_META: &str = ".wh..wh.";

/// A layer as an archive, in pieces. The same trees give the same bytes.
#[derive(Debug)]
pub struct Layer {
    tree: Tree,
    changes: std::vec::IntoIter<Change>,
    packer: Packer,
    ended: bool,
}

impl Layer {
    /// Returns what `tree` changed over `base`; without a base, all of it.
    pub fn new(base: Option<&Tree>, tree: &Tree, times: Times) -> Self {
        let nothing = Tree::new(jiff::Timestamp::UNIX_EPOCH);
        let changes = changes(base.unwrap_or(&nothing), tree);
        Self {
            tree: tree.clone(),
            changes: with_all_names(tree, changes).into_iter(),
            packer: Packer::new(times),
            ended: false,
        }
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.changes.len() == 0 && !self.ended
    }

    /// Returns the whole archive.
    pub fn into_bytes(self) -> Vec<u8> {
        let mut whole = Vec::new();
        for part in self {
            whole.extend_from_slice(part.as_ref());
        }
        whole
    }

    fn step(&mut self, change: &Change) {
        let path = change.path.trim_start_matches('/');
        if change.kind == ChangeKind::Deleted {
            let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
            let slash = if directory.is_empty() { "" } else { "/" };
            let marked = format!("{directory}{slash}{WHITEOUT}{name}");
            // Nobody knows when it went; the time of its directory does not change by chance.
            let parent = self.tree.find(directory).and_then(|ino| self.tree.get(ino));
            let modified = parent.map(|parent| parent.meta.modified);
            self.packer.mark(&marked, modified.unwrap_or_default());
        } else if let Some((ino, inode)) =
            change.ino.and_then(|ino| Some((ino, self.tree.get(ino)?)))
        {
            self.packer.add(path, (0, ino), inode);
        }
    }
}

impl Iterator for Layer {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        loop {
            if let Some(part) = self.packer.part() {
                return Some(part);
            }
            if let Some(change) = self.changes.next() {
                self.step(&change);
            } else if self.ended {
                return None;
            } else {
                self.ended = true;
                self.packer.end();
            }
        }
    }
}

/// Lays a layer, an uncompressed archive, on a base.
///
/// Directories whose entries are not in the layer keep their times.
pub fn apply<R: Read>(base: Tree, layer: R, limits: Limits) -> Result<Tree, ExtractError> {
    let tree = base.shared();
    let view = View::new(Arc::clone(&tree));
    let rules = Rules {
        whiteouts: true,
        ..Rules::default()
    };
    let reader = Reader::new(layer, limits);
    Extraction::new(&view, "/", reader, rules, None)?.run()?;
    drop(view);
    Ok(match Arc::try_unwrap(tree) {
        Ok(alone) => alone.into_inner().unwrap_or_else(PoisonError::into_inner),
        Err(shared) => shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone(),
    })
}

#[cfg(test)]
mod tests;
