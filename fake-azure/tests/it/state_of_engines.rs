//! What comes back of Docker hosts whose simulator ended: as after a reboot of the host.

use std::net::Ipv4Addr;
use std::path::Path;

use fake_azure::Builder;
use serde_json::{Value, json};

use crate::bodies::{Machine, operation, operations, shutdown, slot};
use crate::certs;
use crate::program::{Program, folder};
use crate::stage::{Stage, builder};

/// A Docker host whose engine anybody may ask, with a port for one of its containers.
fn docker_host() -> Machine {
    let extension = certs::open_tech("{\"dockerport\":\"4243\"}", "{}");
    Machine::ubuntu("web")
        .with(&extension)
        .opened("docker", 4243, 4243)
        .opened("http", 80, 8080)
}

fn kept(path: &Path) -> Builder {
    builder().state(path)
}

/// A Docker daemon without TLS.
#[derive(Clone)]
struct Daemon {
    at: String,
    client: reqwest::Client,
}

impl Daemon {
    fn at(address: Ipv4Addr) -> Self {
        Self {
            at: format!("http://{address}:4243/v1.51"),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.at);
        let answer = self.client.get(url).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// The status of the answer, once the whole has come; none where it does not.
    async fn post(&self, path: &str, body: &Value) -> Option<u16> {
        let url = format!("{}{path}", self.at);
        let request = self
            .client
            .post(url)
            .header("Content-Type", "application/json")
            .header("X-Registry-Auth", "e30=")
            .body(body.to_string());
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        answer.text().await.ok()?;
        Some(status)
    }

    /// A container that listens on port 8080 of its host and starts with it.
    async fn serve_a_page(&self) {
        let nothing = json!({});
        let pulled = self.post("/images/create?fromImage=nginx&tag=latest", &nothing);
        assert_eq!(pulled.await, Some(200));
        let body = json!({
            "Image": "nginx",
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {
                "Binds": ["data:/data"],
                "PortBindings": {"80/tcp": [{"HostPort": "8080"}]},
                "RestartPolicy": {"Name": "always"},
            },
        });
        let made = self.post("/containers/create?name=page", &body).await;
        assert_eq!(made, Some(201));
        assert_eq!(
            self.post("/containers/page/start", &json!({})).await,
            Some(204)
        );
    }

    async fn state_of(&self, container: &str) -> Value {
        self.get(&format!("/containers/{container}/json")).await["State"].take()
    }
}

async fn page(address: Ipv4Addr) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("http://{address}/")).send().await;
    answer.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn containers_images_and_volumes_come_back_and_answer() {
    let home = folder();
    let path = home.path().join("state");
    let first = Stage::of(kept(&path)).await;
    first.ready("web", &docker_host()).await;
    let address = first.address("web").unwrap();
    let daemon = Daemon::at(address);
    daemon.serve_a_page().await;
    assert!(page(address).await.contains("Welcome to nginx"));
    let id = daemon.get("/containers/page/json").await["Id"].clone();
    let images = daemon.get("/images/json").await;
    first.azure.shutdown().await;

    let second = Stage::of(kept(&path)).await;

    assert_eq!(second.address("web"), Some(address));
    assert!(page(address).await.contains("Welcome to nginx"));
    let back = daemon.get("/containers/page/json").await;
    assert_eq!(
        (&back["Id"], &back["State"]["Running"]),
        (&id, &json!(true))
    );
    assert_eq!(daemon.get("/images/json").await, images);
    assert_eq!(daemon.get("/volumes").await["Volumes"][0]["Name"], "data");
    // What goes with its machine does not come back for another.
    let deleted = second.delete(&slot("web")).await;
    second.done(deleted).await;
    second.azure.shutdown().await;
    let third = Stage::of(kept(&path)).await;
    assert_eq!(
        third.deploy("web", &docker_host()).await.status,
        409,
        "its disk is still there"
    );
    let (_, kept) = third.admin("snapshot", None).await;
    assert!(
        !kept.to_string().contains(id.as_str().unwrap()),
        "the engine is kept still"
    );
}

#[tokio::test]
async fn a_host_that_is_off_has_its_containers_when_it_is_switched_on() {
    let home = folder();
    let path = home.path().join("state");
    let first = Stage::of(kept(&path)).await;
    first.ready("web", &docker_host()).await;
    Daemon::at(first.address("web").unwrap())
        .serve_a_page()
        .await;
    let at = operations("web", "web");
    let asked = first.post(&at, &shutdown("Stopped")).await;
    first.done(asked).await;
    first.azure.shutdown().await;

    let second = Stage::of(kept(&path)).await;
    let address = second.address("web").unwrap();
    assert!(!second.answers(address, 4243).await);
    let asked = second.post(&at, &operation("StartRoleOperation")).await;
    second.done(asked).await;

    let state = Daemon::at(address).state_of("page").await;
    assert_eq!(state["Running"], true, "{state}");
    assert!(page(address).await.contains("Welcome to nginx"));
}

