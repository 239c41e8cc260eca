//! The admin API: look, let time pass, break, go back.

use std::time::Duration;

use fake_azure::Pace;
use serde_json::{Value, json};

use crate::bodies::{Machine, hosted_service, operations, service, shutdown, slot, storage};
use crate::certs::Set;
use crate::stage::{Stage, credentials};

const SERVICES: &str = "/services/hostedservices";

async fn arrange(stage: &Stage, fault: Value) {
    assert_eq!(stage.admin("break", Some(fault)).await, (200, json!({})));
}

#[tokio::test]
async fn the_world_is_shown_without_its_secrets() {
    let stage = Stage::new().await;
    let set = Set::shared();
    let machine = Machine::ubuntu("web")
        .with(&set.open_tech(4243))
        .opened("docker", 4243, 4243);
    stage.ready("web", &machine).await;
    let keys = stage
        .get("/services/storageservices/store/keys")
        .await
        .document();
    let (status, world) = stage.admin("world", None).await;
    assert_eq!(status, 200);
    let (_, journal) = stage.admin("journal", None).await;
    let subscription = &world["subscriptions"][0];
    assert_eq!(
        subscription["id"],
        json!(stage.azure.subscription_id().as_str())
    );
    let service = &subscription["hosted_services"][0];
    assert_eq!(service["public_name"], "web.cloudapp.net");
    assert_eq!(service["locked"], json!(false));
    let role = &service["deployment"]["roles"][0];
    assert_eq!(role["instance_status"], "ReadyRole");
    assert_eq!(role["extension_installations"]["DockerExtension"], "Done");
    assert_eq!(subscription["disks"][0]["attached"]["role"], "web");
    let all = format!("{world}{journal}");
    for secret in [
        "Pa$$w0rd1",
        &keys.text("StorageServiceKeys/Primary"),
        &keys.text("StorageServiceKeys/Secondary"),
        "PRIVATE KEY",
        &crate::bodies::base64(&set.server_key),
        &credentials().management_pem()[40..80],
    ] {
        assert!(!secret.is_empty() && !all.contains(secret));
    }
}

#[tokio::test]
async fn the_journal_has_every_exchange_in_order() {
    let stage = Stage::new().await;
    stage.get("/locations").await;
    let made = stage.post(SERVICES, &hosted_service("web")).await;
    let bad = stage.post(SERVICES, "<a/>").await;
    stage.get("/services/vmimages?x=%20y").await;
    let (_, journal) = stage.admin("journal", None).await;
    let entries = journal.as_array().unwrap();
    assert_eq!(entries.len(), 4);
    let id = stage.azure.subscription_id();
    for (n, (operation, method, path, status)) in [
        ("List Locations", "GET", "/locations", 200),
        ("Create Hosted Service", "POST", SERVICES, 201),
        ("Create Hosted Service", "POST", SERVICES, 400),
        ("List VM Images", "GET", "/services/vmimages?x=%20y", 200),
    ]
    .into_iter()
    .enumerate()
    {
        let entry = &entries[n];
        assert_eq!(entry["number"], n as u64 + 1);
        assert_eq!(entry["operation"], operation);
        assert_eq!(entry["method"], method);
        assert_eq!(entry["path"], format!("/{id}{path}"));
        assert_eq!(entry["status"], status);
        assert!(entry["time"].as_str().unwrap().ends_with('Z'));
    }
    assert_eq!(entries[1]["request_id"], made.request_id());
    assert_eq!(entries[2]["request_id"], bad.request_id());
    assert_eq!(entries[2]["detail"], bad.detail());
    assert_eq!(entries[0]["detail"], Value::Null);
}

#[tokio::test]
async fn time_is_advanced_and_nonsense_refused() {
    let stage = Stage::at(Pace::ByHand).await;
    let asked = stage
        .post("/services/storageservices", &storage("store"))
        .await;
    let before = stage.azure.cloud().now();
    let (status, told) = stage.admin("advance", Some(json!({"seconds": 600}))).await;
    assert_eq!(status, 200);
    let after = stage.azure.cloud().now();
    assert_eq!(told["now"], json!(after.to_string()));
    assert_eq!(after.duration_since(before).as_secs(), 600);
    assert_eq!(stage.standing(&asked).await, "Succeeded");
    for body in [
        json!({}),
        json!({"seconds": -1}),
        json!({"seconds": "600"}),
        json!({"seconds": 1e300}),
        json!({"minutes": 1}),
        json!([]),
    ] {
        let (status, told) = stage.admin("advance", Some(body)).await;
        assert!(
            (400..500).contains(&status) && told["error"].is_string(),
            "{told}"
        );
    }
    assert_eq!(stage.admin("nothing", None).await.0, 404);
    assert_eq!(stage.admin("advance", None).await.0, 405);
    assert_eq!(stage.admin("world", Some(json!({}))).await.0, 405);
}

