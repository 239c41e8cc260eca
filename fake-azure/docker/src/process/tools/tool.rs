//! A tool: a name, a usage line, and what it does.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::stop::{Outcome, Stop};
use crate::files::{Errno, path};
use crate::process::{LaunchError, Process, Program};

type Run = for<'a> fn(&'a mut Process) -> BoxFuture<'a, Outcome>;

/// One of the programs of the userland.
#[derive(Clone, Copy)]
pub struct Tool {
    name: &'static str,
    usage: &'static str,
    run: Run,
    /// The exit code for a command line that is not understood.
    misused: u8,
}

impl Tool {
    /// A tool that exits with 1 when its command line is not understood.
    pub(super) const fn new(name: &'static str, usage: &'static str, run: Run) -> Self {
        Self {
            name,
            usage,
            run,
            misused: 1,
        }
    }

    /// The same with another exit code for a command line that is not understood.
    pub(super) const fn misused(self, code: u8) -> Self {
        Self {
            misused: code,
            ..self
        }
    }

    /// What it is called.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it inside a process that goes on afterwards, as a shell's builtin does; the process's
    /// `args` are the tool's. A tool that would become another program says 126 instead.
    pub async fn run_in(&self, process: &mut Process) -> u8 {
        match (self.run)(process).await {
            Ok(code) => code,
            Err(Stop::Become(_)) => 126,
            Err(stop) => self.tell(stop, process).await,
        }
    }

    /// Says why it stopped; returns the exit code.
    async fn tell(&self, stop: Stop, process: &mut Process) -> u8 {
        let name = called(process, self.name);
        match stop {
            Stop::Usage(words) if words.is_empty() => {
                process.complain(self.usage_line()).await;
                self.misused
            }
            Stop::Usage(words) => {
                let text = format!("{name}: {words}\n{}", self.usage_line());
                process.complain(text).await;
                self.misused
            }
            Stop::Help => {
                process.complain(self.usage_line()).await;
                0
            }
            Stop::Told { words, code } => {
                process.complain(format!("{name}: {words}\n")).await;
                code
            }
            // Whoever writes into a pipe without a reader is ended by a signal, not by words.
            Stop::Output(Errno::BrokenPipe) => 1,
            stop @ Stop::Output(_) => {
                process.complain(format!("{name}: {stop}\n")).await;
                1
            }
            Stop::Become(_) => 126,
        }
    }

    fn usage_line(&self) -> String {
        format!("Usage: {} {}\n", self.name, self.usage)
    }
}

/// What a tool calls itself: the last name of the file that it was started by.
pub(super) fn called(process: &Process, otherwise: &str) -> String {
    let name = process.args.first().and_then(|first| path::split(first).1);
    name.unwrap_or_else(|| otherwise.to_owned())
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Program for Tool {
    fn run(self: Arc<Self>, mut process: Process) -> BoxFuture<'static, u8> {
        Box::pin(async move {
            let stop = match (self.run)(&mut process).await {
                Ok(code) => return code,
                Err(stop) => stop,
            };
            let Stop::Become(args) = stop else {
                return self.tell(stop, &mut process).await;
            };
            let name = called(&process, self.name);
            match process.exec(args) {
                Ok(rest) => rest.await,
                Err(refused) => {
                    let (error, mut process) = *refused;
                    let (words, code) = refusal(&error);
                    process.complain(format!("{name}: {words}\n")).await;
                    code
                }
            }
        })
    }
}

/// Why a command was not started, in the words of the tool that tried, and the exit code for it.
pub(super) fn refusal(error: &LaunchError) -> (String, u8) {
    match error {
        LaunchError::NotInPath(name) => {
            (format!("can't execute '{name}': {}", Errno::NotFound), 127)
        }
        LaunchError::File { path, errno } => {
            let code = if *errno == Errno::NotFound { 127 } else { 126 };
            (format!("can't execute '{path}': {errno}"), code)
        }
        other => (other.to_string(), 126),
    }
}
