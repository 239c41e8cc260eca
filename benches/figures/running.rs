//! A simulator that runs: its memory, and how long a request takes.

use std::time::Instant;

use crate::client::Connection;
use crate::hosts::{added, fill};
use crate::simulator::{Room, memory as resident, processor_time};
use crate::spread::Spread;
use crate::{Outcome, heading, say};

const SIMULATORS: usize = 5;
const CONNECTIONS: u32 = 300;
const REQUESTS: u32 = 2000;
const FIFTY: usize = 50;

/// What the old CLI's lists ask for.
const LISTS: [&str; 5] = [
    "/locations",
    "/services/images",
    "/services/hostedservices",
    "/services/storageservices",
    "/rolesizes",
];

/// Resident memory of a new simulator and of one that answered ten requests, each on a
/// connection of its own.
pub(crate) fn memory(room: &Room) -> Outcome<()> {
    let mut before = Vec::new();
    let mut after = Vec::new();
    for _ in 0..SIMULATORS {
        let simulator = room.simulator()?;
        before.push(resident(simulator.pid())?);
        for path in LISTS.iter().chain(&LISTS) {
            let path = format!("{}{path}", room.subscription);
            room.connect(&simulator)?.expect(200, "GET", &path, "")?;
        }
        after.push(resident(simulator.pid())?);
    }
    say(&format!(
        "{:<58} {:>10} {:>10} {:>10} {:>6}",
        "resident memory of fake-azure serve, MiB", "median", "private", "most", "runs"
    ));
    for (what, mut seen) in [("ready", before), ("after ten requests", after)] {
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (median, private) = seen[seen.len() / 2];
        let most = seen[seen.len() - 1].0;
        let [median, private, most] = [median, private, most].map(|kib| kib / 1024.0);
        say(&format!(
            "{what:<58} {median:>10.2} {private:>10.2} {most:>10.2} {SIMULATORS:>6}"
        ));
    }
    Ok(())
}

/// How long requests take, for the client and on the simulator's processor: what a smaller
/// binary might pay with.
pub(crate) fn requests(room: &Room) -> Outcome<()> {
    heading("a request; last, milliseconds of the simulator's processor");
    let simulator = room.simulator()?;
    let [locations, images] =
        ["/locations", "/services/images"].map(|path| format!("{}{path}", room.subscription));
    let row = |what: &str, times: u32, ask: &mut dyn FnMut() -> Outcome<()>| -> Outcome<()> {
        let before = processor_time(simulator.pid())?;
        let mut took = Vec::new();
        for _ in 0..times {
            let start = Instant::now();
            ask()?;
            took.push(start.elapsed());
        }
        let after = processor_time(simulator.pid())?;
        let worked = after.saturating_sub(before) / times;
        let spread = Spread::of(took);
        let worked = worked.as_secs_f64() * 1e3;
        say(&format!("{what:<58} {} {worked:>7.3}", spread.columns()));
        Ok(())
    };
    row("locations, on a new connection", CONNECTIONS, &mut || {
        room.connect(&simulator)?.expect(200, "GET", &locations, "")
    })?;
    let mut connection = room.connect(&simulator)?;
    for (what, path) in [
        ("locations, on an open connection", locations),
        ("images, on an open connection", images),
    ] {
        row(what, REQUESTS, &mut || {
            connection.expect(200, "GET", &path, "")
        })?;
    }
    let services = format!("{}/services/hostedservices", room.subscription);
    fill(room, &mut connection, FIFTY)?;
    crowd(&mut connection, &services)?;
    let many = format!("{services}/host-1?embed-detail=true");
    for (what, path) in [
        (
            "a deployment of one machine",
            format!("{services}/host-2/deployments/host-2"),
        ),
        ("a list of fifty services", services),
        ("a service with its fifty machines", many),
    ] {
        let (_, content) = connection.ask("GET", &path, "")?;
        let what = format!("{what}, {} KB", content.len() / 1000);
        row(&what, REQUESTS, &mut || {
            connection.expect(200, "GET", &path, "")
        })?;
    }
    Ok(())
}

/// Adds machines to the first until it has fifty.
fn crowd(connection: &mut Connection, services: &str) -> Outcome<()> {
    let path = format!("{services}/host-1/deployments/host-1/roles");
    for number in 2..=FIFTY {
        connection.expect(202, "POST", &path, &added(&format!("host-1-{number}")))?;
    }
    Ok(())
}
