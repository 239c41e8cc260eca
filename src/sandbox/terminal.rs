//! The controlling terminal, handed to the command and back.
//!
//! The command has a process group of its own, so that a signal sent to the parent's group
//! (by a terminal, `timeout`, a test harness) reaches it once: through the parent. For that the
//! command must own the terminal when it reads from it, as a shell's jobs do.

use std::fs::{File, OpenOptions};
use std::io::IsTerminal as _;

use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};

/// The controlling terminal of this process, if it has one.
#[derive(Debug)]
pub struct Terminal(Option<File>);

impl Terminal {
    /// Looks for the controlling terminal.
    pub fn open() -> Self {
        Self(
            OpenOptions::new()
                .read(true)
                .write(true)
                .open("/dev/tty")
                .ok(),
        )
    }

    /// Whether the command gets the terminal at once: this process owns it, and no other
    /// program of a pipeline does (`… | less` reads keys as well). Else the command gets it
    /// when it first asks.
    #[expect(
        clippy::disallowed_methods,
        reason = "whose the terminal is, is asked of the process's own streams"
    )]
    pub fn is_all_ours(&self) -> bool {
        self.is_owned_by(getpgrp())
            && std::io::stdin().is_terminal()
            && std::io::stdout().is_terminal()
            && std::io::stderr().is_terminal()
    }

    /// Whether `group` is the terminal's foreground process group.
    pub fn is_owned_by(&self, group: Pid) -> bool {
        self.0
            .as_ref()
            .is_some_and(|tty| tcgetpgrp(tty) == Ok(group))
    }

    /// Makes `group` the foreground process group.
    pub fn give_to(&self, group: Pid) {
        let Some(tty) = &self.0 else { return };
        // Who is not in the foreground and gives the terminal away is stopped by SIGTTOU.
        let mut stop = SigSet::empty();
        stop.add(Signal::SIGTTOU);
        if let Ok(before) = stop.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK) {
            // A terminal that has hung up, or a group that has just ended: nothing to hand over.
            _ = tcsetpgrp(tty, group).ok();
            _ = before.thread_set_mask().ok();
        }
    }
}
