//! What `/proc` shows, made when it is read.

use jiff::Timestamp;

use super::descriptor::Descriptor;
use super::space::ProcessInfo;
use super::task::Process;
use crate::files::{Credentials, DirEntry, Errno, Kind, Meta, Open, Stat, Tree, View, path};

pub(crate) mod cgroup;
pub(super) mod descriptors;
mod machine;
mod process;
mod settings;

/// The device of the files under `/proc`, which no tree has.
const DEVICE: u64 = 1 << 32;

/// The group that terminals are of.
const TTY_GROUP: u32 = 5;

/// How long a link to a descriptor is said to be.
const LINK_SIZE: u64 = 64;

/// Something under `/proc` or `/sys/class/net`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file and its content.
    File(Vec<u8>),
    /// A directory and the names in it.
    Directory(Vec<(String, Kind)>),
    /// A symbolic link and where it leads.
    Symlink(String),
    /// A link to an open descriptor.
    Descriptor {
        /// What stands behind it.
        target: String,
        /// What may be done through it.
        mode: u32,
    },
    /// A terminal by its number.
    Terminal(u32),
}

impl Entry {
    fn directory<T: Into<String>>(names: impl IntoIterator<Item = T>, kind: Kind) -> Self {
        Self::Directory(names.into_iter().map(|name| (name.into(), kind)).collect())
    }

    /// What a link within `/proc` leads to; anything else is itself.
    #[must_use]
    pub fn followed(self, process: &Process) -> Self {
        match &self {
            Self::Symlink(target) if !target.starts_with('/') => {
                find(process, &format!("/proc/{target}")).unwrap_or(self)
            }
            _ => self,
        }
    }

    /// What `stat` tells of it.
    pub fn stat(&self, process: &Process) -> Stat {
        let (kind, mode, target) = match self {
            Self::File(_) => (Kind::File, 0o444, None),
            Self::Directory(_) => (Kind::Directory, 0o555, None),
            Self::Symlink(target) => (Kind::Symlink, 0o777, Some(target.clone())),
            Self::Descriptor { target, mode } => (Kind::Symlink, *mode, Some(target.clone())),
            Self::Terminal(_) => (Kind::CharDevice, 0o620, None),
        };
        let (rdev, group) = match self {
            Self::Terminal(number) => (Some((136, *number)), TTY_GROUP),
            _ => (None, 0),
        };
        let size = match self {
            Self::Descriptor { .. } => LINK_SIZE,
            _ => 0,
        };
        Stat {
            ino: 1,
            device: DEVICE,
            kind,
            meta: Meta::new(mode, process.now()).owned_by(0, group),
            size,
            links: 1,
            target,
            rdev,
        }
    }

    /// Lists a directory.
    ///
    /// # Errors
    /// [`Errno::NotDirectory`] when it is none.
    pub fn list(self) -> Result<Vec<DirEntry>, Errno> {
        let Self::Directory(names) = self else {
            return Err(Errno::NotDirectory);
        };
        let entries = names.into_iter();
        Ok(entries
            .map(|(name, kind)| DirEntry { name, kind, ino: 1 })
            .collect())
    }

    /// Where a link leads.
    ///
    /// # Errors
    /// [`Errno::Invalid`] when it is none.
    pub fn target(self) -> Result<String, Errno> {
        match self {
            Self::Symlink(target) | Self::Descriptor { target, .. } => Ok(target),
            _ => Err(Errno::Invalid),
        }
    }

    /// Opens it to read.
    ///
    /// # Errors
    /// When it is to be written, or is a directory.
    pub fn open(self, process: &Process, how: Open) -> Result<Descriptor, Errno> {
        let content = match self.followed(process) {
            Self::File(content) => content,
            Self::Directory(_) => return Err(Errno::IsDirectory),
            Self::Terminal(number) => {
                let tty = process.space.terminals().get(number);
                return tty.map(Descriptor::Tty).ok_or(Errno::InputOutput);
            }
            Self::Symlink(_) | Self::Descriptor { .. } => return Err(Errno::NotFound),
        };
        if how.write || how.append {
            return Err(Errno::Access);
        }
        let now = process.now();
        let files = View::of(Tree::new(now));
        files.write("/text", content, 0o444, &Credentials::ROOT, now)?;
        let opened = files.open("/text", how, &Credentials::ROOT, now)?;
        Ok(Descriptor::file(opened, false))
    }
}

