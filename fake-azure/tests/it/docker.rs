//! The engine of a Docker host: at the right port, with the certificates that were uploaded.

use std::net::{Ipv4Addr, SocketAddr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Certificate, Client, ClientBuilder, Identity};
use serde_json::json;

use crate::bodies::{Machine, operation, operations, roles, shutdown, slot};
use crate::certs::{self, Set};
use crate::stage::{Stage, builder};

/// Somebody who dials this address for a name.
fn dialler(name: &str, address: Ipv4Addr) -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .resolve(name, SocketAddr::from((address, 0)))
}

/// What a client of the set is told by `_ping`, or nothing.
async fn ping(set: &Set, client: Option<&str>, name: &str, at: (Ipv4Addr, u16)) -> Option<String> {
    let ca = Certificate::from_pem(set.ca.as_bytes()).unwrap();
    let mut builder = dialler(name, at.0).tls_certs_only([ca]);
    if let Some(pem) = client {
        builder = builder.identity(Identity::from_pem(pem.as_bytes()).unwrap());
    }
    let url = format!("https://{name}:{}/_ping", at.1);
    let response = builder.build().unwrap().get(url).send().await.ok()?;
    response.text().await.ok()
}

/// Whether the host `web` answers a client of the set at this public port.
async fn answers(stage: &Stage, set: &Set, port: u16) -> bool {
    let Some(address) = stage.address("web") else {
        return false;
    };
    let told = ping(set, Some(&set.client), "web.cloudapp.net", (address, port)).await;
    told.as_deref() == Some("OK")
}

fn host(extension: &str, port: u16) -> Machine {
    Machine::ubuntu("web")
        .with(extension)
        .opened("docker", port, port)
}

#[tokio::test]
async fn both_generations_serve_with_the_certificates_that_were_uploaded() {
    let set = Set::shared();
    for (extension, port) in [(set.open_tech(4243), 4243), (set.azure(2376), 2376)] {
        let stage = Stage::new().await;
        stage.ready("web", &host(&extension, port)).await;
        assert!(answers(&stage, set, port).await);
        let at = (stage.address("web").unwrap(), port);
        let name = "web.cloudapp.net";
        assert_eq!(ping(set, None, name, at).await, None);
        assert_eq!(ping(set, Some(&set.late_client), name, at).await, None);
        let foreign = Set::make("*.cloudapp.net");
        assert_eq!(ping(set, Some(&foreign.client), name, at).await, None);
        assert_eq!(ping(&foreign, Some(&set.client), name, at).await, None);
        assert_eq!(
            ping(set, Some(&set.client), "elsewhere.example", at).await,
            None
        );
        // Whoever speaks plainly is told so, as Go's server does.
        let plain = Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}:{port}/_ping", at.0);
        let response = plain.get(url).send().await.unwrap();
        assert_eq!(response.status(), 400);
        let text = response.text().await.unwrap();
        assert_eq!(text, "Client sent an HTTP request to an HTTPS server.\n");
    }
}

#[tokio::test]
async fn a_server_certificate_for_another_name_is_served_all_the_same() {
    let set = Set::make("somewhere.example");
    let stage = Stage::new().await;
    stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
    let at = (stage.address("web").unwrap(), 4243);
    assert_eq!(
        ping(&set, Some(&set.client), "web.cloudapp.net", at).await,
        None
    );
    let named = ping(&set, Some(&set.client), "somewhere.example", at).await;
    assert_eq!(named.as_deref(), Some("OK"));
}

#[tokio::test]
async fn a_clients_certificate_expires_in_the_simulators_time() {
    let set = Set::shared();
    let stage = Stage::new().await;
    stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
    assert!(answers(&stage, set, 4243).await);
    stage.advance(366 * 86_400);
    assert!(!answers(&stage, set, 4243).await);
    stage.azure.cloud().reset().unwrap();
    stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
    assert!(answers(&stage, set, 4243).await);
}

