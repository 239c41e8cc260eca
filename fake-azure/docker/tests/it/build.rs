//! Builds from outside: what is refused before the first step, and the doors to BuildKit.

use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use fake_docker::Engine;
use fake_docker::files::tar::{EntryKind, Header, Writer};
use fake_docker::process::script::Scripts;
use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use jiff::Timestamp;
use regex_lite::Regex;
use serde_json::{Value, json};
use simulation::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::wire::{Answer, ask, post, send};

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = Writer::new();
    for (path, content) in files {
        let header = Header::new(*path, EntryKind::File, 0o644, Timestamp::UNIX_EPOCH);
        writer.add(header, content.as_bytes());
    }
    writer.finish()
}

async fn build(engine: &Engine, query: &str, files: &[(&str, &str)]) -> Answer {
    let target = format!("/v1.51/build?{query}");
    send(engine, &target, "application/x-tar", &archive(files)).await
}

#[tokio::test]
async fn what_cannot_be_built_is_refused_before_the_first_step() {
    let engine = Engine::builder().build();
    for (dockerfile, query, status, words) in [
        ("", "", 400, "the Dockerfile (Dockerfile) cannot be empty"),
        (
            "# only\n",
            "",
            400,
            "failed to parse Dockerfile: file with no instructions",
        ),
        (
            "FROM\n",
            "",
            400,
            "dockerfile parse error on line 1: FROM requires either one or three arguments",
        ),
        (
            "FRM busybox\n",
            "",
            400,
            "dockerfile parse error on line 1: unknown instruction: FRM (did you mean FROM?)",
        ),
        ("RUN x\n", "", 400, "no build stage in current context"),
        (
            "FROM busybox\nENV x\n",
            "",
            400,
            "failed to parse Dockerfile: ENV must have two arguments",
        ),
        (
            "FROM busybox\nLABEL a\n",
            "",
            400,
            "failed to parse Dockerfile: LABEL must have two arguments",
        ),
        (
            "FROM busybox\nHEALTHCHECK x\n",
            "",
            400,
            "dockerfile parse error on line 2: Unknown type \"X\" in HEALTHCHECK (try CMD)",
        ),
        (
            "FROM busybox\nONBUILD FROM x\n",
            "",
            400,
            "dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger",
        ),
        (
            "FROM busybox AS a\n",
            "target=zz",
            400,
            "target stage \"zz\" could not be found",
        ),
        (
            "FROM busybox\n",
            "dockerfile=Other",
            500,
            "Cannot locate specified Dockerfile: Other",
        ),
        (
            "FROM busybox\n",
            "t=BAD",
            500,
            "invalid reference format: repository name (library/BAD) must be lowercase",
        ),
        (
            "FROM busybox\n",
            "squash=1",
            400,
            "squash is only supported with experimental mode",
        ),
        ("FROM busybox\n", "version=3", 400, "invalid version: \"3\""),
        (
            "FROM busybox\n",
            "securityopt=x",
            400,
            "The daemon on this platform does not support setting security options on build",
        ),
    ] {
        let answer = build(&engine, query, &[("Dockerfile", dockerfile)]).await;
        assert_eq!((answer.status, answer.message().as_str()), (status, words));
    }
    let answer = send(&engine, "/build", "application/x-tar", b"not a tar").await;
    assert_eq!(
        (answer.status, answer.message().as_str()),
        (500, "unexpected EOF")
    );
    let answer = build(&engine, "version=2", &[]).await;
    assert!(answer.message().contains("DOCKER_BUILDKIT=0"), "{answer:?}");
}

#[tokio::test]
async fn a_cache_that_is_not_there_is_pruned() {
    let engine = Engine::builder().build();
    let answer = ask(&engine, "POST", "/v1.51/build/prune?all=1&filters=").await;
    assert_eq!(
        answer.body,
        b"{\"CachesDeleted\":null,\"SpaceReclaimed\":0}\n"
    );
    let answer = ask(&engine, "POST", "/build/prune?keep-storage=x").await;
    assert_eq!(answer.status, 400);

    let answer = ask(&engine, "POST", "/build/cancel?id=x").await;
    assert_eq!((answer.status, answer.body), (200, Vec::new()));
    let answer = ask(&engine, "POST", "/build/cancel").await;
    assert_eq!(
        (answer.status, answer.message().as_str()),
        (400, "build ID not provided")
    );
}

#[tokio::test]
async fn the_doors_to_buildkit_ask_for_an_upgrade() {
    let engine = Engine::builder().build();
    for (door, status) in [("/session", 400), ("/grpc", 500)] {
        let answer = ask(&engine, "POST", door).await;
        let words = "no upgrade proto in request";
        assert_eq!((answer.status, answer.message().as_str()), (status, words));
    }
}