#[tokio::test]
async fn nothing_that_a_daemon_acknowledged_is_lost_when_the_process_is_killed() {
    let home = folder();
    let path = home.path().join("state");
    // A machine whose address the program will have, too.
    let stage = Stage::of(kept(&path)).await;
    stage.ready("web", &docker_host()).await;
    let daemon = Daemon::at(stage.address("web").unwrap());
    let credentials = home.path().join("credentials");
    std::fs::create_dir(&credentials).unwrap();
    let folder_of_stage = stage.azure.ca().parent().unwrap();
    for file in std::fs::read_dir(folder_of_stage).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), credentials.join(file.file_name())).unwrap();
    }
    stage.azure.shutdown().await;
    let arguments = [
        "serve",
        "--state",
        path.to_str().unwrap(),
        "--credentials",
        credentials.to_str().unwrap(),
    ];
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let mut program = Program::start(folder(), &arguments);
        program.ready();
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let daemon = daemon.clone();
                tokio::spawn(async move {
                    let mut done = Vec::new();
                    for n in 0.. {
                        let name = format!("v{round}-{writer}-{n}");
                        let body = json!({"Name": name});
                        match daemon.post("/volumes/create", &body).await {
                            Some(201) => done.push(name),
                            _ => break,
                        }
                    }
                    done
                })
            })
            .collect();
        let last = format!("v{round}-{round}-{}", 3 + round);
        while daemon.get(&format!("/volumes/{last}")).await["Name"] != last.as_str() {}
        program.end("-KILL");
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
    }
    assert!(acknowledged.len() > 9, "{acknowledged:?}");
    let program = Program::start(folder(), &arguments);
    program.ready();
    for name in &acknowledged {
        let found = daemon.get(&format!("/volumes/{name}")).await;
        assert_eq!(found["Name"], name.as_str(), "{name} is lost");
    }
}

#[tokio::test]
async fn pushed_images_and_faults_of_engines_survive() {
    let home = folder();
    let path = home.path().join("state");
    let rule = json!({"match": {"method": "POST"}, "effect": {"status": 500}, "nth": 3});
    let break_at = "docker/web/web/break";
    let faults_at = "docker/web/web/faults";
    let first = Stage::of(kept(&path)).await;
    first.ready("web", &docker_host()).await;
    let daemon = Daemon::at(first.address("web").unwrap());
    let nothing = json!({});
    for path in [
        "/images/create?fromImage=alpine&tag=latest",
        "/images/alpine/tag?repo=localhost:5000/mine&tag=1",
        "/images/localhost:5000/mine/push?tag=1",
    ] {
        let status = daemon.post(path, &nothing).await;
        assert!(
            [Some(200), Some(201)].contains(&status),
            "{path}: {status:?}"
        );
    }
    let pushed = daemon.get("/distribution/localhost:5000/mine:1/json").await;
    assert!(pushed["Descriptor"]["digest"].is_string(), "{pushed}");
    assert_eq!(first.admin(break_at, Some(rule)).await.0, 200);
    assert_eq!(
        daemon
            .post("/volumes/create", &json!({"Name": "one"}))
            .await,
        Some(201)
    );
    let before = first.admin(faults_at, None).await.1;
    assert_eq!(before["faults"][0]["matched"], 1);
    let left = home.path().join("left");
    // What a process leaves that is killed now.
    std::fs::copy(&path, &left).unwrap();
    first.azure.shutdown().await;

    let second = Stage::of(kept(&left)).await;

    let daemon = Daemon::at(second.address("web").unwrap());
    assert_eq!(
        daemon.get("/distribution/localhost:5000/mine:1/json").await,
        pushed
    );
    assert_eq!(second.admin(faults_at, None).await.1, before);
    for (name, status) in [("two", 201), ("three", 500), ("four", 201)] {
        let body = json!({ "Name": name });
        assert_eq!(
            daemon.post("/volumes/create", &body).await,
            Some(status),
            "{name}"
        );
    }
    // A reset forgets both, for good.
    assert_eq!(second.admin("reset", Some(json!({}))).await.0, 200);
    second.azure.shutdown().await;
    let third = Stage::of(kept(&left)).await;
    third.ready("web", &docker_host()).await;
    let daemon = Daemon::at(third.address("web").unwrap());
    let gone = daemon.get("/distribution/localhost:5000/mine:1/json").await;
    assert!(gone["message"].is_string(), "{gone}");
    let none = third.admin(faults_at, None).await.1;
    assert_eq!(none, json!({"faults": []}));
}

#[tokio::test]
async fn a_snapshot_holds_what_the_engines_hold() {
    let stage = Stage::of(builder()).await;
    stage.ready("web", &docker_host()).await;
    let address = stage.address("web").unwrap();
    let daemon = Daemon::at(address);
    daemon.serve_a_page().await;
    let (status, snapshot) = stage.admin("snapshot", None).await;
    assert_eq!(status, 200);
    assert_eq!(
        daemon.post("/containers/page/stop?t=0", &json!({})).await,
        Some(204)
    );

    let restored = stage.admin("restore", Some(snapshot.clone())).await;

    assert_eq!(restored.0, 200, "{}", restored.1);
    // Whoever was connected is not any more.
    let daemon = Daemon::at(address);
    assert_eq!(daemon.state_of("page").await["Running"], true);
    assert!(page(address).await.contains("Welcome to nginx"));
    let reset = stage.admin("reset", Some(json!({}))).await;
    assert_eq!(reset.0, 200);
    let mut torn = snapshot;
    let engines = torn["engines"].as_object_mut().unwrap();
    for parts in engines.values_mut() {
        parts["engine"] = json!(1);
    }
    let refused = stage.admin("restore", Some(torn)).await;
    assert_eq!(refused.0, 400, "{}", refused.1);
}
