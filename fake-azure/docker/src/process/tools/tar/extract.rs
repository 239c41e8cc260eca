//! `tar x` and `tar t`.

use super::{Job, LIMITS};
use crate::files::tar::{EntryKind, Header, Reader};
use crate::files::{Errno, Kind, Meta, Node, Open, Stat, path};
use crate::process::tools::calls::Calls as _;
use crate::process::tools::date;
use crate::process::tools::output::Output;
use crate::process::tools::stop::{Outcome, Stop};
use crate::process::{Accounts, Process};

/// Reads an archive and lists or unpacks what was asked for.
pub(super) async fn go_through(
    process: &mut Process,
    job: &Job,
    bytes: &[u8],
    list: bool,
) -> Outcome {
    let strip = job.given.number('Φ')?.unwrap_or(0);
    let strip = usize::try_from(strip).unwrap_or(usize::MAX);
    let accounts = Accounts::read(process.space.files());
    let mut reader = Reader::new(bytes, LIMITS);
    let mut out = Output::default();
    let mut unpacking = Unpacking {
        job,
        accounts,
        folders: Vec::new(),
        stripped: false,
    };
    let mut found = vec![false; job.names.len()];
    if bytes.len() < 512 {
        return Err(Stop::told("short read"));
    }
    loop {
        let header = match reader.next_entry() {
            Ok(Some(header)) => header,
            Ok(None) => break,
            Err(error) => {
                out.flush(process).await?;
                let words = match error {
                    crate::files::tar::TarError::Truncated => "short read".to_owned(),
                    crate::files::tar::TarError::Header => "invalid tar magic".to_owned(),
                    other => other.to_string(),
                };
                return Err(Stop::told(words));
            }
        };
        process.step().await;
        if !is_wanted(job, &header.path, &mut found) {
            continue;
        }
        if list || job.verbose {
            let line = if list && job.verbose {
                long(process, job, &header)
            } else {
                format!("{}\n", header.path)
            };
            if job.given.has('O') && !list {
                process.complain(line).await;
            } else {
                out.put(process, line).await?;
            }
        }
        if list {
            continue;
        }
        let content = reader.content();
        let content = content.map_err(|error| Stop::told(error.to_string()))?;
        if job.given.has('O') {
            out.put(process, content).await?;
            continue;
        }
        out.flush(process).await?;
        unpacking.one(process, header, content, strip).await?;
    }
    out.flush(process).await?;
    unpacking.finish(process);
    let mut code = 0;
    for (name, _) in job.names.iter().zip(&found).filter(|(_, found)| !**found) {
        process
            .complain(format!("tar: {name}: not found in archive\n"))
            .await;
        code = 1;
    }
    Ok(code)
}

fn is_wanted(job: &Job, path: &str, found: &mut [bool]) -> bool {
    if job.is_excluded(path.trim_end_matches('/')) {
        return false;
    }
    if job.names.is_empty() {
        return true;
    }
    let tidy = path::clean(path);
    let mut wanted = false;
    for (name, found) in job.names.iter().zip(found) {
        if path::is_within(&tidy, &path::clean(name)) {
            *found = true;
            wanted = true;
        }
    }
    wanted
}

/// The line of `tar tv`.
fn long(process: &Process, job: &Job, header: &Header) -> String {
    let kind = match header.kind {
        EntryKind::Directory => Kind::Directory,
        EntryKind::Symlink(_) => Kind::Symlink,
        EntryKind::CharDevice { .. } => Kind::CharDevice,
        EntryKind::BlockDevice { .. } => Kind::BlockDevice,
        EntryKind::Fifo => Kind::Fifo,
        _ => Kind::File,
    };
    let stat = Stat {
        ino: 0,
        device: 0,
        kind,
        meta: Meta::new(header.mode, header.modified),
        size: header.size,
        links: 1,
        target: None,
        rdev: None,
    };
    let name = |name: &str, number: u32| {
        if name.is_empty() || job.given.has('Ω') {
            number.to_string()
        } else {
            name.to_owned()
        }
    };
    let link = match &header.kind {
        EntryKind::Symlink(target) | EntryKind::HardLink(target) => format!(" -> {target}"),
        _ => String::new(),
    };
    format!(
        "{} {}/{} {:9} {} {}{link}\n",
        stat.mode_text(),
        name(&header.user, header.uid),
        name(&header.group, header.gid),
        header.size,
        date::show(header.modified, &date::zone(process), "%Y-%m-%d %H:%M:%S"),
        header.path
    )
}

struct Unpacking<'a> {
    job: &'a Job,
    accounts: Accounts,
    /// Directories, whose modes and times are set when all is in them.
    folders: Vec<(String, Header)>,
    stripped: bool,
}

