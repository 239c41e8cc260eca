//! What a tree changed over its base, as `docker diff` tells it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::node::{Ino, Inode, Kind};
use super::path::PATH_MAX;
use super::tree::Tree;

/// One path that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path, from the root.
    pub path: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// What is there now.
    pub(super) ino: Option<Ino>,
}

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It was there and is different, or it is a directory in which something changed.
    Modified,
    /// It was not there.
    Added,
    /// It is gone, with what was in it.
    Deleted,
}

impl ChangeKind {
    /// Returns the number that the API gives it.
    pub const fn number(self) -> u8 {
        match self {
            Self::Modified => 0,
            Self::Added => 1,
            Self::Deleted => 2,
        }
    }
}

/// Returns what `tree` changed over `base`, each directory before what is in it, names in
/// order.
///
/// A directory of which only the time is different has not changed, and the root is never
/// told of: so the engine does it.
pub fn changes(base: &Tree, tree: &Tree) -> Vec<Change> {
    let mut comparison = Comparison {
        base,
        tree,
        same_numbers: tree
            .base()
            .is_some_and(|own| std::ptr::eq(Arc::as_ptr(own), base)),
        changes: Vec::new(),
    };
    comparison.run();
    comparison.changes
}

/// Adds the other names of files that have several, if one of them is told of: a layer with
/// one of the names alone would make two files of one.
pub(super) fn with_all_names(tree: &Tree, mut changes: Vec<Change>) -> Vec<Change> {
    let several = |ino: &Ino| tree.get(*ino).is_some_and(|inode| inode.links > 1);
    let linked = changes.iter().filter_map(|change| change.ino);
    let linked: HashSet<Ino> = linked
        .filter(|ino| several(ino) && tree.entries(*ino).is_err())
        .collect();
    if linked.is_empty() {
        return changes;
    }
    let told: HashMap<&str, ChangeKind> = changes
        .iter()
        .map(|change| (change.path.as_str(), change.kind))
        .collect();
    let mut others = Vec::new();
    let mut todo = vec![(String::new(), Tree::ROOT)];
    while let Some((path, directory)) = todo.pop() {
        for (name, ino) in tree.entries(directory).into_iter().flatten() {
            let path = format!("{path}/{name}");
            if linked.contains(ino) && !told.contains_key(path.as_str()) {
                others.push(Change {
                    path,
                    kind: ChangeKind::Modified,
                    ino: Some(*ino),
                });
            } else if tree.entries(*ino).is_ok() && path.len() <= PATH_MAX {
                todo.push((path, *ino));
            }
        }
    }
    changes.extend(others);
    changes.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    changes
}

struct Comparison<'a> {
    base: &'a Tree,
    tree: &'a Tree,
    /// Whether an inode of both with the same number is the same file.
    same_numbers: bool,
    changes: Vec<Change>,
}

/// A directory that is being compared.
struct Open {
    path: String,
    old: Option<Ino>,
    new: Ino,
    /// The names of both, the next last.
    names: Vec<String>,
    /// Where the directory itself is told of for what is in it; it may be that nothing is.
    told_at: Option<usize>,
}

impl Comparison<'_> {
    fn run(&mut self) {
        let mut open = vec![self.open(String::new(), Some(Tree::ROOT), Tree::ROOT, false)];
        while let Some(directory) = open.last_mut() {
            let Some(name) = directory.names.pop() else {
                self.close(directory.told_at);
                open.pop();
                continue;
            };
            let path = format!("{}/{name}", directory.path);
            let look = |tree: &Tree, ino: Option<Ino>| tree.lookup(ino?, &name).ok();
            let old = look(self.base, directory.old);
            let Some(new) = look(self.tree, Some(directory.new)) else {
                self.tell(path, ChangeKind::Deleted, None);
                continue;
            };
            let is_told = self.compare(&path, old, new);
            // What lies deeper than a path can name is nobody's business.
            if self.tree.entries(new).is_ok() && path.len() <= PATH_MAX {
                let below = self.open(path, old, new, is_told);
                open.push(below);
            }
        }
    }

    fn open(&mut self, path: String, old: Option<Ino>, new: Ino, is_told: bool) -> Open {
        let mut names = BTreeSet::new();
        let old_names = old.and_then(|ino| self.base.entries(ino).ok());
        let new_names = self.tree.entries(new).ok();
        for entries in [old_names, new_names].into_iter().flatten() {
            names.extend(entries.keys().cloned());
        }
        let told_at = (!is_told && !path.is_empty()).then_some(self.changes.len());
        if told_at.is_some() {
            self.tell(path.clone(), ChangeKind::Modified, Some(new));
        }
        Open {
            told_at,
            path,
            old,
            new,
            names: names.into_iter().rev().collect(),
        }
    }

    /// Takes back that a directory was told of, if nothing in it was.
    fn close(&mut self, told_at: Option<usize>) {
        if told_at.is_some_and(|at| at + 1 == self.changes.len()) {
            self.changes.pop();
        }
    }

    /// Tells of a path that is new or different.
    fn compare(&mut self, path: &str, old: Option<Ino>, new: Ino) -> bool {
        let kind = match old {
            None => ChangeKind::Added,
            Some(old) if self.is_different(old, new) => ChangeKind::Modified,
            Some(_) => return false,
        };
        self.tell(path.to_owned(), kind, Some(new));
        true
    }

    fn tell(&mut self, path: String, kind: ChangeKind, ino: Option<Ino>) {
        self.changes.push(Change { path, kind, ino });
    }

    fn is_different(&self, old: Ino, new: Ino) -> bool {
        let is_same = old == new && self.same_numbers;
        if is_same && !self.tree.is_changed(new) {
            return false;
        }
        let (Some(before), Some(after)) = (self.base.get(old), self.tree.get(new)) else {
            return true;
        };
        let is_directory = |inode: &Inode| inode.kind() == Kind::Directory;
        if is_directory(before) && is_directory(after) {
            let mut timeless = before.meta.clone();
            timeless.modified = after.meta.modified;
            return timeless != after.meta;
        }
        let linked = before.links > 1 || after.links > 1;
        before.meta != after.meta || before.node != after.node || (linked && old != new)
    }
}

#[cfg(test)]
mod tests;
