//! An engine that has alpine, and commands beside what its containers run.

use fake_docker::Engine;
use serde_json::json;

use crate::wire::post;

/// An engine of a fixed seed, with the image `alpine:3.22`.
pub(crate) async fn engine() -> Engine {
    let engine = Engine::builder().seed(7).build();
    let pulled = post(&engine, "/images/create?fromImage=alpine&tag=3.22", "").await;
    assert_eq!(pulled.status, 200);
    engine
}

/// Runs a script with a terminal beside a container's own program, as a user of the container's;
/// what it wrote, with plain line ends. No user is the container's own.
pub(crate) async fn exec(engine: &Engine, name: &str, user: &str, script: &str) -> String {
    let body = json!({
        "Cmd": ["sh", "-c", script], "User": user,
        "AttachStdout": true, "AttachStderr": true, "Tty": true
    });
    let target = format!("/containers/{name}/exec");
    let made = post(engine, &target, &body.to_string()).await;
    let id = made.json()["Id"].as_str().unwrap().to_owned();
    let answer = post(engine, &format!("/exec/{id}/start"), r#"{"Tty": true}"#).await;
    String::from_utf8(answer.body).unwrap().replace('\r', "")
}
