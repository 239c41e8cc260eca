//! An engine whose process ends, and what comes back of it.

use std::sync::{Arc, Mutex};

use fake_docker::registry::{Named, Published, Pushed};
use fake_docker::{Changes, Engine, Keeper, Parts, SavedEngine};
use serde_json::{Value, json};

use crate::wire::{ask, post};

/// Keeps parts in memory, or nothing at all.
#[derive(Debug, Default)]
struct Shelf {
    parts: Mutex<Parts>,
    pushed: Mutex<Pushed>,
    takes_pushes: Mutex<bool>,
    is_full: Mutex<bool>,
    /// How many changes came by themselves.
    called: Mutex<usize>,
}

impl Keeper for Shelf {
    fn keep(&self, changes: &mut dyn FnMut() -> serde_json::Result<Changes>) -> Result<(), String> {
        if *self.is_full.lock().unwrap() {
            return Err("no space left on device".to_owned());
        }
        let changes = changes().map_err(|error| error.to_string())?;
        self.parts.lock().unwrap().take_on(changes);
        Ok(())
    }

    fn changed(&self) {
        *self.called.lock().unwrap() += 1;
    }

    fn push(&self, name: &Named, image: &Published, push: &mut dyn FnMut()) -> Result<(), String> {
        if !*self.takes_pushes.lock().unwrap() {
            return Err("no space left on device".to_owned());
        }
        self.pushed.lock().unwrap().take(name, image.clone());
        push();
        Ok(())
    }
}

/// An engine that is kept on a shelf.
fn kept(shelf: &Arc<Shelf>) -> Engine {
    Engine::builder().seed(7).keeper(shelf.clone()).build()
}

/// What comes back once the engine's process has ended without a word.
fn again(shelf: &Shelf) -> Engine {
    let parts = shelf.parts.lock().unwrap().clone();
    // As it would be read from a file.
    let text = serde_json::to_string(&parts).unwrap();
    let saved = SavedEngine::read(&serde_json::from_str(&text).unwrap()).unwrap();
    let engine = Engine::builder().seed(7).saved(saved).build();
    engine.power_on();
    engine
}

