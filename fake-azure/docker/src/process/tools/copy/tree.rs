//! Copying a file, or a directory with all that is in it.

use std::collections::HashSet;

use crate::files::{Errno, Kind, Node, Open, Stat};
use crate::process::tools::calls::Calls as _;
use crate::process::tools::input;
use crate::process::tools::ls::below;
use crate::process::tools::stop::Stop;
use crate::process::tools::tool::called;
use crate::process::{Descriptor, Process};

/// Which symbolic links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follow {
    /// None: links are copied as links.
    None,
    /// Those on the command line.
    Named,
    All,
}

/// How files are copied.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(super) struct Copying {
    pub(super) recursive: bool,
    pub(super) follow: Follow,
    /// Whether copies keep mode, owner and time.
    pub(super) preserve: bool,
    /// `l` makes hard links, `s` symbolic ones.
    pub(super) link: Option<char>,
    /// Whether what cannot be opened is taken away first.
    pub(super) force: bool,
    pub(super) verbose: bool,
}

enum Task {
    Enter {
        from: String,
        to: String,
        named: bool,
    },
    /// All that is in a directory was copied.
    Leave { to: String, stat: Box<Stat> },
}

/// What went wrong, in the tool's words.
type Wrong = String;

impl Copying {
    /// Copies a file or a tree; complains of what cannot be copied, and says whether all was.
    pub(super) async fn copy(
        &self,
        process: &mut Process,
        from: &str,
        to: &str,
    ) -> Result<bool, Stop> {
        let mut well = true;
        let mut made = HashSet::new();
        let mut open = vec![Task::Enter {
            from: from.to_owned(),
            to: to.to_owned(),
            named: true,
        }];
        while let Some(task) = open.pop() {
            process.step().await;
            let wrong = match task {
                Task::Leave { to, stat } => self.keep(process, &to, &stat).err(),
                Task::Enter { from, to, named } => {
                    match self.one(process, &from, &to, named, &mut made).await {
                        Ok(tasks) => {
                            if self.verbose {
                                process.print(format!("'{from}' -> '{to}'\n")).await?;
                            }
                            open.extend(tasks);
                            None
                        }
                        Err(wrong) => Some(wrong),
                    }
                }
            };
            if let Some(wrong) = wrong {
                let tool = called(process, "cp");
                process.complain(format!("{tool}: {wrong}\n")).await;
                well = false;
            }
        }
        Ok(well)
    }

    /// Copies one file, or makes a directory; returns what is to be done with what is in it.
    async fn one(
        &self,
        process: &mut Process,
        from: &str,
        to: &str,
        named: bool,
        made: &mut HashSet<(u64, u64)>,
    ) -> Result<Vec<Task>, Wrong> {
        let follow = match self.follow {
            Follow::All => true,
            Follow::Named => named,
            Follow::None => false,
        };
        let stat = if follow {
            process.stat(from)
        } else {
            process.lstat(from)
        };
        let stat = stat.map_err(|errno| format!("can't stat '{from}': {errno}"))?;
        let there = process.stat(to).ok();
        let same = |there: &Stat| (there.device, there.ino) == (stat.device, stat.ino);
        if there.as_ref().is_some_and(same) && stat.kind != Kind::Symlink {
            return Err(format!("'{from}' and '{to}' are the same file"));
        }
        if stat.kind == Kind::Directory {
            return self.directory(process, from, to, stat, there, made);
        }
        if there.is_some_and(|there| there.is_dir()) {
            return Err(format!("'{to}' is a directory"));
        }
        let failed = |what: &str, errno: Errno| format!("can't create {what}'{to}': {errno}");
        match (self.link, stat.kind) {
            (Some('l'), _) => {
                let linked = self.anew(process, to, |process| process.link(from, to));
                linked.map_err(|errno| failed("link ", errno))?;
                return Ok(Vec::new());
            }
            (Some(_), _) => {
                let linked = self.anew(process, to, |process| process.symlink(from, to));
                linked.map_err(|errno| failed("symlink ", errno))?;
                return Ok(Vec::new());
            }
            (None, Kind::Symlink) => {
                let target = stat.target.clone().unwrap_or_default();
                // A link that stands there is replaced.
                if process
                    .lstat(to)
                    .is_ok_and(|there| there.kind != Kind::Directory)
                {
                    process.unlink(to).ok();
                }
                let linked = process.symlink(&target, to);
                linked.map_err(|errno| failed("symlink ", errno))?;
            }
            (None, Kind::File) => self.file(process, from, to, &stat).await?,
            (None, Kind::CharDevice | Kind::BlockDevice | Kind::Fifo) if !self.recursive => {
                self.file(process, from, to, &stat).await?;
            }
            (None, _) => {
                let node = match (stat.kind, stat.rdev) {
                    (Kind::CharDevice, Some((major, minor))) => Node::CharDevice { major, minor },
                    (Kind::BlockDevice, Some((major, minor))) => Node::BlockDevice { major, minor },
                    (Kind::Socket, _) => Node::Socket,
                    _ => Node::Fifo,
                };
                let path = process.path(to);
                let (files, mode) = (process.space.files(), stat.meta.mode);
                let made = files.mknod(&path, node, mode, &process.user, process.now());
                made.map_err(|errno| failed("", errno))?;
            }
        }
        self.keep(process, to, &stat)?;
        Ok(Vec::new())
    }

