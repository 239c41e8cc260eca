//! Bytes that are wrong in many ways, by seed: the engine answers each of them, in so many steps,
//! and nothing in it breaks.
//!
//! Each target is a function over bytes; the number of times that tasks get a turn bounds the
//! time that an answer may take.

mod generator;

use std::cell::Cell;
use std::sync::Once;

use fake_docker::files::tar::{EntryKind, Header, Writer};
use fake_docker::{Clock, Engine};
use jiff::Timestamp;
use serde_json::{Value, json};
use simulation::Chance;

use crate::recordings::call::{Call, Stage, settle};
use crate::recordings::exchange::{Heard, escaped, frames};

/// How many inputs each target gets.
const INPUTS: u32 = 250;

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// Counts what panics on this thread, on which all of an engine's tasks run: a task of its own
/// that ends so would otherwise go unnoticed.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.with(|count| count.set(count.get() + 1));
            before(info);
        }));
    });
}

async fn stage() -> Stage {
    count_panics();
    let clock = Clock::by_hand(Timestamp::from_second(1_700_000_000).unwrap());
    let engine = Engine::builder().seed(1).clock(clock.clone()).build();
    let stage = Stage { engine, clock };
    for image in ["busybox", "hello-world"] {
        let target = format!("/images/create?fromImage={image}&tag=latest");
        assert_eq!(ask(&stage, "POST", &target, "", b"").await.status, 200);
    }
    stage
}

fn request(method: &str, target: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let kind = if kind.is_empty() {
        String::new()
    } else {
        format!("Content-Type: {kind}\r\n")
    };
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n{kind}\
         Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Asks, and has an answer that is whole after so many steps, whatever was asked.
async fn ask(stage: &Stage, method: &str, target: &str, kind: &str, body: &[u8]) -> Heard {
    let call = Call::start(&stage.engine, request(method, target, kind, body));
    stage.finish(&call).await;
    let input = || format!("{method} {target} {}", String::from_utf8_lossy(body));
    assert!(call.is_over(), "no end of the answer to {}", input());
    let heard = Heard::read(&call.heard());
    let heard = heard.unwrap_or_else(|| panic!("no answer to {}", input()));
    assert_eq!(PANICS.with(Cell::get), 0, "a task broke at {}", input());
    assert!(
        (200..=503).contains(&heard.status),
        "{}: {}",
        heard.status,
        input()
    );
    if heard.status >= 400 {
        let told: Value = serde_json::from_slice(&heard.body).unwrap_or_default();
        let words = told["message"].as_str().unwrap_or_default();
        assert!(!words.is_empty(), "refused without a word: {}", input());
    }
    heard
}

async fn filters(stage: &Stage, bytes: &[u8]) {
    const LISTS: [(&str, &str); 9] = [
        ("GET", "/containers/json?all=1&filters"),
        ("GET", "/images/json?filters"),
        ("GET", "/networks?filters"),
        ("GET", "/volumes?filters"),
        ("GET", "/events?since=0&until=1&filters"),
        ("GET", "/images/search?term=x&filters"),
        ("POST", "/containers/prune?filters"),
        ("POST", "/volumes/prune?filters"),
        ("POST", "/networks/prune?filters"),
    ];
    let text = String::from_utf8_lossy(bytes);
    for (method, list) in LISTS {
        ask(
            stage,
            method,
            &format!("{list}={}", escaped(&text)),
            "",
            b"",
        )
        .await;
    }
}

#[tokio::test]
async fn filters_of_any_bytes_are_answered() {
    let stage = stage().await;
    let samples: &[&[u8]] = &[
        br#"{"status":["running","exited"],"exited":["0"],"health":["none"]}"#,
        br#"{"label":["a=b","c"],"label!":["d"],"name":["^/?x$"],"id":["abc"]}"#,
        br#"{"reference":["busy*:*"],"dangling":["true"],"before":["busybox"],"since":["busybox"]}"#,
        br#"{"until":["24h","2024-01-01T00:00:00Z"],"type":["container"],"event":["die"]}"#,
        br#"{"driver":{"bridge":true},"scope":{"local":true},"publish":{"80/tcp":true}}"#,
        br#"{"ancestor":["busybox"],"volume":["/v"],"network":["bridge"],"expose":["80-90/udp"]}"#,
    ];
    let mut chance = Chance::seeded(0xf117);
    for _ in 0..INPUTS / 4 {
        let bytes = generator::bytes(&mut chance, samples);
        filters(&stage, &bytes).await;
    }
}

async fn event_query(stage: &Stage, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (since, until) = text.split_once('|').unwrap_or((&text, "1"));
    let target = format!("/events?since={}&until={}", escaped(since), escaped(until));
    let call = Call::start(&stage.engine, request("GET", &target, "", b""));
    stage.finish(&call).await;
    let heard = Heard::read(&call.heard());
    // One that ends in the time to come has begun; all others have ended.
    assert!(heard.is_some(), "{target}");
    assert_eq!(PANICS.with(Cell::get), 0, "{target}");
}

#[tokio::test]
async fn times_of_events_of_any_bytes_are_answered() {
    let stage = stage().await;
    let samples: &[&[u8]] = &[
        b"0|1700000000",
        b"1700000000.123456789|1700000001.5",
        b"2023-11-14T22:13:20Z|2023-11-14T22:13:21.5+02:00",
        b"2023-11-14|2023-11-15T01",
        b"10m|0s",
        b"1h30m|-5s",
        b"-62135596800|253402300799",
        b"9223372036854775807|-9223372036854775808",
    ];
    let mut chance = Chance::seeded(0xe7e7);
    for _ in 0..INPUTS {
        let bytes = generator::bytes(&mut chance, samples);
        event_query(&stage, &bytes).await;
    }
}

/// What people send to make containers.
fn bodies() -> [Value; 4] {
    [
        json!({
            "Image": "busybox", "Cmd": ["true"], "Entrypoint": null, "Env": ["A=b"],
            "Labels": {"a": "b"}, "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/v": {}},
            "WorkingDir": "/w", "User": "0:0", "StopSignal": "TERM", "StopTimeout": 1,
            "Hostname": "h", "Domainname": "d", "Tty": false, "OpenStdin": true,
            "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1_000_000_000, "Retries": 2},
        }),
        json!({
            "Image": "busybox:latest", "Cmd": ["sleep", "1"],
            "HostConfig": {
                "Binds": ["/tmp:/t:ro", "vol:/v"], "PortBindings": {"80/tcp": [{"HostPort": ""}]},
                "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 1},
                "Memory": 8_000_000, "NanoCpus": 1_000_000, "CpuShares": 2, "PidsLimit": 10,
                "Mounts": [{"Type": "tmpfs", "Target": "/m", "TmpfsOptions": {"SizeBytes": 1}}],
                "Tmpfs": {"/x": "size=1m"}, "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}],
                "CapAdd": ["NET_ADMIN"], "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"],
                "ExtraHosts": ["a:1.2.3.4"], "Dns": ["1.1.1.1"], "LogConfig": {"Type": "none"},
            },
        }),
        json!({
            "Image": "busybox", "Cmd": ["echo", "x"],
            "HostConfig": {"NetworkMode": "bridge", "AutoRemove": true, "Init": true, "ShmSize": 1},
            "NetworkingConfig": {"EndpointsConfig": {"bridge": {
                "Aliases": ["a"], "IPAMConfig": {"IPv4Address": "172.17.0.9"},
                "MacAddress": "02:00:00:00:00:01", "Links": ["a:b"],
            }}},
        }),
        json!({"Image": "hello-world", "HostConfig": {"ReadonlyRootfs": true, "Links": ["a:b"]}}),
    ]
}

