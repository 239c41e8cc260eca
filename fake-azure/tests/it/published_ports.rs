//! Ports that containers publish on a simulated host, at its public address.

use std::net::Ipv4Addr;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::bodies::{Machine, operation, operations, roles, shutdown, slot};
use crate::certs;
use crate::stage::{Stage, builder};

/// A host whose Docker is open to everybody.
fn host(name: &str) -> Machine {
    Machine::ubuntu(name)
        .with(&certs::open_tech("{\"dockerport\":\"4243\"}", "{}"))
        .opened("docker", 4243, 4243)
}

fn client() -> Client {
    let client = Client::builder().no_proxy();
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

/// Asks the host's engine.
async fn docker(stage: &Stage, path: &str, document: Value) -> (u16, String) {
    let url = format!("http://{}:4243{path}", stage.address("web").unwrap());
    let request = client().post(url).body(document.to_string());
    let request = request.header("content-type", "application/json");
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.text().await.unwrap())
}

/// Runs a web server whose port 80 is the host's 8080.
async fn run_web_server(stage: &Stage, policy: &str) {
    docker(
        stage,
        "/images/create?fromImage=nginx&tag=latest",
        json!({}),
    )
    .await;
    let asked = json!({
        "Image": "nginx",
        "ExposedPorts": {"80/tcp": {}},
        "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostPort": "8080"}]},
            "RestartPolicy": {"Name": policy},
        },
    });
    let (status, words) = docker(stage, "/containers/create?name=shop", asked).await;
    assert_eq!(status, 201, "{words}");
    let (status, words) = docker(stage, "/containers/shop/start", Value::Null).await;
    assert_eq!(status, 204, "{words}");
}

/// The page at a public port, if anybody answers; a server that was just started may need a
/// moment until it listens.
async fn page(address: Ipv4Addr, port: u16) -> Option<String> {
    let url = format!("http://{address}:{port}/");
    for _ in 0..50 {
        if let Ok(answer) = client().get(&url).send().await {
            return answer.text().await.ok();
        }
        tokio::task::yield_now().await;
    }
    None
}

#[tokio::test]
async fn a_published_port_answers_where_an_endpoint_leads_to_it() {
    let stage = Stage::new().await;
    let machine = host("web")
        .opened("http", 80, 8080)
        .opened("other", 81, 8081);
    stage.ready("web", &machine).await;
    let address = stage.address("web").unwrap();
    assert!(!stage.answers(address, 80).await);
    run_web_server(&stage, "no").await;
    assert!(
        page(address, 80)
            .await
            .unwrap()
            .contains("Welcome to nginx!")
    );
    for port in [81, 8080] {
        assert!(!stage.answers(address, port).await, "{port}");
    }
    docker(&stage, "/containers/shop/stop?t=0", Value::Null).await;
    assert!(!stage.answers(address, 80).await);
    docker(&stage, "/containers/shop/start", Value::Null).await;
    assert!(page(address, 80).await.is_some());
    stage.done(stage.delete(&slot("web")).await).await;
    assert!(!stage.answers(address, 80).await);
}

#[tokio::test]
async fn an_endpoint_may_be_opened_when_the_container_runs_already() {
    let stage = Stage::new().await;
    stage.ready("web", &host("web")).await;
    run_web_server(&stage, "no").await;
    let address = stage.address("web").unwrap();
    assert!(!stage.answers(address, 80).await);
    let opened = host("web").opened("http", 80, 8080).changed();
    let path = format!("{}/web", roles("web"));
    stage.done(stage.put(&path, &opened).await).await;
    assert!(page(address, 80).await.is_some());
    stage
        .done(stage.put(&path, &host("web").changed()).await)
        .await;
    assert!(!stage.answers(address, 80).await);
}

#[tokio::test]
async fn containers_end_with_their_machine_and_start_again_as_their_policy_says() {
    for (policy, comes_back) in [("no", false), ("always", true)] {
        let stage = Stage::new().await;
        stage
            .ready("web", &host("web").opened("http", 80, 8080))
            .await;
        run_web_server(&stage, policy).await;
        let power = operations("web", "web");
        stage
            .done(stage.post(&power, &shutdown("Stopped")).await)
            .await;
        let address = stage.address("web").unwrap();
        assert!(!stage.answers(address, 80).await);
        let start = operation("StartRoleOperation");
        stage.done(stage.post(&power, &start).await).await;
        assert_eq!(page(address, 80).await.is_some(), comes_back, "{policy}");
        let restart = operation("RestartRoleOperation");
        stage.done(stage.post(&power, &restart).await).await;
        assert_eq!(page(address, 80).await.is_some(), comes_back, "{policy}");
    }
}

#[tokio::test]
async fn what_one_host_pushes_another_pulls() {
    let stage = Stage::new().await;
    stage.ready("web", &host("web")).await;
    docker(
        &stage,
        "/images/create?fromImage=busybox&tag=latest",
        json!({}),
    )
    .await;
    let tag = "/images/busybox/tag?repo=localhost:5000/mine&tag=1";
    assert_eq!(docker(&stage, tag, json!({})).await.0, 201);
    let (status, told) = docker(&stage, "/images/localhost:5000/mine/push?tag=1", json!({})).await;
    assert!(status == 200 && !told.contains("error"), "{told}");

    stage.ready("other", &host("other")).await;
    let url = format!("http://{}:4243", stage.address("other").unwrap());
    let pull = format!("{url}/images/create?fromImage=localhost:5000/mine&tag=1");
    let told = client()
        .post(pull)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(told.contains("Downloaded newer image"), "{told}");
}

#[tokio::test]
async fn sleeps_of_containers_pass_when_time_by_hand_is_advanced() {
    let stage = Stage::of(builder().pace(fake_azure::Pace::ByHand)).await;
    stage.machine("web", &host("web")).await.is(202);
    stage.advance(900);
    docker(
        &stage,
        "/images/create?fromImage=busybox&tag=latest",
        json!({}),
    )
    .await;
    let asked = json!({"Image": "busybox", "Cmd": ["sleep", "3600"]});
    docker(&stage, "/containers/create?name=nap", asked).await;
    docker(&stage, "/containers/nap/start", Value::Null).await;
    let wait = tokio::spawn({
        let url = format!(
            "http://{}:4243/containers/nap/wait",
            stage.address("web").unwrap()
        );
        async move {
            client()
                .post(url)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
        }
    });
    let engine = stage.azure.cloud().docker("web", "web").unwrap();
    while !engine
        .journal()
        .iter()
        .any(|entry| entry.path == "/containers/nap/start")
    {
        tokio::task::yield_now().await;
    }
    stage.advance(3600);
    let told = wait.await.unwrap();
    assert!(told.contains("\"StatusCode\":0"), "{told}");
}
