//! What an image has where a new volume is mounted is copied into the volume.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use crate::files::{Credentials, Errno, Ino, Inode, Kind, Node, SharedTree, Tree, View};

pub(super) fn fill(
    volume: &SharedTree,
    image: &View,
    path: &str,
    now: Timestamp,
) -> Result<(), Errno> {
    // A path that the image does not have, or that is no directory, has nothing to give.
    let Ok(path) = image.canonical(path, &Credentials::ROOT) else {
        return Ok(());
    };
    if Arc::ptr_eq(volume, image.root()) {
        return Ok(());
    }
    let from = image.root().lock().unwrap_or_else(PoisonError::into_inner);
    let mut to = volume.lock().unwrap_or_else(PoisonError::into_inner);
    let is_empty = to.entries(Tree::ROOT)?.is_empty();
    match from.find(&path) {
        Some(start) if is_empty => copy(&from, start, &mut to, now),
        _ => Ok(()),
    }
}

/// Copies all that lies in a directory. Content is shared until somebody writes.
fn copy(from: &Tree, start: Ino, to: &mut Tree, now: Timestamp) -> Result<(), Errno> {
    let Some(top) = from.get(start).filter(|top| top.kind() == Kind::Directory) else {
        return Ok(());
    };
    to.set_meta(Tree::ROOT, |meta| meta.clone_from(&top.meta))?;
    // Files that have several names, by what they became.
    let mut linked: HashMap<Ino, Ino> = HashMap::new();
    let mut directories = vec![(start, Tree::ROOT)];
    while let Some((old, new)) = directories.pop() {
        for (name, ino) in from.entries(old)? {
            let Some(inode) = from.get(*ino) else {
                continue;
            };
            if let Some(twin) = linked.get(ino) {
                to.link(new, name, *twin, now)?;
                continue;
            }
            let node = match &inode.node {
                Node::Directory(_) => Node::Directory([].into()),
                other => other.clone(),
            };
            let made = to.create(new, name, Inode::new(inode.meta.clone(), node), now)?;
            if inode.kind() == Kind::Directory {
                directories.push((*ino, made));
            } else if inode.links > 1 {
                linked.insert(*ino, made);
            }
        }
        // What was just put into it is not what changed it.
        if let Some(inode) = from.get(old) {
            let modified = inode.meta.modified;
            to.set_meta(new, |meta| meta.modified = modified)?;
        }
    }
    Ok(())
}
