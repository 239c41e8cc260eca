//! Starting programs, and becoming one.

use super::super::{Launch, LaunchError, Process};
use super::Shell;
use super::dialect::Dialect;
use super::interrupt::Interrupt;
use super::run;
use crate::files::Errno;

/// The most that arguments and environment of a program hold together, in bytes.
const MOST_ARGUMENTS: usize = 2 << 20;

/// The exit code of a command that is not there.
const NOT_FOUND: u8 = 127;
/// The exit code of a command that is there and cannot be run.
const NOT_RUNNABLE: u8 = 126;

impl Shell {
    /// Starts a program and waits for it; returns its exit code.
    pub(super) async fn run_program(&mut self, args: Vec<String>) -> Result<u8, Interrupt> {
        let launch = match self.launch_of(args) {
            Ok(launch) => launch,
            Err(name) => return Ok(self.too_many_arguments(&name).await),
        };
        let name = launch.args.first().cloned().unwrap_or_default();
        if self.searches_nowhere(&name) {
            return Ok(self.report_nowhere(&name).await);
        }
        let script = launch.clone();
        let child = match self.process.spawn(launch) {
            Err(LaunchError::File {
                errno: Errno::ExecFormat,
                path,
            }) => self.start_script(script, &path),
            other => other,
        };
        match child {
            Ok(child) => Ok(self.wait_for(&child).await),
            Err(LaunchError::Limit) => Err(self.cannot_fork().await),
            Err(LaunchError::Ended) => Err(Interrupt::Exit(1)),
            Err(error) => Ok(self.report_launch(&name, &error).await),
        }
    }

    /// Makes sure that there is a program to become; complains if there is none.
    pub(super) async fn find_program(&mut self, args: &[String]) -> Result<(), u8> {
        let launch = match self.launch_of(args.to_vec()) {
            Ok(launch) => launch,
            Err(name) => return Err(self.too_many_arguments(&name).await),
        };
        let name = args.first().cloned().unwrap_or_default();
        if self.searches_nowhere(&name) {
            return Err(self.report_nowhere(&name).await);
        }
        match self.process.space.find(&launch) {
            Ok(_)
            | Err(LaunchError::File {
                errno: Errno::ExecFormat,
                ..
            }) => Ok(()),
            Err(error) => {
                let name = args.first().cloned().unwrap_or_default();
                Err(self.report_launch(&name, &error).await)
            }
        }
    }

    /// Becomes a program that [`Shell::find_program`] has found.
    pub(super) async fn become_program(mut self, args: Vec<String>) -> u8 {
        let dialect = self.state.dialect;
        self.process.env = self.state.variables.environment();
        let name = args.first().cloned().unwrap_or_default();
        match self.process.exec(args.clone()) {
            Ok(program) => program.await,
            Err(error) => match *error {
                (
                    LaunchError::File {
                        errno: Errno::ExecFormat,
                        path,
                    },
                    mut process,
                ) => {
                    process.args = script_args(args, &path);
                    run(process, dialect).await
                }
                (error, mut process) => {
                    process.complain(format!("{name}: {error}\n")).await;
                    code_of(&error)
                }
            },
        }
    }

    /// Whether a command is a name that there is no folder to look for in, because a script took
    /// the list of them away.
    fn searches_nowhere(&self, name: &str) -> bool {
        !name.contains('/') && self.state.variables.get("PATH").is_none()
    }

    async fn report_nowhere(&mut self, name: &str) -> u8 {
        let message = match self.state.dialect {
            Dialect::Bash => format!("{name}: {}", Errno::NotFound),
            Dialect::Ash | Dialect::Dash => self.not_found(name),
        };
        self.complain(&message).await;
        NOT_FOUND
    }

    fn launch_of(&self, args: Vec<String>) -> Result<Launch, String> {
        let mut launch = self.process.child(args);
        launch.env = self.state.variables.environment();
        let arguments: usize = launch.args.iter().map(String::len).sum();
        let environment: usize = launch
            .env
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        if arguments + environment > MOST_ARGUMENTS {
            Err(launch.args.into_iter().next().unwrap_or_default())
        } else {
            Ok(launch)
        }
    }

    async fn too_many_arguments(&mut self, name: &str) -> u8 {
        self.complain(&format!("{name}: Argument list too long"))
            .await;
        NOT_RUNNABLE
    }

    /// Starts a file that names no interpreter: it is taken for a script of this shell.
    fn start_script(
        &self,
        mut launch: Launch,
        path: &str,
    ) -> Result<super::super::Child, LaunchError> {
        launch.args = script_args(launch.args, path);
        let dialect = self.state.dialect;
        let body = move |process: Process| run(process, dialect);
        self.process.space.run(launch, body)
    }

    async fn report_launch(&mut self, name: &str, error: &LaunchError) -> u8 {
        let message = match error {
            LaunchError::File { errno, .. } if *errno != Errno::NotFound => {
                let reason = match errno {
                    Errno::IsDirectory => Errno::Access,
                    other => *other,
                };
                format!("{name}: {reason}")
            }
            LaunchError::File { .. } if self.state.dialect == Dialect::Bash => {
                format!("{name}: {}", Errno::NotFound)
            }
            _ => self.not_found(name),
        };
        self.complain(&message).await;
        code_of(error)
    }
}

fn code_of(error: &LaunchError) -> u8 {
    match error {
        LaunchError::File { errno, .. } if *errno != Errno::NotFound => NOT_RUNNABLE,
        _ => NOT_FOUND,
    }
}

/// Returns the command line of a shell that runs the script at `path`.
fn script_args(args: Vec<String>, path: &str) -> Vec<String> {
    // A script knows itself by the name that it was called by, if that leads to it.
    let called = args.first().filter(|name| name.contains('/'));
    let name = called.cloned().unwrap_or_else(|| path.to_owned());
    ["sh".to_owned(), name]
        .into_iter()
        .chain(args.into_iter().skip(1))
        .collect()
}
