//! What containers do for the engine that they run in: registries that it pushes to and pulls
//! from, and the reaper of test libraries.

use fake_docker::Engine;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::wire::{ask, post};

async fn pull(engine: &Engine, name: &str) {
    let target = format!("/images/create?fromImage={name}");
    assert_eq!(post(engine, &target, "").await.status, 200, "{name}");
}

/// Starts a container; the port of the host that leads to its `port`.
async fn start(engine: &Engine, name: &str, mut body: Value, port: &str) -> u16 {
    body["HostConfig"]["PortBindings"] = json!({ port: [{ "HostPort": "" }] });
    let target = format!("/containers/create?name={name}");
    let created = post(engine, &target, &body.to_string()).await;
    assert_eq!(created.status, 201, "{}", created.json());
    let started = post(engine, &format!("/containers/{name}/start"), "").await;
    assert_eq!(started.status, 204);
    let told = ask(engine, "GET", &format!("/containers/{name}/json")).await;
    let port = &told.json()["NetworkSettings"]["Ports"][port][0]["HostPort"];
    port.as_str().unwrap().parse().unwrap()
}

/// Waits until a container has printed a text.
async fn until(engine: &Engine, name: &str, text: &str) {
    loop {
        let logs = format!("/containers/{name}/logs?stdout=1&stderr=1");
        let logs = ask(engine, "GET", &logs).await.body;
        if String::from_utf8_lossy(&logs).contains(text) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_published_registry_takes_pushes_and_gives_them_back() {
    let engine = Engine::builder().build();
    pull(&engine, "registry:2").await;
    pull(&engine, "alpine:3.22").await;
    let body = json!({ "Image": "registry:2" });
    let port = start(&engine, "reg", body, "5000/tcp").await;
    until(&engine, "reg", "listening on").await;
    let name = format!("localhost:{port}/team/app");
    let tagged = post(
        &engine,
        &format!("/images/alpine:3.22/tag?repo={name}&tag=1"),
        "",
    )
    .await;
    assert_eq!(tagged.status, 201);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();

    let pushed = post(&engine, &format!("/images/{name}/push?tag=1"), "").await;
    let first = said(&pushed.body);
    assert!(
        first.contains("\"Pushed\"") && first.contains("1: digest: sha256:"),
        "{first}"
    );
    let again = post(&engine, &format!("/images/{name}/push?tag=1"), "").await;
    assert!(said(&again.body).contains("Layer already exists"));

    let known = ask(&engine, "GET", "/images/alpine:3.22/json").await.json();
    for image in [&format!("{name}:1"), "alpine:3.22"] {
        let removed = ask(&engine, "DELETE", &format!("/images/{image}")).await;
        assert_eq!(removed.status, 200);
    }
    pull(&engine, &format!("{name}&tag=1")).await;
    let back = ask(&engine, "GET", &format!("/images/{name}:1/json"))
        .await
        .json();
    assert_eq!(back["Id"], known["Id"]);
    assert_eq!(back["RootFS"], known["RootFS"]);
    let told = ask(&engine, "GET", &format!("/distribution/{name}:1/json")).await;
    let digest = told.json()["Descriptor"]["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(back["RepoDigests"], json!([format!("{name}@{digest}")]));

    let missing = post(
        &engine,
        &format!("/images/create?fromImage={name}&tag=2"),
        "",
    )
    .await;
    let words = format!("manifest for {name}:2 not found: manifest unknown: manifest unknown");
    assert_eq!((missing.status, missing.message()), (404, words));
    ask(&engine, "DELETE", "/containers/reg?force=1").await;
    let gone = post(&engine, &format!("/images/{name}/push?tag=1"), "").await;
    assert!(said(&gone.body).contains("connection refused"));
}

#[tokio::test]
async fn a_registry_gives_back_the_variant_that_was_pushed() {
    let engine = Engine::builder().build();
    pull(&engine, "registry:2").await;
    let body = json!({ "Image": "registry:2" });
    let port = start(&engine, "reg", body, "5000/tcp").await;
    until(&engine, "reg", "listening on").await;
    pull(&engine, "alpine:3.22&platform=linux/arm64").await;
    let name = format!("localhost:{port}/team/arm");
    let tag = format!("/images/alpine:3.22/tag?repo={name}&tag=1");
    assert_eq!(post(&engine, &tag, "").await.status, 201);
    let pushed = post(&engine, &format!("/images/{name}/push?tag=1"), "").await;
    let said = String::from_utf8_lossy(&pushed.body).into_owned();
    assert!(said.contains("1: digest: sha256:"), "{said}");

    let inspect = format!("/images/{name}:1/json");
    let known = ask(&engine, "GET", &inspect).await.json();
    assert_eq!(known["Architecture"], "arm64");
    for image in [&format!("{name}:1"), "alpine:3.22"] {
        let removed = ask(&engine, "DELETE", &format!("/images/{image}")).await;
        assert_eq!(removed.status, 200);
    }
    // The variant of the host has none of its layers.
    pull(&engine, "alpine:3.22").await;
    pull(&engine, &format!("{name}&tag=1&platform=linux/arm64")).await;
    let back = ask(&engine, "GET", &inspect).await.json();
    for key in ["Id", "Architecture", "Variant", "RootFS"] {
        assert_eq!(known[key], back[key], "{key}");
    }
}

#[tokio::test]
async fn ryuk_takes_away_what_its_clients_named() {
    let engine = Engine::builder().build();
    pull(&engine, "testcontainers/ryuk:0.8.1").await;
    pull(&engine, "redis:7").await;
    let labels = json!({ "session": "1" });
    for (name, labels) in [
        ("mine", labels.clone()),
        ("other", json!({ "session": "2" })),
    ] {
        let body = json!({ "Image": "redis:7", "Labels": labels });
        start(&engine, name, body, "6379/tcp").await;
    }
    let network = json!({ "Name": "mine", "Labels": labels });
    assert_eq!(
        post(&engine, "/networks/create", &network.to_string())
            .await
            .status,
        201
    );
    let volume = json!({ "Name": "mine", "Labels": labels });
    assert_eq!(
        post(&engine, "/volumes/create", &volume.to_string())
            .await
            .status,
        201
    );
    let body = json!({
        "Image": "testcontainers/ryuk:0.8.1",
        "Env": ["RYUK_RECONNECTION_TIMEOUT=10ms"],
        "HostConfig": { "Binds": ["/var/run/docker.sock:/var/run/docker.sock"] },
    });
    let port = start(&engine, "ryuk", body, "8080/tcp").await;
    until(&engine, "ryuk", "Started!").await;

    let mut client = engine.dial(port).await.unwrap();
    client.write_all(b"label=session=1\n").await.unwrap();
    let mut answer = [0; 4];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"ACK\n");
    drop(client);
    until(
        &engine,
        "ryuk",
        "Removed 1 container(s), 1 network(s), 1 volume(s) 0 image(s)",
    )
    .await;

    for (target, status) in [
        ("/containers/mine/json", 404),
        ("/networks/mine", 404),
        ("/volumes/mine", 404),
        ("/containers/other/json", 200),
    ] {
        assert_eq!(ask(&engine, "GET", target).await.status, status, "{target}");
    }
}
