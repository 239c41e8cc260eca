//! How time flows: locks, operations, boots and installations at each pace.

use std::time::Duration;

use fake_azure::Pace;

use crate::bodies::{
    Machine, hosted_service, operation, operations, roles, root, service, shutdown, slot, storage,
};
use crate::certs::{self, Set};
use crate::stage::{Answer, Stage};
use crate::xml::Node;

async fn deployment(stage: &Stage) -> Node {
    stage.get(&slot("web")).await.is(200).document()
}

fn state(deployment: &Node) -> (String, String) {
    let instance = &deployment.all("RoleInstanceList")[0];
    (instance.text("InstanceStatus"), instance.text("PowerState"))
}

fn handler(deployment: &Node) -> (String, String, String) {
    let instance = &deployment.all("RoleInstanceList")[0];
    let status = "ResourceExtensionStatusList/ResourceExtensionStatus";
    let text = |path: &str| instance.text(&format!("{status}/{path}"));
    (
        text("Status"),
        text("ExtensionSettingStatus/Status"),
        text("ExtensionSettingStatus/FormattedMessage/Message"),
    )
}

fn docker() -> Machine {
    let set = Set::shared();
    Machine::ubuntu("web")
        .with(&set.open_tech(4243))
        .opened("docker", 4243, 4243)
}

/// The words of a refusal while `running` holds the service.
fn is_locked(refused: &Answer, running: &Answer) {
    let words = format!(
        "Windows Azure is currently performing an operation with x-ms-requestid {} on this deployment that requires exclusive access.",
        running.request_id()
    );
    assert_eq!(refused.refusal(), (409, "ConflictError".to_owned(), words));
}

#[tokio::test]
async fn at_the_pace_of_the_hand_a_machine_boots_along_the_table() {
    let stage = Stage::at(Pace::ByHand).await;
    let asked = stage.machine("web", &docker()).await;
    let first = deployment(&stage).await;
    assert_eq!(first.text("Status"), "Deploying");
    assert_eq!(first.text("Locked"), "true");
    // The address is there before the name.
    assert!(!first.has("Url") && first.all("VirtualIPs").len() == 1);
    assert!(first.all("RoleInstanceList")[0].has("InstanceEndpoints"));
    assert_eq!(
        state(&first),
        ("StoppedVM".to_owned(), "Stopped".to_owned())
    );
    assert_eq!(stage.standing(&asked).await, "InProgress");
    let mut passed = 0;
    for (at, status, power, agent) in [
        (40, "RoleStateUnknown", "Starting", "NotReady"),
        (45, "CreatingVM", "Starting", "NotReady"),
        (84, "StartingVM", "Starting", "NotReady"),
        (111, "RoleStateUnknown", "Started", "NotReady"),
        (150, "Provisioning", "Started", "NotReady"),
        (225, "ReadyRole", "Started", "NotReady"),
        (300, "ReadyRole", "Started", "Ready"),
        (315, "ReadyRole", "Started", "Ready"),
    ] {
        stage.advance(at - passed);
        passed = at;
        let seen = deployment(&stage).await;
        assert_eq!(seen.text("Status"), "Running");
        assert_eq!(state(&seen), (status.to_owned(), power.to_owned()), "{at}");
        let instance = &seen.all("RoleInstanceList")[0];
        assert_eq!(instance.text("GuestAgentStatus/Status"), agent, "{at}");
        assert_eq!(instance.has("ResourceExtensionStatusList"), at >= 315);
        assert_eq!(instance.has("HostName"), at >= 150);
        let ready = status == "ReadyRole";
        assert_eq!(instance.has("RemoteAccessCertificateThumbprint"), ready);
    }
    assert_eq!(stage.standing(&asked).await, "Succeeded");
    let address = stage.address("web").unwrap();
    let installing = handler(&deployment(&stage).await);
    assert_eq!((&*installing.0, &*installing.1), ("Ready", "Transitioning"));
    assert!(!stage.answers(address, 4243).await);
    stage.advance(45);
    let ready = handler(&deployment(&stage).await);
    assert_eq!((&*ready.0, &*ready.1), ("Ready", "Success"));
    assert!(stage.answers(address, 4243).await);
}

