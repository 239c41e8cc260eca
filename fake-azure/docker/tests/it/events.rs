//! What happened, and what happens.

use std::time::Duration;

use fake_docker::{Clock, Engine};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answers::escaped;
use crate::wire::{Answer, ask, post};

const START: i64 = 1_700_000_000;

fn engine() -> (Engine, Clock) {
    let clock = Clock::by_hand(Timestamp::from_second(START).unwrap());
    (Engine::builder().clock(clock.clone()).build(), clock)
}

async fn volume(engine: &Engine, name: &str) {
    let body = json!({"Name": name, "Labels": {"of": name}}).to_string();
    assert_eq!(post(engine, "/volumes/create", &body).await.status, 201);
}

fn told(answer: &Answer) -> Vec<String> {
    let lines = answer.body.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let event: Value = serde_json::from_slice(line).unwrap();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            format!(
                "{} {} {}",
                text(&event["Type"]),
                text(&event["Action"]),
                text(&event["Actor"]["ID"])
            )
        })
        .collect()
}

#[tokio::test]
async fn events_that_happened_are_told_again() {
    let (engine, clock) = engine();
    volume(&engine, "v1").await;
    clock.advance(Duration::from_secs(10));
    volume(&engine, "v2").await;
    ask(&engine, "DELETE", "/volumes/v2").await;
    let events = |query: String| {
        let engine = engine.clone();
        async move { told(&ask(&engine, "GET", &format!("/events?{query}")).await) }
    };
    let until = START + 10;
    assert_eq!(
        events(format!("until={until}")).await,
        ["volume create v1", "volume create v2", "volume destroy v2"]
    );
    assert_eq!(
        events(format!("since={}&until={until}", START + 5)).await,
        ["volume create v2", "volume destroy v2"]
    );
    let filters = escaped(r#"{"volume":["v2"],"event":["destroy"]}"#);
    assert_eq!(
        events(format!("until={until}&filters={filters}")).await,
        ["volume destroy v2"]
    );
    assert!(events(format!("until={}", START - 1)).await.is_empty());
}

#[tokio::test]
async fn events_are_followed_until_their_time_is_over() {
    let (engine, clock) = engine();
    let follower = {
        let engine = engine.clone();
        let target = format!("/events?until={}", START + 60);
        tokio::spawn(async move { ask(&engine, "GET", &target).await })
    };
    volume(&engine, "v1").await;
    let body = json!({"Name": "net1"}).to_string();
    let made = post(&engine, "/networks/create", &body).await.json();
    let id = made["Id"].as_str().unwrap().to_owned();
    ask(&engine, "POST", "/networks/prune").await;
    clock.advance(Duration::from_mins(1));
    let answer = follower.await.unwrap();
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    assert_eq!(
        told(&answer),
        [
            "volume create v1".to_owned(),
            format!("network create {id}"),
            format!("network destroy {id}"),
            "network prune ".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_window_that_is_none_is_refused() {
    let (engine, _) = engine();
    for (query, status, words) in [
        (
            "until=x",
            500,
            "strconv.ParseInt: parsing \"x\": invalid syntax",
        ),
        (
            "since=2&until=1",
            400,
            "`since` time (2) cannot be after `until` time (1)",
        ),
        ("filters=x", 400, "invalid filter"),
    ] {
        let answer = ask(&engine, "GET", &format!("/events?{query}")).await;
        assert_eq!(
            (answer.status, answer.message()),
            (status, words.to_owned())
        );
    }
    let filters = escaped(r#"{"x":["y"]}"#);
    let answer = ask(
        &engine,
        "GET",
        &format!("/events?filters={filters}&until=1&since=0"),
    )
    .await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}