#[tokio::test]
async fn a_client_of_buildkit_is_told_what_to_do() {
    let engine = Engine::builder().build();
    let (mut ours, theirs) = tokio::io::duplex(1 << 16);
    let served = tokio::spawn(async move { engine.serve(theirs).await });
    let upgrade = "POST /grpc HTTP/1.1\r\nHost: \r\nContent-Length: 0\r\n\
                   Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    ours.write_all(upgrade.as_bytes()).await.unwrap();
    let expected =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let mut head = vec![0; expected.len()];
    ours.read_exact(&mut head).await.unwrap();
    assert_eq!(
        String::from_utf8(head).unwrap().to_lowercase(),
        expected.to_lowercase()
    );

    let (mut calls, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(ours))
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    let call = Request::post("http://x/moby.buildkit.v1.Control/ListWorkers").body(Body::empty());
    let answer = calls.send_request(call.unwrap()).await.unwrap();
    assert_eq!(answer.headers()["grpc-status"], "12");
    let words = answer.headers()["grpc-message"].to_str().unwrap();
    assert!(words.contains("DOCKER_BUILDKIT=0"), "{words}");
    drop((answer, calls));
    connection.await.unwrap().unwrap();
    served.await.unwrap();
}

/// The context of the recordings.
const CONTEXT: [(&str, &str); 3] = [
    (".dockerignore", "ignored.txt\n"),
    (
        "Dockerfile",
        "FROM busybox:latest AS base\nARG WHO=world\nLABEL a=b\n\
         RUN echo \"hi $WHO\" > /greet && cat /greet\nFROM base\nCOPY data.txt /data.txt\n\
         WORKDIR /w\nENV X=1\nEXPOSE 8080\nCMD [\"cat\",\"/greet\"]\n",
    ),
    ("data.txt", "data\n"),
];

/// The documents of a build, ids taken out.
fn documents(answer: &Answer) -> Vec<Value> {
    let lines = answer.body.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn masked(documents: &[Value]) -> Vec<String> {
    let ids = Regex::new("[0-9a-f]{64}|[0-9a-f]{12}").unwrap();
    let masked = documents.iter().map(|document| {
        let text = document.to_string();
        ids.replace_all(&text, "ID").into_owned()
    });
    masked.collect()
}

async fn with_busybox() -> Engine {
    let engine = Engine::builder().build();
    let pulled = ask(
        &engine,
        "POST",
        "/images/create?fromImage=busybox&tag=latest",
    )
    .await;
    assert_eq!(pulled.status, 200);
    engine
}

#[tokio::test]
async fn builds_are_told_as_the_real_engine_was_recorded_to_tell_them() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = manifest.join("../../../shared/docker-recordings");
    if !folder.is_dir() {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: no recordings of a real engine in ../shared/docker-recordings\n",
        )
        .ok();
        return;
    }
    let engine = with_busybox().await;
    let arguments = "buildargs=%7B%22WHO%22%3A%22azure%22%7D";
    let failing = "FROM busybox:latest\nRUN echo about to fail && false\n";
    let from_stdin = "FROM busybox\nRUN echo stdin\n";
    for (name, query, files) in [
        (
            "170-build-classic",
            format!("t=built:1&{arguments}"),
            &CONTEXT[..],
        ),
        (
            "171-build-classic-cached",
            format!("t=built:2&{arguments}"),
            &CONTEXT,
        ),
        (
            "172-build-classic-q-nocache",
            "q=1&nocache=1&target=base".to_owned(),
            &CONTEXT,
        ),
        (
            "173-build-classic-fail",
            String::new(),
            &[("Dockerfile", failing)],
        ),
        (
            "174-build-classic-stdin",
            "t=sb".to_owned(),
            &[("Dockerfile", from_stdin)],
        ),
        ("176-build-noplugin", "t=np:1".to_owned(), &CONTEXT),
    ] {
        let recording = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
        let recording: Value = serde_json::from_slice(&recording).unwrap();
        let exchanges = recording["exchanges"].as_array().unwrap();
        let body = &exchanges.last().unwrap()["response"]["body"];
        let recorded = match &body["values"] {
            Value::Array(values) => values.clone(),
            _ => vec![body["value"].clone()],
        };

        let answer = build(&engine, &query, files).await;
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        let mut ours = masked(&documents(&answer));
        let mut theirs = masked(&recorded);
        if name.starts_with("176") {
            // COPY is not in the cache there: the recorder's clock and file had moved on.
            let is_cache = |line: &String| {
                line.contains("Using cache")
                    || line.contains("intermediate")
                    || line.contains("Running in")
            };
            ours.retain(|line| !is_cache(line));
            theirs.retain(|line| !is_cache(line));
        }
        assert_eq!(ours, theirs, "{name}");
    }
}

