//! What a state file costs: writes with it and without, and a start with ten thousand machines.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::hosts::fill;
use crate::simulator::{Room, Simulator, processor_time};
use crate::{Outcome, say};

const HOSTS: u32 = 10_000;
/// Each write waits for the disk.
const SYNCED_HOSTS: u32 = 500;

pub(crate) fn print(room: &Room) -> Outcome<()> {
    say(&format!(
        "{:<40} {:>10} {:>10} {:>10} {:>10} {:>10}",
        format!("{HOSTS} machines, and a start with them"),
        "writes/s",
        "us, own",
        "file MiB",
        "start ms",
        "empty ms"
    ));
    let path = |name: &str| room.folder.path().join(name);
    let (kept, synced) = (path("state"), path("synced"));
    measure(room, "without a state file", None, HOSTS)?;
    measure(room, "--state", Some((&kept, &[])), HOSTS)?;
    let sync = [OsStr::new("--state-sync")];
    let what = format!("--state --state-sync, {SYNCED_HOSTS} machines");
    measure(room, &what, Some((&synced, &sync)), SYNCED_HOSTS)
}

/// A state file, and what else is told.
type State<'a> = Option<(&'a PathBuf, &'a [&'a OsStr])>;

fn measure(room: &Room, what: &str, state: State<'_>, hosts: u32) -> Outcome<()> {
    let mut arguments = Vec::new();
    if let Some((path, further)) = state {
        arguments.extend([OsStr::new("--state"), path.as_os_str()]);
        arguments.extend(further);
    }
    let (simulator, empty) = timed(room, &arguments)?;
    let (writes, own) = make(room, &simulator, hosts)?;
    drop(simulator);
    let (size, start) = match state {
        None => (String::new(), String::new()),
        Some((path, _)) => (mebibytes(path)?, timed(room, &arguments)?.1),
    };
    say(&format!(
        "{what:<40} {writes:>10.0} {own:>10.1} {size:>10} {start:>10} {empty:>10}"
    ));
    Ok(())
}

/// A simulator, and the milliseconds until it was ready.
fn timed(room: &Room, arguments: &[&OsStr]) -> Outcome<(Simulator, String)> {
    let begun = Instant::now();
    let simulator = room.simulator_with(arguments)?;
    let taken = begun.elapsed().as_secs_f64() * 1000.0;
    Ok((simulator, format!("{taken:.1}")))
}

fn mebibytes(path: &Path) -> Outcome<String> {
    let kibibytes = u32::try_from(fs::metadata(path)?.len() / 1024)?;
    Ok(format!("{:.1}", f64::from(kibibytes) / 1024.0))
}

/// Makes machines: how many writes were answered in a second, and the microseconds that one took
/// the simulator on a processor.
fn make(room: &Room, simulator: &Simulator, hosts: u32) -> Outcome<(f64, f64)> {
    let mut connection = room.connect(simulator)?;
    let (begun, before) = (Instant::now(), processor_time(simulator.pid())?);
    fill(room, &mut connection, usize::try_from(hosts)?)?;
    let own = processor_time(simulator.pid())?.saturating_sub(before);
    // Two for each, and the account.
    let writes = f64::from(2 * hosts + 1);
    Ok((
        writes / begun.elapsed().as_secs_f64(),
        own.as_secs_f64() * 1e6 / writes,
    ))
}
