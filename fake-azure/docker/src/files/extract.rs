//! Archives into files, entry by entry and never outside of one directory.

mod whiteout;

use std::collections::HashSet;
use std::io::Read;

use jiff::Timestamp;

use super::credentials::Credentials;
use super::errno::Errno;
use super::node::{Inode, Kind, Meta, Node};
use super::path;
use super::tar::{EntryKind, Header, Reader, TarError};
use super::view::{Place, View};

/// How an archive is extracted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Refuse to put a directory in the place of something else, and the other way round.
    pub no_overwrite_dir_non_dir: bool,
    /// Give all files to this user and group rather than to those that the archive names.
    pub owner: Option<(u32, u32)>,
    /// Read names that begin with `.wh.` as a layer's.
    pub whiteouts: bool,
}

/// Why an archive cannot be extracted, in the engine's words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// It cannot be read.
    #[error(transparent)]
    Tar(#[from] TarError),
    /// A name leads out of the directory.
    #[error("invalid entry name {0:?}")]
    Name(String),
    /// A hard link leads out of the directory.
    #[error("invalid hardlink target {0:?}")]
    HardLink(String),
    /// Something else would take a directory's place.
    #[error("cannot overwrite directory {path:?} with non-directory {directory:?}")]
    OverDirectory {
        /// What is there.
        path: String,
        /// Where the archive is extracted.
        directory: String,
    },
    /// A directory would take the place of something else.
    #[error("cannot overwrite non-directory {path:?} with directory {directory:?}")]
    OverNonDirectory {
        /// What is there.
        path: String,
        /// Where the archive is extracted.
        directory: String,
    },
    /// A kind of entry that no file is.
    #[error("unhandled tar header type {0}")]
    Kind(u8),
    /// A file cannot be made.
    #[error("{call} {path}: {}", errno.lowercase())]
    File {
        /// The call that failed.
        call: &'static str,
        /// The path, as the directory has it.
        path: String,
        /// Why.
        errno: Errno,
    },
}

/// An archive that is being extracted.
#[derive(Debug)]
pub struct Extraction<R> {
    /// A view whose root is the directory.
    view: View,
    directory: String,
    reader: Reader<R>,
    rules: Rules,
    now: Option<Timestamp>,
    large: Option<Large>,
    /// Directories whose times are set at the end, when nothing is put into them any more.
    dated: Vec<(Place, Timestamp)>,
    /// What came with this layer, which its opaque whiteouts spare.
    own: HashSet<Place>,
}

/// A file of which not all was read yet.
#[derive(Debug)]
struct Large {
    name: String,
    header: Header,
    content: Vec<u8>,
}

/// How much of a file is read in one step.
const STEP: usize = 1 << 20;

const ROOT: &Credentials = &Credentials::ROOT;

impl<R: Read> Extraction<R> {
    /// Begins to extract into the directory at `path`, which is the root for links and for
    /// absolute names.
    ///
    /// Directories into which something is put get the time `now`; without it they keep theirs.
    pub fn new(
        view: &View,
        path: &str,
        reader: Reader<R>,
        rules: Rules,
        now: Option<Timestamp>,
    ) -> Result<Self, ExtractError> {
        let failed = |errno| ExtractError::File {
            call: "chroot",
            path: path.to_owned(),
            errno,
        };
        Ok(Self {
            view: view.chroot(path, ROOT).map_err(failed)?,
            directory: view.canonical(path, ROOT).map_err(failed)?,
            reader,
            rules,
            now,
            large: None,
            dated: Vec::new(),
            own: HashSet::new(),
        })
    }

    /// Extracts all that is left.
    pub fn run(mut self) -> Result<(), ExtractError> {
        while self.step()? {}
        Ok(())
    }

    /// Extracts one entry, or some of a large one; tells whether there was one. Between two
    /// steps others may work.
    pub fn step(&mut self) -> Result<bool, ExtractError> {
        if let Some(mut large) = self.large.take() {
            if self.read_some(&mut large.content)? {
                self.large = Some(large);
            } else {
                self.entry(&large.name, large.header, large.content)?;
            }
            return Ok(true);
        }
        let Some(header) = self.reader.next_entry()? else {
            for (place, modified) in self.dated.drain(..) {
                self.view.put_modified(place, modified);
            }
            return Ok(false);
        };
        let name = inside(&header.path).ok_or_else(|| {
            let tidy = path::clean(&header.path);
            ExtractError::Name(tidy)
        })?;
        let mut content = Vec::new();
        if name.is_empty() {
            self.root(header)?;
        } else if header.kind == EntryKind::File && self.read_some(&mut content)? {
            self.large = Some(Large {
                name,
                header,
                content,
            });
        } else {
            self.entry(&name, header, content)?;
        }
        Ok(true)
    }

