//! What a command leaves running when it ends.
//!
//! The parent is the subreaper (prctl(2)) of everything below it, so whatever loses its parent
//! becomes a child of this process and can be found and ended: without the simulated world and
//! its names it has nothing to live from.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpid};

/// How long a process may take to heed SIGTERM.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Ends all children of this process, and those that become its children by that.
pub(super) fn end() {
    let asked_at = Instant::now();
    let mut asked = HashSet::new();
    loop {
        reap();
        let left = children();
        if left.is_empty() {
            return;
        }
        let patient = asked_at.elapsed() < PATIENCE;
        for pid in left {
            if !patient {
                _ = kill(pid, Signal::SIGKILL).ok();
            } else if asked.insert(pid) {
                _ = kill(pid, Signal::SIGTERM).ok();
                _ = kill(pid, Signal::SIGCONT).ok();
            }
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

fn reap() {
    while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        if status == WaitStatus::StillAlive {
            return;
        }
    }
}

fn children() -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            (parent(&stat)? == getpid()).then_some(Pid::from_raw(pid))
        })
        .collect()
}

/// The parent in the text of `/proc/PID/stat`; the program's name before it may hold anything.
pub(super) fn parent(stat: &str) -> Option<Pid> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name
        .split_ascii_whitespace()
        .nth(1)?
        .parse()
        .ok()
        .map(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_found_behind_any_name() {
        assert_eq!(parent("12 (sh) S 7 12 12 0"), Some(Pid::from_raw(7)));
        assert_eq!(parent("12 (a) R 9 (b) c) S 7 12"), Some(Pid::from_raw(7)));
        assert_eq!(parent("garbage"), None);
    }
}