#[tokio::test]
async fn without_certificates_the_daemon_is_open_over_plain_http() {
    for (extension, port) in [
        (certs::open_tech("{\"dockerport\":\"4243\"}", "{}"), 4243),
        (certs::open_tech("", ""), 4243),
        (certs::azure("{\"docker\":{\"port\":\"2375\"}}", "{}"), 2375),
    ] {
        let stage = Stage::new().await;
        stage.ready("web", &host(&extension, port)).await;
        let client = Client::builder().no_proxy().build().unwrap();
        let address = stage.address("web").unwrap();
        let url = format!("http://{address}:{port}/info");
        let text = client.get(url).send().await.unwrap().text().await.unwrap();
        let info: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(info["Name"], "web");
        assert_eq!(info["NCPU"], 1);
    }
}

#[tokio::test]
async fn the_engine_of_a_host_goes_wrong_on_demand_and_tells_what_was_asked() {
    let stage = Stage::new().await;
    let open = certs::open_tech("{\"dockerport\":\"4243\"}", "{}");
    assert!(stage.azure.cloud().docker("web", "web").is_none());
    stage.ready("web", &host(&open, 4243)).await;
    let rule = json!({"match": {"path": "^/info"}, "effect": {"status": 503, "message": "busy"}});
    assert_eq!(stage.admin("docker/web/web/break", Some(rule)).await.0, 200);
    let url = format!("http://{}:4243/v1.51/info", stage.address("web").unwrap());
    let client = Client::builder().no_proxy().build().unwrap();
    for status in [503, 200] {
        assert_eq!(client.get(&url).send().await.unwrap().status(), status);
    }
    let clear = Some(json!({"clear": true}));
    let (_, told) = stage.admin("docker/web/web/break", clear).await;
    assert_eq!(told[0]["fired"], 1);

    let (_, journal) = stage.admin("docker/web/web/journal", None).await;
    assert_eq!(journal[0]["path"], "/v1.51/info");
    assert_eq!(
        journal[0]["detail"],
        "answered wrongly before it took effect"
    );
    let engine = stage.azure.cloud().docker("web", "web").unwrap();
    assert_eq!(engine.journal().len(), 2);

    let (status, words) = stage.admin("docker/web/other/journal", None).await;
    assert_eq!(status, 404);
    assert!(words["error"].as_str().unwrap().contains("`other`"));
}

#[tokio::test]
async fn the_public_port_leads_to_the_daemons_own() {
    let set = Set::shared();
    let stage = Stage::new().await;
    let machine = Machine::ubuntu("web")
        .with(&set.azure(2376))
        .opened("docker", 5000, 2376)
        .opened("wrong", 2376, 9999);
    stage.ready("web", &machine).await;
    assert!(answers(&stage, set, 5000).await);
    let address = stage.address("web").unwrap();
    for port in [22, 2376, 9999] {
        assert!(!stage.answers(address, port).await, "{port}");
    }
}

#[tokio::test]
async fn an_endpoint_that_was_never_opened_does_not_answer_until_it_is() {
    let set = Set::shared();
    let stage = Stage::new().await;
    let machine = Machine::ubuntu("web").with(&set.open_tech(4243));
    stage.ready("web", &machine).await;
    let address = stage.address("web").unwrap();
    assert!(!stage.answers(address, 4243).await);
    let path = format!("{}/web", roles("web"));
    let opened = machine.clone().opened("docker", 4243, 4243);
    let asked = stage.put(&path, &opened.changed()).await;
    stage.done(asked).await;
    assert!(answers(&stage, set, 4243).await);
    let asked = stage.put(&path, &machine.changed()).await;
    stage.done(asked).await;
    assert!(!stage.answers(address, 4243).await);
}