#[tokio::test]
async fn a_built_image_runs_and_remembers_how_it_was_made() {
    let engine = with_busybox().await;
    build(&engine, "t=built:1", &CONTEXT).await;

    let image = ask(&engine, "GET", "/images/built:1/json").await.json();
    assert_eq!(image["Config"]["Cmd"], json!(["cat", "/greet"]));
    assert_eq!(image["Config"]["ExposedPorts"], json!({"8080/tcp": {}}));
    assert_eq!(image["Config"]["WorkingDir"], "/w");
    let history = ask(&engine, "GET", "/images/built:1/history").await.json();
    let steps: Vec<(&str, u64)> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (
                step["CreatedBy"].as_str().unwrap(),
                step["Size"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(steps[0], ("/bin/sh -c #(nop)  CMD [\"cat\" \"/greet\"]", 0));
    assert_eq!(steps[3], ("/bin/sh -c #(nop) WORKDIR /w", 0));
    assert!(
        steps[4].0.starts_with("/bin/sh -c #(nop) COPY file:"),
        "{steps:?}"
    );
    assert_eq!(steps[4].1, 5);
    assert_eq!(
        steps[5],
        (
            "|1 WHO=world /bin/sh -c echo \"hi $WHO\" > /greet && cat /greet",
            9
        )
    );

    let created = post(
        &engine,
        "/containers/create?name=cc",
        "{\"Image\":\"built:1\"}",
    )
    .await;
    assert_eq!(created.status, 201, "{created:?}");
    ask(&engine, "POST", "/containers/cc/start").await;
    let ended = ask(&engine, "POST", "/containers/cc/wait").await;
    assert_eq!(ended.json()["StatusCode"], 0);
    let logs = ask(&engine, "GET", "/containers/cc/logs?stdout=1").await;
    assert!(logs.body.ends_with(b"hi world\n"), "{logs:?}");
}

#[tokio::test]
async fn steps_are_told_among_the_engine_s_events() {
    let clock = Clock::by_hand(Timestamp::UNIX_EPOCH);
    let engine = Engine::builder().clock(clock.clone()).build();
    let file = "FROM busybox\nRUN echo x\nCOPY Dockerfile /x\n";
    build(&engine, "t=sb", &[("Dockerfile", file)]).await;

    clock.advance(Duration::from_secs(1));
    let events = ask(&engine, "GET", "/events?since=0&until=1").await;
    let told: Vec<String> = documents(&events)
        .iter()
        .map(|event| {
            format!(
                "{} {}",
                event["Type"].as_str().unwrap(),
                event["Action"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told[1..],
        [
            "container create",
            "container attach",
            "network connect",
            "container start",
            "network disconnect",
            "container die",
            "image create",
            "container destroy",
            "image tag",
        ]
    );
}

#[tokio::test]
async fn what_a_script_declares_for_an_image_runs_in_builds_on_it() {
    let scripts = "[[image]]\nname = 'busybox'\n[[image.program]]\ncommand = 'install'\n\
                   prints = 'installed'\n";
    let scripts = Scripts::parse("install.toml", scripts).unwrap();
    let engine = Engine::builder().scripts(scripts).build();
    let file = "FROM busybox\nENV a=b\nRUN install x\n";
    let answer = build(&engine, "", &[("Dockerfile", file)]).await;

    let said = String::from_utf8(answer.body).unwrap();
    assert!(said.contains("{\"stream\":\"installed\\n\"}"), "{said}");
}

#[tokio::test]
async fn a_build_ends_when_its_client_goes() {
    let engine = with_busybox().await;
    let archive = archive(&[("Dockerfile", "FROM busybox\nRUN sleep 1000\n")]);
    let (mut ours, theirs) = tokio::io::duplex(1 << 16);
    let serving = engine.clone();
    let served = tokio::spawn(async move { serving.serve(theirs).await });
    let head = format!(
        "POST /build HTTP/1.1\r\nHost: d\r\nContent-Length: {}\r\n\r\n",
        archive.len()
    );
    ours.write_all(&[head.as_bytes(), &archive].concat())
        .await
        .unwrap();
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains("Running in") {
        ours.read_buf(&mut said).await.unwrap();
    }
    let containers = async || {
        let listed = ask(&engine, "GET", "/containers/json?all=1").await.json();
        listed.as_array().unwrap().len()
    };
    assert_eq!(containers().await, 1);

    drop(ours);
    served.await.unwrap();
    // The engine removes the container in its own time.
    for _ in 0..10_000 {
        if containers().await == 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the container is still there");
}
