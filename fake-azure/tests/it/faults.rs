//! What goes wrong on demand, as docs/faults.md tells it: each effect by its example there.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use fake_azure::Pace;
use fake_azure::faults::FaultPlan;
use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};

use crate::bodies::{Machine, hosted_service, operation, operations, service, slot};
use crate::certs::Set;
use crate::stage::{Answer, Stage, builder};

const SERVICES: &str = "/services/hostedservices";

/// The page that tells of all of this.
fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/faults.md");
    std::fs::read_to_string(path).unwrap()
}

/// The examples of a test on the page, as effects in TOML.
fn examples(test: &str) -> Vec<String> {
    let mark = format!("`faults::{test}`");
    let page = page();
    let rows = page
        .lines()
        .filter(|line| line.ends_with(&format!("{mark} |")));
    let found: Vec<_> = rows
        .flat_map(|row| {
            let example = row.split('|').nth(1).unwrap();
            let words = example.split('`').skip(1).step_by(2);
            words.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    assert!(!found.is_empty(), "{mark}");
    found
}

/// The one example of a test.
fn example(test: &str) -> String {
    let mut found = examples(test);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// A simulator with one rule of a file: what a rule says besides its effect, and its effect.
async fn broken(pace: Pace, rest: &str, effect: &str) -> Stage {
    planned(
        pace,
        &format!("[[fault]]\n{rest}\neffect = {{ {effect} }}\n"),
    )
    .await
}

/// A simulator with a file of faults.
#[expect(clippy::disallowed_methods, reason = "a test's own file")]
async fn planned(pace: Pace, text: &str) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.toml");
    std::fs::write(&path, text).unwrap();
    let plan = FaultPlan::read(&path).unwrap_or_else(|error| panic!("{error}: {text}"));
    Stage::of(builder().seed(7).pace(pace).faults(plan)).await
}

async fn told(stage: &Stage) -> Value {
    let (status, told) = stage.admin("faults", None).await;
    assert_eq!(status, 200);
    told["faults"].clone()
}

fn docker(set: &Set) -> Machine {
    Machine::ubuntu("web")
        .with(&set.open_tech(4243))
        .opened("docker", 4243, 4243)
}

/// What the engine of `web` says to a ping by a client of the set.
async fn ping(stage: &Stage, set: &Set) -> Result<String, reqwest::Error> {
    let address = stage.address("web").unwrap_or(Ipv4Addr::LOCALHOST);
    let name = "web.cloudapp.net";
    let client = Client::builder()
        .no_proxy()
        .resolve(name, SocketAddr::from((address, 0)))
        .tls_certs_only([Certificate::from_pem(set.ca.as_bytes()).unwrap()])
        .identity(Identity::from_pem(set.client.as_bytes()).unwrap());
    let url = format!("https://{name}:4243/_ping");
    let response = client.build().unwrap().get(url).send().await?;
    response.text().await
}

/// The one role instance of `web`.
async fn instance(stage: &Stage) -> crate::xml::Node {
    let deployment = stage.get(&slot("web")).await.is(200).document();
    deployment.all("RoleInstanceList")[0].clone()
}

#[test]
fn each_test_of_the_page_is_one_of_these() {
    let own = include_str!("faults.rs");
    let page = page();
    let mut count = 0;
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let Some(test) = row.split("`faults::").nth(1) else {
            continue;
        };
        let test = test.split('`').next().unwrap();
        assert!(own.contains(&format!("fn {test}()")), "{test}");
        count += 1;
    }
    assert!(count > 12, "{count}");
}

#[tokio::test]
async fn an_error_comes_in_the_place_of_the_answer() {
    for when in ["before", "after"] {
        let rest = format!("match.method = \"POST\"\nwhen = \"{when}\"");
        let effect = example("an_error_comes_in_the_place_of_the_answer");
        let stage = broken(Pace::Instant, &rest, &effect).await;
        let answer = stage.post(SERVICES, &hosted_service("web")).await;
        let (status, code, message) = answer.refusal();
        assert_eq!((status, code.as_str()), (500, "InternalError"));
        assert_eq!(message, "The server encountered an internal error.");
        let made = stage.get(&service("web")).await.status == 200;
        assert_eq!(made, when == "after");
    }
}

#[tokio::test]
async fn whoever_is_throttled_is_told_when_to_come_again() {
    let effect = example("whoever_is_throttled_is_told_when_to_come_again");
    let stage = broken(Pace::Instant, "", &effect).await;
    let answer = stage.get("/locations").await;
    assert_eq!(answer.header("Retry-After"), "30");
    let (status, code, message) = answer.refusal();
    assert_eq!((status, code.as_str()), (503, "TooManyRequests"));
    assert_eq!(
        message,
        "Too many requests received. Retry after some time."
    );
    stage.get("/locations").await.is(200);
}

#[tokio::test]
async fn a_connection_is_reset_before_or_after_the_effect() {
    for when in ["before", "after"] {
        let rest = format!("match.operation = \"Create Hosted Service\"\nwhen = \"{when}\"");
        let effect = example("a_connection_is_reset_before_or_after_the_effect");
        let stage = broken(Pace::Instant, &rest, &effect).await;
        let request = stage.request("POST", SERVICES).body(hosted_service("web"));
        assert!(request.send().await.is_err());
        let made = stage.get(&service("web")).await.status == 200;
        assert_eq!(made, when == "after");
    }
}

#[tokio::test]
async fn an_answer_is_cut_in_the_middle() {
    let effect = example("an_answer_is_cut_in_the_middle");
    let stage = broken(Pace::Instant, "when = \"after\"", &effect).await;
    let whole = Stage::new().await.get("/locations").await.body;
    let response = stage.request("GET", "/locations").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.content_length(), Some(whole.len() as u64));
    assert!(response.bytes().await.is_err());
    // An answer without a body promises one that does not come.
    let rest = "match.method = \"POST\"\nwhen = \"after\"";
    let stage = broken(Pace::Instant, rest, &effect).await;
    let request = stage.request("POST", SERVICES).body(hosted_service("web"));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert!(response.bytes().await.is_err());
    stage.get(&service("web")).await.is(200);
    let journal = stage.azure.cloud().journal();
    let detail = journal[0].detail.as_deref().unwrap();
    assert!(
        detail.contains("cut in the middle of the answer"),
        "{detail}"
    );
}

