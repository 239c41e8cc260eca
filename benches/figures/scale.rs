//! Two hundred thousand machines in one simulator, fifty in each deployment.

use std::time::Instant;

use crate::hosts::{account, added, deployment, service};
use crate::simulator::{Room, memory};
use crate::{Outcome, say};

const SERVICES: usize = 4000;
const MACHINES: usize = 50;
const GOAL: f64 = 2.6;

pub(crate) fn print(room: &Room) -> Outcome<()> {
    let simulator = room.simulator()?;
    let connection = &mut room.connect(&simulator)?;
    let all = SERVICES * MACHINES;
    simulator.allow_cores(all)?;
    let services = format!("{}/services/hostedservices", room.subscription);
    let storage = format!("{}/services/storageservices", room.subscription);
    connection.expect(202, "POST", &storage, &account())?;
    let (before, _) = memory(simulator.pid())?;
    let begin = Instant::now();
    for number in 1..=SERVICES {
        let name = format!("s{number}");
        connection.expect(201, "POST", &services, &service(&name))?;
        let path = format!("{services}/{name}/deployments");
        connection.expect(202, "POST", &path, &deployment(&name, "", ""))?;
        let path = format!("{path}/{name}/roles");
        for machine in 2..=MACHINES {
            connection.expect(202, "POST", &path, &added(&format!("{name}-{machine}")))?;
        }
    }
    let took = begin.elapsed();
    let (after, _) = memory(simulator.pid())?;
    let each = (after - before) / f64::from(u32::try_from(all)?);
    say(&format!(
        "{all} machines, {MACHINES} to a deployment: {:.1} s, {:.1} MiB, {each:.2} KiB each; the goal is {GOAL}",
        took.as_secs_f64(),
        after / 1024.0
    ));
    Ok(())
}
