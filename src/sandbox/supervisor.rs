//! Watches over the command: passes signals on, shares the terminal, learns how it ended.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::thread;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpgrp, getpid};
use tokio::sync::mpsc;

use super::orphans;
use super::signals::Signals;
use super::terminal::Terminal;

/// How the command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// By itself, with this status.
    Exited(u8),
    /// By a signal.
    Killed(Signal),
}

impl Ending {
    /// The status as a shell gives it: the command's own, or 128 and the signal's number.
    pub fn code(self) -> u8 {
        match self {
            Self::Exited(status) => status,
            Self::Killed(signal) => u8::try_from(128 + signal as i32).unwrap_or(u8::MAX),
        }
    }
}

/// What happens to the command, in its own words.
#[derive(Debug)]
enum Turn {
    Started(Pid),
    Stopped(Signal),
    Ended(io::Result<Ending>),
}

/// Runs `command` to its end in a process group of its own, and ends what it leaves running.
///
/// Takes over the children of this process: there must be no others meanwhile.
pub async fn supervise(
    mut command: Command,
    signals: &mut Signals,
    terminal: &Terminal,
) -> io::Result<Ending> {
    command.process_group(0);
    prctl::set_child_subreaper(true)?;
    let (turns, mut told) = mpsc::unbounded_channel();
    // A thread of its own, which lives as long as the command: the kernel takes the end of the
    // thread that started a process for the death of its parent.
    let watcher = thread::Builder::new()
        .name("supervisor".to_owned())
        .spawn(move || watch(command, &turns))?;
    let mut group = None;
    let ending = loop {
        tokio::select! {
            turn = told.recv() => match turn {
                Some(Turn::Started(pid)) => group = Some(pid),
                Some(Turn::Stopped(signal)) => {
                    if let Some(group) = group {
                        stopped(group, signal, terminal);
                    }
                }
                Some(Turn::Ended(ending)) => break ending,
                None => break Err(io::Error::other("the watcher ended before the command")),
            },
            // Signals wait until there is somebody to get them.
            signal = signals.next(), if group.is_some() => {
                if let Some(group) = group {
                    pass_on(group, signal, terminal);
                }
            }
        }
    };
    if watcher.join().is_err() {
        return Err(io::Error::other("the watcher of the command failed"));
    }
    if group.is_some_and(|group| terminal.is_owned_by(group)) {
        terminal.give_to(getpgrp());
    }
    prctl::set_child_subreaper(false)?;
    ending
}

/// Starts the command and waits for it; ends only when nothing of it is left.
fn watch(mut command: Command, turns: &mpsc::UnboundedSender<Turn>) {
    // Who no longer listens needs no turn.
    let tell = |turn| drop(turns.send(turn));
    let child = match command.spawn() {
        Ok(child) => Pid::from_raw(child.id().cast_signed()),
        Err(error) => return tell(Turn::Ended(Err(error))),
    };
    tell(Turn::Started(child));
    let ending = loop {
        // Any child: orphans of the command come to this process and must be reaped.
        match waitpid(None, Some(WaitPidFlag::WUNTRACED)) {
            Ok(WaitStatus::Exited(pid, status)) if pid == child => {
                break Ok(Ending::Exited(
                    u8::try_from(status & 0xff).unwrap_or(u8::MAX),
                ));
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == child => {
                break Ok(Ending::Killed(signal));
            }
            Ok(WaitStatus::Stopped(pid, signal)) if pid == child => tell(Turn::Stopped(signal)),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => break Err(errno.into()),
        }
    };
    orphans::end();
    tell(Turn::Ended(ending));
}

fn pass_on(group: Pid, signal: Signal, terminal: &Terminal) {
    if signal == Signal::SIGCONT && terminal.is_owned_by(getpgrp()) && terminal.is_all_ours() {
        terminal.give_to(group);
    }
    // A group that has just ended gets nothing any more.
    _ = killpg(group, signal).ok();
}

/// A stopped command wants the terminal, or the user wants it back.
fn stopped(group: Pid, signal: Signal, terminal: &Terminal) {
    let wants_terminal = matches!(signal, Signal::SIGTTIN | Signal::SIGTTOU);
    if wants_terminal && terminal.is_owned_by(getpgrp()) {
        terminal.give_to(group);
        _ = killpg(group, Signal::SIGCONT).ok();
        return;
    }
    // The shell that waits for this process must see its job stop. A command stopped by
    // somebody else, away from a terminal, is theirs to continue.
    let by_terminal = wants_terminal
        || terminal.is_owned_by(group)
        || signal == Signal::SIGTSTP && terminal.is_owned_by(getpgrp());
    if by_terminal {
        _ = kill(getpid(), Signal::SIGSTOP).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_the_commands_own_or_as_a_shell_gives_it() {
        assert_eq!(Ending::Exited(0).code(), 0);
        assert_eq!(Ending::Exited(255).code(), 255);
        assert_eq!(Ending::Killed(Signal::SIGINT).code(), 130);
        assert_eq!(Ending::Killed(Signal::SIGKILL).code(), 137);
    }
}