impl Unpacking<'_> {
    async fn one(
        &mut self,
        process: &mut Process,
        header: Header,
        content: Vec<u8>,
        strip: usize,
    ) -> Result<(), Stop> {
        let absolute = header.path.starts_with('/') && !self.job.given.has('P');
        if absolute && !std::mem::replace(&mut self.stripped, true) {
            process
                .complain("tar: removing leading '/' from member names\n")
                .await;
        }
        if header.path.split('/').any(|part| part == "..") {
            return Err(Stop::told(format!(
                "name with '..' encountered: '{}'",
                header.path
            )));
        }
        let mut parts: Vec<&str> = path::components(&header.path).collect();
        if parts.len() <= strip && strip > 0 {
            return Ok(());
        }
        parts.drain(..strip.min(parts.len()));
        if parts.is_empty() {
            return Ok(());
        }
        let root = if self.job.given.has('P') && header.path.starts_with('/') {
            "/"
        } else {
            ""
        };
        let name = format!("{root}{}", parts.join("/"));
        let made = self.make(process, &name, &header, content).await;
        if let Err((what, errno)) = made {
            return Err(Stop::told(format!("can't {what} '{name}': {errno}")));
        }
        if header.kind == EntryKind::Directory {
            self.folders.push((name, header));
        } else if !matches!(header.kind, EntryKind::HardLink(_)) {
            self.dress(process, &name, &header);
        }
        Ok(())
    }

    async fn make(
        &self,
        process: &mut Process,
        name: &str,
        header: &Header,
        content: Vec<u8>,
    ) -> Result<(), (&'static str, Errno)> {
        let (parent, _) = path::split(name);
        if parent != "." && parent != "/" && !process.is_dir(&parent) {
            let (path, user) = (process.path(&parent), process.user.clone());
            let made = process
                .space
                .files()
                .create_dir_all(&path, 0o755, &user, process.now());
            made.map_err(|errno| ("make dir for", errno))?;
        }
        if header.kind == EntryKind::Directory {
            return match process.make_dir(name, 0o777) {
                Err(Errno::Exists) if process.is_dir(name) => Ok(()),
                made => made.map_err(|errno| ("make dir", errno)),
            };
        }
        if process.lstat(name).is_ok() {
            if self.job.given.has('k') {
                return Ok(());
            }
            // What stands there is replaced, unless it is a directory.
            process
                .unlink(name)
                .map_err(|errno| ("remove old file", errno))?;
        }
        let node = match &header.kind {
            EntryKind::File => {
                let how = Open {
                    create_new: true,
                    ..Open::to_write(0o666)
                };
                let opened = process.open(name, how);
                let file = opened.map_err(|errno| ("open", errno))?;
                let written = file.write(&content, process.now()).await;
                return written.map_err(|errno| ("write", errno));
            }
            EntryKind::HardLink(target) => {
                let target = path::components(target).collect::<Vec<_>>().join("/");
                let linked = process.link(&target, name);
                return linked.map_err(|errno| ("create hardlink", errno));
            }
            EntryKind::Symlink(target) => {
                let linked = process.symlink(target, name);
                return linked.map_err(|errno| ("create symlink", errno));
            }
            EntryKind::CharDevice { major, minor } => Node::CharDevice {
                major: *major,
                minor: *minor,
            },
            EntryKind::BlockDevice { major, minor } => Node::BlockDevice {
                major: *major,
                minor: *minor,
            },
            EntryKind::Fifo => Node::Fifo,
            EntryKind::Directory | EntryKind::Other(_) => return Ok(()),
        };
        let path = process.path(name);
        let files = process.space.files();
        let made = files.mknod(&path, node, header.mode, &process.user, process.now());
        made.map_err(|errno| ("create node", errno))
    }

    /// Gives a file owner, mode and time, as far as its user may.
    fn dress(&self, process: &Process, name: &str, header: &Header) {
        let link = matches!(header.kind, EntryKind::Symlink(_));
        if process.user.is_root() && !self.job.given.has('o') {
            let known = |by_name: Option<u32>, number| by_name.unwrap_or(number);
            let user = self.accounts.user(&header.user).map(|user| user.uid);
            let group = self.accounts.group(&header.group).map(|group| group.gid);
            let numeric = self.job.given.has('Ω');
            let uid = known(user.filter(|_| !numeric), header.uid);
            let gid = known(group.filter(|_| !numeric), header.gid);
            process.chown(name, (Some(uid), Some(gid)), !link).ok();
        }
        if !link {
            let mode = if process.user.is_root() || self.job.given.has('p') {
                header.mode
            } else {
                header.mode & !process.umask
            };
            process.chmod(name, mode).ok();
        }
        if !self.job.given.has('m') {
            process.set_modified(name, header.modified, !link).ok();
        }
    }

    fn finish(&self, process: &Process) {
        for (name, header) in self.folders.iter().rev() {
            self.dress(process, name, header);
        }
    }
}
