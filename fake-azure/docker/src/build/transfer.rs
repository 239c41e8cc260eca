//! Copying files into an image, as COPY and ADD do it.

use std::collections::HashMap;
use std::io::Cursor;

use jiff::Timestamp;

use super::trouble::Trouble;
use crate::files::compression::Decoder;
use crate::files::extract::{ExtractError, Extraction, Rules};
use crate::files::tar::{Limits, Reader};
use crate::files::{Credentials, Errno, Ino, Kind, Node, Stat, View, path};

const ROOT: &Credentials = &Credentials::ROOT;
/// How many links may lead from a destination to where a file really goes.
const LINKS_MAX: usize = 40;

/// A copying from one place to another.
#[derive(Debug)]
pub(crate) struct Transfer<'a> {
    pub(crate) from: &'a View,
    pub(crate) to: &'a View,
    /// Who gets the files; nothing leaves them to whom they belong.
    pub(crate) owner: Option<(u32, u32)>,
    /// Whether archives are unpacked: ADD.
    pub(crate) unpacks: bool,
    pub(crate) now: Timestamp,
}

impl Transfer<'_> {
    /// Copies what `source` leads to, a path relative to the root. A destination that is a
    /// directory, or ends in a slash, gets a file below it and the content of a directory.
    pub(crate) async fn copy(&self, source: &str, destination: &str) -> Result<(), Trouble> {
        let at = path::join("/", &path::clean(source));
        let failed = |path: &str| {
            let path = path.to_owned();
            move |errno| failure(&path, errno)
        };
        let from = self.from.canonical(&at, ROOT).map_err(failed(source))?;
        let stat = self.from.stat(&from, ROOT).map_err(failed(source))?;
        let target = self.resolved(destination);
        if stat.is_dir() {
            return self.copy_directory(&from, &target).await;
        }
        if self.unpacks && stat.is_file() {
            let content = self.from.read(&from, ROOT).map_err(failed(source))?;
            if is_archive(&content) {
                self.make_directories(&target, None)
                    .map_err(failed(&target))?;
                return self.unpack(&content, &target).await;
            }
        }
        let target = if destination.ends_with('/') || self.to.is_dir(&target, ROOT) {
            let (_, name) = path::split(&at);
            path::join(&target, name.as_deref().unwrap_or_default())
        } else {
            target
        };
        let (parent, _) = path::split(&target);
        self.make_directories(&parent, self.owner)
            .map_err(failed(&parent))?;
        self.put(&from, &target, &stat, &mut HashMap::new())
            .map_err(failed(&target))
    }

    /// Copies what is in a directory. The directory itself keeps its owner if it was there.
    async fn copy_directory(&self, from: &str, to: &str) -> Result<(), Trouble> {
        let is_new = !self.to.is_dir(to, ROOT);
        if is_new && self.to.lstat(to, ROOT).is_ok() {
            self.to
                .remove_all(to, ROOT, self.now)
                .map_err(|e| failure(to, e))?;
        }
        self.make_directories(to, None)
            .map_err(|e| failure(to, e))?;
        if let (true, Some((uid, gid))) = (is_new, self.owner) {
            let chowned = self.to.lchown(to, Some(uid), Some(gid), ROOT);
            chowned.map_err(|e| failure(to, e))?;
        }
        let mut linked = HashMap::new();
        let mut dated = Vec::new();
        let mut waiting = vec![(from.to_owned(), to.to_owned())];
        while let Some((from, to)) = waiting.pop() {
            let entries = self
                .from
                .read_dir(&from, ROOT)
                .map_err(|e| failure(&from, e))?;
            for entry in entries {
                let below = path::join(&from, &entry.name);
                let target = path::join(&to, &entry.name);
                let stat = self
                    .from
                    .lstat(&below, ROOT)
                    .map_err(|e| failure(&below, e))?;
                let put = self.put(&below, &target, &stat, &mut linked);
                put.map_err(|e| failure(&target, e))?;
                if stat.is_dir() {
                    dated.push((target.clone(), stat.meta.modified));
                    waiting.push((below, target));
                }
            }
            tokio::task::yield_now().await;
        }
        // Only now nothing is put into them any more.
        for (path, modified) in dated {
            let set = self.to.lset_modified(&path, modified, ROOT, self.now);
            set.map_err(|e| failure(&path, e))?;
        }
        Ok(())
    }

    /// Puts one file in the place of whatever is there. Directories on both sides become one.
    fn put(
        &self,
        from: &str,
        to: &str,
        stat: &Stat,
        linked: &mut HashMap<(u64, Ino), String>,
    ) -> Result<(), Errno> {
        let there = self.to.lstat(to, ROOT).ok();
        let joins = stat.is_dir() && there.as_ref().is_some_and(Stat::is_dir);
        if there.is_some() && !joins {
            self.to.remove_all(to, ROOT, self.now)?;
        }
        if stat.links > 1 && !stat.is_dir() {
            let first = linked.entry((stat.device, stat.ino)).or_default();
            if !first.is_empty() {
                return self.to.link(first, to, ROOT, self.now);
            }
            to.clone_into(first);
        }
        let mode = stat.meta.mode;
        match stat.kind {
            Kind::Directory if joins => {}
            Kind::Directory => self.to.create_dir(to, mode, ROOT, self.now)?,
            Kind::File => {
                let content = self.from.read(from, ROOT)?;
                self.to.write(to, content, mode, ROOT, self.now)?;
            }
            Kind::Symlink => {
                let target = stat.target.as_deref().unwrap_or_default();
                self.to.symlink(target, to, ROOT, self.now)?;
            }
            Kind::Fifo => self.to.mknod(to, Node::Fifo, mode, ROOT, self.now)?,
            Kind::CharDevice | Kind::BlockDevice => {
                let (major, minor) = stat.rdev.unwrap_or_default();
                let node = if stat.kind == Kind::CharDevice {
                    Node::CharDevice { major, minor }
                } else {
                    Node::BlockDevice { major, minor }
                };
                self.to.mknod(to, node, mode, ROOT, self.now)?;
            }
            // No archive holds one, so none is ever copied.
            Kind::Socket => return Ok(()),
        }
        self.describe(to, stat)
    }

    /// Gives a file the owner, mode, attributes and time that it had.
    fn describe(&self, to: &str, stat: &Stat) -> Result<(), Errno> {
        let meta = &stat.meta;
        let (uid, gid) = self.owner.unwrap_or((meta.uid, meta.gid));
        self.to.lchown(to, Some(uid), Some(gid), ROOT)?;
        if stat.kind != Kind::Symlink {
            // After the owner, who takes set-user-ID off.
            self.to.chmod(to, meta.mode, ROOT)?;
            for (name, value) in &meta.xattrs {
                self.to.set_xattr(to, name, Some(value), ROOT)?;
            }
        }
        self.to.lset_modified(to, meta.modified, ROOT, self.now)
    }

    /// Makes a directory and those above it; only new ones get an owner.
    fn make_directories(&self, to: &str, owner: Option<(u32, u32)>) -> Result<(), Errno> {
        let mut done = String::new();
        for name in path::components(to) {
            done = format!("{done}/{name}");
            if self.to.is_dir(&done, ROOT) {
                continue;
            }
            self.to.create_dir(&done, 0o755, ROOT, self.now)?;
            if let Some((uid, gid)) = owner {
                self.to.lchown(&done, Some(uid), Some(gid), ROOT)?;
            }
        }
        Ok(())
    }

    /// Follows links at the end of a destination, also to where nothing is yet.
    fn resolved(&self, destination: &str) -> String {
        let mut at = path::clean(destination);
        for _ in 0..LINKS_MAX {
            if let Ok(path) = self.to.canonical(&at, ROOT) {
                return path;
            }
            let Ok(target) = self.to.read_link(&at, ROOT) else {
                break;
            };
            let (parent, _) = path::split(&at);
            at = path::clean(&path::join(&parent, &target));
        }
        at
    }

    async fn unpack(&self, archive: &[u8], to: &str) -> Result<(), Trouble> {
        let rules = Rules::default();
        let reader = reader(archive).map_err(Trouble::new)?;
        let mut extraction =
            Extraction::new(self.to, to, reader, rules, Some(self.now)).map_err(Trouble::new)?;
        while extraction.step().map_err(Trouble::new)? {
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

fn failure(path: &str, errno: Errno) -> Trouble {
    let words = errno.to_string().to_lowercase();
    Trouble::new(format_args!("{path}: {words}"))
}

fn reader(archive: &[u8]) -> Result<Reader<Decoder<Cursor<&[u8]>>>, ExtractError> {
    let decoder = Decoder::new(Cursor::new(archive)).map_err(|e| ExtractError::Tar(e.into()))?;
    Ok(Reader::new(decoder, Limits::default()))
}

/// Whether a file begins as an archive, compressed or not.
fn is_archive(content: &[u8]) -> bool {
    reader(content).is_ok_and(|mut reader| matches!(reader.next_entry(), Ok(Some(_))))
}

#[cfg(test)]
mod tests;
