//! The files of a layer, listed in code.

use std::collections::{BTreeMap, BTreeSet};

use super::platform::Platform;
use crate::process::program;

/// Files on their way into a layer, by their path without a leading slash.
///
/// A directory that a path needs is made with it, unless a layer below has it.
#[derive(Debug)]
pub(super) struct Contents {
    /// What they are for.
    platform: Platform,
    /// Directories of the layers below.
    below: BTreeSet<String>,
    entries: BTreeMap<String, Entry>,
}

/// A file of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) kind: EntryKind,
}

/// What a file of a layer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EntryKind {
    Directory,
    File(Vec<u8>),
    Symlink(String),
}

impl Contents {
    /// Begins a layer for a platform on layers that have the directories `below`.
    pub(super) fn on(below: BTreeSet<String>, platform: &Platform) -> Self {
        Self {
            platform: platform.clone(),
            below,
            entries: BTreeMap::new(),
        }
    }

    /// The processor that the files are for, as `uname -m` names it.
    pub(super) fn hardware(&self) -> String {
        self.platform.hardware().to_owned()
    }

    /// Makes a directory that all may read and its owner may change.
    pub(super) fn dir(&mut self, path: &str) -> &mut Self {
        self.put(path, 0o755, EntryKind::Directory)
    }

    /// Makes several directories.
    pub(super) fn dirs(&mut self, paths: &str) -> &mut Self {
        for path in paths.split_whitespace() {
            self.dir(path);
        }
        self
    }

    /// Makes a file that all may read.
    pub(super) fn text(&mut self, path: &str, text: &str) -> &mut Self {
        self.put(path, 0o644, EntryKind::File(text.into()))
    }

    /// Makes a file that all may read and run.
    pub(super) fn script(&mut self, path: &str, text: &str) -> &mut Self {
        self.put(path, 0o755, EntryKind::File(text.into()))
    }

    /// Makes the executables `names` in `directory`, each of which is the program of its
    /// name.
    pub(super) fn programs(&mut self, directory: &str, names: &str) -> &mut Self {
        for name in names.split_whitespace() {
            self.program(&format!("{directory}/{name}"), name);
        }
        self
    }

    /// Makes an executable that is the program `name`.
    pub(super) fn program(&mut self, path: &str, name: &str) -> &mut Self {
        let mut content = program::image_of(name);
        if self.platform != Platform::host() {
            // Machine code differs, and what the program is does not.
            content.extend([self.platform.hardware().as_bytes(), b"\n"].concat());
        }
        self.put(path, 0o755, EntryKind::File(content))
    }

    /// Makes symbolic links `names` in `directory` that lead to `target`.
    pub(super) fn links(&mut self, directory: &str, names: &str, target: &str) -> &mut Self {
        for name in names.split_whitespace() {
            self.link(&format!("{directory}/{name}"), target);
        }
        self
    }

    /// Makes a symbolic link.
    pub(super) fn link(&mut self, path: &str, target: &str) -> &mut Self {
        self.put(path, 0o777, EntryKind::Symlink(target.to_owned()))
    }

    /// Changes the mode of what was made at `path`.
    pub(super) fn mode(&mut self, path: &str, mode: u32) -> &mut Self {
        if let Some(entry) = self.entries.get_mut(relative(path)) {
            entry.mode = mode;
        }
        self
    }

    /// Gives what was made at `path` to the user and group with these numbers.
    pub(super) fn owner(&mut self, path: &str, uid: u32, gid: u32) -> &mut Self {
        if let Some(entry) = self.entries.get_mut(relative(path)) {
            (entry.uid, entry.gid) = (uid, gid);
        }
        self
    }

    fn put(&mut self, path: &str, mode: u32, kind: EntryKind) -> &mut Self {
        let path = relative(path);
        if let Some((parent, _)) = path.rsplit_once('/')
            && !self.below.contains(parent)
            && !self.entries.contains_key(parent)
        {
            self.dir(parent);
        }
        let entry = Entry {
            mode,
            uid: 0,
            gid: 0,
            kind,
        };
        self.entries.insert(path.to_owned(), entry);
        self
    }

    /// The files, each directory before what is in it.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        let entries = self.entries.iter();
        entries.map(|(path, entry)| (path.as_str(), entry))
    }

    /// The directories of this layer and of those below.
    pub(super) fn directories(&self) -> BTreeSet<String> {
        let own = self.entries.iter();
        let own = own.filter(|(_, entry)| entry.kind == EntryKind::Directory);
        let own = own.map(|(path, _)| path);
        self.below.iter().chain(own).cloned().collect()
    }
}

fn relative(path: &str) -> &str {
    path.trim_start_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(contents: &Contents) -> Vec<&str> {
        contents.entries().map(|(path, _)| path).collect()
    }

    #[test]
    fn directories_come_with_what_is_in_them_and_before_it() {
        let mut contents = Contents::on(BTreeSet::new(), &Platform::host());
        contents.text("/etc/nginx/nginx.conf", "").text("/a", "");

        assert_eq!(
            paths(&contents),
            ["a", "etc", "etc/nginx", "etc/nginx/nginx.conf"]
        );
    }

    #[test]
    fn what_a_layer_below_has_is_not_made_again() {
        let mut below = Contents::on(BTreeSet::new(), &Platform::host());
        below.dir("/tmp").mode("/tmp", 0o1777);
        let mut contents = Contents::on(below.directories(), &Platform::host());
        contents.text("/tmp/x", "").text("/etc/y", "");

        assert_eq!(paths(&contents), ["etc", "etc/y", "tmp/x"]);
    }
}
