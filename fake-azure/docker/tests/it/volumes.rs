//! Volumes over the wire.

use fake_docker::Engine;
use serde_json::json;

use crate::answers::escaped;
use crate::wire::{Answer, ask, post};

fn told(answer: &Answer) -> (u16, String) {
    (answer.status, answer.message())
}

async fn create(engine: &Engine, body: serde_json::Value) -> Answer {
    post(engine, "/v1.51/volumes/create", &body.to_string()).await
}

#[tokio::test]
async fn a_volume_is_made_shown_and_removed() {
    let engine = Engine::builder().build();
    let made = create(
        &engine,
        json!({"Driver": "local", "Labels": {"a": "b"}, "Name": "v1"}),
    )
    .await;
    assert_eq!(made.status, 201);
    let shown = ask(&engine, "GET", "/v1.51/volumes/v1").await;
    assert_eq!(shown.body, made.body);
    let all = ask(&engine, "GET", "/v1.51/volumes").await.json();
    assert_eq!(all["Volumes"], json!([shown.json()]));
    let used = ask(&engine, "GET", "/v1.51/system/df?type=volume")
        .await
        .json();
    assert_eq!(
        used["Volumes"][0]["UsageData"],
        json!({"RefCount": 0, "Size": 0})
    );
    assert_eq!(ask(&engine, "DELETE", "/volumes/v1").await.status, 204);
    let gone = ask(&engine, "DELETE", "/volumes/v1").await;
    assert_eq!(told(&gone), (404, "get v1: no such volume".to_owned()));
    assert_eq!(
        ask(&engine, "DELETE", "/volumes/v1?force=1").await.status,
        204
    );
    let refused = create(&engine, json!({"Name": "v"})).await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn a_volume_in_use_is_kept() {
    let engine = Engine::builder().build();
    let body = json!({"Image": "", "Cmd": ["x"], "HostConfig": {"Binds": ["v1:/data"]}});
    let made = post(&engine, "/containers/create?name=c1", &body.to_string()).await;
    let id = made.json()["Id"].as_str().unwrap().to_owned();
    create(&engine, json!({"Name": "v2"})).await;
    let busy = ask(&engine, "DELETE", "/volumes/v1").await;
    let words = format!("remove v1: volume is in use - [{id}]");
    assert_eq!(told(&busy), (409, words));
    let names = |filters: &str| {
        let target = format!("/volumes?filters={}", escaped(filters));
        let engine = engine.clone();
        async move {
            let all = ask(&engine, "GET", &target).await.json();
            let all = all["Volumes"].as_array().unwrap().iter();
            all.map(|v| v["Name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(names(r#"{"dangling":["true"]}"#).await, ["v2"]);
    assert_eq!(names(r#"{"dangling":["false"]}"#).await, ["v1"]);
    assert_eq!(names(r#"{"name":["2"]}"#).await, ["v2"]);
    let used = ask(&engine, "GET", "/system/df").await.json();
    assert_eq!(used["Volumes"][0]["UsageData"]["RefCount"], 1);
    ask(&engine, "DELETE", "/containers/c1").await;
    assert_eq!(ask(&engine, "DELETE", "/volumes/v1").await.status, 204);
}

#[tokio::test]
async fn pruning_spares_volumes_with_names_unless_all_are_meant() {
    let engine = Engine::builder().build();
    create(&engine, json!({"Name": "named"})).await;
    let anonymous = create(&engine, json!({})).await.json()["Name"].clone();
    let prune = |version: &str, filters: &str| {
        let target = format!("/{version}/volumes/prune?filters={}", escaped(filters));
        let engine = engine.clone();
        async move { ask(&engine, "POST", &target).await }
    };
    let pruned = prune("v1.51", "").await.json();
    assert_eq!(
        pruned,
        json!({"VolumesDeleted": [anonymous], "SpaceReclaimed": 0})
    );
    for (filters, words) in [
        (r#"{"x":["y"]}"#, "invalid filter 'x'"),
        (
            r#"{"all":["maybe"]}"#,
            "invalid filter 'all': strconv.ParseBool: parsing \"maybe\": invalid syntax",
        ),
        (
            r#"{"all":["0","1"]}"#,
            "invalid filter 'all=[0 1]': only one value is expected",
        ),
    ] {
        assert_eq!(
            told(&prune("v1.51", filters).await),
            (400, words.to_owned())
        );
    }
    let pruned = prune("v1.51", r#"{"all":["true"],"label":["x"]}"#)
        .await
        .json();
    assert_eq!(pruned["VolumesDeleted"], json!([]));
    let pruned = prune("v1.41", "").await.json();
    assert_eq!(pruned["VolumesDeleted"], json!(["named"]));
}

#[tokio::test]
async fn a_volume_of_a_swarm_is_not_changed() {
    let engine = Engine::builder().build();
    let answer = ask(&engine, "PUT", "/volumes/v").await;
    let words = "volume update only valid for cluster volumes, but swarm is unavailable";
    assert_eq!(told(&answer), (503, words.to_owned()));
}

#[tokio::test]
async fn a_named_pipe_in_a_volume_joins_two_containers() {
    let engine = Engine::builder().seed(7).build();
    let pulled = post(&engine, "/images/create?fromImage=alpine&tag=3.22", "").await;
    assert_eq!(pulled.status, 200);
    for (name, script) in [
        ("reader", "mkfifo /v/pipe; cat /v/pipe"),
        (
            "writer",
            "until [ -p /v/pipe ]; do sleep 0.01; done; echo hello >/v/pipe",
        ),
    ] {
        let body = json!({
            "Image": "alpine:3.22", "Cmd": ["sh", "-c", script], "HostConfig": {"Binds": ["pipes:/v"]}
        });
        let target = format!("/containers/create?name={name}");
        let made = post(&engine, &target, &body.to_string()).await;
        assert_eq!(made.status, 201);
        let started = ask(&engine, "POST", &format!("/containers/{name}/start")).await;
        assert_eq!(started.status, 204);
    }
    for name in ["writer", "reader"] {
        let ended = ask(&engine, "POST", &format!("/containers/{name}/wait")).await;
        assert_eq!(ended.json()["StatusCode"], 0);
    }
    let log = ask(&engine, "GET", "/containers/reader/logs?stdout=1").await;
    assert!(log.body.ends_with(b"hello\n"), "{log:?}");
}
