//! Who is connected and says nothing.

use std::time::Duration;

use fake_azure::Limits;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::peer::{address, connect};
use crate::bodies::{Machine, hosted_service, service};
use crate::certs::Set;
use crate::process::client;
use crate::program::{Program, folder};
use crate::stage::{Stage, VERSION, builder};

#[tokio::test]
async fn silent_connections_are_closed_at_every_port() {
    let limits = Limits {
        silence: Duration::from_millis(50),
        ..Limits::default()
    };
    let stage = Stage::of(builder().limits(limits)).await;
    let mut rest = Vec::new();
    for begun in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        // Both would wait for ever.
        let mut peer = connect(&stage, true).await;
        peer.write_all(begun.as_bytes()).await.unwrap();
        peer.read_to_end(&mut rest).await.ok();
        let admin = address(stage.azure.admin_url());
        let mut peer = TcpStream::connect(admin).await.unwrap();
        peer.write_all(begun.as_bytes()).await.unwrap();
        peer.read_to_end(&mut rest).await.ok();
    }
    // A body that does not end is refused, though its head was in order.
    let mut peer = connect(&stage, true).await;
    let head = super::peer::head(&stage, "/services/hostedservices", 10, "");
    let answer = super::peer::say(&mut peer, &head).await;
    assert_eq!(answer, "HTTP/1.1 400 Bad Request");
    let (_, journal) = stage.admin("journal", None).await;
    let detail = journal[0]["detail"].as_str().unwrap();
    assert!(detail.contains("has not ended"), "{detail}");
}

async fn asked(ready: &Value, method: &str, path: &str, body: String) -> u16 {
    let (management, id) = (&ready["management"], &ready["subscription_id"]);
    let url = format!(
        "{}/{}{path}",
        management.as_str().unwrap(),
        id.as_str().unwrap()
    );
    let request = client(ready)
        .request(method.parse().unwrap(), url)
        .header("x-ms-version", VERSION)
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

async fn world(ready: &Value) -> Value {
    let url = format!("{}/_fake/world", ready["admin"].as_str().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = client.get(url).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn among_silent_connections_up_to_the_limit_of_open_files_an_honest_client_gets_in() {
    let program = Program::start_with_files(folder(), &["serve"], "-n 64");
    let ready = program.ready();
    let mut silent = Vec::new();
    for n in 0..200 {
        let url = if n % 2 == 0 { "management" } else { "admin" };
        let at = address(ready[url].as_str().unwrap());
        silent.push(TcpStream::connect(at).await.unwrap());
    }
    // Until the simulator has seen most of them: who comes while it has not is one of the silent.
    for first in silent.iter_mut().take(100) {
        first.read_to_end(&mut Vec::new()).await.ok();
    }
    assert_eq!(asked(&ready, "GET", "/locations", String::new()).await, 200);
    let world = world(&ready).await;
    let sent_away = world["problems"]["connections_sent_away"].as_u64().unwrap();
    assert!((136..=202).contains(&sent_away), "{sent_away}");
    // Room was made before it was lacking.
    assert_eq!(world["problems"]["connections_not_accepted"], 0);
}

#[test]
fn the_limit_of_open_files_is_raised() {
    let program = Program::start_with_files(folder(), &["serve"], "-S -n 50");
    let pid = program.child.as_ref().unwrap().id();
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let mut numbers = line.unwrap().split_whitespace().skip(3);
    let mut next = || numbers.next().unwrap().parse::<u64>().unwrap();
    let (soft, hard) = (next(), next());
    assert_eq!(soft, hard.min(65_536));
    assert!(soft > 50);
}

#[tokio::test]
async fn what_cannot_open_is_told_and_who_comes_is_answered_all_the_same() {
    let mut program = Program::start_with_files(folder(), &["serve"], "-n 40");
    let ready = program.ready();
    let storage = crate::bodies::storage("store");
    assert_eq!(
        asked(&ready, "POST", "/services/storageservices", storage).await,
        202
    );
    // Each host has a port, and there are not so many descriptors.
    for n in 0..40 {
        let name = format!("web{n}");
        let made = asked(
            &ready,
            "POST",
            "/services/hostedservices",
            hosted_service(&name),
        )
        .await;
        assert_eq!(made, 201);
        let machine = Machine::ubuntu(&name)
            .with(&Set::shared().open_tech(4243))
            .opened("docker", 4243, 4243);
        let deployments = format!("{}/deployments", service(&name));
        let made = asked(&ready, "POST", &deployments, machine.deployment(&name)).await;
        assert_eq!(made, 202, "{name}");
    }
    let world = world(&ready).await;
    let closed = world["problems"]["closed_doors"].as_object().unwrap();
    assert!((8..40).contains(&closed.len()), "{closed:?}");
    for (at, why) in closed {
        assert!(at.ends_with(":4243"));
        assert!(
            why.as_str().unwrap().contains("Too many open files"),
            "{why}"
        );
    }
    let output = program.end("-TERM");
    let log = String::from_utf8(output.stderr).unwrap();
    let told = log
        .lines()
        .filter(|line| line.contains("a door stays closed"));
    assert_eq!(told.clone().count(), closed.len(), "{log}");
    assert!(told.clone().all(|line| line.contains("ERROR")));
}
