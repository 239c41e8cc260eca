//! What `docker cp` and `docker export` ask for: a path's state, its archive, an archive into it.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;

use super::compression::Decoder;
use super::credentials::Credentials;
use super::errno::Errno;
use super::extract::{ExtractError, Extraction, Rules};
use super::node::{Kind, SET_GID, SET_UID, STICKY};
use super::pack::{Pack, Times};
use super::path;
use super::tar::{Limits, Reader};
use super::tree::SharedTree;
use super::view::{Stat, View};

const ROOT: &Credentials = &Credentials::ROOT;

/// Why a path cannot be copied from or to, in the engine's words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Nothing is there. The engine's sentence names the container, too:
    /// `Could not find the file PATH in container NAME`, with 404.
    #[error("Could not find the file {0}")]
    Missing(String),
    /// It cannot be looked at; 500.
    #[error("lstat {path}: {}", errno.lowercase())]
    Lookup {
        /// The path.
        path: String,
        /// Why.
        errno: Errno,
    },
    /// An archive goes into a directory; 400.
    #[error("extraction point is not a directory")]
    NotDirectory,
    /// The root is read-only; 400.
    #[error("container rootfs is marked read-only")]
    ReadOnlyRoot,
    /// The volume is read-only; 400.
    #[error("mounted volume is marked read-only")]
    ReadOnlyVolume,
    /// The archive cannot be read or extracted; 500.
    #[error(transparent)]
    Extract(#[from] ExtractError),
}

/// What the header `X-Docker-Container-Path-Stat` says of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathStat {
    /// The last name of the path.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The mode as Go has it: kinds and special bits have other places than in Linux.
    pub mode: u32,
    /// The time of the last change.
    pub mtime: Timestamp,
    /// Where a symbolic link leads in the end.
    #[serde(rename = "linkTarget")]
    pub link_target: String,
}

impl PathStat {
    /// Returns the value of the header.
    pub fn header_value(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        // Go writes these three so wherever they stand, and they stand in texts alone.
        let text = text
            .replace('&', "\\u0026")
            .replace('<', "\\u003c")
            .replace('>', "\\u003e");
        STANDARD.encode(text)
    }
}

/// Returns a mode as Go's `os.FileMode` has it.
pub fn go_mode(kind: Kind, mode: u32) -> u32 {
    let kind = match kind {
        Kind::File => 0,
        Kind::Directory => 1 << 31,
        Kind::Symlink => 1 << 27,
        Kind::BlockDevice => 1 << 26,
        Kind::CharDevice => 1 << 26 | 1 << 21,
        Kind::Fifo => 1 << 25,
        Kind::Socket => 1 << 24,
    };
    let special = [(SET_UID, 1 << 23), (SET_GID, 1 << 22), (STICKY, 1 << 20)];
    let special = special.into_iter().filter(|(bit, _)| mode & bit != 0);
    kind | mode & 0o777 | special.map(|(_, go)| go).sum::<u32>()
}

/// Returns the path that a request means: absolute and tidy, but a slash or a dot at the end
/// is kept, for it says that a link there is to be followed.
fn meant(path: &str) -> String {
    let tidy = path::clean(&path::join("/", path));
    if tidy != "/" && path.ends_with("/.") {
        tidy + "/."
    } else if tidy != "/" && path.ends_with('/') {
        tidy + "/"
    } else {
        tidy
    }
}

/// Returns the last name of a path as Go's `filepath.Base` does: it may be a dot.
fn base(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        Some(name) if !name.is_empty() => name,
        _ => "/",
    }
}

fn lookup(view: &View, path: &str) -> Result<(String, Stat), ArchiveError> {
    let meant = meant(path);
    match view.lstat(&meant, ROOT) {
        Ok(stat) => Ok((meant, stat)),
        Err(Errno::NotFound) => Err(ArchiveError::Missing(path.to_owned())),
        Err(errno) => Err(ArchiveError::Lookup { path: meant, errno }),
    }
}

/// Tells of a path: `HEAD` of an archive.
pub fn stat(view: &View, path: &str) -> Result<PathStat, ArchiveError> {
    let (meant, stat) = lookup(view, path)?;
    let link_target = match &stat.target {
        Some(target) => end_of_link(view, &meant, target),
        None => String::new(),
    };
    Ok(PathStat {
        name: base(&meant).to_owned(),
        size: stat.size,
        mode: go_mode(stat.kind, stat.meta.mode),
        mtime: stat.meta.modified,
        link_target,
    })
}

/// Follows a link as far as there is something to follow.
fn end_of_link(view: &View, path: &str, target: &str) -> String {
    if let Ok(walk) = view.walk(path, ROOT, true) {
        return walk.path();
    }
    let (directory, _) = path::split(path);
    let directory = view.canonical(&directory, ROOT).unwrap_or(directory);
    path::clean(&path::join(&directory, target))
}

/// Packs a path: `GET` of an archive. A link is packed as a link, a directory with its name.
pub fn get(view: &View, path: &str) -> Result<(PathStat, Pack), ArchiveError> {
    let told = stat(view, path)?;
    let meant = meant(path);
    let name = match base(&meant) {
        "." => "./",
        name => name,
    };
    let pack = Pack::new(view, &meant, name, Times::Seconds);
    let pack = pack.map_err(|errno| ArchiveError::Lookup { path: meant, errno })?;
    Ok((told, pack))
}

/// Packs all of a container's own files, without what is mounted: `docker export`.
pub fn export(root: &SharedTree) -> Result<Pack, Errno> {
    let view = View::new(SharedTree::clone(root));
    Pack::new(&view, "/", "", Times::Seconds)
}

/// Begins to extract an archive, compressed or not, into a directory: `PUT` of an archive.
pub fn put<R: Read>(
    view: &View,
    path: &str,
    archive: R,
    limits: Limits,
    rules: Rules,
    now: Timestamp,
) -> Result<Extraction<Decoder<R>>, ArchiveError> {
    let meant = meant(path);
    match view.stat(&meant, ROOT) {
        Ok(stat) if stat.is_dir() => {}
        Err(Errno::NotFound) => return Err(ArchiveError::Missing(path.to_owned())),
        Ok(_) | Err(Errno::NotDirectory) => return Err(ArchiveError::NotDirectory),
        Err(errno) => return Err(ArchiveError::Lookup { path: meant, errno }),
    }
    match view.read_only_mount(&meant, ROOT) {
        Ok(None) => {}
        Ok(Some(true)) => return Err(ArchiveError::ReadOnlyRoot),
        Ok(Some(false)) => return Err(ArchiveError::ReadOnlyVolume),
        Err(errno) => return Err(ArchiveError::Lookup { path: meant, errno }),
    }
    let failed = |error: std::io::Error| ExtractError::Tar(error.into());
    let archive = Decoder::new(archive).map_err(failed)?;
    let reader = Reader::new(archive, limits);
    Ok(Extraction::new(view, &meant, reader, rules, Some(now))?)
}

#[cfg(test)]
mod tests;