#[tokio::test]
async fn an_operation_locks_its_service_until_it_ends() {
    let stage = Stage::at(Pace::ByHand).await;
    let running = stage.machine("web", &Machine::ubuntu("web")).await;
    let label = root("UpdateHostedService", "<Label>bmV3</Label>");
    let path = format!("{}/web", roles("web"));
    for refused in [
        stage
            .post(&roles("web"), &Machine::ubuntu("two").role())
            .await,
        stage.put(&path, &Machine::ubuntu("web").changed()).await,
        stage.delete(&slot("web")).await,
        stage
            .delete("/services/hostedservices/web/deployments/web")
            .await,
        stage
            .post(&operations("web", "web"), &operation("StartRoleOperation"))
            .await,
        stage
            .post(&operations("web", "web"), &shutdown("Stopped"))
            .await,
        stage.delete(&service("web")).await,
        stage
            .delete(&format!("{}?comp=media", service("web")))
            .await,
        stage.put(&service("web"), &label).await,
        stage.deploy("web", &Machine::ubuntu("two")).await,
    ] {
        is_locked(&refused, &running);
    }
    // Others are not held up, and reading is always allowed.
    stage
        .post("/services/hostedservices", &hosted_service("other"))
        .await
        .is(201);
    stage.get(&service("web")).await.is(200);
    stage.advance(40);
    assert_eq!(stage.standing(&running).await, "Succeeded");
    let next = stage
        .post(&operations("web", "web"), &shutdown("Stopped"))
        .await
        .is(202);
    assert_eq!(state(&deployment(&stage).await).0, "StoppingVM");
    is_locked(&stage.delete(&slot("web")).await, &next);
    stage.advance(32);
    assert_eq!(state(&deployment(&stage).await).0, "StoppedVM");
    let next = stage.delete(&slot("web")).await.is(202);
    assert_eq!(deployment(&stage).await.text("Status"), "Deleting");
    is_locked(&stage.delete(&service("web")).await, &next);
    stage.advance(45);
    assert_eq!(stage.get(&slot("web")).await.status, 404);
    stage.delete(&service("web")).await.is(200);
}

#[tokio::test]
async fn storage_accounts_and_reserved_addresses_take_their_time() {
    let stage = Stage::at(Pace::ByHand).await;
    let path = "/services/storageservices";
    let made = stage.post(path, &storage("slow")).await.is(202);
    let status = async || {
        let account = stage.get(&format!("{path}/slow")).await.document();
        account.text("StorageServiceProperties/Status")
    };
    assert_eq!(status().await, "Creating");
    stage.advance(30);
    assert_eq!(stage.standing(&made).await, "InProgress");
    stage.advance(1);
    assert_eq!(stage.standing(&made).await, "Succeeded");
    assert_eq!(status().await, "Created");

    let path = "/services/networking/reservedips";
    let body = root(
        "ReservedIP",
        "<Name>fixed</Name><Location>West US</Location>",
    );
    stage.post(path, &body).await.is(202);
    let shown = async || {
        let answer = stage.get(&format!("{path}/fixed")).await;
        (answer.status, answer.document().text("State"))
    };
    assert_eq!(shown().await, (200, "Creating".to_owned()));
    assert_eq!(
        stage.delete(&format!("{path}/fixed")).await.refused().0,
        409
    );
    stage.advance(31);
    assert_eq!(shown().await.1, "Created");
    stage.delete(&format!("{path}/fixed")).await.is(202);
    assert_eq!(shown().await.1, "Deleting");
    stage.advance(31);
    assert_eq!(shown().await.0, 404);
}

#[tokio::test]
async fn at_the_pace_of_reads_each_state_lasts_for_so_many_looks() {
    for n in [1, 3] {
        let stage = Stage::at(Pace::Reads(n)).await;
        stage.storage().await;
        stage.service("web").await;
        let asked = stage.deploy("web", &docker()).await.is(202);
        for _ in 0..n {
            assert_eq!(stage.standing(&asked).await, "InProgress");
        }
        assert_eq!(stage.standing(&asked).await, "Succeeded");
        assert_eq!(stage.standing(&asked).await, "Succeeded");
        let mut seen = Vec::new();
        while handler(&deployment(&stage).await).1 != "Success" {
            // That look counts as well.
            seen.push(());
            assert!(seen.len() < 100);
        }
        // Eight states come before the last.
        assert_eq!(seen.len(), 8 * n as usize);
        assert!(stage.answers(stage.address("web").unwrap(), 4243).await);
    }
}

#[tokio::test]
async fn at_the_pace_of_reads_looking_at_the_thing_itself_ends_its_operation_too() {
    let stage = Stage::at(Pace::Reads(2)).await;
    stage
        .post("/services/storageservices", &storage("store"))
        .await
        .is(202);
    let path = "/services/storageservices/store";
    let status = "StorageServiceProperties/Status";
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(stage.get(path).await.document().text(status));
    }
    assert_eq!(seen, ["Creating", "Creating", "Created"]);
    stage.service("web").await;
    stage.deploy("web", &Machine::ubuntu("web")).await.is(202);
    let mut seen = Vec::new();
    for _ in 0..6 {
        let shown = deployment(&stage).await;
        seen.push(format!("{} {}", shown.text("Status"), state(&shown).0));
    }
    assert_eq!(
        seen,
        [
            "Deploying StoppedVM",
            "Deploying StoppedVM",
            "Running RoleStateUnknown",
            "Running RoleStateUnknown",
            "Running CreatingVM",
            "Running CreatingVM"
        ]
    );
}