    /// Makes a name; with `-f` what stands there is taken away first.
    fn anew(
        &self,
        process: &Process,
        to: &str,
        make: impl Fn(&Process) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        match make(process) {
            Err(Errno::Exists) if self.force => {
                process.unlink(to)?;
                make(process)
            }
            made => made,
        }
    }

    fn directory(
        &self,
        process: &mut Process,
        from: &str,
        to: &str,
        stat: Stat,
        there: Option<Stat>,
        made: &mut HashSet<(u64, u64)>,
    ) -> Result<Vec<Task>, Wrong> {
        if !self.recursive {
            return Err(format!("omitting directory '{from}'"));
        }
        if made.contains(&(stat.device, stat.ino)) {
            return Err(format!("recursion detected, omitting directory '{from}'"));
        }
        let fresh = there.is_none();
        match there {
            None => {
                // Its owner fills it before it gets its own mode.
                let created = process.make_dir(to, stat.meta.mode | 0o700);
                created.map_err(|errno| format!("can't create directory '{to}': {errno}"))?;
            }
            Some(there) if !there.is_dir() => {
                return Err(format!("target '{to}' is not a directory"));
            }
            Some(_) => {}
        }
        if let Ok(there) = process.stat(to) {
            made.insert((there.device, there.ino));
        }
        let entries = process.list(from);
        let entries = entries.map_err(|errno| format!("can't open '{from}': {errno}"))?;
        let mut tasks = Vec::new();
        if fresh || self.preserve {
            tasks.push(Task::Leave {
                to: to.to_owned(),
                stat: Box::new(stat),
            });
        }
        tasks.extend(entries.iter().rev().map(|entry| Task::Enter {
            from: below(from, &entry.name),
            to: below(to, &entry.name),
            named: false,
        }));
        Ok(tasks)
    }

    async fn file(
        &self,
        process: &mut Process,
        from: &str,
        to: &str,
        stat: &Stat,
    ) -> Result<(), Wrong> {
        let source = input::open(process, from);
        let source = source.map_err(|errno| format!("can't open '{from}': {errno}"))?;
        let how = Open::to_write(stat.meta.mode & 0o777);
        let failed = |errno| format!("can't create '{to}': {errno}");
        let goal = match process.open(to, how) {
            Err(Errno::Access) if self.force => {
                process.unlink(to).map_err(failed)?;
                process.open(to, how)
            }
            opened => opened,
        };
        let goal = goal.map_err(failed)?;
        let wrong = |errno| format!("error writing to '{to}': {errno}");
        if let (Descriptor::File(source), Descriptor::File(goal)) = (&source, &goal)
            && let Ok(content) = source.file().read_all()
        {
            // The bytes are shared until one of the two is changed.
            let now = process.now();
            return goal.file().replace(content.into(), now).map_err(wrong);
        }
        loop {
            let bytes = input::chunk(process, &source).await;
            let bytes = bytes.map_err(|errno| format!("read error: {errno}"))?;
            if bytes.is_empty() {
                return Ok(());
            }
            goal.write(&bytes, process.now()).await.map_err(wrong)?;
        }
    }

    /// Gives a copy the mode of what it was copied from, and owner and time if so asked.
    fn keep(&self, process: &Process, to: &str, stat: &Stat) -> Result<(), Wrong> {
        let link = stat.kind == Kind::Symlink;
        if self.preserve {
            let owner = (Some(stat.meta.uid), Some(stat.meta.gid));
            // Only root gives files away; for others they stay their own.
            process.chown(to, owner, !link).ok();
            let kept = process.set_modified(to, stat.meta.modified, !link);
            kept.map_err(|errno| format!("can't preserve times of '{to}': {errno}"))?;
        }
        if link || !(self.preserve || stat.kind == Kind::Directory) {
            return Ok(());
        }
        let mode = if self.preserve {
            stat.meta.mode
        } else {
            stat.meta.mode & !process.umask
        };
        let kept = process.chmod(to, mode);
        kept.map_err(|errno| format!("can't preserve permissions of '{to}': {errno}"))
    }
}
