//! What an engine takes upon itself, and how it refuses more.

use std::time::Duration;

use fake_docker::{Engine, Limits};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::wire::{ask, connect, post, send};

async fn engine(limits: Limits) -> Engine {
    let engine = Engine::builder().seed(7).limits(limits).build();
    let pulled = post(&engine, "/images/create?fromImage=alpine&tag=3.22", "").await;
    assert_eq!(pulled.status, 200);
    engine
}

fn asked(command: &str) -> String {
    json!({"Image": "alpine:3.22", "Cmd": ["sh", "-c", command]}).to_string()
}

/// Runs a command in a container; its exit code and what it wrote.
async fn run(engine: &Engine, command: &str, host: serde_json::Value) -> (i64, String) {
    let body = json!({
        "Image": "alpine:3.22", "Cmd": ["sh", "-c", command], "Tty": true, "HostConfig": host
    });
    let made = post(engine, "/containers/create", &body.to_string()).await;
    let id = made.json()["Id"].as_str().unwrap().to_owned();
    ask(engine, "POST", &format!("/containers/{id}/start")).await;
    let ended = ask(engine, "POST", &format!("/containers/{id}/wait")).await;
    let log = ask(engine, "GET", &format!("/containers/{id}/logs?stdout=1")).await;
    let code = ended.json()["StatusCode"].as_i64().unwrap();
    (code, String::from_utf8(log.body).unwrap())
}

#[tokio::test]
async fn more_containers_or_images_than_there_may_be_are_refused() {
    let limits = Limits {
        containers: 1,
        images: 1,
        ..Limits::default()
    };
    let engine = engine(limits).await;

    let first = post(&engine, "/containers/create?name=one", &asked("true")).await;
    assert_eq!(first.status, 201);
    let second = post(&engine, "/containers/create?name=two", &asked("true")).await;
    let words = "this simulated engine holds at most 1 containers";
    assert_eq!((second.status, second.message().as_str()), (500, words));
    let image = post(&engine, "/images/create?fromImage=busybox&tag=latest", "").await;
    let words = "this simulated engine holds at most 1 images";
    assert_eq!((image.status, image.message().as_str()), (500, words));

    ask(&engine, "DELETE", "/containers/one").await;
    let third = post(&engine, "/containers/create?name=two", &asked("true")).await;
    assert_eq!(third.status, 201);
}

#[tokio::test]
async fn containers_and_volumes_share_a_disk_that_can_be_full() {
    let limits = Limits {
        disk_bytes: 1 << 20,
        ..Limits::default()
    };
    let engine = engine(limits).await;
    let write = |kilobytes: u32, path: &str| {
        format!("head -c {kilobytes}k /dev/zero >{path} && echo written")
    };
    let volume = json!({"Binds": ["data:/data"]});

    let (code, said) = run(&engine, &write(600, "/data/a"), volume).await;
    assert_eq!((code, said.as_str()), (0, "written\r\n"));
    let (code, said) = run(&engine, &write(600, "/b"), json!({})).await;
    assert_ne!(code, 0);
    assert!(said.contains("No space left on device"), "{said}");

    // What is taken away leaves room.
    ask(&engine, "POST", "/containers/prune").await;
    assert_eq!(ask(&engine, "DELETE", "/volumes/data").await.status, 204);
    let (code, said) = run(&engine, &write(600, "/b"), json!({})).await;
    assert_eq!((code, said.as_str()), (0, "written\r\n"));
    let import = "/images/create?fromSrc=-&repo=x";
    let refused = send(&engine, import, "application/x-tar", &vec![0; 600 << 10]).await;
    let words = "write /var/lib/docker/tmp: no space left on device";
    assert_eq!((refused.status, refused.message().as_str()), (500, words));
}

#[tokio::test]
async fn a_log_keeps_its_newest_lines() {
    let limits = Limits {
        log_bytes: 1000,
        ..Limits::default()
    };
    let engine = engine(limits).await;

    let (_, said) = run(&engine, "seq 1 500", json!({})).await;
    assert!(said.ends_with("499\r\n500\r\n"), "{said}");
    assert!(said.len() < 1000, "{said}");
}

#[tokio::test]
async fn requests_that_are_too_large_are_refused_with_413() {
    let limits = Limits {
        document_bytes: 1000,
        archive_bytes: 2000,
        ..Limits::default()
    };
    let engine = engine(limits).await;

    let document = post(&engine, "/containers/create", &" ".repeat(1001)).await;
    assert_eq!(document.status, 413);
    for target in ["/images/load", "/images/create?fromSrc=-&repo=x", "/build"] {
        let archive = send(&engine, target, "application/x-tar", &[0; 2001]).await;
        assert_eq!(archive.status, 413, "{target}");
        let words = "the request is larger than 2000 bytes, which is the most this engine reads";
        assert_eq!(archive.message(), words, "{target}");
    }
}

#[tokio::test]
async fn bodies_that_do_not_end_have_a_limit_together() {
    let limits = Limits {
        unfinished_bytes: 10_000,
        ..Limits::default()
    };
    let engine = engine(limits).await;
    let head = "POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Length: 9000\r\n\r\n";
    let (mut slow, serving) = connect(&engine);
    let begun = format!("{head}{}", " ".repeat(6000));
    slow.write_all(begun.as_bytes()).await.unwrap();
    let refused = loop {
        let other = post(&engine, "/containers/create", &" ".repeat(6000)).await;
        // Before the first was read, the second is none that lacks room, but none at all.
        if other.status == 500 {
            break other;
        }
        assert_eq!(other.status, 400);
    };
    let words = "this simulated engine reads too many requests at once";
    assert_eq!(refused.message(), words);
    assert_eq!(ask(&engine, "GET", "/_ping").await.status, 200);
    drop((slow, serving));
    while post(&engine, "/containers/create", &" ".repeat(6000))
        .await
        .status
        == 500
    {}
    // What has ended counts no longer.
    for _ in 0..5 {
        let made = post(&engine, "/containers/create", &asked("true")).await;
        assert_eq!(made.status, 201);
    }
}

#[tokio::test]
async fn the_oldest_exec_that_ended_makes_room() {
    let limits = Limits {
        execs: 1,
        ..Limits::default()
    };
    let engine = engine(limits).await;
    post(&engine, "/containers/create?name=one", &asked("sleep 300")).await;
    ask(&engine, "POST", "/containers/one/start").await;
    let make = async || post(&engine, "/containers/one/exec", r#"{"Cmd": ["true"]}"#).await;

    let first = make().await.json()["Id"].as_str().unwrap().to_owned();
    let words = "this simulated engine holds at most 1 exec instances";
    assert_eq!(make().await.message(), words);
    post(&engine, &format!("/exec/{first}/start"), "{}").await;
    assert_eq!(make().await.status, 201);
    assert_eq!(
        ask(&engine, "GET", &format!("/exec/{first}/json"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn who_says_nothing_is_hung_up_on() {
    let limits = Limits {
        silence: Duration::from_millis(50),
        ..Limits::default()
    };
    let engine = engine(limits).await;
    let body = "POST /images/load HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n1";
    for beginning in ["", "GET /info HT", body] {
        let (mut wire, served) = connect(&engine);
        wire.write_all(beginning.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        wire.read_to_end(&mut answer).await.unwrap();
        served.await.unwrap();
    }
}
