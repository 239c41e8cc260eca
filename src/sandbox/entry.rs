//! The process that enters the sandbox and becomes the command.

use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::getpgrp;
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use super::namespace;
use super::step::Refusal;
use super::terminal::Terminal;

/// The first argument that marks such a process; no command of the user begins so.
const MARK: &str = "--enter-sandbox";

/// Whether the simulated names shall resolve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Names {
    /// In a namespace of its own.
    Resolve,
    /// Without namespaces, where these were refused.
    Plain,
}

/// Why the command did not start.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// A step into the sandbox was refused.
    Refused(Refusal),
    /// The command itself could not be executed; the kernel's error number.
    NotExecuted {
        /// As in errno(3).
        errno: i32,
    },
}

impl Report {
    /// Reads what the process left in `folder`, and removes it; `None` when the command ran.
    pub fn take(folder: &Folder) -> io::Result<Option<Self>> {
        let content = match std::fs::read(folder.report()) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        std::fs::remove_file(folder.report())?;
        serde_json::from_slice(&content)
            .map(Some)
            .map_err(io::Error::from)
    }

    fn leave(self, folder: &Folder) -> io::Result<()> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(folder.report())?;
        serde_json::to_writer(file, &self).map_err(io::Error::from)
    }
}

/// The command line that enters the sandbox with `command`.
///
/// `foreground` hands the terminal to the command before it starts.
pub fn command(
    program: &Path,
    folder: &Folder,
    names: Names,
    foreground: bool,
    command: &[OsString],
) -> Command {
    let mut entering = Command::new(program);
    entering
        .arg(MARK)
        .arg(match names {
            Names::Resolve => "names",
            Names::Plain => "plain",
        })
        .arg(if foreground {
            "foreground"
        } else {
            "background"
        })
        .arg(folder.path())
        .args(command);
    entering
}

/// Enters the sandbox when the arguments (the program's own name first) say so.
///
/// Called first of all in `main`, while the process has a single thread. Does not return when
/// the command starts; `None` means that the arguments are an ordinary command line.
pub fn enter(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    arguments.next()?;
    if arguments.next()? != MARK {
        return None;
    }
    let (names, terminal, folder) = (arguments.next()?, arguments.next()?, arguments.next()?);
    let program = arguments.next()?;
    let folder = Folder::at(Path::new(&folder));
    let report = become_command(&folder, &names, &terminal, &program, arguments);
    // Nobody reads this status when the report is there; without one it tells of the failure.
    _ = report.leave(&folder).ok();
    Some(ExitCode::FAILURE)
}

fn become_command(
    folder: &Folder,
    names: &OsStr,
    terminal: &OsStr,
    program: &OsStr,
    arguments: impl Iterator<Item = OsString>,
) -> Report {
    if names == "names"
        && let Err(refusal) = namespace::isolate(folder)
    {
        return Report::Refused(refusal);
    }
    // Set after the user namespace, whose new credentials would clear it: when the simulator's
    // process dies, the command shall not go on without a world.
    _ = prctl::set_pdeathsig(Signal::SIGTERM).ok();
    if terminal == "foreground" {
        Terminal::open().give_to(getpgrp());
    }
    let error = Command::new(program).args(arguments).exec();
    Report::NotExecuted {
        errno: error.raw_os_error().unwrap_or(Errno::EIO as i32),
    }
}

#[cfg(test)]
mod tests {
    use super::super::step::Step;
    use super::*;

    fn words(words: &[&str]) -> impl Iterator<Item = OsString> {
        words
            .iter()
            .map(OsString::from)
            .collect::<Vec<_>>()
            .into_iter()
    }

    #[test]
    fn an_ordinary_command_line_enters_nothing() {
        assert_eq!(enter(words(&["azure"])), None);
        assert_eq!(enter(words(&["azure", "vm", "list"])), None);
        assert_eq!(enter(words(&["azure", "vm", MARK])), None);
    }

    #[test]
    fn a_report_is_read_once() {
        let folder = Folder::create().unwrap();
        assert_eq!(Report::take(&folder).unwrap(), None);
        let report = Report::Refused(Step::Hosts.refused(Errno::EPERM));
        report.leave(&folder).unwrap();
        assert_eq!(Report::take(&folder).unwrap(), Some(report));
        assert_eq!(Report::take(&folder).unwrap(), None);
    }

    #[test]
    fn a_command_that_does_not_exist_is_reported_with_its_error() {
        let folder = Folder::create().unwrap();
        let line = command(
            Path::new("azure"),
            &folder,
            Names::Plain,
            false,
            &["/nonexistent/program".into()],
        );
        let arguments = std::iter::once(line.get_program()).chain(line.get_args());
        let ended = enter(arguments.map(OsStr::to_owned));
        assert_eq!(ended, Some(ExitCode::FAILURE));
        let missing = Report::NotExecuted {
            errno: Errno::ENOENT as i32,
        };
        assert_eq!(Report::take(&folder).unwrap(), Some(missing));
    }
}
