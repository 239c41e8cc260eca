//! Datagrams: a script's UDP port, between containers, through published ports, and the engine's
//! name server.

use fake_docker::process::script::Scripts;
use fake_docker::{Engine, Loopback};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UdpSocket;

use crate::wire::{ask, post};

const SCRIPT: &str = r#"
[[image]]
name = "acme/clock"

[image.defines]
from = "alpine"
cmd = "clock"
expose = ["7000/udp", "7001/udp"]

[[image.program]]
command = "clock"

[[image.program.port]]
number = 7000
udp = true

[image.program.port.talk]
otherwise = { say = "what is {line}?" }
answer = [
  { to = "TIME *", say = ["time for {1}", "from {hostname}"], log = "asked by {1}" },
]

[[image.program.port]]
number = 7001
udp = true
does = "echo"
"#;

fn engine() -> Engine {
    let scripts = Scripts::parse("clock.toml", SCRIPT).unwrap();
    let builder = Engine::builder().scripts(scripts).host_ports(Loopback);
    builder.build()
}

async fn start(engine: &Engine, name: &str, body: Value) {
    let target = format!("/containers/create?name={name}");
    let created = post(engine, &target, &body.to_string()).await;
    assert_eq!(created.status, 201, "{}", created.json());
    let started = post(engine, &format!("/containers/{name}/start"), "").await;
    assert_eq!(started.status, 204);
}

async fn clock(engine: &Engine, network: &str) -> u16 {
    let body = json!({
        "Image": "acme/clock",
        "Hostname": "tower",
        "HostConfig": {
            "NetworkMode": network,
            "PortBindings": { "7000/udp": [{ "HostPort": "" }] },
        },
    });
    let pulled = post(engine, "/images/create?fromImage=acme/clock&tag=latest", "").await;
    assert_eq!(pulled.status, 200);
    start(engine, "clock", body).await;
    let told = ask(engine, "GET", "/containers/clock/json").await.json();
    let port = &told["NetworkSettings"]["Ports"]["7000/udp"][0]["HostPort"];
    port.as_str().unwrap().parse().unwrap()
}

/// What a command in a container of its own writes.
async fn run(engine: &Engine, network: &str, line: &str) -> String {
    let pulled = post(engine, "/images/create?fromImage=alpine&tag=latest", "").await;
    assert_eq!(pulled.status, 200);
    let body = json!({
        "Image": "alpine",
        "Cmd": ["sh", "-c", line],
        "Tty": true,
        "HostConfig": { "NetworkMode": network },
    });
    start(engine, "asker", body).await;
    assert_eq!(post(engine, "/containers/asker/wait", "").await.status, 200);
    let logs = "/containers/asker/logs?stdout=1&stderr=1";
    let said = ask(engine, "GET", logs).await.body;
    assert_eq!(ask(engine, "DELETE", "/containers/asker").await.status, 204);
    String::from_utf8_lossy(&said).replace('\r', "")
}

#[tokio::test]
async fn a_published_port_carries_datagrams() {
    let engine = engine();
    let port = clock(&engine, "bridge").await;
    let client = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    client.connect(("127.0.0.1", port)).await.unwrap();
    let mut buffer = [0; 999];
    for (sent, expected) in [
        ("TIME me", "time for me\nfrom tower\n"),
        ("hello\n", "what is hello?\n"),
    ] {
        client.send(sent.as_bytes()).await.unwrap();
        let count = client.recv(&mut buffer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&buffer[..count]), expected);
    }
    let mut inside = engine.dial_datagrams(port).await.unwrap();
    inside.write_all(b"TIME you").await.unwrap();
    let count = inside.read(&mut buffer).await.unwrap();
    assert_eq!(&buffer[..count], b"time for you\nfrom tower\n");
    assert!(engine.dial(port).await.is_none(), "nothing listens for TCP");
    let logs = ask(&engine, "GET", "/containers/clock/logs?stdout=1").await;
    let logs = String::from_utf8_lossy(&logs.body).into_owned();
    assert!(logs.contains("asked by me") && logs.contains("asked by you"));
    let stopped = post(&engine, "/containers/clock/kill", "").await;
    assert_eq!(stopped.status, 204);
    while UdpSocket::bind(("127.0.0.1", port)).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn containers_exchange_datagrams_by_name() {
    let engine = engine();
    let made = post(&engine, "/networks/create", r#"{"Name":"net1"}"#).await;
    assert_eq!(made.status, 201);
    clock(&engine, "net1").await;
    let said = run(
        &engine,
        "net1",
        "echo TIME it | nc -u -w 1 clock 7000; echo back | nc -u -w 1 clock 7001; \
         echo lost | nc -u -w 1 clock 7002; echo $?",
    )
    .await;
    assert!(
        said.starts_with("time for it\nfrom tower\nback\n"),
        "{said}"
    );
    assert!(said.ends_with("1\n"), "{said}");
    let line = "(echo pong | nc -u -l -w 2 -p 9000 > got) & sleep 0.1; \
                echo ping | nc -u -w 1 127.0.0.1 9000; wait; cat got";
    assert_eq!(run(&engine, "net1", line).await, "pong\nping\n");
}

#[tokio::test]
async fn the_name_server_answers_over_udp() {
    let engine = engine();
    let made = post(&engine, "/networks/create", r#"{"Name":"net1"}"#).await;
    assert_eq!(made.status, 201);
    clock(&engine, "net1").await;
    let told = ask(&engine, "GET", "/containers/clock/json").await.json();
    let address = &told["NetworkSettings"]["Networks"]["net1"]["IPAddress"];
    let address = address.as_str().unwrap();
    let head = "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n";
    assert_eq!(
        run(&engine, "net1", "nslookup -type=A clock").await,
        format!("{head}Non-authoritative answer:\nName:\tclock\nAddress: {address}\n\n")
    );
    let mut parts: Vec<&str> = address.split('.').collect();
    parts.reverse();
    let reversed = format!("{}.in-addr.arpa", parts.join("."));
    assert_eq!(
        run(&engine, "net1", &format!("nslookup {address}")).await,
        format!("{head}Non-authoritative answer:\n{reversed}\tname = clock.net1\n\n")
    );
    let said = run(&engine, "net1", "nslookup nosuch; echo $?").await;
    let missing = "** server can't find nosuch: NXDOMAIN\n\n";
    assert_eq!(said, format!("{head}{missing}{missing}1\n"));
    // A question as it travels: number 7, one question, `clock`, an address of IPv4.
    let asked = r"printf '\0\7\1\0\0\1\0\0\0\0\0\0\5clock\0\0\1\0\1' | nc -u -w 1 127.0.0.11 53 | od -An -tx1 | head -n 1";
    let said = run(&engine, "net1", asked).await;
    assert!(said.trim().starts_with("00 07 81 80 00 01 00 01"), "{said}");
    let said = run(
        &engine,
        "bridge",
        "echo x | nc -u -w 1 127.0.0.11 53; echo $?",
    )
    .await;
    assert!(said.ends_with("1\n"), "{said}");
}
