//! Going through directories, and asking of each file what the command line says.

use std::collections::HashSet;

use futures_util::future::BoxFuture;

use super::expression::{Expression, Node, Test};
use super::format::Found;
use crate::files::{Errno, Kind, Stat, path};
use crate::process::tools::calls::Calls as _;
use crate::process::tools::glob;
use crate::process::tools::ls::below;
use crate::process::tools::output::Output;
use crate::process::tools::stop::Stop;
use crate::process::tools::tool::refusal;
use crate::process::{Accounts, Process};

/// How deep directories are followed.
const DEPTH: usize = 256;
/// The longest command line that files are gathered for, in bytes.
const LONGEST: usize = 32 * 1024;

enum Task {
    Enter(String, usize),
    /// All that is in a directory was gone through.
    Leave(String, Box<Stat>, usize),
}

/// Files that wait to be handed to one command.
#[derive(Default)]
struct Gathered {
    command: Vec<String>,
    files: Vec<String>,
    size: usize,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "they have nothing to do with each other"
)]
pub(super) struct Walk {
    expression: Expression,
    follow: bool,
    follow_named: bool,
    out: Output,
    gathered: Vec<Gathered>,
    failed: bool,
    quit: bool,
    /// Where the search that goes on began.
    start: String,
    /// The directories that links led to, so that none is gone through without end.
    seen: HashSet<(u64, u64)>,
}

/// A file that is asked about.
struct File<'a> {
    path: &'a str,
    stat: &'a Stat,
    depth: usize,
}

impl Walk {
    pub(super) fn new(expression: Expression, follow: bool, follow_named: bool) -> Self {
        let gathered = (0..expression.gathering).map(|_| Gathered::default());
        Self {
            gathered: gathered.collect(),
            expression,
            follow,
            follow_named,
            out: Output::default(),
            failed: false,
            quit: false,
            start: String::new(),
            seen: HashSet::new(),
        }
    }

    pub(super) fn code(&self) -> u8 {
        u8::from(self.failed)
    }

    pub(super) async fn all(
        &mut self,
        process: &mut Process,
        paths: Vec<String>,
    ) -> Result<(), Stop> {
        for path in paths {
            self.tree(process, path).await?;
        }
        Ok(())
    }

    async fn tree(&mut self, process: &mut Process, path: String) -> Result<(), Stop> {
        self.start.clone_from(&path);
        let mut device = None;
        let mut open = vec![Task::Enter(path, 0)];
        while let Some(task) = open.pop() {
            if self.quit {
                return Ok(());
            }
            process.step().await;
            let (path, depth) = match task {
                Task::Leave(path, stat, depth) => {
                    self.ask(process, &path, &stat, depth).await?;
                    continue;
                }
                Task::Enter(path, depth) => (path, depth),
            };
            let follow = self.follow || (self.follow_named && depth == 0);
            let stat = if follow {
                process.stat(&path).or_else(|_| process.lstat(&path))
            } else {
                process.lstat(&path)
            };
            let stat = match stat {
                Ok(stat) => stat,
                Err(errno) => {
                    self.complain(process, &path, errno).await?;
                    continue;
                }
            };
            let device = *device.get_or_insert(stat.device);
            let elsewhere = self.expression.one_device && stat.device != device;
            let again = follow && stat.is_dir() && !self.seen.insert((stat.device, stat.ino));
            let enters = stat.is_dir() && depth < self.expression.most_depth.min(DEPTH);
            let mut enters = enters && !elsewhere && !again;
            if self.expression.depth_first && enters {
                open.push(Task::Leave(path.clone(), Box::new(stat), depth));
            } else {
                enters &= self.ask(process, &path, &stat, depth).await?;
            }
            if !enters || self.quit {
                continue;
            }
            match process.list(&path) {
                Ok(entries) => open.extend(
                    entries
                        .iter()
                        .rev()
                        .map(|entry| Task::Enter(below(&path, &entry.name), depth + 1)),
                ),
                Err(errno) => self.complain(process, &path, errno).await?,
            }
        }
        Ok(())
    }