#[tokio::test]
async fn shutdown_and_delete_close_the_daemon_and_start_opens_it_again() {
    let set = Set::shared();
    let stage = Stage::new().await;
    stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
    let (at, before) = (operations("web", "web"), stage.address("web").unwrap());
    for post in ["Stopped", "StoppedDeallocated"] {
        let asked = stage.post(&at, &shutdown(post)).await;
        assert!(!stage.answers(before, 4243).await, "{post}");
        stage.done(asked).await;
        let asked = stage.post(&at, &operation("StartRoleOperation")).await;
        stage.done(asked).await;
        assert!(answers(&stage, set, 4243).await, "{post}");
    }
    let after = stage.address("web").unwrap();
    assert_ne!(before, after);
    assert!(!stage.answers(before, 4243).await);
    let asked = stage.post(&at, &operation("RestartRoleOperation")).await;
    stage.done(asked).await;
    assert!(answers(&stage, set, 4243).await);
    let asked = stage.delete(&slot("web")).await;
    assert!(!stage.answers(after, 4243).await);
    stage.done(asked).await;
}

#[tokio::test]
async fn other_certificates_take_the_place_of_the_first_at_the_same_port() {
    let (first, second) = (Set::shared(), Set::make("*.cloudapp.net"));
    let stage = Stage::new().await;
    stage
        .ready("web", &host(&first.open_tech(4243), 4243))
        .await;
    let path = format!("{}/web", roles("web"));
    for set in [&second, first, &second] {
        let changed = host(&set.open_tech(4243), 4243).changed();
        let asked = stage.put(&path, &changed).await;
        stage.done(asked).await;
        assert!(answers(&stage, set, 4243).await);
    }
    assert!(!answers(&stage, first, 4243).await);
    assert!(
        stage
            .azure
            .cloud()
            .journal()
            .iter()
            .all(|e| e.operation != "Open Endpoint")
    );
}

#[tokio::test]
async fn a_role_that_is_read_changed_and_sent_back_keeps_its_hidden_settings() {
    let set = Set::shared();
    let stage = Stage::new().await;
    stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
    let path = format!("{}/web", roles("web"));
    let read = stage.get(&path).await.body;
    assert!(!read.contains("Private") && read.contains("<State>Enable</State>"));
    let back = read
        .replace(" i:type=\"NetworkConfigurationSet\"", "")
        .replace("<Port>4243</Port>", "<Port>4244</Port>");
    let asked = stage.put(&path, &back).await;
    stage.done(asked).await;
    assert!(answers(&stage, set, 4244).await);
}