#[tokio::test]
async fn an_answer_is_garbage() {
    let bodies = async |effect: &str| {
        let rest = "every = 1\nwhen = \"after\"";
        let stage = broken(Pace::Instant, rest, effect).await;
        let mut bodies = Vec::new();
        for _ in 0..2 {
            let response = stage.request("GET", "/locations").send().await.unwrap();
            assert_eq!(response.status(), 200);
            bodies.push(response.bytes().await.unwrap());
        }
        bodies
    };
    let effects = examples("an_answer_is_garbage");
    let made_up = bodies(&effects[0]).await;
    assert!(String::from_utf8(made_up[0].to_vec()).is_err());
    assert_ne!(made_up[0], made_up[1]);
    assert_eq!(made_up, bodies(&effects[0]).await);
    assert_eq!(bodies(&effects[1]).await[0], "<html>Please log in</html>");
}

#[tokio::test]
async fn an_answer_is_late_by_the_simulators_clock() {
    for when in ["before", "after"] {
        let rest = format!("match.method = \"POST\"\nwhen = \"{when}\"");
        let effect = example("an_answer_is_late_by_the_simulators_clock");
        let stage = broken(Pace::ByHand, &rest, &effect).await;
        let request = stage.request("POST", SERVICES).body(hosted_service("web"));
        let asked = tokio::spawn(request.send());
        while told(&stage).await[0]["fired"] != 1 {
            tokio::task::yield_now().await;
        }
        // What is asked on another connection is answered meanwhile.
        let there = async || stage.get(&service("web")).await.status == 200;
        if when == "after" {
            while !there().await {}
        } else {
            assert!(!there().await);
        }
        assert!(!asked.is_finished());
        stage.advance(5);
        assert_eq!(asked.await.unwrap().unwrap().status(), 201);
        assert!(there().await);
    }
}

