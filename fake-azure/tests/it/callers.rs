//! Callers that block their threads, as a test does that waits for a process.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::stage::{Stage, builder};

/// Asks the admin API as a process would, on the caller's own thread.
fn ask(stage: &Stage, patience: Duration) -> std::io::Result<String> {
    let host = stage.azure.admin_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(patience))?;
    write!(
        stream,
        "GET /_fake/world HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[tokio::test]
async fn a_caller_that_blocks_its_only_thread_is_answered() {
    let stage = Stage::new().await;

    let answer = ask(&stage, Duration::from_mins(1)).unwrap();

    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let host = stage
        .azure
        .admin_url()
        .trim_start_matches("http://")
        .to_owned();
    stage.azure.shutdown().await;
    assert!(TcpStream::connect(host).is_err(), "the door is open still");
}

#[tokio::test]
async fn on_wish_the_simulator_shares_its_callers_fate() {
    let stage = Stage::of(builder().in_callers_runtime()).await;

    let error = ask(&stage, Duration::from_millis(200)).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    stage.get("/locations").await.is(200);
}

#[test]
fn it_outlives_the_runtime_that_it_was_started_in() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stage = runtime.block_on(Stage::new());
    drop(runtime);

    let answer = ask(&stage, Duration::from_mins(1)).unwrap();

    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