/// What stands under a path, if `/proc` or `/sys/class/net` has it.
pub fn find(process: &Process, name: &str) -> Option<Entry> {
    let is_shown = |folder| name.contains(folder);
    let shown = ["/proc", "/sys", "/dev/fd/", "/dev/pts"];
    if !name.starts_with('/') || !shown.into_iter().any(is_shown) {
        return None;
    }
    let mut tidy = path::clean(name);
    if let Some(number) = tidy.strip_prefix("/dev/fd/") {
        tidy = format!("/proc/self/fd/{number}");
    }
    if let Some(rest) = tidy.strip_prefix("/dev/pts") {
        return terminals(process, rest);
    }
    if let Some(rest) = tidy.strip_prefix("/sys/class/net") {
        return interfaces(process, rest.strip_prefix('/'));
    }
    if let Some(rest) = tidy.strip_prefix("/sys/fs/cgroup") {
        return match rest.strip_prefix('/') {
            None if !rest.is_empty() => None,
            name => cgroup::find(process, name),
        };
    }
    let rest = tidy.strip_prefix("/proc")?;
    if rest.is_empty() {
        return Some(top(process));
    }
    let (first, rest) = match rest.strip_prefix('/')?.split_once('/') {
        Some((first, rest)) => (first, Some(rest)),
        None => (rest.strip_prefix('/')?, None),
    };
    if first == "self" && rest.is_none() {
        return Some(Entry::Symlink(process.pid.to_string()));
    }
    if let Some(info) = numbered(process, first) {
        return process::find(process, &info, rest);
    }
    match rest {
        None if first == "sys" => settings::find(process, ""),
        None => machine::find(process, first),
        Some(rest) if first == "sys" => settings::find(process, rest),
        Some(rest) if first == "net" => machine::find(process, &format!("net/{rest}")),
        Some(_) => None,
    }
}

/// The process that a name under `/proc` stands for.
fn numbered(process: &Process, name: &str) -> Option<ProcessInfo> {
    let pid = if name == "self" || name == "thread-self" {
        process.pid
    } else {
        name.parse().ok()?
    };
    let mut running = process.space.processes().into_iter();
    running.find(|info| info.pid == pid)
}

fn top(process: &Process) -> Entry {
    let running = process.space.processes().into_iter();
    let mut names: Vec<(String, Kind)> = running
        .map(|info| (info.pid.to_string(), Kind::Directory))
        .collect();
    names.extend(machine::NAMES.map(|name| (name.to_owned(), Kind::File)));
    names.push(("net".to_owned(), Kind::Directory));
    names.push(("self".to_owned(), Kind::Symlink));
    names.push(("sys".to_owned(), Kind::Directory));
    names.sort();
    Entry::Directory(names)
}

/// What stands under `/dev/pts`, where there are terminals.
fn terminals(process: &Process, rest: &str) -> Option<Entry> {
    let numbers = process.space.terminals().numbers();
    if !rest.is_empty() {
        let number = rest.strip_prefix('/')?.parse().ok()?;
        return numbers.contains(&number).then_some(Entry::Terminal(number));
    }
    let mut names: Vec<String> = numbers.iter().map(u32::to_string).collect();
    if names.is_empty() {
        return None;
    }
    names.push("ptmx".to_owned());
    Some(Entry::directory(names, Kind::CharDevice))
}

fn interfaces(process: &Process, name: Option<&str>) -> Option<Entry> {
    let known = process.space.network().interfaces();
    let Some(name) = name else {
        let names = known.into_iter().map(|interface| interface.name);
        return Some(Entry::directory(names, Kind::Symlink));
    };
    let (name, file) = name.split_once('/').unwrap_or((name, ""));
    let interface = known.into_iter().find(|known| known.name == name)?;
    let text = match file {
        "" => {
            return Some(Entry::directory(
                ["address", "mtu", "operstate"],
                Kind::File,
            ));
        }
        "address" if interface.mac.is_empty() => "00:00:00:00:00:00\n".to_owned(),
        "address" => format!("{}\n", interface.mac),
        "mtu" if interface.name == "lo" => "65536\n".to_owned(),
        "mtu" => "1500\n".to_owned(),
        "operstate" if interface.name == "lo" => "unknown\n".to_owned(),
        "operstate" => "up\n".to_owned(),
        _ => return None,
    };
    Some(Entry::File(text.into_bytes()))
}

/// How long the space's first process has run.
pub fn uptime(process: &Process) -> jiff::SignedDuration {
    let first = process.space.processes().first().map(|info| info.started);
    let began: Timestamp = first.unwrap_or_else(|| process.now());
    process.now().duration_since(began)
}