#[tokio::test]
async fn no_answer_comes_until_the_faults_are_taken_back() {
    let effect = example("no_answer_comes_until_the_faults_are_taken_back");
    let rest = "match.method = \"POST\"\nwhen = \"after\"";
    let stage = broken(Pace::Instant, rest, &effect).await;
    let request = stage.request("POST", SERVICES).body(hosted_service("web"));
    let asked = tokio::spawn(request.send());
    while stage.get(&service("web")).await.status != 200 {}
    assert!(!asked.is_finished());
    let client = Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/_fake/faults", stage.azure.admin_url());
    let cleared = client.delete(url).send().await.unwrap();
    assert_eq!(
        cleared.text().await.unwrap(),
        "[{\"match\":{\"method\":\"POST\"},\"fired\":1}]"
    );
    assert!(asked.await.unwrap().is_err());
    assert_eq!(told(&stage).await, json!([]));
}

#[tokio::test]
async fn an_accepted_operation_fails() {
    let effect = example("an_accepted_operation_fails");
    let rest = "match.operation = \"Create Virtual Machine Deployment\"";
    let stage = broken(Pace::Instant, rest, &effect).await;
    stage.storage().await;
    stage.service("web").await;
    let asked = stage.deploy("web", &Machine::ubuntu("web")).await.is(202);
    let (status, code, message) = stage.fails(asked).await;
    assert_eq!(
        (status.as_str(), code.as_str()),
        ("500", "AllocationFailed")
    );
    assert_eq!(message, "No room.");
}

#[tokio::test]
async fn an_accepted_operation_never_ends() {
    let effect = example("an_accepted_operation_never_ends");
    for (when, made) in [("before", 404), ("after", 200)] {
        for pace in [Pace::Instant, Pace::ByHand, Pace::Reads(2)] {
            let rest = format!(
                "match.operation = \"Create Virtual Machine Deployment\"\nwhen = \"{when}\""
            );
            let stage = broken(pace, &rest, &effect).await;
            stage.storage().await;
            stage.service("web").await;
            let asked = stage.deploy("web", &Machine::ubuntu("web")).await.is(202);
            for _ in 0..5 {
                stage.advance(1_000_000);
                assert_eq!(
                    stage.standing(&asked).await,
                    "InProgress",
                    "{pace:?} {when}"
                );
            }
            stage.get(&slot("web")).await.is(made);
            // What took effect holds its service for ever.
            let again = stage.delete(&service("web")).await;
            assert_eq!(
                again.status,
                if made == 200 { 409 } else { 200 },
                "{pace:?} {when}"
            );
        }
    }
}

#[tokio::test]
async fn a_machine_boots_slowly() {
    let effects = examples("a_machine_boots_slowly");
    for effect in effects {
        let stage = broken(Pace::ByHand, "", &effect).await;
        stage.machine("web", &Machine::ubuntu("web")).await.is(202);
        let ready = async || instance(&stage).await.text("InstanceStatus") == "ReadyRole";
        // Others are ready after 225 seconds of 360.
        stage.advance(3 * 225 - 10);
        assert!(!ready().await, "{effect}");
        stage.advance(20);
        assert!(ready().await, "{effect}");
        // A restart takes as many times as long: 40 seconds of 60 by others.
        stage.advance(1000);
        let asked = stage
            .post(
                &operations("web", "web"),
                &operation("RestartRoleOperation"),
            )
            .await;
        stage.advance(100);
        stage.done(asked).await;
        if effect.contains("factor") {
            assert!(!ready().await);
            stage.advance(30);
        }
        stage.advance(1000);
        assert!(ready().await);
    }
}

#[tokio::test]
async fn an_agent_never_reports() {
    let effect = example("an_agent_never_reports");
    let set = Set::shared();
    let stage = broken(Pace::Instant, "", &effect).await;
    stage.ready("web", &docker(set)).await;
    let instance = instance(&stage).await;
    assert_eq!(instance.text("InstanceStatus"), "ReadyRole");
    assert_eq!(instance.text("GuestAgentStatus/Status"), "NotReady");
    assert!(!instance.has("ResourceExtensionStatusList"));
    assert!(ping(&stage, set).await.is_err());
}

