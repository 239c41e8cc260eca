//! Builds from outside: what is refused before the first step, and the doors to BuildKit.

use axum::body::Body;
use fake_docker::Engine;
use fake_docker::files::tar::{EntryKind, Header, Writer};
use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::wire::{Answer, ask, send};

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
