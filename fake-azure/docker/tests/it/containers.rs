//! Containers over the wire: what they are told, and what is told of them.

use fake_docker::Engine;
use serde_json::{Value, json};

use crate::wire::{ask, post};

async fn engine() -> Engine {
    let engine = Engine::builder().seed(7).build();
    let pulled = post(&engine, "/images/create?fromImage=alpine&tag=3.22", "").await;
    assert_eq!(pulled.status, 200);
    engine
}

/// Makes and starts a container that sleeps.
async fn run(engine: &Engine, name: &str, host: Value) {
    let body = json!({
        "Image": "alpine:3.22", "Cmd": ["sleep", "300"], "Env": ["WHO=me"],
        "ExposedPorts": {"80/tcp": {}}, "HostConfig": host
    });
    let made = post(
        engine,
        &format!("/containers/create?name={name}"),
        &body.to_string(),
    )
    .await;
    assert_eq!(made.status, 201, "{made:?}");
    let started = ask(engine, "POST", &format!("/containers/{name}/start")).await;
    assert_eq!(started.status, 204, "{started:?}");
}

/// Runs a command with a terminal beside a container's own, and returns what it wrote.
async fn exec(engine: &Engine, name: &str, words: &[&str]) -> String {
    let body = json!({"Cmd": words, "AttachStdout": true, "AttachStderr": true, "Tty": true});
    let made = post(
        engine,
        &format!("/containers/{name}/exec"),
        &body.to_string(),
    )
    .await;
    let id = made.json()["Id"].as_str().unwrap().to_owned();
    let answer = post(engine, &format!("/exec/{id}/start"), r#"{"Tty": true}"#).await;
    String::from_utf8(answer.body).unwrap()
}

#[tokio::test]
async fn a_command_beside_a_container_s_own_knows_its_links() {
    let engine = engine().await;
    run(&engine, "db", json!({})).await;
    run(&engine, "web", json!({"Links": ["db:store"]})).await;

    let env = exec(&engine, "web", &["env"]).await;
    let address = ask(&engine, "GET", "/containers/db/json").await.json();
    let address = address["NetworkSettings"]["IPAddress"]
        .as_str()
        .unwrap()
        .to_owned();
    for line in [
        format!("STORE_PORT=tcp://{address}:80"),
        "STORE_NAME=/web/store".to_owned(),
        "STORE_ENV_WHO=me".to_owned(),
        "WHO=me".to_owned(),
        "TERM=xterm".to_owned(),
    ] {
        assert!(env.lines().any(|each| each == line), "{line} in {env}");
    }
}

#[tokio::test]
async fn a_bind_tells_what_reaches_it_later() {
    let engine = engine().await;
    let binds = [
        "/srv:/a",
        "/:/b:ro",
        "/var/lib:/c",
        "/srv:/d:rshared",
        "/tmp:/e",
    ];
    run(&engine, "one", json!({"Binds": binds})).await;

    let shown = ask(&engine, "GET", "/containers/one/json").await.json();
    let mut told: Vec<_> = shown["Mounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mount| {
            (
                mount["Destination"].as_str().unwrap(),
                mount["Propagation"].as_str().unwrap(),
            )
        })
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("/a", "rprivate"),
            ("/b", "rslave"),
            ("/c", "rslave"),
            ("/d", "rshared"),
            ("/e", "rslave")
        ]
    );
}

#[tokio::test]
async fn a_container_that_fails_to_start_is_there_as_before() {
    let engine = engine().await;
    let body = json!({"Image": "alpine:3.22", "Cmd": ["nosuch"]}).to_string();
    post(&engine, "/containers/create?name=one", &body).await;
    let failed = ask(&engine, "POST", "/containers/one/start").await;
    assert_eq!(failed.status, 400);
    let shown = ask(&engine, "GET", "/containers/one/json").await.json();
    assert_eq!(shown["State"]["Status"], "created");
    assert_eq!(shown["State"]["ExitCode"], 127);

    let own = json!({
        "Image": "alpine:3.22", "Cmd": ["true"], "HostConfig": {"NetworkMode": "container:two"}
    });
    post(&engine, "/containers/create?name=two", &own.to_string()).await;
    let refused = ask(&engine, "POST", "/containers/two/start").await;
    assert_eq!(refused.message(), "cannot join own network namespace");
    assert_eq!(ask(&engine, "DELETE", "/containers/two").await.status, 204);
}

#[tokio::test]
async fn what_goes_not_together_with_another_s_network_is_refused() {
    let engine = engine().await;
    let create = async |body: Value| {
        let mut body = body;
        body["Image"] = json!("alpine:3.22");
        post(&engine, "/containers/create", &body.to_string()).await
    };
    let of_other = |more: Value| {
        let mut host = more;
        host["NetworkMode"] = json!("container:db");
        host
    };
    for (body, words) in [
        (
            json!({"Hostname": "h", "HostConfig": of_other(json!({}))}),
            "conflicting options: hostname and the network mode",
        ),
        (
            json!({"HostConfig": of_other(json!({"Dns": ["1.1.1.1"]}))}),
            "conflicting options: dns and the network mode",
        ),
        (
            json!({"HostConfig": of_other(json!({"PortBindings": {"80/tcp": [{}]}}))}),
            "conflicting options: port publishing and the container type network mode",
        ),
        (
            json!({"HostConfig": {"NetworkMode": "host", "Links": ["db"]}}),
            "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
        ),
    ] {
        let refused = create(body).await;
        assert_eq!((refused.status, refused.message().as_str()), (400, words));
    }
}