#[tokio::test]
async fn a_reset_takes_the_world_back_to_its_start_and_keeps_the_credentials() {
    let stage = Stage::new().await;
    let set = Set::shared();
    let machine = Machine::ubuntu("web")
        .with(&set.open_tech(4243))
        .opened("docker", 4243, 4243);
    let (_, birth) = stage.admin("world", None).await;
    stage.ready("web", &machine).await;
    let address = stage.address("web").unwrap();
    assert!(stage.answers(address, 4243).await);
    arrange(&stage, json!({"effect": {"drop": true}, "nth": 99})).await;
    stage.advance(1000);
    assert_eq!(stage.admin("reset", Some(json!({}))).await.0, 200);
    assert!(!stage.answers(address, 4243).await);
    assert!(stage.leads_nowhere("web.cloudapp.net").await);
    assert_eq!(stage.admin("journal", None).await.1, json!([]));
    let (_, world) = stage.admin("world", None).await;
    assert_eq!(world["subscriptions"], birth["subscriptions"]);
    assert_eq!(
        stage.admin("break", Some(json!({"clear": true}))).await.1,
        json!([])
    );
    stage.ready("web", &machine).await;
    assert!(stage.answers(stage.address("web").unwrap(), 4243).await);
}

#[tokio::test]
async fn a_snapshot_that_tells_the_greatest_number_of_starts_is_taken_on() {
    let stage = Stage::new().await;
    let (_, mut snapshot) = stage.admin("snapshot", None).await;
    snapshot["openings"] = json!(u64::MAX);

    assert_eq!(stage.admin("restore", Some(snapshot)).await.0, 200);

    let (_, again) = stage.admin("snapshot", None).await;
    assert_eq!(again["openings"], json!(u64::MAX));
}

#[tokio::test]
async fn an_error_comes_before_or_after_the_effect() {
    let stage = Stage::new().await;
    for (when, name, made) in [("before", "one", false), ("after", "two", true)] {
        let fault = json!({
            "match": {"method": "POST", "path": "/hostedservices$"},
            "nth": 1,
            "when": when,
            "effect": {"status": 503, "code": "ServerBusy", "message": "not <now>", "headers": {"Retry-After": "7"}}
        });
        arrange(&stage, fault).await;
        let answer = stage.post(SERVICES, &hosted_service(name)).await;
        let told = (503, "ServerBusy".to_owned(), "not <now>".to_owned());
        assert_eq!(answer.refusal(), told);
        assert_eq!(answer.header("retry-after"), "7");
        assert_eq!(answer.request_id().len(), 32);
        assert_eq!(
            stage.get(&service(name)).await.status == 200,
            made,
            "{when}"
        );
    }
    let (_, fired) = stage.admin("break", Some(json!({"clear": true}))).await;
    let rule = json!({"match": {"method": "POST", "path": "/hostedservices$"}, "fired": 1});
    assert_eq!(fired, json!([rule, rule]));
}

#[tokio::test]
async fn a_connection_is_dropped_before_or_after_the_effect() {
    let stage = Stage::new().await;
    for (when, name, made) in [("before", "one", false), ("after", "two", true)] {
        let fault = json!({"match": {"method": "post"}, "when": when, "effect": {"drop": true}});
        arrange(&stage, fault).await;
        let request = stage.request("POST", SERVICES).body(hosted_service(name));
        assert!(request.send().await.is_err());
        assert_eq!(
            stage.get(&service(name)).await.status == 200,
            made,
            "{when}"
        );
    }
    let journal = stage.azure.cloud().journal();
    let lost: Vec<_> = journal.iter().filter(|e| e.status == 0).collect();
    assert_eq!(lost.len(), 2);
    assert!(lost.iter().all(|e| e.request_id.len() == 32));
}

#[tokio::test]
async fn the_nth_matching_call_is_hit_and_no_other() {
    let stage = Stage::new().await;
    arrange(
        &stage,
        json!({"match": {"path": "locations\\?x=1"}, "nth": 3, "effect": {"status": 500}}),
    )
    .await;
    arrange(
        &stage,
        json!({"match": {"method": "DELETE"}, "effect": {"status": 500}}),
    )
    .await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        assert_eq!(stage.get("/locations").await.status, 200);
        seen.push(stage.get("/locations?x=1").await.status);
    }
    assert_eq!(seen, [200, 200, 500, 200, 200]);
    let (_, fired) = stage.admin("break", Some(json!({"clear": true}))).await;
    assert_eq!(fired[0]["fired"], 1);
    assert_eq!(fired[1], json!({"match": {"method": "DELETE"}, "fired": 0}));
    assert_eq!(stage.delete(&service("x")).await.status, 404);
}

