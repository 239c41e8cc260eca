//! Figures of the release binaries, measured from outside, with what they are to be compared
//! to in the same run. `docs/figures.md` tells how to read them.
//!
//! ```text
//! cargo bench -p figures                      # size, start, memory, requests, heavy, create, hosts, scale, state,
//!                                             # docker, today
//! cargo bench -p figures -- start create      # some of them
//! cargo bench -p figures -- made-of           # which crate takes how much of the binaries
//! cargo bench -p figures -- --binaries DIR    # binaries that were built before, such as others'
//! ```

mod client;
mod create;
mod docker;
mod heavy;
mod hosts;
mod made_of;
mod running;
mod scale;
mod simulator;
mod size;
mod spread;
mod start;
mod state;
mod today;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use simulator::Room;

/// A figure, or why there is none.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

type Figure = fn(&Room) -> Outcome<()>;

/// The programs that are measured; each is its package's name, too.
pub(crate) const PROGRAMS: [&str; 2] = ["azure", "fake-azure"];

/// All of them, in the order in which they are printed; the last on demand alone.
const FIGURES: [(&str, Figure); 12] = [
    ("size", size::print),
    ("start", start::print),
    ("memory", running::memory),
    ("requests", running::requests),
    ("heavy", heavy::print),
    ("create", create::print),
    ("hosts", hosts::print),
    ("scale", scale::print),
    ("state", state::print),
    ("docker", docker::print),
    ("today", today::print),
    ("made-of", made_of::print),
];

fn main() -> ExitCode {
    // `cargo bench` adds a word of its own.
    #[expect(clippy::disallowed_methods, reason = "this is main")]
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    match run(words.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With nobody to read the reason the exit code still tells.
            writeln!(io::stderr(), "error: {error}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run(mut wanted: Vec<String>) -> Outcome<()> {
    let mut binaries = None;
    if let Some(at) = wanted.iter().position(|word| word == "--binaries") {
        let folder = wanted.get(at + 1).ok_or("--binaries wants a folder")?;
        binaries = Some(root().join(folder));
        wanted.drain(at..=at + 1);
    }
    let names = FIGURES.map(|(name, _)| name);
    if let Some(unknown) = wanted.iter().find(|word| !names.contains(&word.as_str())) {
        let names = names.join(", ");
        return Err(format!("no figure is called `{unknown}`; there are {names}").into());
    }
    let binaries = if let Some(folder) = binaries {
        folder
    } else {
        build()?;
        released()?
    };
    let room = Room::new(binaries)?;
    let processors = thread::available_parallelism()?;
    let load = fs::read_to_string("/proc/loadavg")?;
    say(&format!(
        "{processors} processors, load {}",
        load.trim_end()
    ));
    for (name, figure) in FIGURES {
        let is_wanted = if wanted.is_empty() {
            name != "made-of"
        } else {
            wanted.iter().any(|word| word == name)
        };
        if is_wanted {
            say("");
            figure(&room)?;
        }
    }
    Ok(())
}

/// Builds the binaries as they are released: each by itself, as `cargo install` does, since
/// together each would get what the other asks of their dependencies.
pub(crate) fn build() -> Outcome<()> {
    for name in PROGRAMS {
        cargo(&["build", "--release", "--locked", "-p", name])?;
    }
    Ok(())
}

/// The repository's own folder.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Where the release build puts its binaries: beside the folder that Cargo gives benchmarks.
fn released() -> Outcome<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    Ok(target.ok_or("there is no target folder")?.join("release"))
}

pub(crate) fn cargo(arguments: &[&str]) -> Outcome<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err(format!("cargo {} ended with {status}", arguments.join(" ")).into())
}

/// A line of the report.
pub(crate) fn say(line: &str) {
    // With nobody to read the figures there is nothing to save.
    writeln!(io::stdout(), "{line}").ok();
}

/// The heading of a table of times.
pub(crate) fn heading(what: &str) {
    say(&format!(
        "{what:<58} {:>10} {:>10} {:>10} {:>6}",
        "median ms", "least", "most", "runs"
    ));
}
