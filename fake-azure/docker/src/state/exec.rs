//! A command that runs in a container beside its own.

use serde::{Deserialize, Serialize};

use super::id::ObjectId;

/// A command in a running container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "it was asked for that many switches"
)]
pub struct Exec {
    /// Its identifier.
    pub id: ObjectId,
    /// The container.
    pub container: ObjectId,
    /// The command line.
    pub args: Vec<String>,
    /// Further variables: `NAME=value`.
    pub env: Vec<String>,
    /// The working folder; the container's when empty.
    pub working_dir: String,
    /// The user; the container's when empty.
    pub user: String,
    /// Whether it may everything.
    pub privileged: bool,
    /// Whether it gets a terminal.
    pub tty: bool,
    /// The size of the terminal: rows and columns.
    pub console_size: Option<[u32; 2]>,
    /// Whether its input is wanted.
    pub attach_stdin: bool,
    /// Whether its output is wanted.
    pub attach_stdout: bool,
    /// Whether its errors are wanted.
    pub attach_stderr: bool,
    /// The keys that detach from it.
    pub detach_keys: String,
    /// Whether it was started, runs, or how it ended.
    pub progress: ExecProgress,
}

/// How far an exec is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecProgress {
    /// It was not started.
    Created,
    /// It runs as this process of the host.
    Running(u32),
    /// It ended with this code, having been this process.
    Ended {
        /// The exit code.
        code: i64,
        /// The process; 0 when none was started.
        pid: u32,
    },
}
