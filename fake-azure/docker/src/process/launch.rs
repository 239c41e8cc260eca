//! Starting a program: from a command line to what runs.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::files::{Credentials, Errno, path};

use super::descriptor::Descriptors;
use super::program::{self, Program};
use super::space::{Pid, Space};
use super::tty::Tty;

/// How many interpreters (`#!`) may stand behind each other.
const INTERPRETERS: usize = 4;
/// The longest line that names an interpreter, in bytes.
const SHEBANG: usize = 255;
/// Where programs are looked for when the environment does not say.
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The environment of a process: names and values, in order.
pub type Environment = Vec<(String, String)>;

/// What a process is started with.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The command line; the first word is the program.
    pub args: Vec<String>,
    /// The environment.
    pub env: Environment,
    /// The working folder, absolute.
    pub cwd: String,
    /// Who it runs as.
    pub user: Credentials,
    /// The permissions that new files do not get.
    pub umask: u32,
    /// Its open descriptors.
    pub descriptors: Descriptors,
    /// The terminal it belongs to.
    pub tty: Option<Arc<Tty>>,
    /// Who started it; 0 when that is the engine.
    pub parent: Pid,
    /// Its process group; its own when none is named.
    pub group: Option<Pid>,
    /// The signals that it ignores from the start: bit `n - 1` is signal `n`.
    pub ignored: u64,
    /// The moment of who starts it, if that is not the clock's: see [`Process::sleep`].
    ///
    /// [`Process::sleep`]: super::Process::sleep
    pub moment: Option<Timestamp>,
}

impl Launch {
    /// A command line with nothing open, in `/`, as root.
    pub fn new(args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            args: args.into_iter().map(Into::into).collect(),
            env: Vec::new(),
            cwd: "/".to_owned(),
            user: Credentials::ROOT,
            umask: 0o022,
            descriptors: Descriptors::default(),
            tty: None,
            parent: 0,
            group: None,
            ignored: 0,
            moment: None,
        }
    }

    /// The value of a variable of the environment.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let mut named = self.env.iter().filter(|(known, _)| known == name);
        named.next_back().map(|(_, value)| value.as_str())
    }
}

/// Why a command line starts nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// There is no command.
    #[error("no command specified")]
    Empty,
    /// No such file in any folder of `PATH`.
    #[error("{0}: not found")]
    NotInPath(String),
    /// The file that was named is not there or may not be run.
    #[error("{path}: {errno}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        errno: Errno,
    },
    /// There are too many processes.
    #[error("too many processes")]
    Limit,
    /// The space has ended.
    #[error("the container is not running")]
    Ended,
}

/// A program that was found, with the command line it gets.
pub struct Found {
    /// What runs.
    pub program: Arc<dyn Program>,
    /// The command line; that of an interpreter begins with the interpreter.
    pub args: Vec<String>,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("args", &self.args)
            .finish_non_exhaustive()
    }
}

impl Space {
    /// Finds the program of a command line.
    ///
    /// # Errors
    /// When there is none, or it may not be run.
    pub fn find(&self, launch: &Launch) -> Result<Found, LaunchError> {
        let first = launch.args.first().ok_or(LaunchError::Empty)?;
        let found = self.locate(first, launch);
        let path = found.as_ref().ok().map(String::as_str);
        if let Some(program) = self.programs().declared(path, &launch.args) {
            let args = launch.args.clone();
            return Ok(Found { program, args });
        }
        let mut file = found?;
        let mut args = launch.args.clone();
        for _ in 0..INTERPRETERS {
            let content = self
                .files()
                .read(&file, &launch.user)
                .map_err(|errno| wrong(&file, errno))?;
            if let Some(name) = program::name_in(&content) {
                let program = self
                    .programs()
                    .named(name)
                    .ok_or_else(|| wrong(&file, Errno::ExecFormat))?;
                return Ok(Found { program, args });
            }
            let (interpreter, argument) =
                interpreter(&content).ok_or_else(|| wrong(&file, Errno::ExecFormat))?;
            let mut line = vec![interpreter.clone()];
            line.extend(argument);
            line.push(file.clone());
            line.extend(args.into_iter().skip(1));
            args = line;
            if let Some(program) = self.programs().declared(Some(&interpreter), &args) {
                return Ok(Found { program, args });
            }
            file = path::join(&launch.cwd, &interpreter);
            self.runnable(&file, launch)
                .map_err(|errno| wrong(&file, errno))?;
        }
        Err(wrong(&file, Errno::Loop))
    }

    /// The file that a command's first word leads to.
    fn locate(&self, word: &str, launch: &Launch) -> Result<String, LaunchError> {
        if word.contains('/') {
            let file = path::join(&launch.cwd, word);
            return match self.runnable(&file, launch) {
                Ok(()) => Ok(file),
                Err(errno) => Err(wrong(word, errno)),
            };
        }
        if word.is_empty() {
            return Err(LaunchError::NotInPath(word.to_owned()));
        }
        let folders = launch.variable("PATH").unwrap_or(DEFAULT_PATH);
        let mut refused = None;
        for folder in folders.split(':') {
            let folder = path::join(&launch.cwd, if folder.is_empty() { "." } else { folder });
            let file = path::join(&folder, word);
            match self.runnable(&file, launch) {
                Ok(()) => return Ok(file),
                Err(Errno::Access) => {
                    refused.get_or_insert(file);
                }
                Err(_) => {}
            }
        }
        Err(match refused {
            Some(path) => wrong(&path, Errno::Access),
            None => LaunchError::NotInPath(word.to_owned()),
        })
    }

    /// Whether a file may be run.
    fn runnable(&self, file: &str, launch: &Launch) -> Result<(), Errno> {
        let stat = self.files().stat(file, &launch.user)?;
        if !stat.is_file() {
            return Err(Errno::Access);
        }
        // Root needs one bit to be set, whoever it is for.
        if stat.meta.mode & 0o111 == 0 {
            return Err(Errno::Access);
        }
        self.files()
            .access(file, crate::files::Want::EXECUTE, &launch.user)
    }
}

fn wrong(path: &str, errno: Errno) -> LaunchError {
    LaunchError::File {
        path: path.to_owned(),
        errno,
    }
}

/// The interpreter that a script's first line names, and its one argument.
fn interpreter(content: &[u8]) -> Option<(String, Option<String>)> {
    let rest = content.strip_prefix(b"#!")?;
    let end = rest
        .iter()
        .take(SHEBANG)
        .position(|b| *b == b'\n')
        .unwrap_or(rest.len().min(SHEBANG));
    let line = std::str::from_utf8(&rest[..end]).ok()?.trim();
    let (interpreter, argument) = match line.split_once([' ', '\t']) {
        Some((interpreter, argument)) => (interpreter, Some(argument.trim_start().to_owned())),
        None => (line, None),
    };
    (!interpreter.is_empty()).then(|| (interpreter.to_owned(), argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_script_names_its_interpreter() {
        let read = |text: &str| interpreter(text.as_bytes());
        assert_eq!(read("#!/bin/sh\necho"), Some(("/bin/sh".to_owned(), None)));
        assert_eq!(
            read("#! /usr/bin/env  bash -e\n"),
            Some(("/usr/bin/env".to_owned(), Some("bash -e".to_owned())))
        );
        assert_eq!(read("#!\n"), None);
        assert_eq!(read("echo"), None);
    }
}
