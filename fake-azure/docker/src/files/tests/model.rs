//! Files as a map of paths, with everything done by text.

use std::collections::BTreeMap;

use super::Seen;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Directory {
        mode: u32,
    },
    Link(String),
    /// The number of a file, which may have several names.
    File(usize),
}

/// The whole of it. Paths have no slash at the end; the root is not among them.
#[derive(Debug, Default)]
pub(super) struct Model {
    entries: BTreeMap<String, Entry>,
    files: Vec<(u32, Vec<u8>)>,
    links: BTreeMap<String, u32>,
    root_mode: u32,
}

#[derive(Clone, Copy)]
pub(super) enum Remove {
    File,
    Directory,
    All,
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl Model {
    fn is_dir(&self, path: &str) -> bool {
        path.is_empty() || matches!(self.entries.get(path), Some(Entry::Directory { .. }))
    }

    fn exists(&self, path: &str) -> bool {
        path.is_empty() || self.entries.contains_key(path)
    }

    fn is_empty(&self, path: &str) -> bool {
        let below = format!("{path}/");
        !self.entries.keys().any(|other| other.starts_with(&below))
    }

    /// Returns the tidy path that a path means, whose last name may be missing, and whether
    /// its last part was a name rather than dots.
    fn resolve(&self, path: &str, follow: bool) -> Option<(String, bool)> {
        let mut at = String::new();
        let mut todo: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut links = 0;
        let mut named = false;
        while let Some(part) = todo.pop() {
            if part.is_empty() {
                continue;
            }
            if !self.is_dir(&at) {
                return None;
            }
            named = false;
            if part == "." {
                continue;
            }
            if part == ".." {
                parent(&at.clone()).clone_into(&mut at);
                continue;
            }
            let next = format!("{at}/{part}");
            let is_last = todo.iter().all(String::is_empty);
            match self.entries.get(&next) {
                Some(Entry::Link(target)) if follow || !is_last => {
                    links += 1;
                    if links > 40 {
                        return None;
                    }
                    if target.starts_with('/') {
                        at.clear();
                    }
                    todo.extend(target.split('/').rev().map(str::to_owned));
                }
                None if !is_last => return None,
                _ => {
                    at = next;
                    named = true;
                }
            }
        }
        Some((at, named))
    }

    /// Returns a path at which something new can be made.
    fn free(&self, path: &str, follow: bool) -> Option<String> {
        let (path, named) = self.resolve(path, follow)?;
        (named && !self.exists(&path)).then_some(path)
    }

    pub(super) fn create_dir(&mut self, path: &str) -> Option<()> {
        let path = self.free(path, false)?;
        self.entries.insert(path, Entry::Directory { mode: 0o755 });
        Some(())
    }

    pub(super) fn write(&mut self, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> Option<()> {
        let (path, _) = self.resolve(path, true)?;
        if !self.exists(&path) {
            self.files.push((0o644, Vec::new()));
            let file = Entry::File(self.files.len() - 1);
            self.entries.insert(path.clone(), file);
        }
        let Some(Entry::File(file)) = self.entries.get(&path) else {
            return None;
        };
        change(&mut self.files[*file].1);
        Some(())
    }

    pub(super) fn symlink(&mut self, target: &str, path: &str) -> Option<()> {
        let path = self.free(path, false)?;
        self.entries.insert(path, Entry::Link(target.to_owned()));
        Some(())
    }

    pub(super) fn link(&mut self, from: &str, to: &str) -> Option<()> {
        let (from, _) = self.resolve(from, false)?;
        let to = self.free(to, false)?;
        let entry = self.entries.get(&from)?.clone();
        match entry {
            Entry::Directory { .. } => return None,
            Entry::Link(_) => {
                // Links of links are one file, too; the number is that of a group of names.
                let next = u32::try_from(self.links.len()).unwrap();
                let group = *self.links.entry(from).or_insert(next);
                self.links.insert(to.clone(), group);
            }
            Entry::File(_) => {}
        }
        self.entries.insert(to, entry);
        Some(())
    }

    pub(super) fn remove(&mut self, path: &str, how: Remove) -> Option<()> {
        let (path, named) = self.resolve(path, false)?;
        if !named || !self.exists(&path) {
            return None;
        }
        let fits = match how {
            Remove::File => !self.is_dir(&path),
            Remove::Directory => self.is_dir(&path) && self.is_empty(&path),
            Remove::All => true,
        };
        fits.then(|| self.forget(&path))
    }

    fn forget(&mut self, path: &str) {
        let below = format!("{path}/");
        let gone = |other: &String| other == path || other.starts_with(&below);
        self.entries.retain(|other, _| !gone(other));
        self.links.retain(|other, _| !gone(other));
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> Option<()> {
        let (from, from_named) = self.resolve(from, false)?;
        let (to, to_named) = self.resolve(to, false)?;
        if !from_named || !to_named || !self.exists(&from) {
            return None;
        }
        if parent(&to) == from || parent(&to).starts_with(&format!("{from}/")) {
            return None;
        }
        let entry = self.entries[&from].clone();
        if let Some(there) = self.entries.get(&to) {
            let same_file = match (&entry, there) {
                (Entry::File(one), Entry::File(other)) => one == other,
                (Entry::Link(_), Entry::Link(_)) => {
                    let group = self.links.get(&from);
                    group.is_some() && group == self.links.get(&to)
                }
                _ => false,
            };
            if same_file || from == to {
                return Some(());
            }
            if self.is_dir(&from) != self.is_dir(&to) || !self.is_empty(&to) {
                return None;
            }
            self.forget(&to);
        }
        let moved = |path: &String| {
            let rest = path.strip_prefix(from.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
        };
        let entries = std::mem::take(&mut self.entries).into_iter();
        self.entries = entries
            .map(|(path, entry)| (moved(&path).unwrap_or(path), entry))
            .collect();
        let links = std::mem::take(&mut self.links).into_iter();
        self.links = links
            .map(|(path, group)| (moved(&path).unwrap_or(path), group))
            .collect();
        Some(())
    }

    pub(super) fn chmod(&mut self, path: &str, new: u32) -> Option<()> {
        let (path, _) = self.resolve(path, true)?;
        if path.is_empty() {
            self.root_mode = new;
            return Some(());
        }
        match self.entries.get_mut(&path)? {
            Entry::Directory { mode } => *mode = new,
            Entry::File(file) => self.files[*file].0 = new,
            Entry::Link(_) => return None,
        }
        Some(())
    }

    pub(super) fn seen(&self) -> BTreeMap<String, Seen> {
        let entries = self.entries.iter();
        entries
            .map(|(path, entry)| {
                let (mode, what) = match entry {
                    Entry::Directory { mode } => (*mode, "directory".to_owned()),
                    Entry::Link(target) => (0o777, format!("link {target}")),
                    Entry::File(file) => {
                        let (mode, content) = &self.files[*file];
                        (*mode, format!("file {content:?}"))
                    }
                };
                let is_same = |other: &&String| match entry {
                    Entry::File(_) => self.entries[*other] == *entry,
                    Entry::Link(_) => {
                        let group = self.links.get(path);
                        *other == path || (group.is_some() && self.links.get(*other) == group)
                    }
                    Entry::Directory { .. } => *other == path,
                };
                let first = self.entries.keys().find(is_same).cloned();
                let first = first.unwrap_or_default();
                (path.clone(), Seen { mode, what, first })
            })
            .collect()
    }
}