#[tokio::test]
async fn an_interface_keeps_its_number_when_it_is_asked_for_alone() {
    let engine = engine().await;
    run(&engine, "web", json!({})).await;
    let first_line = "ip link show eth0 | head -n 1 | cut -d: -f1,2";
    let told = exec(&engine, "web", &["sh", "-c", first_line]).await;
    assert_eq!(told, "2: eth0@if3\r\n");
}

#[tokio::test]
async fn processes_stand_behind_the_one_that_started_them() {
    let engine = engine().await;
    let script = "sleep 300 & sleep 300 & sh -c 'sleep 300; :' & tail -f /dev/null; :";
    let body = json!({"Image": "alpine:3.22", "Cmd": ["sh", "-c", script]});
    let made = post(&engine, "/containers/create?name=web", &body.to_string()).await;
    assert_eq!(made.status, 201);
    let started = ask(&engine, "POST", "/containers/web/start").await;
    assert_eq!(started.status, 204);
    let script =
        "until [ $(pgrep -x sleep | wc -l) = 3 ] && pgrep -x tail >/dev/null; do :; done; pstree";
    let told = exec(&engine, "web", &["sh", "-c", script]).await;
    assert_eq!(
        told.replace('\r', ""),
        "sh-+-sh---sleep\n   |-2*[sleep]\n   `-tail\n"
    );
}

#[tokio::test]
async fn a_timeout_of_busybox_ends_by_the_signal_that_it_sends() {
    let engine = crate::alpine::engine().await;
    let body = json!({"Image": "alpine:3.22", "Cmd": ["sleep", "300"]});
    let made = post(&engine, "/containers/create?name=box", &body.to_string()).await;
    assert_eq!(made.status, 201);
    assert_eq!(post(&engine, "/containers/box/start", "").await.status, 204);
    let script = "timeout 0.01 sleep 5; echo $?; timeout -s KILL 0.01 sleep 5; echo $?; \
                  timeout 5 sh -c 'exit 3'; echo $?";
    assert_eq!(
        crate::alpine::exec(&engine, "box", "", script).await,
        "Terminated\n143\nKilled\n137\n3\n"
    );
}

#[tokio::test]
async fn one_that_waits_for_its_next_start_can_be_killed() {
    let engine = engine().await;
    let body = json!({
        "Image": "alpine:3.22", "Cmd": ["sh", "-c", "exit 1"],
        "HostConfig": { "RestartPolicy": { "Name": "always" } }
    });
    let target = "/containers/create?name=again";
    assert_eq!(post(&engine, target, &body.to_string()).await.status, 201);
    let started = ask(&engine, "POST", "/containers/again/start").await;
    assert_eq!(started.status, 204);
    let status = async || {
        let told = ask(&engine, "GET", "/containers/again/json").await.json();
        told["State"]["Status"].as_str().unwrap().to_owned()
    };
    while status().await != "restarting" {
        tokio::task::yield_now().await;
    }
    let killed = ask(&engine, "POST", "/containers/again/kill").await;
    assert_eq!(killed.status, 204);
    assert_eq!(status().await, "exited");
    let waited = ask(&engine, "POST", "/containers/again/wait").await.json();
    assert_eq!(waited["StatusCode"], 1);
    let killed = ask(&engine, "POST", "/containers/again/kill").await;
    assert_eq!(killed.status, 409);
}

#[tokio::test]
async fn languages_have_what_their_images_are_made_on() {
    let engine = engine().await;
    for (image, there, missing) in [
        ("python:latest", "curl wget git gcc make ssh", ""),
        ("python:slim", "", "curl wget git gcc make ssh"),
        ("node:20", "curl wget git gcc make ssh", ""),
        ("node:20-alpine", "wget", "curl git gcc make ssh"),
        ("golang:latest", "curl wget git gcc make ssh", ""),
        ("ruby:latest", "curl wget git gcc make ssh", ""),
        ("php:apache", "curl gcc make", "wget git ssh"),
        ("eclipse-temurin:latest", "curl wget", "git gcc make ssh"),
    ] {
        let pulled = post(&engine, &format!("/images/create?fromImage={image}"), "").await;
        assert_eq!(pulled.status, 200, "{image}");
        let line =
            "for p in curl wget git gcc make ssh; do command -v $p >/dev/null && echo $p; done";
        let body = json!({ "Image": image, "Tty": true, "Entrypoint": ["sh", "-c", line] });
        let target = "/containers/create?name=box";
        assert_eq!(post(&engine, target, &body.to_string()).await.status, 201);
        ask(&engine, "POST", "/containers/box/start").await;
        ask(&engine, "POST", "/containers/box/wait").await;
        let said = ask(&engine, "GET", "/containers/box/logs?stdout=1")
            .await
            .body;
        let said = String::from_utf8(said).unwrap().replace("\r\n", " ");
        assert_eq!(said.trim(), there, "{image}, which has no {missing}");
        ask(&engine, "DELETE", "/containers/box").await;
    }
}