async fn create(stage: &Stage, bytes: &[u8]) -> bool {
    let kind = "application/json";
    let made = ask(stage, "POST", "/containers/create?name=xx", kind, bytes).await;
    if made.status == 201 {
        ask(stage, "POST", "/containers/xx/start", "", b"").await;
        ask(stage, "GET", "/containers/xx/json?size=1", "", b"").await;
        ask(stage, "GET", "/containers/json?all=1&size=1", "", b"").await;
        ask(stage, "DELETE", "/containers/xx?force=1&v=1", "", b"").await;
    }
    made.status == 201
}

#[tokio::test]
async fn containers_of_any_body_are_made_or_refused() {
    let stage = stage().await;
    let mut chance = Chance::seeded(0xc4ea);
    let texts: Vec<String> = bodies().iter().map(ToString::to_string).collect();
    let samples: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let mut made = 0;
    for _ in 0..INPUTS {
        let value = generator::value(&mut chance, &bodies());
        made += u32::from(create(&stage, value.to_string().as_bytes()).await);
        let bytes = generator::bytes(&mut chance, &samples);
        made += u32::from(create(&stage, &bytes).await);
    }
    // Neither all are right nor all are wrong: both ways are gone.
    assert!((INPUTS / 10..2 * INPUTS).contains(&made), "{made}");
}

/// An archive of an image, of these documents and layer.
fn image_archive(manifest: &Value, config: &Value, layer: &[u8]) -> Vec<u8> {
    let mut archive = Writer::new();
    for (name, content) in [
        ("manifest.json", manifest.to_string().as_bytes()),
        ("config.json", config.to_string().as_bytes()),
        ("layer.tar", layer),
    ] {
        let header = Header::new(name, EntryKind::File, 0o644, Timestamp::UNIX_EPOCH);
        archive.add(header, content);
    }
    archive.finish()
}

