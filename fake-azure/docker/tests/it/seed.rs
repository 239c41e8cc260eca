//! One seed and one clock: two engines that are asked the same answer the same.

use fake_docker::{Clock, Engine};
use serde_json::json;

use crate::wire::{ask, post};

/// What an engine says of what was done to it, by path.
async fn told(seed: u64) -> Vec<(&'static str, String)> {
    let clock = Clock::by_hand("2026-11-26T09:30:00Z".parse().unwrap());
    let engine = Engine::builder().seed(seed).clock(clock.clone()).build();
    let mut told = Vec::new();
    let pulled = post(&engine, "/images/create?fromImage=alpine&tag=latest", "").await;
    told.push(("pull", String::from_utf8_lossy(&pulled.body).into_owned()));
    let net = r#"{"Name":"net1","Labels":{"a":"b"}}"#;
    let volume = r#"{"Name":"data"}"#;
    for (path, body) in [("/networks/create", net), ("/volumes/create", volume)] {
        let made = post(&engine, path, body).await;
        told.push((path, String::from_utf8_lossy(&made.body).into_owned()));
    }
    for network in ["bridge", "net1"] {
        let body = json!({
            "Image": "alpine",
            "Cmd": ["sh", "-c", "head -c 8 /dev/urandom | od -x; shuf -i 1-50; cat /etc/hosts; date; mktemp; sleep $((4 + 1)); date"],
            "ExposedPorts": { "80/tcp": {} },
            "HostConfig": { "NetworkMode": network, "Binds": ["data:/data"], "PublishAllPorts": true },
        });
        let made = post(&engine, "/containers/create", &body.to_string()).await;
        let id = made.json()["Id"].as_str().unwrap().to_owned();
        let started = post(&engine, &format!("/containers/{id}/start"), "").await;
        assert_eq!(started.status, 204);
        // Until it sleeps: only then does time go on.
        let mut rounds = 0;
        loop {
            let top = ask(&engine, "GET", &format!("/containers/{id}/top")).await;
            if String::from_utf8_lossy(&top.body).contains("sleep 5") {
                break;
            }
            rounds += 1;
            if rounds == 10_000 {
                let path = format!("/containers/{id}/logs?stdout=1&stderr=1");
                let log = ask(&engine, "GET", &path).await.body;
                let log = String::from_utf8_lossy(&log).into_owned();
                panic!("it does not come to sleep: {} {log}", top.json());
            }
            tokio::task::yield_now().await;
        }
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
        let exec = json!({ "Cmd": ["hostname", "-i"], "AttachStdout": true });
        let exec = post(
            &engine,
            &format!("/containers/{id}/exec"),
            &exec.to_string(),
        )
        .await;
        told.push(("exec", String::from_utf8_lossy(&exec.body).into_owned()));
        let shown = ask(&engine, "GET", &format!("/containers/{id}/json")).await;
        told.push(("running", String::from_utf8_lossy(&shown.body).into_owned()));
        clock.advance(std::time::Duration::from_mins(1));
        assert_eq!(
            post(&engine, &format!("/containers/{id}/wait"), "")
                .await
                .status,
            200
        );
        for path in [
            format!("/containers/{id}/json"),
            format!("/containers/{id}/logs?stdout=1&stderr=1&timestamps=1"),
        ] {
            let shown = ask(&engine, "GET", &path).await;
            told.push(("ended", String::from_utf8_lossy(&shown.body).into_owned()));
        }
        let committed = post(&engine, &format!("/commit?container={id}&repo=made"), "{}").await;
        told.push((
            "commit",
            String::from_utf8_lossy(&committed.body).into_owned(),
        ));
    }
    for path in [
        "/info",
        "/containers/json?all=1",
        "/networks",
        "/volumes",
        "/images/json",
        "/images/made/history",
        "/events?since=0&until=1795685520",
        "/system/df",
    ] {
        let shown = ask(&engine, "GET", path).await;
        assert_eq!(shown.status, 200, "{path}");
        told.push((path, String::from_utf8_lossy(&shown.body).into_owned()));
    }
    told
}

#[tokio::test]
async fn one_seed_and_one_clock_give_one_answer() {
    let (first, again, other) = (told(7).await, told(7).await, told(8).await);
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first, again);
    }
    let differing = first.iter().zip(&other).filter(|(a, b)| a != b).count();
    assert!(differing > 10, "another seed gives other answers");
}