async fn create(engine: &Engine, name: &str, body: Value) -> String {
    let target = format!("/v1.51/containers/create?name={name}");
    let made = post(engine, &target, &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    made.json()["Id"].as_str().unwrap().to_owned()
}

async fn inspect(engine: &Engine, name: &str) -> Value {
    let target = format!("/v1.51/containers/{name}/json");
    ask(engine, "GET", &target).await.json()
}

async fn started(engine: &Engine, name: &str) {
    let target = format!("/v1.51/containers/{name}/start");
    assert_eq!(post(engine, &target, "").await.status, 204);
}

async fn output(engine: &Engine, name: &str, command: &[&str]) -> String {
    let body = json!({"AttachStdout": true, "AttachStderr": true, "Tty": true, "Cmd": command});
    let target = format!("/v1.51/containers/{name}/exec");
    let made = post(engine, &target, &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.message());
    let target = format!("/v1.51/exec/{}/start", made.json()["Id"].as_str().unwrap());
    let ran = post(engine, &target, r#"{"Detach": false, "Tty": true}"#).await;
    String::from_utf8_lossy(&ran.body).replace("\r\n", "\n")
}

#[tokio::test]
async fn containers_their_files_and_volumes_come_back_as_after_a_reboot() {
    let shelf = Arc::new(Shelf::default());
    let engine = kept(&shelf);
    post(
        &engine,
        "/v1.51/images/create?fromImage=alpine&tag=latest",
        "",
    )
    .await;
    let sleep = |policy: &str| {
        json!({
            "Image": "alpine", "Cmd": ["sleep", "300"], "Labels": {"a": "b"},
            "HostConfig": {"Binds": ["data:/data"], "RestartPolicy": {"Name": policy}},
        })
    };
    let id = create(&engine, "always", sleep("always")).await;
    create(&engine, "once", sleep("no")).await;
    create(&engine, "never", sleep("no")).await;
    let mut gone = sleep("no");
    gone["HostConfig"]["AutoRemove"] = json!(true);
    create(&engine, "gone", gone).await;
    post(&engine, "/v1.51/networks/create", r#"{"Name": "web"}"#).await;
    for name in ["always", "once", "gone"] {
        started(&engine, name).await;
    }
    output(
        &engine,
        "always",
        &[
            "sh",
            "-c",
            "echo mine > /root/file; echo shared > /data/file; rm /etc/motd",
        ],
    )
    .await;
    post(
        &engine,
        "/v1.51/commit?container=always&repo=saved&tag=1",
        "",
    )
    .await;
    let before = inspect(&engine, "always").await;
    let [images, networks, volumes] =
        ["images/json", "networks", "volumes"].map(|what| format!("/v1.51/{what}"));
    let told = [
        ask(&engine, "GET", &images).await.json(),
        ask(&engine, "GET", &networks).await.json(),
        ask(&engine, "GET", &volumes).await.json(),
    ];
    drop(engine);

    let engine = again(&shelf);

    let after = inspect(&engine, "always").await;
    assert_eq!(after["Id"], id.as_str());
    assert_eq!(after["State"]["Running"], true, "{}", after["State"]);
    for same in ["Created", "Image", "Name", "Config", "HostConfig", "Mounts"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let once = inspect(&engine, "once").await;
    assert_eq!(once["State"]["Status"], "exited");
    assert_eq!(once["State"]["ExitCode"], 255);
    assert_eq!(
        inspect(&engine, "never").await["State"]["Status"],
        "created"
    );
    let target = "/v1.51/containers/gone/json";
    assert_eq!(ask(&engine, "GET", target).await.status, 404);
    let files = output(
        &engine,
        "always",
        &["sh", "-c", "cat /root/file /data/file; ls /etc/motd"],
    )
    .await;
    assert_eq!(
        files,
        "mine\nshared\nls: /etc/motd: No such file or directory\n"
    );
    let again = [
        ask(&engine, "GET", &images).await.json(),
        ask(&engine, "GET", &networks).await.json(),
        ask(&engine, "GET", &volumes).await.json(),
    ];
    assert_eq!(again, told);
    create(
        &engine,
        "new",
        json!({"Image": "saved:1", "Cmd": ["sleep", "300"]}),
    )
    .await;
    started(&engine, "new").await;
    assert_eq!(
        output(&engine, "new", &["cat", "/root/file"]).await,
        "mine\n"
    );
}

#[tokio::test]
async fn what_was_removed_stays_away() {
    let shelf = Arc::new(Shelf::default());
    let engine = kept(&shelf);
    post(
        &engine,
        "/v1.51/images/create?fromImage=alpine&tag=latest",
        "",
    )
    .await;
    create(&engine, "one", json!({"Image": "alpine"})).await;
    post(&engine, "/v1.51/volumes/create", r#"{"Name": "v1"}"#).await;
    for target in ["containers/one", "volumes/v1", "images/alpine"] {
        let target = format!("/v1.51/{target}");
        assert!(
            ask(&engine, "DELETE", &target).await.status < 300,
            "{target}"
        );
    }

    let engine = again(&shelf);

    assert_eq!(
        ask(&engine, "GET", "/containers/json?all=1").await.json(),
        json!([])
    );
    assert_eq!(ask(&engine, "GET", "/images/json").await.json(), json!([]));
    let volumes = ask(&engine, "GET", "/volumes").await.json();
    assert_eq!(volumes["Volumes"].as_array().map_or(0, Vec::len), 0);
}

#[tokio::test]
async fn what_is_pushed_is_written_down_before_and_not_pushed_where_it_cannot_be() {
    let shelf = Arc::new(Shelf::default());
    let engine = kept(&shelf);
    for target in [
        "/v1.51/images/create?fromImage=alpine&tag=latest",
        "/v1.51/images/alpine/tag?repo=localhost:5000/mine&tag=1",
    ] {
        assert!(post(&engine, target, "").await.status < 300, "{target}");
    }
    let push = async || {
        let pushed = post(&engine, "/v1.51/images/localhost:5000/mine/push?tag=1", "").await;
        String::from_utf8(pushed.body).unwrap()
    };
    let found = async || {
        let target = "/v1.51/distribution/localhost:5000/mine:1/json";
        ask(&engine, "GET", target).await.status
    };
    let told = push().await;
    assert!(
        told.contains("the push cannot be kept: no space left"),
        "{told}"
    );
    assert!(found().await >= 400);
    assert!(shelf.pushed.lock().unwrap().is_empty());

    *shelf.takes_pushes.lock().unwrap() = true;

    let told = push().await;
    assert!(!told.contains("error"), "{told}");
    assert_eq!(found().await, 200);
    assert!(!shelf.pushed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn nobody_is_told_of_what_could_not_be_kept() {
    let shelf = Arc::new(Shelf::default());
    let engine = kept(&shelf);
    *shelf.is_full.lock().unwrap() = true;

    let made = post(&engine, "/v1.51/volumes/create", r#"{"Name": "v1"}"#).await;

    assert_eq!(made.status, 500);
    assert_eq!(
        made.message(),
        "the state cannot be kept: no space left on device"
    );
    assert_eq!(ask(&engine, "GET", "/volumes").await.status, 200);
}

#[tokio::test]
async fn what_ends_by_itself_is_told_to_the_keeper() {
    let shelf = Arc::new(Shelf::default());
    let engine = kept(&shelf);
    post(
        &engine,
        "/v1.51/images/create?fromImage=alpine&tag=latest",
        "",
    )
    .await;
    create(
        &engine,
        "one",
        json!({"Image": "alpine", "Cmd": ["sh", "-c", "exit 3"]}),
    )
    .await;
    started(&engine, "one").await;
    let before = *shelf.called.lock().unwrap();
    post(&engine, "/v1.51/containers/one/wait", "").await;
    assert!(*shelf.called.lock().unwrap() >= before);
    engine.keep().unwrap();

    let engine = again(&shelf);

    assert_eq!(inspect(&engine, "one").await["State"]["ExitCode"], 3);
}

#[test]
fn parts_that_are_no_engines_are_refused() {
    for text in [
        "{}",
        r#"{"engine": 1}"#,
        r#"{"engine": {}, "networks": {}}"#,
    ] {
        let parts: Parts = serde_json::from_str(text).unwrap();
        assert!(SavedEngine::read(&parts).is_err(), "{text}");
    }
}
