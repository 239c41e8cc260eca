//! Trees as archives, made piece by piece while they are sent.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;

use super::credentials::Credentials;
use super::errno::Errno;
use super::node::{Content, Ino, Inode, Node};
use super::path::PATH_MAX;
use super::tar::{END, EntryKind, Header, padding};
use super::view::{Place, View};

/// How exact the times in an archive are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// To the nanosecond.
    Exact,
    /// To the second, as the engine writes them.
    Seconds,
}

/// A piece of an archive.
#[derive(Clone, Debug)]
pub enum Part {
    /// Bytes that were made for it.
    Made(Vec<u8>),
    /// A file's content, shared with the file.
    Shared(Content),
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Made(bytes) => bytes,
            Self::Shared(content) => content,
        }
    }
}

/// Up to this size a content is copied behind its header rather than sent by itself.
const SMALL: usize = 16 << 10;

/// What makes pieces of files.
#[derive(Debug)]
pub(super) struct Packer {
    times: Times,
    /// The first name of each file that has several.
    linked: HashMap<(u64, Ino), String>,
    parts: VecDeque<Part>,
}

impl Packer {
    pub(super) fn new(times: Times) -> Self {
        Self {
            times,
            linked: HashMap::new(),
            parts: VecDeque::new(),
        }
    }

    /// Adds a file. Of one that was added by another name comes a hard link; a socket cannot
    /// be in an archive and is left out.
    pub(super) fn add(&mut self, path: &str, identity: (u64, Ino), inode: &Inode) {
        let content = Content::default();
        let (mut kind, content) = match &inode.node {
            Node::File(content) => (EntryKind::File, content),
            Node::Directory(_) => (EntryKind::Directory, &content),
            Node::Symlink(target) => (EntryKind::Symlink(target.clone()), &content),
            Node::Fifo => (EntryKind::Fifo, &content),
            Node::Socket => return,
            &Node::CharDevice { major, minor } => {
                (EntryKind::CharDevice { major, minor }, &content)
            }
            &Node::BlockDevice { major, minor } => {
                (EntryKind::BlockDevice { major, minor }, &content)
            }
        };
        if inode.links > 1 {
            match self.linked.get(&identity) {
                Some(first) => kind = EntryKind::HardLink(first.clone()),
                None => drop(self.linked.insert(identity, path.to_owned())),
            }
        }
        let size = match kind {
            EntryKind::File => content.len() as u64,
            _ => 0,
        };
        let header = Header {
            uid: inode.meta.uid,
            gid: inode.meta.gid,
            size,
            xattrs: inode.meta.xattrs.clone(),
            ..Header::new(path, kind, inode.meta.mode, self.time(inode.meta.modified))
        };
        let mut made = header.encode();
        if size > 0 && content.len() <= SMALL {
            made.extend_from_slice(content);
        } else if size > 0 {
            self.parts.push_back(Part::Made(made));
            self.parts.push_back(Part::Shared(content.clone()));
            made = Vec::new();
        }
        made.resize(made.len() + padding(size), 0);
        if !made.is_empty() {
            self.parts.push_back(Part::Made(made));
        }
    }

    /// Adds an empty file that stands for something.
    pub(super) fn mark(&mut self, path: &str, modified: Timestamp) {
        let header = Header::new(path, EntryKind::File, 0, self.time(modified));
        self.parts.push_back(Part::Made(header.encode()));
    }

    /// Ends the archive.
    pub(super) fn end(&mut self) {
        self.parts.push_back(Part::Made(END.to_vec()));
    }

    pub(super) fn part(&mut self) -> Option<Part> {
        self.parts.pop_front()
    }

    fn time(&self, time: Timestamp) -> Timestamp {
        match self.times {
            Times::Exact => time,
            Times::Seconds => {
                let seconds = time.as_second() - i64::from(time.subsec_nanosecond() < 0);
                Timestamp::from_second(seconds).unwrap_or(time)
            }
        }
    }
}

/// An archive of a directory or another file, in pieces.
///
/// It shows the files as they were when it was begun, and mounts with what is in them.
#[derive(Debug)]
pub struct Pack {
    view: View,
    packer: Packer,
    /// What is to come, the next last: the directory's own names in reverse.
    todo: Vec<(Place, String)>,
    ended: bool,
}

impl Pack {
    /// Packs what `path` leads to, a link at its end not followed, under the name `name`.
    /// What is in a directory is named after it; with an empty name it is left out itself.
    pub fn new(view: &View, path: &str, name: &str, times: Times) -> Result<Self, Errno> {
        let view = view.snapshot();
        let place = view.walk(path, &Credentials::ROOT, false)?.found()?;
        Ok(Self {
            view,
            packer: Packer::new(times),
            todo: vec![(place, name.to_owned())],
            ended: false,
        })
    }

    /// Returns the whole archive.
    pub fn into_bytes(self) -> Vec<u8> {
        let mut whole = Vec::new();
        for part in self {
            whole.extend_from_slice(part.as_ref());
        }
        whole
    }

    /// Adds one file.
    fn step(&mut self, place: Place, path: &str) -> Result<(), Errno> {
        let (_, inode) = self.view.inode(place)?;
        if !path.is_empty() {
            let identity = self.view.identity(place);
            self.packer.add(path, identity, &inode);
        }
        // What lies deeper than a path can name is left out.
        if inode.entries().is_none() || path.len() > PATH_MAX {
            return Ok(());
        }
        let slash = if path.is_empty() || path.ends_with('/') {
            ""
        } else {
            "/"
        };
        for name in self.view.names(place)?.into_iter().rev() {
            let below = self.view.child(place, &name)?;
            self.todo.push((below, format!("{path}{slash}{name}")));
        }
        Ok(())
    }
}

impl Iterator for Pack {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        loop {
            if let Some(part) = self.packer.part() {
                return Some(part);
            }
            if let Some((place, path)) = self.todo.pop() {
                // In a copy that nobody changes everything is there.
                let _found = self.step(place, &path);
            } else if self.ended {
                return None;
            } else {
                self.ended = true;
                self.packer.end();
            }
        }
    }
}
