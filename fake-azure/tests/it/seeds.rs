//! What a simulator may begin with, and what befalls its machines by itself.

use fake_azure::Pace;
use fake_azure::command::agent;
use fake_azure::view::{Disk, GalleryExtension, Location, Maintenance, OperatingSystem, Place};

use crate::bodies::{Machine, operation, operations, slot};
use crate::stage::{Stage, builder};
use crate::xml::Node;

async fn instance(stage: &Stage) -> Node {
    let deployment = stage.get(&slot("web")).await.is(200).document();
    deployment.all("RoleInstanceList")[0].clone()
}

#[tokio::test]
async fn a_simulator_begins_with_other_regions_extensions_and_disks() {
    let extension = |version: &str| GalleryExtension::new("Own", "Thing", version);
    let mut disk = Disk::new(
        "old",
        Place::Location("Moon Base".into()),
        "https://gone.blob.core.windows.net/vhds/old.vhd",
        "2013-01-01T00:00:00Z".parse().unwrap(),
    );
    disk.os = Some(OperatingSystem::Linux);
    disk.size_gb = 7;
    disk.source_image = Some("forgotten".into());
    let mut seeds = builder()
        .locations(vec![Location::whole("Moon Base")])
        .extensions(vec![extension("1.0"), extension("1.1")])
        .disk(disk);
    seeds = seeds.images(Vec::new()).vm_images(Vec::new());
    let stage = Stage::of(seeds).await;
    let listed = async |path: &str| stage.get(path).await.is(200).document();
    assert_eq!(listed("/locations").await.each("", "Name"), ["Moon Base"]);
    assert!(listed("/services/images").await.children.is_empty());
    assert!(listed("/services/vmimages").await.children.is_empty());
    let newest = listed("/services/resourceextensions").await;
    assert_eq!(newest.each("", "Version"), ["1.1"]);
    let all = listed("/services/resourceextensions/own/thing").await;
    assert_eq!(all.each("", "Version"), ["1.0", "1.1"]);
    let disk = listed("/services/disks/old").await;
    assert_eq!(disk.text("CreatedTime"), "2013-01-01T00:00:00Z");
    assert_eq!(disk.text("LogicalDiskSizeInGB"), "7");
}

#[tokio::test]
async fn planned_maintenance_is_told_and_may_be_had_sooner() {
    let planned = Maintenance::between(
        "2017-03-17T00:00:00Z".parse().unwrap(),
        "2017-03-24T00:00:00Z".parse().unwrap(),
    );
    let stage = Stage::of(builder().maintenance(planned)).await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let deployment = stage.get(&slot("web")).await.document();
    assert_eq!(
        deployment.text("PersistentVMDowntime/StartTime"),
        "2017-03-17T00:00:00Z"
    );
    assert!(!instance(&stage).await.has("MaintenanceStatus"));
    let wish = operation("PerformMaintenanceOnRoleOperation");
    let asked = stage.post(&operations("web", "web"), &wish).await;
    stage.done(asked).await;
    let code = "MaintenanceStatus/LastOperationResultCode";
    assert_eq!(instance(&stage).await.text(code), "MaintenanceCompleted");
}

#[tokio::test]
async fn an_agent_that_falls_silent_is_told_of_until_the_next_boot() {
    let stage = Stage::at(Pace::Instant).await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let subscription = stage.azure.subscription_id().clone();
    let silence = agent::Command::Silence {
        service: "web".into(),
        role: "web".into(),
    };
    stage.azure.cloud().perform(&subscription, silence).unwrap();
    let silent = instance(&stage).await;
    assert_eq!(silent.text("GuestAgentStatus/Status"), "NotReady");
    let words = silent.text("GuestAgentStatus/FormattedMessage/Message");
    assert!(words.starts_with("VM Agent is unresponsive. Status was last reported at "));
    assert!(!silent.has("ResourceExtensionStatusList"));
    let restart = operation("RestartRoleOperation");
    let asked = stage.post(&operations("web", "web"), &restart).await;
    stage.done(asked).await;
    let ready = instance(&stage).await;
    assert_eq!(ready.text("GuestAgentStatus/Status"), "Ready");
}
