//! Cleans up after a run whose process was killed.
//!
//! SIGKILL leaves no time to clean up, so another process does it: it holds one end of a pipe whose
//! other end goes with the run. It is nobody's child, since the run reaps all of its own, and in a
//! session of its own, so that what kills the run's group passes it by.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{self, PipeWriter, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid, setsid};

use super::folder::Folder;
use super::orphans::parent;

/// The first argument that marks such a process.
const MARK: &str = "--guard-sandbox";

/// How long a process may take to heed SIGTERM.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long is tried at all.
const LONGEST: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// As long as it is there, nothing is cleaned up.
#[derive(Debug)]
pub struct Guard {
    _alive: PipeWriter,
}

/// Starts the guard of `folder` and of the processes that live in it.
pub fn start(program: &Path, folder: &Folder) -> io::Result<Guard> {
    let (dead, alive) = io::pipe()?;
    let ended = Command::new(program)
        .args([MARK, "start"])
        .arg(folder.path())
        .stdin(dead)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .status()?;
    if ended.success() {
        Ok(Guard { _alive: alive })
    } else {
        Err(io::Error::other("the guard of the run did not start"))
    }
}

/// Becomes a guard when the arguments (the program's own name first) say so.
#[expect(
    clippy::disallowed_methods,
    reason = "a guard is a program of its own, told by its input that the run has ended"
)]
pub fn enter(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let program = arguments.next()?;
    if arguments.next()? != MARK {
        return None;
    }
    let (part, folder) = (arguments.next()?, arguments.next()?);
    if part == "start" {
        // The run waits for this process and knows nothing of the next.
        let started = std::env::current_exe()
            .unwrap_or_else(|_| program.into())
            .as_os_str()
            .to_owned();
        let started = Command::new(started)
            .args([MARK, "watch"])
            .arg(folder)
            .process_group(0)
            .spawn();
        return Some(match started {
            Ok(_) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        });
    }
    // It fails for the leader of a group, which is out of the way already.
    _ = setsid().ok();
    let mut nothing = Vec::new();
    _ = io::stdin().read_to_end(&mut nothing).ok();
    clean_up(Path::new(&folder));
    Some(ExitCode::SUCCESS)
}

fn clean_up(folder: &Path) {
    if !folder.exists() {
        return;
    }
    end_all_of(folder);
    _ = std::fs::remove_dir_all(folder).ok();
}

/// Ends the processes whose environment leads to `folder`, and what they started.
fn end_all_of(folder: &Path) {
    let begin = Instant::now();
    let mut known = HashSet::new();
    let mut asked = HashSet::new();
    while begin.elapsed() < LONGEST {
        let processes = processes();
        let alive: HashSet<Pid> = processes.iter().map(|process| process.pid).collect();
        known.retain(|pid| alive.contains(pid));
        known.extend(
            processes
                .iter()
                .filter(|process| process.lives_in(folder))
                .map(|process| process.pid),
        );
        // Twice would find grandchildren whose parent comes later; the next look does.
        for process in &processes {
            if known.contains(&process.parent) {
                known.insert(process.pid);
            }
        }
        known.remove(&getpid());
        if known.is_empty() {
            return;
        }
        for pid in &known {
            if begin.elapsed() >= PATIENCE {
                _ = kill(*pid, Signal::SIGKILL).ok();
            } else if asked.insert(*pid) {
                _ = kill(*pid, Signal::SIGTERM).ok();
                _ = kill(*pid, Signal::SIGCONT).ok();
            }
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

struct Process {
    pid: Pid,
    parent: Pid,
    environment: Vec<u8>,
}

impl Process {
    fn lives_in(&self, folder: &Path) -> bool {
        let place = folder.as_os_str().as_bytes();
        self.environment
            .split(|byte| *byte == 0)
            .filter_map(|variable| variable.strip_prefix(b"AZURE_CONFIG_DIR="))
            .any(|value| value.starts_with(place))
    }
}

/// The processes that are alive; those of others have no environment that we may read.
fn processes() -> Vec<Process> {
    let Ok(all) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    all.flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            let is_dead = stat
                .rsplit_once(')')
                .is_some_and(|(_, state)| state.trim_start().starts_with(['Z', 'X']));
            (!is_dead).then_some(Process {
                pid: Pid::from_raw(pid),
                parent: parent(&stat)?,
                environment: std::fs::read(entry.path().join("environ")).unwrap_or_default(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_command_line_guards_nothing() {
        for words in [
            &["azure"][..],
            &["azure", "vm", "list"],
            &["azure", "vm", MARK],
        ] {
            assert_eq!(enter(words.iter().map(OsString::from)), None);
        }
    }

    #[test]
    fn what_lives_in_the_folder_is_ended_even_if_it_does_not_want_to() {
        let folder = tempfile::tempdir().unwrap();
        let mut stubborn = Command::new("sh")
            .args(["-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"])
            .env("AZURE_CONFIG_DIR", folder.path().join("profile"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut up = [0; 2];
        stubborn.stdout.take().unwrap().read_exact(&mut up).unwrap();

        clean_up(folder.path());

        assert!(!stubborn.wait().unwrap().success());
        assert!(!folder.path().exists());
    }
}