    /// Reads as much of a file as one step may; tells whether there may be more.
    fn read_some(&mut self, content: &mut Vec<u8>) -> Result<bool, ExtractError> {
        let end = content.len() + STEP;
        while content.len() < end {
            if !self.reader.portion(content)? {
                content.shrink_to_fit();
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The directory itself: an entry `/` is about it, while `./` is passed over.
    fn root(&mut self, header: Header) -> Result<(), ExtractError> {
        if header.kind != EntryKind::Directory || !header.path.starts_with('/') {
            return Ok(());
        }
        let top = self.view.top();
        self.dated.push((top, header.modified));
        let meta = self.meta(header);
        let put = self.view.put_meta(top, meta);
        put.map_err(file("chmod", "/"))
    }

    fn entry(&mut self, name: &str, header: Header, content: Vec<u8>) -> Result<(), ExtractError> {
        let (above, base) = name.rsplit_once('/').unwrap_or(("", name));
        let parent = self.directory(above).map_err(file("mkdir", above))?;
        if self.rules.whiteouts && base.starts_with(super::layer::WHITEOUT) {
            return self.whiteout(parent, base).map_err(file("unlink", name));
        }
        let makes_directory = header.kind == EntryKind::Directory;
        let there = self.view.child(parent, base).ok();
        if let Some(there) = there {
            let is_directory = self.is_directory(there).map_err(file("lstat", name))?;
            self.check_overwrite(name, is_directory, makes_directory)?;
            if is_directory && makes_directory {
                self.own.extend(self.rules.whiteouts.then_some(there));
                self.dated.push((there, header.modified));
                let meta = self.meta(header);
                let put = self.view.put_meta(there, meta);
                return put.map_err(file("chmod", name));
            }
            let removed = self.remove(parent, base, there);
            removed.map_err(file("unlinkat", name))?;
        }
        let node = match &header.kind {
            EntryKind::File => Node::File(content.into()),
            EntryKind::Directory => Node::Directory([].into()),
            EntryKind::Symlink(target) => Node::Symlink(target.clone()),
            EntryKind::Fifo => Node::Fifo,
            &EntryKind::CharDevice { major, minor } => Node::CharDevice { major, minor },
            &EntryKind::BlockDevice { major, minor } => Node::BlockDevice { major, minor },
            EntryKind::HardLink(target) => return self.hard_link(parent, base, name, target),
            EntryKind::Other(flag) => return Err(ExtractError::Kind(*flag)),
        };
        let call = match node {
            Node::File(_) => "open",
            Node::Directory(_) => "mkdir",
            Node::Symlink(_) => "symlink",
            _ => "mknod",
        };
        let modified = header.modified;
        let inode = Inode::new(self.meta(header), node);
        let made = self.view.put(parent, base, inode, self.now);
        let made = made.map_err(file(call, name))?;
        if makes_directory {
            self.dated.push((made, modified));
        }
        self.own.extend(self.rules.whiteouts.then_some(made));
        Ok(())
    }

    fn hard_link(
        &mut self,
        parent: Place,
        base: &str,
        name: &str,
        target: &str,
    ) -> Result<(), ExtractError> {
        let inside = inside(target).filter(|inside| !inside.is_empty());
        let inside = inside.ok_or_else(|| ExtractError::HardLink(target.to_owned()))?;
        let found = self.view.walk(&format!("/{inside}"), ROOT, false);
        let place = found.and_then(|walk| walk.found());
        let linked = place.and_then(|place| {
            self.view.put_link(parent, base, place, self.now)?;
            self.own.extend(self.rules.whiteouts.then_some(place));
            Ok(())
        });
        linked.map_err(|errno| ExtractError::File {
            call: "link",
            path: format!("{inside} {name}"),
            errno,
        })
    }

    fn meta(&self, header: Header) -> Meta {
        let (uid, gid) = self.rules.owner.unwrap_or((header.uid, header.gid));
        let mode = match header.kind {
            EntryKind::Symlink(_) => 0o777,
            _ => header.mode,
        };
        Meta {
            uid,
            gid,
            xattrs: header.xattrs,
            ..Meta::new(mode, header.modified)
        }
    }

    fn is_directory(&self, place: Place) -> Result<bool, Errno> {
        let (_, inode) = self.view.inode(place)?;
        Ok(inode.kind() == Kind::Directory)
    }

    fn check_overwrite(
        &self,
        name: &str,
        is_directory: bool,
        makes_directory: bool,
    ) -> Result<(), ExtractError> {
        let (path, directory) = (name.to_owned(), self.directory.clone());
        match (is_directory, makes_directory) {
            _ if !self.rules.no_overwrite_dir_non_dir => Ok(()),
            (true, false) => Err(ExtractError::OverDirectory { path, directory }),
            (false, true) => Err(ExtractError::OverNonDirectory { path, directory }),
            _ => Ok(()),
        }
    }

    fn remove(&self, parent: Place, name: &str, place: Place) -> Result<(), Errno> {
        let name = name.to_owned();
        self.view.remove_within(parent, name, place, ROOT, self.now)
    }

    /// Finds a directory and makes what is missing of it.
    fn directory(&self, path: &str) -> Result<Place, Errno> {
        let mut done = String::new();
        let mut found = self.view.top();
        for name in path::components(path) {
            done = format!("{done}/{name}");
            let walk = self.view.walk(&done, ROOT, true)?;
            found = match (walk.place, &walk.name) {
                (Some(place), _) => place,
                (None, Some(name)) => {
                    let parent = walk.parent();
                    let time = self.now.unwrap_or(self.view.inode(parent)?.1.meta.modified);
                    let made = Inode::directory(Meta::new(0o755, time));
                    self.view.put(parent, name, made, self.now)?
                }
                (None, None) => return Err(Errno::NotFound),
            };
            if !self.is_directory(found)? {
                return Err(Errno::NotDirectory);
            }
        }
        Ok(found)
    }
}

/// Returns a name without dots and slashes to spare, as seen from the directory that an
/// archive is extracted into; nothing if it leads out of it.
fn inside(name: &str) -> Option<String> {
    let tidy = path::clean(name);
    match tidy.strip_prefix('/').unwrap_or(&tidy) {
        "." => Some(String::new()),
        ".." => None,
        tidy if tidy.starts_with("../") => None,
        tidy => Some(tidy.to_owned()),
    }
}

fn file(call: &'static str, path: &str) -> impl FnOnce(Errno) -> ExtractError {
    move |errno| ExtractError::File {
        call,
        path: format!("/{path}").replace("//", "/"),
        errno,
    }
}

#[cfg(test)]
mod tests;
