//! The `fake-azure` command.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fake_azure::serve::{Options, Ready, serve};
use fake_azure::{Notice, Upstream, docker_serve};

/// A simulator of classic Azure with live Docker engines
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a simulated Azure until SIGTERM or Ctrl-C
    Serve(Options),
    /// A Docker engine without any Azure
    #[command(subcommand)]
    Docker(Docker),
}

#[derive(Debug, Subcommand)]
enum Docker {
    /// Serve a simulated Docker engine until SIGTERM or Ctrl-C
    Serve(docker_serve::Options),
}

fn main() -> ExitCode {
    let Arguments { mut command } = Arguments::parse();
    if let Command::Serve(options) = &mut command {
        options.upstream = Upstream::of_variables(variable);
    }
    #[expect(clippy::disallowed_methods, reason = "main reads the environment")]
    fake_azure::log::to_standard_error(std::env::var("RUST_LOG").ok().as_deref());
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut stderr = std::io::stderr().lock();
            // With nobody to read the reason the exit code still tells.
            writeln!(stderr, "error: {error}").ok();
            let mut cause = error.source();
            while let Some(inner) = cause {
                writeln!(stderr, "cause: {inner}").ok();
                cause = inner.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// One thread will do: the world is one lock, and each further thread has its price in memory
/// and in time to start.
fn run(command: Command) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match command {
        Command::Serve(options) => {
            let announce = |ready: &Ready, ready_file: &Path| {
                say(&format!(
                    "management  {}\nadmin       {}/_fake/world\nsettings    {}\n\
                     sign in:    azure login --resource-manager {} --ca {}\n\
                     run in it:  azure fake run --join {} -- COMMAND",
                    ready.management,
                    ready.admin,
                    ready.publish_settings.display(),
                    ready.resource_manager,
                    ready.ca.display(),
                    ready_file.display()
                ));
            };
            runtime.block_on(serve(&options, warn, announce))?;
        }
        Command::Docker(Docker::Serve(options)) => {
            runtime.block_on(docker_serve::serve(&options, |ready| {
                say(&ready.to_string());
            }))?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "main reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn warn(notice: &Notice) {
    // With nobody to read it, it serves all the same.
    writeln!(std::io::stderr().lock(), "warning: {notice}").ok();
}

fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // A closed pipe is no reason not to serve.
    writeln!(stdout, "{text}").ok();
    stdout.flush().ok();
}
