//! The files of a machine: what differs from a new one's, as data, and as a tree to work on.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fake_docker::files::changes::{ChangeKind, changes};
use fake_docker::files::tree::Limits;
use fake_docker::files::{Credentials, Errno, Kind, Tree, View};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::new_machine;
use super::programs;
use crate::world::encoded;

/// How much the files of a machine may hold together beyond a new one's.
const MOST: Limits = Limits {
    bytes: 64 << 20,
    files: 20_000,
};

/// What differs from a new machine's files.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileTable(BTreeMap<String, Entry>);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    mode: u32,
    uid: u32,
    gid: u32,
    modified: Timestamp,
    #[serde(flatten)]
    what: What,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum What {
    File {
        #[serde(with = "encoded")]
        content: Vec<u8>,
    },
    Directory,
    Link {
        target: String,
    },
    Fifo,
    /// It was there, and is gone.
    Gone,
}

/// A new machine's files, which all machines share.
fn base() -> Arc<Tree> {
    static BASE: OnceLock<Arc<Tree>> = OnceLock::new();
    let base = BASE.get_or_init(|| {
        let view = View::of(Tree::new(Timestamp::UNIX_EPOCH));
        let filled = new_machine::fill(&view, &programs::names());
        debug_assert_eq!(filled, Ok(()));
        let tree = view.root().lock();
        let tree = tree.unwrap_or_else(std::sync::PoisonError::into_inner);
        tree.clone().into_base()
    });
    base.clone()
}

impl FileTable {
    /// The files, to be worked on.
    pub(super) fn view(&self) -> View {
        let mut tree = Tree::on(base());
        tree.set_limits(MOST);
        let view = View::of(tree);
        for (path, entry) in &self.0 {
            // What was there before can be put there again.
            let put = entry.put(&view, path);
            debug_assert_eq!(put, Ok(()), "{path}");
        }
        view
    }

    /// What files differ from a new machine's after they were worked on.
    pub(super) fn of(view: &View) -> Self {
        let changed = {
            let tree = view.root().lock();
            let tree = tree.unwrap_or_else(std::sync::PoisonError::into_inner);
            changes(&base(), &tree)
        };
        let entries = changed.into_iter().filter_map(|change| {
            let entry = match change.kind {
                ChangeKind::Deleted => Some(Entry {
                    mode: 0,
                    uid: 0,
                    gid: 0,
                    modified: Timestamp::UNIX_EPOCH,
                    what: What::Gone,
                }),
                ChangeKind::Added | ChangeKind::Modified => Entry::of(view, &change.path),
            };
            Some((change.path, entry?))
        });
        Self(entries.collect())
    }
}

impl Entry {
    fn of(view: &View, path: &str) -> Option<Self> {
        let root = &Credentials::ROOT;
        let stat = view.lstat(path, root).ok()?;
        let what = match stat.kind {
            Kind::File => What::File {
                content: view.read(path, root).ok()?.to_vec(),
            },
            Kind::Directory => What::Directory,
            Kind::Symlink => What::Link {
                target: stat.target?,
            },
            Kind::Fifo => What::Fifo,
            _ => return None,
        };
        Some(Self {
            mode: stat.meta.mode,
            uid: stat.meta.uid,
            gid: stat.meta.gid,
            modified: stat.meta.modified,
            what,
        })
    }

    fn put(&self, view: &View, path: &str) -> Result<(), Errno> {
        let root = &Credentials::ROOT;
        let now = self.modified;
        let there = view.lstat(path, root).ok();
        match &self.what {
            What::Directory => {
                if there
                    .as_ref()
                    .is_some_and(|there| there.kind != Kind::Directory)
                {
                    view.remove_all(path, root, now)?;
                }
                view.create_dir_all(path, self.mode, root, now)?;
            }
            _ if there.is_some() => view.remove_all(path, root, now)?,
            _ => {}
        }
        match &self.what {
            What::Gone => return Ok(()),
            What::Directory => {}
            What::File { content } => view.write(path, content.clone(), self.mode, root, now)?,
            What::Link { target } => view.symlink(target, path, root, now)?,
            What::Fifo => {
                let node = fake_docker::files::Node::Fifo;
                view.mknod(path, node, self.mode, root, now)?;
            }
        }
        view.lchown(path, Some(self.uid), Some(self.gid), root)?;
        if !matches!(self.what, What::Link { .. }) {
            view.chmod(path, self.mode, root)?;
        }
        Ok(())
    }
}
