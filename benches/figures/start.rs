//! From nothing to the first good answer.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::create::old_cli;
use crate::simulator::{Room, end, processor_time};
use crate::spread::Spread;
use crate::{Outcome, heading, say};

const RUNS: usize = 31;

pub(crate) fn print(room: &Room) -> Outcome<()> {
    heading("start");
    let locations = format!("{}/locations", room.subscription);
    let running = room.simulator()?;
    let old = old_cli();
    let [
        mut cold,
        mut worked,
        mut warm,
        mut version,
        mut node,
        mut old_version,
    ] = [const { Vec::new() }; 6];
    for run in 0..RUNS {
        let start = Instant::now();
        let mut child = room.first_answer(&locations)?;
        cold.push(start.elapsed());
        worked.push(processor_time(child.id())?);
        end(&mut child);

        let start = Instant::now();
        room.connect(&running)?.expect(200, "GET", &locations, "")?;
        warm.push(start.elapsed());

        version.push(time(Command::new(room.program("azure")).arg("--version"))?);
        node.extend(time(Command::new("node").args(["-e", "0"])).ok());
        if let (Some(old), 0..5) = (&old, run) {
            let mut command = Command::new(old);
            command.arg("--version");
            for folder in ["HOME", "AZURE_CONFIG_DIR"] {
                command.env(folder, room.folder.path().join("old-version"));
            }
            old_version.push(time(&mut command)?);
        }
    }
    let cold = row("fake-azure serve, to the first answer", cold);
    row("  thereof on a processor, all threads", worked);
    let warm = row(
        "the same answer by one that runs, on a new connection",
        warm,
    );
    let version = row("azure --version", version);
    let node = row("node -e 0", node);
    let old_version = row("azure-cli 0.10.20 --version", old_version);
    say(&format!(
        "cold start / new connection = {:.1}; node -e 0 / cold start = {:.1}; old / new --version = {:.0}",
        cold / warm,
        node / cold,
        old_version / version
    ));
    Ok(())
}

/// A line of the table; a thing that is not here has no measurements.
fn row(what: &str, measured: Vec<Duration>) -> f64 {
    if measured.is_empty() {
        say(&format!("{what:<58} not here"));
        return f64::NAN;
    }
    let spread = Spread::of(measured);
    say(&format!("{what:<58} {}", spread.columns()));
    spread.median()
}

fn time(command: &mut Command) -> Outcome<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    let took = start.elapsed();
    if status.success() {
        return Ok(took);
    }
    Err(format!("{command:?} ended with {status}").into())
}
