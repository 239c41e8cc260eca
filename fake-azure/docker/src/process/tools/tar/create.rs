//! `tar c`.

use std::collections::HashMap;

use super::{Job, enter, write};
use crate::files::tar::{EntryKind, Header, Writer};
use crate::files::{Errno, Kind, Stat};
use crate::process::tools::calls::Calls as _;
use crate::process::tools::input::{self, WHOLE};
use crate::process::tools::ls::below;
use crate::process::tools::stop::{Outcome, Stop};
use crate::process::{Accounts, Process};

/// How deep directories are followed.
const DEPTH: usize = 256;

pub(super) async fn create(process: &mut Process, job: &Job) -> Outcome {
    if job.names.is_empty() {
        return Err(Stop::told("empty archive"));
    }
    let home = process.cwd.clone();
    enter(process, job)?;
    let accounts = Accounts::read(process.space.files());
    let mut archive = Archive {
        job,
        accounts,
        writer: Writer::new(),
        size: 0,
        first_names: HashMap::new(),
        stripped: false,
        failed: false,
    };
    for name in &job.names {
        let mut open = vec![(name.clone(), 0)];
        while let Some((name, depth)) = open.pop() {
            process.step().await;
            if job.is_excluded(&name) {
                continue;
            }
            match archive.add(process, &name).await? {
                Ok(true) if !job.given.has('Ψ') && depth < DEPTH => {
                    let entries = process.list(&name).unwrap_or_default();
                    let inside = entries.iter().rev();
                    open.extend(inside.map(|entry| (below(&name, &entry.name), depth + 1)));
                }
                Ok(_) => {}
                Err(errno) => {
                    process.complain(format!("tar: {name}: {errno}\n")).await;
                    archive.failed = true;
                }
            }
        }
    }
    let failed = archive.failed;
    let bytes = archive.writer.finish();
    process.cwd = home;
    write(process, job, bytes).await?;
    if failed {
        return Err(Stop::told("error exit delayed from previous errors"));
    }
    Ok(0)
}

struct Archive<'a> {
    job: &'a Job,
    accounts: Accounts,
    writer: Writer,
    size: usize,
    /// The names of files that have several.
    first_names: HashMap<(u64, u64), String>,
    stripped: bool,
    failed: bool,
}

impl Archive<'_> {
    /// Adds a file; says whether it is a directory.
    async fn add(
        &mut self,
        process: &mut Process,
        name: &str,
    ) -> Result<Result<bool, Errno>, Stop> {
        let follow = self.job.given.has('h');
        let stat = if follow {
            process.stat(name)
        } else {
            process.lstat(name)
        };
        let stat = match stat {
            Ok(stat) => stat,
            Err(errno) => return Ok(Err(errno)),
        };
        let mut path = name.to_owned();
        if !self.job.given.has('P') && path.starts_with('/') {
            path = path.trim_start_matches('/').to_owned();
            if !std::mem::replace(&mut self.stripped, true) {
                process
                    .complain("tar: removing leading '/' from member names\n")
                    .await;
            }
        }
        if path.is_empty() {
            "./".clone_into(&mut path);
        }
        let key = (stat.device, stat.ino);
        let kind = match (stat.kind, stat.rdev) {
            (Kind::File, _) if stat.links > 1 && self.first_names.contains_key(&key) => {
                EntryKind::HardLink(self.first_names.get(&key).cloned().unwrap_or_default())
            }
            (Kind::File, _) => EntryKind::File,
            (Kind::Directory, _) => EntryKind::Directory,
            (Kind::Symlink, _) => EntryKind::Symlink(stat.target.clone().unwrap_or_default()),
            (Kind::CharDevice, Some((major, minor))) => EntryKind::CharDevice { major, minor },
            (Kind::BlockDevice, Some((major, minor))) => EntryKind::BlockDevice { major, minor },
            (Kind::Fifo, _) => EntryKind::Fifo,
            // Nobody archives a socket.
            _ => return Ok(Ok(false)),
        };
        let content = if kind == EntryKind::File {
            match input::whole_file(process, name).await {
                Ok(content) => content,
                Err(errno) => return Ok(Err(errno)),
            }
        } else {
            Vec::new()
        };
        if stat.links > 1 && kind == EntryKind::File {
            self.first_names.insert(key, path.clone());
        }
        self.size += content.len() + 1024;
        if self.size > WHOLE {
            return Err(Stop::told(format!(
                "the archive grows larger than {WHOLE} bytes"
            )));
        }
        let header = self.header(path, kind, &stat);
        if self.job.verbose {
            let shown = format!("{}\n", header.path);
            if self.job.file == "-" {
                process.complain(shown).await;
            } else {
                process.print(shown).await?;
            }
        }
        self.writer.add(header, &content);
        Ok(Ok(stat.is_dir()))
    }

    fn header(&self, path: String, kind: EntryKind, stat: &Stat) -> Header {
        let path = if kind == EntryKind::Directory && !path.ends_with('/') {
            path + "/"
        } else {
            path
        };
        let mut header = Header::new(path, kind, stat.meta.mode, stat.meta.modified);
        (header.uid, header.gid) = (stat.meta.uid, stat.meta.gid);
        if !self.job.given.has('Ω') {
            let user = self.accounts.user_of(stat.meta.uid);
            header.user = user.map_or_else(String::new, |user| user.name.clone());
            let group = self.accounts.group_of(stat.meta.gid);
            header.group = group.map_or_else(String::new, |group| group.name.clone());
        }
        header
    }
}