/// Waits for something that happens by itself.
async fn until(what: impl AsyncFn() -> bool) {
    let wait = async {
        while !what().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .unwrap();
}

#[tokio::test]
async fn after_a_while_everything_happens_by_itself() {
    let stage = Stage::at(Pace::After(0.000_5)).await;
    stage
        .post("/services/storageservices", &storage("store"))
        .await
        .is(202);
    let made = async || {
        let shown = stage
            .get("/services/storageservices/store")
            .await
            .document();
        shown.text("StorageServiceProperties/Status") == "Created"
    };
    until(made).await;
    stage.service("web").await;
    stage.deploy("web", &docker()).await.is(202);
    // Nobody looks at the machine: its door opens by itself.
    let open = async || match stage.address("web") {
        Some(address) => stage.answers(address, 4243).await,
        None => false,
    };
    until(open).await;
}

#[tokio::test]
async fn an_extension_that_is_set_later_is_installed_along_the_pace() {
    let stage = Stage::at(Pace::ByHand).await;
    let bare = Machine::ubuntu("web").opened("docker", 4243, 4243);
    stage.machine("web", &bare).await.is(202);
    stage.advance(600);
    let address = stage.address("web").unwrap();
    let path = format!("{}/web", roles("web"));
    stage.put(&path, &docker().changed()).await.is(202);
    assert_eq!(handler(&deployment(&stage).await).1, "Transitioning");
    assert!(!stage.answers(address, 4243).await);
    stage.advance(89);
    assert_eq!(handler(&deployment(&stage).await).1, "Transitioning");
    stage.advance(1);
    assert_eq!(handler(&deployment(&stage).await).1, "Success");
    assert!(stage.answers(address, 4243).await);
    // An endpoint more leaves what is installed alone.
    let more = docker().opened("http", 80, 80).changed();
    stage.put(&path, &more).await.is(202);
    assert_eq!(handler(&deployment(&stage).await).1, "Success");
    assert!(stage.answers(address, 4243).await);
}

#[tokio::test]
async fn an_extension_that_fails_says_why() {
    let stage = Stage::new().await;
    stage.storage().await;
    let set = Set::shared();
    let other = Set::make("x");
    let mixed = Set {
        server_key: other.server_key.clone(),
        ..set.clone()
    };
    for (n, (extension, words)) in [
        (
            certs::open_tech("{\"dockerport\":\"99999\"}", ""),
            "invalid docker port",
        ),
        (certs::open_tech("no json", ""), "public settings"),
        (
            certs::open_tech("", "{\"ca\":\"YQ==\"}"),
            "server-cert, server-key",
        ),
        (
            certs::open_tech(
                "",
                "{\"ca\":\"YQ==\",\"server-cert\":\"YQ==\",\"server-key\":\"YQ==\"}",
            ),
            "ca",
        ),
        (
            certs::azure("{\"docker\":{\"port\":\"x\"}}", ""),
            "invalid docker port",
        ),
        (mixed.open_tech(4243), "do not match"),
        (mixed.azure(4243), "does not match"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("web{n}");
        let mut machine = Machine::ubuntu("web")
            .with(&extension)
            .opened("docker", 4243, 4243);
        machine.os_disk = machine.os_disk.replace("/web.vhd", &format!("/{name}.vhd"));
        stage.service(&name).await;
        let asked = stage.deploy(&name, &machine).await;
        stage.done(asked).await;
        let (status, setting, message) = handler(&stage.get(&slot(&name)).await.document());
        assert_eq!((&*status, &*setting), ("Ready", "Error"), "{message}");
        assert!(message.contains("Enable Docker failed"), "{message}");
        assert!(
            message.contains(words) || words == "do not match",
            "{message}"
        );
        assert!(!message.contains("PRIVATE") && !message.contains(&set.server_key[40..60]));
        assert!(!stage.answers(stage.address(&name).unwrap(), 4243).await);
    }
}

#[tokio::test]
async fn a_start_after_deallocation_and_a_restart_take_their_time_too() {
    let stage = Stage::at(Pace::ByHand).await;
    stage.machine("web", &docker()).await.is(202);
    stage.advance(600);
    let at = operations("web", "web");
    stage
        .post(&at, &shutdown("StoppedDeallocated"))
        .await
        .is(202);
    stage.advance(40);
    assert_eq!(deployment(&stage).await.text("Status"), "Suspended");
    stage
        .post(&at, &operation("StartRoleOperation"))
        .await
        .is(202);
    assert_eq!(
        state(&deployment(&stage).await),
        ("RoleStateUnknown".to_owned(), "Starting".to_owned())
    );
    let address = stage.address("web").unwrap();
    stage.advance(119);
    assert!(!stage.answers(address, 4243).await);
    stage.advance(1);
    assert!(stage.answers(address, 4243).await);
    stage
        .post(&at, &operation("RestartRoleOperation"))
        .await
        .is(202);
    assert!(!stage.answers(address, 4243).await);
    stage.advance(60);
    assert_eq!(state(&deployment(&stage).await).0, "ReadyRole");
    assert!(stage.answers(address, 4243).await);
}