async fn load(stage: &Stage, bytes: &[u8]) {
    let kind = "application/x-tar";
    ask(stage, "POST", "/images/load", kind, bytes).await;
    ask(stage, "GET", "/images/json?all=1", "", b"").await;
    ask(
        stage,
        "POST",
        "/images/create?fromSrc=-&repo=imported",
        kind,
        bytes,
    )
    .await;
}

#[tokio::test]
async fn archives_of_images_of_any_bytes_are_loaded_or_refused() {
    let stage = stage().await;
    let mut layer = Writer::new();
    let header = Header::new("a", EntryKind::File, 0o644, Timestamp::UNIX_EPOCH);
    layer.add(header, b"x");
    let layer = layer.finish();
    let manifest = [json!([{
        "Config": "config.json", "RepoTags": ["loaded:1"], "Layers": ["layer.tar"],
    }])];
    let config = [json!({
        "architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z",
        "config": {"Cmd": ["sh"], "Env": ["A=b"], "Labels": {"a": "b"}},
        "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "x"}],
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", "0".repeat(64))]},
    })];
    let whole = image_archive(&manifest[0], &config[0], &layer);
    let mut chance = Chance::seeded(0x10ad);
    for _ in 0..INPUTS {
        let archive = match chance.below(3) {
            0 => image_archive(
                &generator::value(&mut chance, &manifest),
                &config[0],
                &layer,
            ),
            1 => image_archive(
                &manifest[0],
                &generator::value(&mut chance, &config),
                &layer,
            ),
            _ => generator::bytes(&mut chance, &[&whole, &layer]),
        };
        load(&stage, &archive).await;
    }
}

/// Types at `cat`, of a terminal or not, and hangs up one half: without a terminal what comes
/// back is what was typed, in frames.
async fn hijacked(stage: &Stage, bytes: &[u8], tty: bool) {
    let body = json!({
        "Image": "busybox", "Cmd": ["cat"], "OpenStdin": true, "StdinOnce": true, "Tty": tty,
        "AttachStdin": true, "AttachStdout": true, "AttachStderr": true,
    });
    let body = body.to_string();
    let kind = "application/json";
    let made = ask(
        stage,
        "POST",
        "/containers/create?name=xx",
        kind,
        body.as_bytes(),
    )
    .await;
    assert_eq!(made.status, 201, "{made:?}");
    let head = "POST /containers/xx/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\n\
                Host: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    let call = Call::start(&stage.engine, head.into());
    settle().await;
    ask(stage, "POST", "/containers/xx/start", "", b"").await;
    for piece in bytes.chunks(7) {
        call.say(piece.to_vec());
        settle().await;
    }
    call.no_more();
    stage.finish(&call).await;
    assert!(call.is_over(), "{tty}: {bytes:?}");
    assert_eq!(PANICS.with(Cell::get), 0, "{tty}: {bytes:?}");
    if !tty {
        let answer = Heard::read(&call.heard()).unwrap();
        let echoed = frames(&answer.body);
        assert!(echoed.get("no frame").is_none(), "{echoed}");
        let payload: Vec<u8> = payload(&answer.body);
        assert_eq!(payload, bytes);
    }
    ask(stage, "DELETE", "/containers/xx?force=1", "", b"").await;
}

/// What is in frames, whoever wrote it.
fn payload(mut bytes: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    while let [_, 0, 0, 0, a, b, c, d, rest @ ..] = bytes {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        payload.extend(&rest[..length]);
        bytes = &rest[length..];
    }
    payload
}

#[tokio::test]
async fn what_is_typed_on_a_taken_over_connection_may_be_anything() {
    let stage = stage().await;
    let samples: &[&[u8]] = &[
        b"line\nline two\n",
        b"\x01\0\0\0\0\0\0\x04out\n\x02\0\0\0\xff\xff\xff\xff",
        b"\x10\x11\x10\x10\x03\x04\x1a\x15\x17\x7f\x08\r\n\x1b[6n\x1b[A",
        b"GET / HTTP/1.1\r\nHost: d\r\n\r\n0\r\n\r\n",
        "\u{e9}\u{fffd}\u{1f40b}\0\r".as_bytes(),
    ];
    let mut chance = Chance::seeded(0x717e);
    for at in 0..INPUTS / 2 {
        let bytes = generator::bytes(&mut chance, samples);
        hijacked(&stage, &bytes, at % 2 == 1).await;
    }
}
