//! Where COPY and ADD take files from: the context, a stage or an image.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::glob::{Glob, InvalidGlob};
use crate::files::{Credentials, Errno, Kind, Stat, View, path};

const ROOT: &Credentials = &Credentials::ROOT;
/// After how many hashed bytes others may work.
const PORTION: u64 = 1 << 20;

/// Files to copy from.
#[derive(Debug)]
pub(crate) struct Source {
    files: View,
    is_context: bool,
    /// The hashes that were taken before: nothing changes here.
    hashes: HashMap<String, String>,
    unyielded: u64,
}

/// Something to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The path as it was asked for, without a slash before it; its last name is the name
    /// that a copy gets.
    pub(crate) path: String,
    /// The kind and the hash of what is there: `file:…` or `dir:…`.
    pub(crate) hash: String,
}

/// Why there is nothing to copy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotFound {
    #[error("no source files were specified")]
    Nothing,
    #[error("forbidden path outside the build context: {0} ()")]
    Outside(String),
    #[error(
        "file not found in build context or excluded by .dockerignore: stat {0}: file does not exist"
    )]
    InContext(String),
    #[error("stat {0}: file does not exist")]
    InImage(String),
    #[error("stat {path}: {}", errno.to_string().to_lowercase())]
    Unreadable { path: String, errno: Errno },
    #[error(transparent)]
    Glob(#[from] InvalidGlob),
}

impl Source {
    /// Takes files from a context.
    pub(crate) fn context(files: View) -> Self {
        Self {
            files,
            is_context: true,
            hashes: HashMap::new(),
            unyielded: 0,
        }
    }

    /// Takes files from an image.
    pub(crate) fn image(files: View) -> Self {
        Self {
            is_context: false,
            ..Self::context(files)
        }
    }

    /// The files.
    pub(crate) fn files(&self) -> &View {
        &self.files
    }

    /// Finds what an instruction names; a pattern may name several things.
    pub(crate) async fn find(&mut self, written: &str) -> Result<Vec<Found>, NotFound> {
        let written = written.strip_prefix('/').unwrap_or(written);
        let written = written.strip_prefix("./").unwrap_or(written);
        if !Glob::is_in(written) {
            return Ok(vec![self.single(written).await?]);
        }
        let glob = Glob::parse(written)?;
        let mut found = Vec::new();
        for path in self.walk("").await {
            if glob.matches(&path) {
                found.push(self.single(&path).await?);
            }
        }
        Ok(found)
    }

    async fn single(&mut self, written: &str) -> Result<Found, NotFound> {
        let tidy = path::clean(written);
        if tidy == ".." || tidy.starts_with("../") {
            return Err(NotFound::Outside(written.to_owned()));
        }
        let at = path::join("/", &tidy);
        let stat = self.files.stat(&at, ROOT).map_err(|errno| match errno {
            Errno::NotFound if self.is_context => NotFound::InContext(written.to_owned()),
            Errno::NotFound => NotFound::InImage(written.to_owned()),
            errno => NotFound::Unreadable {
                path: written.to_owned(),
                errno,
            },
        })?;
        let hash = if stat.is_dir() {
            self.hash_of_directory(&at).await
        } else {
            format!("file:{}", self.hash(&tidy).await)
        };
        Ok(Found {
            path: written.to_owned(),
            hash,
        })
    }

    /// Hashes what is in a directory; neither order nor times count.
    async fn hash_of_directory(&mut self, at: &str) -> String {
        let at = self.files.canonical(at, ROOT).unwrap_or_default();
        let mut inside = self.walk(at.trim_start_matches('/')).await;
        // A directory counts itself, but the root does not.
        inside.extend((at != "/").then(|| at.trim_start_matches('/').to_owned()));
        let mut hashes = Vec::with_capacity(inside.len());
        for path in inside {
            hashes.push(self.hash(&path).await);
        }
        hashes.sort();
        combined("dir", &hashes)
    }

    /// Hashes a file with what is known of it, but for its time. A link counts as what it
    /// leads to, and what leads nowhere as its name.
    async fn hash(&mut self, path: &str) -> String {
        let target = self.files.canonical(&format!("/{path}"), ROOT);
        let Ok(target) = target else {
            return path.to_owned();
        };
        if let Some(known) = self.hashes.get(&target) {
            return known.clone();
        }
        let Ok(stat) = self.files.lstat(&target, ROOT) else {
            return path.to_owned();
        };
        let mut hash = Sha256::new();
        hash.update(described(target.trim_start_matches('/'), &stat));
        if let Ok(content) = self.files.read(&target, ROOT) {
            hash.update(&*content);
            self.unyielded += content.len() as u64;
        }
        if self.unyielded > PORTION {
            self.unyielded = 0;
            tokio::task::yield_now().await;
        }
        let hash = hex(hash);
        self.hashes.insert(target, hash.clone());
        hash
    }

    /// Lists what is below a directory by its path, each directory before what is in it.
    async fn walk(&mut self, directory: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut waiting = vec![(directory.to_owned(), Kind::Directory)];
        while let Some((path, kind)) = waiting.pop() {
            if path != directory {
                found.push(path.clone());
            }
            if kind != Kind::Directory {
                continue;
            }
            let entries = self.files.read_dir(&format!("/{path}"), ROOT);
            let entries = entries.unwrap_or_default();
            waiting.extend(entries.into_iter().rev().map(|entry| {
                let name = &entry.name;
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}/{name}")
                };
                (path, entry.kind)
            }));
            tokio::task::yield_now().await;
        }
        found
    }
}

/// Hashes several things as one.
pub(crate) fn of_several(found: &[Found]) -> String {
    match found {
        [one] => one.hash.clone(),
        several => {
            let hashes: Vec<String> = several.iter().map(|found| found.hash.clone()).collect();
            combined("multi", &hashes)
        }
    }
}

fn combined(kind: &str, hashes: &[String]) -> String {
    format!("{kind}:{}", hex(Sha256::new_with_prefix(hashes.join(","))))
}

/// What of a file counts besides its content, as the engine's checksum of an archive has it.
fn described(path: &str, stat: &Stat) -> String {
    let (flag, slash) = match stat.kind {
        Kind::File => ('0', ""),
        Kind::Symlink => ('2', ""),
        Kind::CharDevice => ('3', ""),
        Kind::BlockDevice => ('4', ""),
        Kind::Directory => ('5', "/"),
        Kind::Fifo | Kind::Socket => ('6', ""),
    };
    let size = if stat.is_file() { stat.size } else { 0 };
    let (major, minor) = stat.rdev.unwrap_or_default();
    let meta = &stat.meta;
    let link = stat.target.as_deref().unwrap_or_default();
    let mut text = format!(
        "name{path}{slash}mode{}uid{}gid{}size{size}typeflag{flag}linkname{link}unamegname\
         devmajor{major}devminor{minor}",
        meta.mode, meta.uid, meta.gid
    );
    for (name, value) in &meta.xattrs {
        text += name;
        text += &String::from_utf8_lossy(value);
    }
    text
}

fn hex(hash: Sha256) -> String {
    let mut digits = String::with_capacity(64);
    for byte in hash.finalize() {
        for half in [byte >> 4, byte & 15] {
            digits.extend(char::from_digit(half.into(), 16));
        }
    }
    digits
}

#[cfg(test)]
mod tests;
