//! The `azure` command.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use azure::cli::fake::FakeCommand;
use azure::commands::fake_run::dress::Inherited;
use azure::commands::{fake_run, fake_serve};
use azure::sandbox::entry;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "azure", version)]
struct Line {
    #[command(subcommand)]
    noun: Option<Noun>,
}

#[derive(Debug, Subcommand)]
enum Noun {
    /// Classic Azure, simulated on this machine
    #[command(subcommand)]
    Fake(FakeCommand),
    #[command(external_subcommand)]
    Other(
        #[expect(dead_code, reason = "the frame of the other commands is not there yet")]
        Vec<OsString>,
    ),
}

fn main() -> ExitCode {
    // First of all: entering a namespace is for a process with a single thread.
    if let Some(code) = entry::enter(std::env::args_os()) {
        return code;
    }
    match Line::parse().noun {
        Some(Noun::Fake(FakeCommand::Run(args))) => {
            let Ok(runtime) = tokio::runtime::Runtime::new() else {
                return ExitCode::FAILURE;
            };
            let warn = |text: &str| say(text);
            match runtime.block_on(fake_run::run(args, &inherited(), warn)) {
                Ok(code) => ExitCode::from(code),
                Err(error) => {
                    say(&told(&error));
                    ExitCode::from(error.code())
                }
            }
        }
        Some(Noun::Fake(FakeCommand::Serve(options))) => {
            let Ok(runtime) = tokio::runtime::Runtime::new() else {
                return ExitCode::FAILURE;
            };
            let announce = |text: &str| {
                _ = writeln!(std::io::stdout(), "{text}").ok();
            };
            match runtime.block_on(fake_serve::run(&options, announce)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    say(&told(&error));
                    ExitCode::FAILURE
                }
            }
        }
        None | Some(Noun::Other(_)) => ExitCode::SUCCESS,
    }
}

fn told(error: &dyn std::error::Error) -> String {
    let mut lines = vec![format!("error: {error}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        lines.push(format!("cause: {error}"));
        cause = error.source();
    }
    lines.join("\n")
}

fn say(text: &str) {
    // Nobody is left to tell of a closed standard error.
    _ = writeln!(std::io::stderr(), "{text}").ok();
}

fn inherited() -> Inherited {
    #[expect(clippy::disallowed_methods, reason = "main reads the environment")]
    let variable = |name: &str| -> Option<OsString> { std::env::var_os(name) };
    Inherited {
        path: variable("PATH"),
        no_proxy: variable("NO_PROXY").or_else(|| variable("no_proxy")),
        proxied: [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
        ]
        .iter()
        .any(|name| variable(name).is_some_and(|value| !value.is_empty())),
    }
}
