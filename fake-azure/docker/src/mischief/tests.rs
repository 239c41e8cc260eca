use std::time::Duration;

use serde_json::json;
use simulation::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use super::*;

fn engine() -> (Engine, Clock) {
    let clock = Clock::by_hand(Timestamp::UNIX_EPOCH);
    (Engine::builder().clock(clock.clone()).build(), clock)
}

fn arrange(engine: &Engine, rule: serde_json::Value) {
    engine
        .break_next(serde_json::from_value(rule).unwrap())
        .unwrap();
}

/// A connection on which a path was asked for.
async fn ask(engine: &Engine, path: &str) -> DuplexStream {
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let engine = engine.clone();
    tokio::spawn(async move { engine.serve(server).await });
    let request = format!("GET {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
    // Nobody may be listening any more.
    client.write_all(request.as_bytes()).await.ok();
    client
}

/// All that comes back on a connection.
async fn answer(mut client: DuplexStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).await.ok();
    text
}

async fn get(engine: &Engine, path: &str) -> String {
    answer(ask(engine, path).await).await
}

async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

#[tokio::test]
async fn the_nth_call_is_answered_wrongly_and_the_next_rightly() {
    let (engine, _) = engine();
    arrange(
        &engine,
        json!({"match": {"method": "GET", "path": "^/info$"}, "nth": 2,
               "effect": {"status": 503, "message": "busy", "headers": {"Retry-After": "1"}}}),
    );
    assert_eq!(status(&get(&engine, "/v1.41/info").await), "200");
    assert_eq!(status(&get(&engine, "/version").await), "200");
    let wrong = get(&engine, "/info").await;
    assert_eq!(status(&wrong), "503");
    assert!(wrong.contains("Retry-After: 1") && wrong.ends_with("{\"message\":\"busy\"}\n"));
    assert_eq!(status(&get(&engine, "/info").await), "200");
    assert_eq!(engine.clear_breaks()[0].fired, 1);
}

#[tokio::test]
async fn a_call_is_cut_before_or_after_it_took_effect() {
    let (engine, _) = engine();
    for when in ["before", "after"] {
        arrange(&engine, json!({"when": when, "effect": {"drop": true}}));
        assert_eq!(get(&engine, "/info").await, "");
    }
    let journal = engine.journal();
    let told: Vec<_> = journal
        .iter()
        .map(|e| (e.status, e.detail.clone()))
        .collect();
    assert_eq!(told[0], (0, Some("cut before it took effect".to_owned())));
    assert_eq!(told[1], (0, Some("cut after it took effect".to_owned())));
    assert_eq!(status(&get(&engine, "/info").await), "200");
}

#[tokio::test]
async fn a_slow_answer_comes_by_the_engines_clock() {
    let (engine, clock) = engine();
    for when in ["before", "after"] {
        arrange(&engine, json!({"when": when, "effect": {"delay": 30}}));
        let asked = tokio::spawn(answer(ask(&engine, "/info").await));
        settle().await;
        clock.advance(Duration::from_secs(29));
        settle().await;
        assert!(!asked.is_finished());
        clock.advance(Duration::from_secs(1));
        assert_eq!(status(&asked.await.unwrap()), "200");
    }
}

#[tokio::test]
async fn a_hanging_call_is_let_go_when_the_faults_are_taken_back() {
    let (engine, clock) = engine();
    arrange(&engine, json!({"effect": {"hang": true}}));
    let asked = tokio::spawn(answer(ask(&engine, "/info").await));
    settle().await;
    clock.advance(Duration::from_hours(1));
    assert_eq!(status(&get(&engine, "/info").await), "200");
    assert!(!asked.is_finished());
    engine.clear_breaks();
    assert_eq!(asked.await.unwrap(), "");
}

#[tokio::test]
async fn a_daemon_that_is_down_cuts_all_connections_until_it_is_up() {
    let (engine, clock) = engine();
    arrange(
        &engine,
        json!({"match": {"path": "version"}, "effect": {"down": 60}}),
    );
    let (mut idle, far_end) = tokio::io::duplex(64);
    let other = engine.clone();
    let served = tokio::spawn(async move { other.serve(far_end).await });
    settle().await;
    assert_eq!(get(&engine, "/version").await, "");
    served.await.unwrap();
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    assert_eq!(get(&engine, "/info").await, "");
    clock.advance(Duration::from_mins(1));
    assert_eq!(status(&get(&engine, "/info").await), "200");

    arrange(&engine, json!({"effect": {"down": true}}));
    assert_eq!(get(&engine, "/info").await, "");
    clock.advance(Duration::from_hours(1));
    assert_eq!(get(&engine, "/info").await, "");
    engine.clear_breaks();
    assert_eq!(status(&get(&engine, "/info").await), "200");
}

#[tokio::test]
async fn every_call_is_in_the_journal() {
    let (engine, _) = engine();
    get(&engine, "/v1.51/containers/web/json?size=1").await;
    get(&engine, "/nowhere").await;
    get(&engine, "//info").await;
    let journal = engine.journal();
    let first = &journal[0];
    assert_eq!(first.number, 1);
    assert_eq!(first.time, Timestamp::UNIX_EPOCH);
    assert_eq!(first.route, "/containers/{id}/json");
    assert_eq!(first.method, "GET");
    assert_eq!(first.path, "/v1.51/containers/web/json?size=1");
    assert_eq!(first.status, 404);
    assert_eq!(first.detail.as_deref(), Some("No such container: web"));
    assert_eq!((journal[1].route.as_str(), journal[1].status), ("", 404));
    assert_eq!((journal[2].route.as_str(), journal[2].status), ("", 301));
    engine.clear_journal();
    assert!(engine.journal().is_empty());
}
