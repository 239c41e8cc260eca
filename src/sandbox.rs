//! A mount namespace in which the simulated names resolve.
//!
//! The parent prepares a private [`Folder`] and keeps its hosts file in step with the simulated
//! world ([`hosts`]). It then starts this binary once more ([`entry`]): a process with a single
//! thread, as the kernel demands of one that unshares, which lays that file over `/etc/hosts`
//! and becomes the user's command. Meanwhile the parent watches over the command
//! ([`supervisor`]): signals, the terminal, the exit status, what is left at the end.
//!
//! An ordinary user needs a user namespace to be allowed a mount namespace; in it the user's own
//! id is mapped to itself. Who may mount anyway gets the mount namespace alone, because a
//! user namespace would take root's power over other users' files away.

pub mod entry;
pub mod folder;
pub mod guard;
pub mod hosts;
mod name_service;
mod namespace;
mod orphans;
pub mod signals;
mod step;
pub mod supervisor;
pub mod terminal;

pub use entry::{Names, Report};
pub use folder::Folder;
pub use step::{Refusal, Step};

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Command;

use signals::Signals;
use supervisor::{Ending, supervise};
use terminal::Terminal;

/// Keeps the memory of this process out of core dumps: it holds keys and passwords.
pub fn without_core_dumps() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_CORE) {
        // A limit may always be lowered.
        _ = setrlimit(Resource::RLIMIT_CORE, 0, most).ok();
    }
}

/// How the attempt to run a command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ran {
    /// The command ran, and ended so.
    Ended(Ending),
    /// The command could not be executed; the kernel's error number.
    NotExecuted {
        /// As in errno(3).
        errno: i32,
    },
    /// The names cannot be made to resolve, and the command was not run without them.
    Refused(Refusal),
}

/// Runs `command` where the names of `folder`'s hosts file resolve.
///
/// `program` is this binary; `prepare` gives the command its environment. Where the machine
/// refuses a namespace, `refused` is told at which step, and says whether the command is to run
/// without one.
pub async fn run(
    program: &Path,
    folder: &Folder,
    command: &[OsString],
    signals: &mut Signals,
    prepare: impl Fn(&mut Command) + Send,
    refused: impl FnOnce(Refusal) -> bool + Send,
) -> io::Result<Ran> {
    let terminal = Terminal::open();
    let mut names = Names::Resolve;
    let mut refused = Some(refused);
    loop {
        let mut line = entry::command(program, folder, names, terminal.is_all_ours(), command);
        prepare(&mut line);
        let ending = supervise(line, signals, &terminal).await?;
        match Report::take(folder)? {
            None => return Ok(Ran::Ended(ending)),
            Some(Report::NotExecuted { errno }) => return Ok(Ran::NotExecuted { errno }),
            Some(Report::Refused(refusal)) => match refused.take() {
                Some(goes_on) => {
                    if !goes_on(refusal) {
                        return Ok(Ran::Refused(refusal));
                    }
                }
                None => return Err(io::Error::other(refusal)),
            },
        }
        names = Names::Plain;
    }
}
