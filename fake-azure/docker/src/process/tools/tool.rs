//! A tool: a name, a usage line, and what it does.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::gnu;
use super::stop::{Outcome, Stop};
use crate::files::{Errno, path};
use crate::process::task::Wording;
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
        if let Wording::Gnu(_) = process.wording
            && let Some(code) = self.tell_as_gnu(&stop, &name, process).await
        {
            return code;
        }
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

    /// Says why it stopped as GNU's tool of this name does, if there is one and it says it
    /// otherwise.
    async fn tell_as_gnu(&self, stop: &Stop, name: &str, process: &mut Process) -> Option<u8> {
        let words = match stop {
            Stop::Usage(words) => words,
            Stop::Help => {
                gnu::version(process, name)?;
                process.print(self.usage_line()).await.ok();
                return Some(0);
            }
            Stop::Told { words, code } => {
                process.complain(format!("{name}: {words}\n")).await;
                return Some(match process.wording {
                    Wording::Gnu(Some(other)) => other,
                    _ => *code,
                });
            }
            _ => return None,
        };
        if words == "unrecognized option: version" {
            let version = gnu::version(process, name)?;
            process.print(version).await.ok();
            return Some(0);
        }
        let operands = process.args.iter().skip(1);
        let operands: Vec<String> = operands
            .filter(|word| !word.starts_with('-'))
            .cloned()
            .collect();
        let (text, code) = gnu::misused(name, words, &operands)?;
        process.write(2, text.as_bytes()).await.ok();
        Some(code)
    }

    /// Runs it as a part of busybox.
    pub(super) fn run_as_applet(self, mut process: Process) -> BoxFuture<'static, u8> {
        Box::pin(async move {
            let stop = match (self.run)(&mut process).await {
                Ok(code) => {
                    return match process.wording {
                        Wording::Gnu(Some(other)) if code != 0 => other,
                        _ => code,
                    };
                }
                Err(stop) => stop,
            };
            // In a box of its own: most processes are at work for longer than they take to end.
            Box::pin(self.conclude(stop, process)).await
        })
    }

    /// Ends otherwise than by a code: with words, or as another command.
    async fn conclude(self, stop: Stop, mut process: Process) -> u8 {
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
    /// A tool that is a file of its own is GNU's, where there is such a one.
    fn run(self: Arc<Self>, mut process: Process) -> BoxFuture<'static, u8> {
        process.wording = Wording::Gnu(None);
        self.run_as_applet(process)
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
