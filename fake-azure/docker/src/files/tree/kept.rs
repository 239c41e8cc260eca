//! A tree as serde keeps it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Limits, Tree, Usage};
use crate::files::node::{Ino, Inode};

/// A tree as serde keeps it: without its base.
#[derive(Serialize, Deserialize)]
struct Kept<I> {
    next: Ino,
    inodes: I,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limits: Option<Limits>,
}

impl Serialize for Tree {
    /// Writes what was changed; whoever keeps a tree knows its base.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let none = BTreeMap::new();
        let kept = Kept {
            next: self.next(),
            inodes: self.changed.as_ref().map_or(&none, |c| &c.inodes),
            limits: self.limits.as_deref().copied(),
        };
        kept.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Tree {
    /// Reads what was changed. [`Tree::with_base`] makes it whole again.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let kept = Kept::<BTreeMap<Ino, Option<Arc<Inode>>>>::deserialize(from)?;
        let mut tree = Self {
            limits: kept.limits.map(Box::new),
            ..Self::empty()
        };
        if kept.inodes.is_empty() {
            return Ok(tree);
        }
        let highest = kept.inodes.keys().next_back().copied().unwrap_or_default();
        let changed = tree.changed();
        changed.next = kept.next.max(highest.saturating_add(1));
        for inode in kept.inodes.values() {
            let more = Usage::of(inode.as_deref());
            changed.usage = changed.usage.replace(Usage::default(), more);
        }
        changed.own = changed.usage;
        changed.inodes = kept.inodes;
        Ok(tree)
    }
}