    async fn complain(
        &mut self,
        process: &mut Process,
        path: &str,
        errno: Errno,
    ) -> Result<(), Stop> {
        self.failed = true;
        self.out
            .complain(process, format!("find: {path}: {errno}\n"))
            .await
    }

    /// Asks all of a file; says whether a directory is to be entered.
    async fn ask(
        &mut self,
        process: &mut Process,
        path: &str,
        stat: &Stat,
        depth: usize,
    ) -> Result<bool, Stop> {
        if depth < self.expression.least_depth {
            return Ok(true);
        }
        let node = self.expression.node.clone();
        let mut enters = true;
        let file = File { path, stat, depth };
        self.node(process, &node, &file, &mut enters).await?;
        Ok(enters)
    }

    fn node<'a>(
        &'a mut self,
        process: &'a mut Process,
        node: &'a Node,
        file: &'a File<'a>,
        enters: &'a mut bool,
    ) -> BoxFuture<'a, Result<bool, Stop>> {
        Box::pin(async move {
            match node {
                Node::Test(test) => self.test(process, test, file, enters).await,
                Node::Not(inner) => Ok(!self.node(process, inner, file, enters).await?),
                Node::And(nodes) => {
                    for node in nodes {
                        if self.quit || !self.node(process, node, file, enters).await? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                Node::Or(nodes) => {
                    for node in nodes {
                        if self.node(process, node, file, enters).await? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                }
                Node::List(nodes) => {
                    let mut held = true;
                    for node in nodes {
                        held = self.node(process, node, file, enters).await?;
                    }
                    Ok(held)
                }
            }
        })
    }

    async fn test(
        &mut self,
        process: &mut Process,
        test: &Test,
        file: &File<'_>,
        enters: &mut bool,
    ) -> Result<bool, Stop> {
        match test {
            Test::Print { end } => {
                let mut line = file.path.as_bytes().to_vec();
                line.push(*end);
                self.out.put(process, line).await?;
            }
            Test::Format(format) => {
                let found = Found {
                    path: file.path,
                    start: &self.start,
                    depth: file.depth,
                    stat: file.stat,
                    target: process.read_link(file.path).ok(),
                };
                let shown = format.show(process, &found);
                self.out.put(process, shown).await?;
            }
            Test::List => {
                let stat = file.stat;
                let accounts = Accounts::read(process.space.files());
                let time = stat.meta.modified.strftime("%b %e %H:%M").to_string();
                let line = format!(
                    "{:7} {:4} {} {:4} {:<8} {:<8} {:>9} {time} {}\n",
                    stat.ino,
                    stat.blocks() / 2,
                    stat.mode_text(),
                    stat.links,
                    accounts.user_name(stat.meta.uid),
                    accounts.group_name(stat.meta.gid),
                    stat.size,
                    file.path
                );
                self.out.put(process, line).await?;
            }
            Test::Execute { words, index: None } => {
                self.out.flush(process).await?;
                let line = words.iter().map(|word| word.replace("{}", file.path));
                return Ok(execute(process, line.collect()).await == 0);
            }
            Test::Execute {
                words,
                index: Some(index),
            } => {
                let gathered = &mut self.gathered[*index];
                words.clone_into(&mut gathered.command);
                gathered.files.push(file.path.to_owned());
                gathered.size += file.path.len() + 1;
                if gathered.size > LONGEST {
                    self.hand_over(process, *index).await?;
                }
            }
            Test::Delete => {
                if matches!(file.path, "." | "..") {
                    return Ok(true);
                }
                let gone = if file.stat.is_dir() {
                    process.remove_dir(file.path)
                } else {
                    process.unlink(file.path)
                };
                if let Err(errno) = gone {
                    self.complain(process, file.path, errno).await?;
                    return Ok(false);
                }
            }
            Test::Prune => *enters = false,
            Test::Quit => self.quit = true,
            test => return holds(process, test, file),
        }
        Ok(true)
    }

    async fn hand_over(&mut self, process: &mut Process, index: usize) -> Result<(), Stop> {
        let gathered = std::mem::take(&mut self.gathered[index]);
        if gathered.files.is_empty() {
            return Ok(());
        }
        self.out.flush(process).await?;
        let mut line = gathered.command;
        line.extend(gathered.files);
        if execute(process, line).await != 0 {
            self.failed = true;
        }
        Ok(())
    }

    /// Runs what files were gathered for, and writes what is left.
    pub(super) async fn finish(&mut self, process: &mut Process) -> Result<(), Stop> {
        for index in 0..self.gathered.len() {
            self.hand_over(process, index).await?;
        }
        self.out.flush(process).await
    }
}

async fn execute(process: &mut Process, line: Vec<String>) -> u8 {
    match process.spawn(process.child(line)) {
        Ok(child) => child.wait().await.code(),
        Err(error) => {
            let (words, code) = refusal(&error);
            process.complain(format!("find: {words}\n")).await;
            code
        }
    }
}

/// Whether a question is answered with yes.
fn holds(process: &Process, test: &Test, file: &File<'_>) -> Result<bool, Stop> {
    let stat = file.stat;
    let matches = |pattern: &str, text: &str, ignore_case: bool| {
        if ignore_case {
            glob::matches(&pattern.to_lowercase(), &text.to_lowercase())
        } else {
            glob::matches(pattern, text)
        }
    };
    Ok(match test {
        Test::Name {
            pattern,
            ignore_case,
        } => {
            let name = match path::split(file.path) {
                (_, Some(name)) => name,
                // `.` and `/` are their own names.
                (_, None) => file.path.to_owned(),
            };
            matches(pattern, &name, *ignore_case)
        }
        Test::Path {
            pattern,
            ignore_case,
        } => matches(pattern, file.path, *ignore_case),
        Test::Regex(regex) => {
            let found = regex.is_match(file.path.as_bytes());
            found.map_err(|error| Stop::told(error.to_string()))?
        }
        Test::Type(kinds) => kinds.contains(&stat.kind),
        Test::Permissions { bits, how } => match how {
            '-' => stat.meta.mode & bits == *bits,
            '+' | '/' => stat.meta.mode & bits != 0 || *bits == 0,
            _ => stat.meta.mode == *bits,
        },
        Test::Age { amount, unit } => {
            let age = process.now().duration_since(stat.meta.modified).as_secs();
            amount.holds(u64::try_from(age).unwrap_or(0) / unit)
        }
        Test::Newer(time) => stat.meta.modified > *time,
        Test::Size { amount, unit } => amount.in_units(*unit).holds(stat.size),
        Test::Links(amount) => amount.holds(stat.links.into()),
        Test::Inode(amount) => amount.holds(stat.ino),
        Test::User(uid) => stat.meta.uid == *uid,
        Test::Group(gid) => stat.meta.gid == *gid,
        Test::NoUser | Test::NoGroup => {
            let accounts = Accounts::read(process.space.files());
            if matches!(test, Test::NoUser) {
                accounts.user_of(stat.meta.uid).is_none()
            } else {
                accounts.group_of(stat.meta.gid).is_none()
            }
        }
        Test::SameFile(device, ino) => (stat.device, stat.ino) == (*device, *ino),
        Test::Empty => match stat.kind {
            Kind::Directory => process
                .list(file.path)
                .is_ok_and(|entries| entries.is_empty()),
            Kind::File => stat.size == 0,
            _ => false,
        },
        Test::Access(want) => process.access(file.path, *want).is_ok(),
        Test::False => false,
        _ => true,
    })
}
