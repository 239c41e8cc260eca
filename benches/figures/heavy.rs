//! The longest that one request keeps all others waiting: the simulator has one thread.

use std::time::Instant;

use crate::client::Connection;
use crate::hosts::{deployment, document, fill, service};
use crate::simulator::Room;
use crate::{Outcome, say};

/// Each request is made so often.
const RUNS: usize = 5;
/// Machines that are there when lists are asked for.
const MACHINES: usize = 1000;
const MOST: f64 = 50.0;

pub(crate) fn print(room: &Room) -> Outcome<()> {
    say(&format!(
        "{:<58} {:>10} {:>10} {:>10} {:>6}",
        "heavy requests", "median ms", "most", "KiB sent", "status"
    ));
    let simulator = room.simulator()?;
    let connection = &mut room.connect(&simulator)?;
    let mut longest = 0.0_f64;
    let services = format!("{}/services/hostedservices", room.subscription);
    connection.expect(201, "POST", &services, &service("heavy"))?;
    for (what, method, path, body) in hostile(&room.subscription) {
        longest = longest.max(time(connection, what, method, &path, &body)?);
    }
    fill(room, connection, MACHINES)?;
    for (what, path) in [
        ("all machines' disks", "services/disks"),
        ("all cloud services", "services/hostedservices"),
        (
            "one service, with its deployment",
            "services/hostedservices/host-7?embed-detail=true",
        ),
        ("all images", "services/images"),
    ] {
        let path = format!("{}/{path}", room.subscription);
        let what = format!("{MACHINES} machines there: {what}");
        longest = longest.max(time(connection, &what, "GET", &path, "")?);
    }
    say(&format!(
        "the longest of all took {longest:.1} ms; the goal is {MOST:.0}"
    ));
    Ok(())
}

/// Bodies as somebody hostile writes them, about as long as they may be.
fn hostile(subscription: &str) -> Vec<(&'static str, &'static str, String, String)> {
    let deployments = format!("{subscription}/services/hostedservices/heavy/deployments");
    let machine = |inner: &str| deployment("heavy", "", inner);
    let endpoint = |number: usize, acl: &str| {
        format!(
            "<InputEndpoint><LocalPort>{number}</LocalPort><Name>e{number}</Name><Port>{number}</Port><Protocol>tcp</Protocol>{acl}</InputEndpoint>"
        )
    };
    let many_endpoints = repeated(40_000, |number| endpoint(number, ""));
    let rules = repeated(75_000, |order| {
        format!(
            "<Rule><Order>{order}</Order><Action>permit</Action><RemoteSubnet>10.0.0.0/8</RemoteSubnet></Rule>"
        )
    });
    let many_rules = endpoint(
        80,
        &format!("<EndpointAcl><Rules>{rules}</Rules></EndpointAcl>"),
    );
    let servers = repeated(60_000, |number| {
        format!("<DnsServer name=\"d{number}\" IPAddress=\"10.0.0.4\"/>")
    });
    let network = format!(
        "<NetworkConfiguration xmlns=\"http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration\"><VirtualNetworkConfiguration><Dns><DnsServers>{servers}</DnsServers></Dns></VirtualNetworkConfiguration></NetworkConfiguration>"
    );
    let namespace = format!(
        "<Deployment xmlns=\"{}\">{}</Deployment>",
        "n".repeat(100_000),
        "<a/>".repeat(60_000)
    );
    let empty = document("Deployment", &"<a/>".repeat(2_000_000));
    vec![
        (
            "a machine with 40,000 endpoints",
            "POST",
            deployments.clone(),
            machine(&many_endpoints),
        ),
        (
            "an endpoint with 75,000 rules",
            "POST",
            deployments.clone(),
            machine(&many_rules),
        ),
        (
            "a network of 60,000 name servers",
            "PUT",
            format!("{subscription}/services/networking/media"),
            network,
        ),
        (
            "a namespace of 100,000 letters, 60,000 children",
            "POST",
            deployments.clone(),
            namespace,
        ),
        ("two million empty children", "POST", deployments, empty),
    ]
}

fn repeated(times: usize, one: impl Fn(usize) -> String) -> String {
    (1..=times).fold(String::new(), |all, number| all + &one(number))
}

/// Prints what a request takes, and gives back the longest.
fn time(
    connection: &mut Connection,
    what: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Outcome<f64> {
    let mut times = Vec::with_capacity(RUNS);
    let mut status = 0;
    for _ in 0..RUNS {
        let begin = Instant::now();
        (status, _) = connection.ask(method, path, body)?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let most = times.last().copied().unwrap_or_default();
    say(&format!(
        "{what:<58} {:>10.1} {most:>10.1} {:>10} {status:>6}",
        times[RUNS / 2],
        body.len() / 1024
    ));
    Ok(most)
}
