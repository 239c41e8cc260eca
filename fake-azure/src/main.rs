//! The `fake-azure` command.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fake_azure::serve::{Options, serve};

/// A simulator of classic Azure with live Docker engines
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C
    Serve(Options),
}

fn main() -> ExitCode {
    let Arguments {
        command: Command::Serve(options),
    } = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(&options) {
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

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(options, |ready| {
        let mut stdout = std::io::stdout().lock();
        // A closed pipe is no reason not to serve.
        writeln!(stdout, "management  {}", ready.management).ok();
        writeln!(stdout, "admin       {}/_fake/world", ready.admin).ok();
        writeln!(stdout, "settings    {}", ready.publish_settings.display()).ok();
        stdout.flush().ok();
    }))?;
    Ok(())
}