#[tokio::test]
async fn an_extension_ends_in_an_error() {
    for effect in examples("an_extension_ends_in_an_error") {
        let set = Set::shared();
        let stage = broken(Pace::Instant, "", &effect).await;
        stage.ready("web", &docker(set)).await;
        let instance = instance(&stage).await;
        let status = "ResourceExtensionStatusList/ResourceExtensionStatus/ExtensionSettingStatus";
        assert_eq!(instance.text(&format!("{status}/Status")), "Error");
        let message = instance.text(&format!("{status}/FormattedMessage/Message"));
        let told = "Enable Docker failed: no such package.";
        assert_eq!(message == told, effect.contains(told), "{message}");
        assert!(ping(&stage, set).await.is_err());
    }
}

#[tokio::test]
async fn docker_refuses_though_its_extension_is_well() {
    let effect = example("docker_refuses_though_its_extension_is_well");
    let set = Set::shared();
    let stage = broken(Pace::Instant, "", &effect).await;
    stage.ready("web", &docker(set)).await;
    let status =
        "ResourceExtensionStatusList/ResourceExtensionStatus/ExtensionSettingStatus/Status";
    assert_eq!(instance(&stage).await.text(status), "Success");
    assert!(!stage.answers(stage.address("web").unwrap(), 4243).await);
}

#[tokio::test]
async fn docker_shows_another_certificate() {
    let effect = example("docker_shows_another_certificate");
    let set = Set::shared();
    let stage = broken(Pace::Instant, "", &effect).await;
    stage.ready("web", &docker(set)).await;
    assert!(stage.answers(stage.address("web").unwrap(), 4243).await);
    let error = ping(&stage, set).await.unwrap_err();
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
}

#[tokio::test]
async fn a_machine_dies_after_its_first_boot_and_lives_after_the_next() {
    let effect = example("a_machine_dies_after_its_first_boot_and_lives_after_the_next");
    let set = Set::shared();
    let stage = broken(Pace::ByHand, "", &effect).await;
    stage.machine("web", &docker(set)).await.is(202);
    stage.advance(500);
    assert_eq!(ping(&stage, set).await.unwrap(), "OK");
    stage.advance(100);
    let dead = instance(&stage).await;
    assert_eq!(dead.text("InstanceStatus"), "StoppedVM");
    assert_eq!(dead.text("PowerState"), "Stopped");
    assert!(ping(&stage, set).await.is_err());
    let asked = stage
        .post(&operations("web", "web"), &operation("StartRoleOperation"))
        .await;
    stage.advance(10_000);
    stage.done(asked).await;
    assert_eq!(instance(&stage).await.text("InstanceStatus"), "ReadyRole");
    assert_eq!(ping(&stage, set).await.unwrap(), "OK");
}

#[tokio::test]
async fn a_machine_may_die_at_every_pace() {
    for pace in [Pace::Instant, Pace::Reads(1), Pace::After(0.5)] {
        let stage = broken(pace, "", "machine.dies.after = 1000").await;
        stage.machine("web", &Machine::ubuntu("web")).await.is(202);
        let seen = async || {
            let mut last = String::new();
            for _ in 0..20 {
                last = instance(&stage).await.text("InstanceStatus");
            }
            last
        };
        stage.advance(200);
        assert_eq!(seen().await, "ReadyRole", "{pace:?}");
        stage.advance(1000);
        assert_eq!(seen().await, "StoppedVM", "{pace:?}");
    }
}