#[tokio::test]
async fn another_port_without_the_hidden_settings_keeps_the_certificates() {
    let set = Set::shared();
    let other = |settings: &str| STANDARD.encode(settings);
    for (extension, before, after) in [
        (
            set.open_tech(4243),
            other(r#"{ "dockerport": "4243" }"#),
            other(r#"{ "dockerport": "4244" }"#),
        ),
        (
            set.azure(4243),
            other(r#"{"docker":{"port":"4243"}}"#),
            other(r#"{"docker":{"port":"4244"}}"#),
        ),
    ] {
        let stage = Stage::new().await;
        stage.ready("web", &host(&extension, 4243)).await;
        let path = format!("{}/web", roles("web"));
        let read = stage.get(&path).await.body;
        assert!(read.contains(&before), "{read}");
        let back = read
            .replace(" i:type=\"NetworkConfigurationSet\"", "")
            .replace("<LocalPort>4243<", "<LocalPort>4244<")
            .replace(&before, &after);
        let asked = stage.put(&path, &back).await;
        stage.done(asked).await;
        assert!(answers(&stage, set, 4243).await);
    }
}

#[tokio::test]
async fn a_disabled_or_removed_extension_closes_the_daemon() {
    let set = Set::shared();
    let stage = Stage::new().await;
    let machine = host(&set.open_tech(4243), 4243);
    stage.ready("web", &machine).await;
    let path = format!("{}/web", roles("web"));
    for state in ["Disable", "Uninstall"] {
        let body = machine.changed();
        let off = body.replace("<State>enable", &format!("<State>{state}"));
        let asked = stage.put(&path, &off).await;
        stage.done(asked).await;
        assert!(!stage.answers(stage.address("web").unwrap(), 4243).await);
        let role = stage.get(&path).await.document();
        let list = role.all("ResourceExtensionReferences").len();
        assert_eq!(list, usize::from(state == "Disable"));
        let asked = stage.put(&path, &body).await;
        stage.done(asked).await;
        assert!(answers(&stage, set, 4243).await);
    }
}

#[tokio::test]
async fn a_machine_without_an_agent_has_no_daemon() {
    let set = Set::shared();
    let stage = Stage::new().await;
    let mut machine = host(&set.open_tech(4243), 4243);
    machine.agent = "<ProvisionGuestAgent>false</ProvisionGuestAgent>".to_owned();
    stage.storage().await;
    stage.service("web").await;
    let refused = stage.deploy("web", &machine).await;
    assert_eq!(refused.refused(), (400, "BadRequest".to_owned()));
    let gone = stage.delete("/services/hostedservices/web").await;
    gone.is(200);
    machine.agent.clear();
    stage.ready("web", &machine).await;
    assert!(!stage.answers(stage.address("web").unwrap(), 4243).await);
    let instance = &stage.get(&slot("web")).await.document();
    let instance = &instance.all("RoleInstanceList")[0];
    assert!(!instance.has("GuestAgentStatus") && !instance.has("ResourceExtensionStatusList"));
}

#[tokio::test]
async fn a_port_that_cannot_be_bound_stays_listed_and_is_in_the_journal() {
    let set = Set::shared();
    let stage = Stage::new().await;
    // Nobody but this test binds this port of the next address: it stands for one below 1024
    // as an ordinary user, which the superuser of a build machine may bind.
    stage.ready("one", &Machine::ubuntu("one")).await;
    let next = Ipv4Addr::from(u32::from(stage.address("one").unwrap()) + 1);
    let squatter = std::net::TcpListener::bind((next, 4243)).unwrap();
    stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
    assert_eq!(stage.address("web"), Some(next));
    let journal = stage.azure.cloud().journal();
    let note = journal
        .iter()
        .find(|e| e.operation == "Open Endpoint")
        .unwrap();
    assert_eq!(note.path, format!("{next}:4243"));
    assert!(
        note.detail
            .as_deref()
            .unwrap()
            .contains("cannot be listened on")
    );
    let instance = stage.get(&slot("web")).await.document();
    let instance = &instance.all("RoleInstanceList")[0];
    assert_eq!(
        instance.each("InstanceEndpoints", "PublicPort"),
        ["4243", "22"]
    );
    drop(squatter);
}

#[tokio::test]
async fn two_hosts_and_two_simulators_keep_their_engines_apart() {
    let set = Set::shared();
    let (one, two) = (Stage::new().await, Stage::new().await);
    for stage in [&one, &two] {
        stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
        let mut second = host(&set.open_tech(4243), 4243);
        second.os_disk = second.os_disk.replace("/web.vhd", "/web2.vhd");
        stage.service("web2").await;
        let asked = stage.deploy("web2", &second).await;
        stage.done(asked).await;
    }
    let all = [&one, &two].map(|s| (s.address("web").unwrap(), s.address("web2").unwrap()));
    let mut addresses: Vec<_> = all.iter().flat_map(|(a, b)| [a, b]).collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 4);
    assert!(addresses.iter().all(|a| a.is_loopback()));
    one.azure.shutdown().await;
    assert!(answers(&two, set, 4243).await);
    assert!(!two.answers(all[0].0, 4243).await);
}

#[tokio::test]
async fn an_engine_also_listens_on_127_0_0_1_when_asked_to() {
    let set = Set::make("localhost");
    let stage = Stage::of(builder().localhost()).await;
    stage.ready("web", &host(&set.open_tech(4243), 4243)).await;
    let address = stage.address("web").unwrap();
    let port = stage.azure.cloud().localhost_port(address, 4243).unwrap();
    let told = ping(
        &set,
        Some(&set.client),
        "localhost",
        (Ipv4Addr::LOCALHOST, port),
    )
    .await;
    assert_eq!(told.as_deref(), Some("OK"));
}
