//! A real engine behind the machines. Here it is one that says so: an engine on a socket.

use std::path::Path;

use fake_azure::EngineAddress;
use fake_docker::Engine;
use reqwest::{Certificate, Client, Identity};
use serde_json::Value;
use simulation::net::{self, Listening, Task};

use crate::bodies::{Machine, roles, service, slot};
use crate::certs::{self, Set};
use crate::stage::{Answer, Stage, builder};

/// An engine that others take for a real one; it is called `real`.
struct Real {
    address: EngineAddress,
    _listening: (Listening<tokio::net::UnixListener>, Task),
    _folder: tempfile::TempDir,
}

impl Real {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        let (listening, arrivals) = Listening::new(net::listen_unix(&path).unwrap());
        let engine = Engine::builder().name("real").build();
        let work = net::accept(arrivals, move |stream, _| {
            let engine = engine.clone();
            async move { engine.serve(stream).await }
        });
        let task = Task::spawn(&tokio::runtime::Handle::current(), work);
        Self {
            address: at(&path),
            _listening: (listening, task),
            _folder: folder,
        }
    }
}

fn at(path: &Path) -> EngineAddress {
    EngineAddress::Unix(path.to_owned())
}

fn host(name: &str) -> Machine {
    Machine::ubuntu(name)
        .with(&Set::shared().open_tech(4243))
        .opened("docker", 4243, 4243)
}

/// What the host's engine is called, by a client with the right certificates.
async fn name_of_engine(stage: &Stage, host: &str) -> String {
    let (set, name) = (Set::shared(), format!("{host}.cloudapp.net"));
    let client = Client::builder()
        .no_proxy()
        .resolve(&name, (stage.address(host).unwrap(), 0).into())
        .tls_certs_only([Certificate::from_pem(set.ca.as_bytes()).unwrap()])
        .identity(Identity::from_pem(set.client.as_bytes()).unwrap())
        .build()
        .unwrap();
    let url = format!("https://{name}:4243/info");
    let text = client.get(url).send().await.unwrap().text().await.unwrap();
    let info: Value = serde_json::from_str(&text).unwrap();
    info["Name"].as_str().unwrap_or(&text).to_owned()
}

/// Asks for a further Docker host in a service of its own.
async fn another(stage: &Stage, name: &str) -> Answer {
    stage.service(name).await;
    let body = host(name).deployment(name);
    stage
        .call("POST", &format!("{}/deployments", service(name)), &body)
        .await
}

#[tokio::test]
async fn a_machine_leads_to_the_real_engine_through_its_own_tls() {
    let real = Real::start();
    let stage = Stage::of(builder().engine(real.address.clone())).await;
    stage.ready("web", &host("web")).await;
    assert_eq!(name_of_engine(&stage, "web").await, "real");
}

#[tokio::test]
async fn a_second_machine_is_refused_the_engine_until_the_first_is_gone() {
    let real = Real::start();
    let stage = Stage::of(builder().engine(real.address.clone())).await;
    stage.ready("web", &host("web")).await;
    let (status, code, message) = another(&stage, "other").await.refusal();
    assert_eq!((status, code.as_str()), (409, "ConflictError"));
    assert!(
        message.contains("'web'") && message.contains("--engine-shared"),
        "{message}"
    );

    // Neither may one in the same deployment have it; one without Docker asks for nothing.
    let beside = Machine::ubuntu("beside").with(&Set::shared().open_tech(4243));
    let beside = beside.opened("docker", 4244, 4243).role();
    let refused = stage.call("POST", &roles("web"), &beside).await;
    assert_eq!(refused.refused().0, 409);
    let plain = Machine::ubuntu("plain").role();
    stage.call("POST", &roles("web"), &plain).await.is(202);

    stage.call("DELETE", &slot("web"), "").await.is(202);
    another(&stage, "third").await.is(202);
    assert_eq!(name_of_engine(&stage, "third").await, "real");
}

#[tokio::test]
async fn an_update_keeps_the_engine_and_cannot_take_anothers() {
    let real = Real::start();
    let stage = Stage::of(builder().engine(real.address.clone())).await;
    stage.ready("web", &host("web")).await;
    stage.ready("plain", &Machine::ubuntu("plain")).await;
    let path = |name: &str| format!("{}/{name}", roles(name));
    let kept = host("web").opened("more", 80, 80).changed();
    stage.call("PUT", &path("web"), &kept).await.is(202);
    let refused = stage
        .call("PUT", &path("plain"), &host("plain").changed())
        .await;
    assert_eq!(refused.refused().0, 409);
}

#[tokio::test]
async fn machines_share_the_engine_where_that_is_wanted() {
    let real = Real::start();
    let shared = builder().engine(real.address.clone()).engine_shared();
    let stage = Stage::of(shared).await;
    for name in ["web", "other"] {
        stage.ready(name, &host(name)).await;
        assert_eq!(name_of_engine(&stage, name).await, "real");
    }
}

#[tokio::test]
async fn a_simulator_does_not_start_without_its_engine() {
    let nowhere = at(Path::new("/nowhere/at/all.sock"));
    let error = builder().engine(nowhere).start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Docker engine at unix:///nowhere/at/all.sock cannot be reached"
    );
}

#[tokio::test]
async fn an_engine_that_went_away_is_named_to_who_asks() {
    let real = Real::start();
    let stage = Stage::of(builder().engine(real.address.clone())).await;
    let plain = Machine::ubuntu("web")
        .with(&certs::open_tech("{\"dockerport\":\"4243\"}", "{}"))
        .opened("docker", 4243, 4243);
    stage.ready("web", &plain).await;
    let socket = real.address.to_string();
    drop(real);
    let url = format!("http://{}:4243/info", stage.address("web").unwrap());
    let client = Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    let text = answer.text().await.unwrap();
    assert!(text.contains(&socket), "{text}");
}