#[tokio::test]
async fn only_the_machine_that_is_named_has_the_flaw() {
    let rest = "match = { role = \"DB\" }\nevery = 1";
    let stage = broken(Pace::Instant, rest, "machine.silent_agent = true").await;
    stage.machine("web", &Machine::ubuntu("web")).await.is(202);
    let mut db = Machine::ubuntu("db");
    db.endpoints.clear();
    let role = db.role();
    let asked = stage.post(&crate::bodies::roles("web"), &role).await;
    stage.done(asked).await;
    let deployment = stage.get(&slot("web")).await.document();
    let agents: Vec<_> = deployment
        .all("RoleInstanceList")
        .iter()
        .map(|instance| {
            (
                instance.text("RoleName"),
                instance.text("GuestAgentStatus/Status"),
            )
        })
        .collect();
    let expected = [("web", "Ready"), ("db", "NotReady")];
    assert_eq!(agents, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let told = told(&stage).await;
    assert_eq!(
        (&told[0]["matched"], &told[0]["fired"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(told[0]["at"][0]["operation"], "Add Role");
    // It is a fact of the machine, and shown as one.
    let (_, world) = stage.admin("world", None).await;
    let roles = &world["subscriptions"][0]["hosted_services"][0]["deployment"]["roles"];
    assert_eq!(roles[1]["flaws"], json!({"silent_agent": true}));
    assert_eq!(roles[0]["flaws"], Value::Null);
}

#[tokio::test]
async fn flaws_of_machines_survive_a_snapshot() {
    let effect = "machine = { dies = { after = 600 }, slow_boot = { factor = 0.5 } }";
    let stage = broken(Pace::ByHand, "", effect).await;
    stage.machine("web", &Machine::ubuntu("web")).await.is(202);
    let snapshot = stage.azure.cloud().snapshot().unwrap();
    stage.azure.cloud().restore(&snapshot).unwrap();
    stage.advance(590);
    assert_eq!(instance(&stage).await.text("InstanceStatus"), "ReadyRole");
    stage.advance(10);
    assert_eq!(instance(&stage).await.text("InstanceStatus"), "StoppedVM");
}

#[tokio::test]
async fn a_plan_tells_faults_of_engines_too_and_is_there_again_after_a_reset() {
    let text = "
        [[fault]]
        name = \"busy\"
        match = { operation = \"List Locations\" }
        effect = { throttle = 1 }

        [[docker]]
        service = \"Web\"
        [[docker.fault]]
        match = { path = \"^/_ping\" }
        nth = 2
        effect = { status = 500, message = \"on purpose\" }

        [[docker]]
        role = \"other\"
        [[docker.fault]]
        every = 1
        effect = { drop = true }
    ";
    let set = Set::shared();
    let stage = planned(Pace::Instant, text).await;
    for _ in 0..2 {
        stage.get("/locations").await.is(503);
        stage.get("/locations").await.is(200);
        assert_eq!(told(&stage).await[0]["name"], "busy");
        stage.ready("web", &docker(set)).await;
        assert_eq!(ping(&stage, set).await.unwrap(), "OK");
        assert!(ping(&stage, set).await.unwrap().contains("on purpose"));
        let (status, engine) = stage.admin("docker/web/web/faults", None).await;
        assert_eq!(status, 200);
        assert_eq!(engine["faults"][0]["matched"], 2);
        assert_eq!(engine["faults"].as_array().unwrap().len(), 1);
        stage.azure.cloud().reset().unwrap();
        assert_eq!(told(&stage).await[0]["fired"], 0);
    }
}

#[tokio::test]
async fn rules_may_hit_every_so_many_calls_or_by_chance() {
    let statuses = async |rest: &str| {
        let stage = broken(Pace::Instant, rest, "status = 503").await;
        let mut seen = String::new();
        for _ in 0..30 {
            let status = stage.get("/locations").await.status;
            seen.push(if status == 503 { 'x' } else { '.' });
        }
        seen
    };
    let every = statuses("nth = 2\nevery = 3\ntimes = 4").await;
    assert_eq!(every, ".x..x..x..x...................");
    let chance = statuses("probability = 0.5").await;
    assert_eq!(chance, statuses("probability = 0.5").await);
    let hits = chance.matches('x').count();
    assert!((5..25).contains(&hits), "{chance}");
}

#[tokio::test]
async fn a_body_that_is_refused_counts_too() {
    let rest = "match.operation = \"Create Hosted Service\"";
    let stage = broken(Pace::Instant, rest, "status = 500").await;
    let long = "x".repeat(9 << 20);
    let answer: Answer = stage.post(SERVICES, &long).await;
    assert_eq!(answer.status, 400);
    assert_eq!(told(&stage).await[0]["fired"], 1);
    stage.azure.cloud().advance(Duration::ZERO);
}