#[tokio::test]
async fn an_accepted_operation_fails_at_every_pace_before_or_after_its_effect() {
    for pace in [
        Pace::Instant,
        Pace::ByHand,
        Pace::Reads(2),
        Pace::After(0.0),
    ] {
        for (when, made) in [("before", false), ("after", true)] {
            let stage = Stage::at(pace).await;
            stage.storage().await;
            stage.service("web").await;
            let fault = json!({
                "match": {"method": "POST", "path": "/deployments$"},
                "when": when,
                "effect": {"fail_operation": {"code": "Broken", "message": "for a test"}}
            });
            arrange(&stage, fault).await;
            let asked = stage.deploy("web", &Machine::ubuntu("web")).await.is(202);
            stage.advance(60);
            let mut operation = stage.operation(&asked).await;
            while operation.text("Status") == "InProgress" {
                operation = stage.operation(&asked).await;
            }
            assert_eq!(operation.text("Status"), "Failed", "{pace:?} {when}");
            assert_eq!(operation.text("Error/Code"), "Broken");
            assert_eq!(operation.text("Error/Message"), "for a test");
            assert_eq!(operation.text("HttpStatusCode"), "500");
            assert_eq!(
                stage.get(&slot("web")).await.status == 200,
                made,
                "{pace:?} {when}"
            );
            let disks = stage.get("/services/disks").await.document();
            assert_eq!(disks.children.len(), usize::from(made));
            let again = stage.deploy("web", &Machine::ubuntu("web")).await;
            assert_eq!(again.status, if made { 409 } else { 202 });
        }
    }
}

#[tokio::test]
async fn a_failed_shutdown_and_delete_leave_the_machine_or_not() {
    let stage = Stage::new().await;
    let set = Set::shared();
    let machine = Machine::ubuntu("web")
        .with(&set.open_tech(4243))
        .opened("docker", 4243, 4243);
    stage.ready("web", &machine).await;
    let fail = |method: &str, when: &str| json!({"match": {"method": method}, "when": when, "effect": {"fail_operation": {"code": "InternalError", "message": "m"}}});
    let address = stage.address("web").unwrap();
    arrange(&stage, fail("POST", "before")).await;
    let asked = stage
        .post(&operations("web", "web"), &shutdown("Stopped"))
        .await;
    assert_eq!(stage.standing(&asked).await, "Failed");
    assert!(stage.answers(address, 4243).await);
    arrange(&stage, fail("DELETE", "after")).await;
    let asked = stage.delete(&slot("web")).await;
    assert_eq!(stage.standing(&asked).await, "Failed");
    assert!(!stage.answers(address, 4243).await);
    assert_eq!(stage.get(&slot("web")).await.status, 404);
}

#[tokio::test]
async fn faults_that_make_no_sense_are_refused() {
    let stage = Stage::new().await;
    for fault in [
        json!({}),
        json!({"effect": {}}),
        json!({"effect": {"drop": false}}),
        json!({"effect": {"status": 200}}),
        json!({"effect": {"status": 500, "colour": "red"}}),
        json!({"effect": {"drop": true}, "nth": 0}),
        json!({"effect": {"drop": true}, "when": "during"}),
        json!({"effect": {"drop": true}, "match": {"path": "("}}),
        json!({"effect": {"drop": true}, "match": {"host": "x"}}),
        json!({"clear": false}),
        json!({"clear": true, "effect": {"drop": true}}),
        json!(7),
    ] {
        let (status, told) = stage.admin("break", Some(fault.clone())).await;
        assert!((400..500).contains(&status), "{fault}");
        assert!(told["error"].is_string());
    }
    assert_eq!(stage.get("/locations").await.status, 200);
}

#[tokio::test]
async fn faults_are_arranged_from_the_library_too() {
    use fake_azure::faults::{Break, Effect};
    let stage = Stage::new().await;
    let fault = Break {
        nth: 2,
        ..Break::new(Effect::Drop)
    };
    stage.azure.cloud().break_next(fault).unwrap();
    stage.get("/locations").await.is(200);
    assert!(stage.request("GET", "/locations").send().await.is_err());
    assert_eq!(stage.azure.cloud().clear_breaks()[0].fired, 1);
    stage.azure.cloud().advance(Duration::ZERO);
}

#[tokio::test]
async fn a_document_of_another_kind_is_refused_in_words_for_people() {
    let stage = Stage::new().await;
    for path in ["advance", "approve", "break", "quota", "restore"] {
        for document in [
            json!(null),
            json!(7),
            json!("x"),
            json!([true]),
            json!({"x": 1}),
        ] {
            let (status, told) = stage.admin(path, Some(document.clone())).await;
            assert_eq!(status, 400, "{path} {document}: {told}");
            let told = told["error"].as_str().unwrap();
            for word in ["struct", "enum", "variant", "newtype", "untagged", "tuple"] {
                assert!(!told.contains(word), "{path} {document}: {told}");
            }
        }
    }
}
