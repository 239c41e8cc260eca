//! What the service refuses of machines, row by row.

use crate::bodies::{
    Machine, UBUNTU, WINDOWS, endpoint, linux, operation, operations, os_disk, roles, windows,
};
use crate::stage::{Answer, Stage};

/// A stage with a storage account and an empty service `web`.
async fn stage() -> Stage {
    let stage = Stage::new().await;
    stage.storage().await;
    stage.service("web").await;
    stage
}

async fn nothing_was_made(stage: &Stage) {
    let slot = stage.get(&crate::bodies::slot("web")).await;
    assert_eq!(slot.status, 404);
    let disks = stage.get("/services/disks").await.document();
    assert!(disks.children.is_empty());
}

fn is(answer: &Answer, status: u16, code: &str, message: &str) {
    let refusal = (status, code.to_owned(), message.to_owned());
    assert_eq!(answer.refusal(), refusal);
}

#[tokio::test]
async fn a_port_that_is_taken_twice_fails_the_operation() {
    let stage = stage().await;
    let clash = Machine::ubuntu("web").opened("docker", 22, 4243);
    let asked = stage.deploy("web", &clash).await.is(202);
    let words = "Port 22 is already in use by one of the endpoints in this deployment. Ensure that the port numbers are unique across endpoints within a deployment.";
    let failed = ("400".to_owned(), "BadRequest".to_owned(), words.to_owned());
    assert_eq!(stage.fails(asked).await, failed);
    nothing_was_made(&stage).await;

    stage.ready("other", &Machine::ubuntu("other")).await;
    let second = Machine::ubuntu("two");
    let asked = stage.post(&roles("other"), &second.role()).await.is(202);
    assert_eq!(stage.fails(asked).await, failed);
    let mut changed = Machine::ubuntu("other").opened("again", 22, 80);
    changed.provisioning.clear();
    let path = format!("{}/other", roles("other"));
    let asked = stage.put(&path, &changed.changed()).await.is(202);
    assert_eq!(stage.fails(asked).await, failed);
    let role = stage.get(&path).await.document();
    let set = role.find("ConfigurationSets/ConfigurationSet").unwrap();
    assert_eq!(set.each("InputEndpoints", "Name"), ["ssh"]);
}

#[tokio::test]
async fn an_endpoints_name_is_used_once() {
    let stage = stage().await;
    let machine = Machine::ubuntu("web").opened("SSH", 2222, 22);
    let refused = stage.deploy("web", &machine).await.refused();
    assert_eq!(refused, (400, "BadRequest".to_owned()));
    nothing_was_made(&stage).await;
}

#[tokio::test]
async fn a_second_deployment_does_not_fit_into_a_slot() {
    let stage = stage().await;
    let asked = stage.deploy("web", &Machine::ubuntu("web")).await;
    stage.done(asked).await;
    is(
        &stage.deploy("web", &Machine::ubuntu("two")).await,
        409,
        "ConflictError",
        "The specified deployment slot Production is occupied.",
    );
    let again = stage
        .post(&roles("web"), &Machine::ubuntu("WEB").role())
        .await;
    assert_eq!(again.refused(), (409, "ConflictError".to_owned()));
    let none = stage.deploy("none", &Machine::ubuntu("two")).await;
    is(
        &none,
        404,
        "ResourceNotFound",
        "The hosted service does not exist.",
    );
    let path = "/services/hostedservices/web/deployments";
    let staging = Machine::ubuntu("two")
        .deployment("two")
        .replace("Production", "Staging");
    assert_eq!(stage.post(path, &staging).await.refused().0, 400);
}

#[tokio::test]
async fn passwords_must_have_all_classes_of_characters() {
    let stage = stage().await;
    for bad in [
        "Pa$$w0r",
        "pa$$w0rd1",
        "PA$$W0RD1",
        "Pa$$word",
        "Passw0rd1",
        "Passw0rd.",
        "Passw0rd~",
    ] {
        for mut machine in [Machine::ubuntu("web"), Machine::windows("web")] {
            machine.provisioning = machine.provisioning.replace("Pa$$w0rd1", bad);
            let answer = stage.deploy("web", &machine).await;
            let (status, code, message) = answer.refusal();
            assert_eq!((status, code.as_str()), (400, "BadRequest"), "{bad}");
            let all = format!(
                "{message}{}{:?}",
                answer.detail(),
                stage.azure.cloud().journal()
            );
            assert!(!all.contains(bad), "{all}");
        }
    }
    nothing_was_made(&stage).await;
    let mut machine = Machine::ubuntu("web");
    machine.provisioning = linux("web", "azureuser", "Passw0rd*");
    let asked = stage.deploy("web", &machine).await;
    stage.done(asked).await;
}

#[tokio::test]
async fn the_systems_user_names_are_refused() {
    let stage = stage().await;
    for bad in [
        "root",
        "admin",
        "Administrator",
        "test1",
        "a b",
        "-x",
        &"x".repeat(33),
    ] {
        let mut machine = Machine::ubuntu("web");
        machine.provisioning = linux("web", bad, "Pa$$w0rd1");
        assert_eq!(
            stage.deploy("web", &machine).await.refused().0,
            400,
            "{bad}"
        );
        let mut machine = Machine::windows("web");
        machine.provisioning = windows("web", bad, "Pa$$w0rd1");
        assert_eq!(
            stage.deploy("web", &machine).await.refused().0,
            400,
            "{bad}"
        );
    }
    nothing_was_made(&stage).await;
}

#[tokio::test]
async fn names_images_sizes_and_disks_are_checked() {
    let stage = stage().await;
    let machine = Machine::ubuntu("web");
    let with = |f: &dyn Fn(&mut Machine)| {
        let mut machine = machine.clone();
        f(&mut machine);
        machine
    };
    for (wrong, status) in [
        (with(&|m| m.os_disk = os_disk("a", "no-such-image")), 404),
        (with(&|m| m.size = "Enormous".to_owned()), 400),
        (with(&|m| m.name = "a b".to_owned()), 400),
        (with(&|m| m.name = "-a".to_owned()), 400),
        (with(&|m| m.provisioning.clear()), 400),
        (with(&|m| m.os_disk.clear()), 400),
        (
            with(&|m| m.os_disk = os_disk("a", UBUNTU).replace("store", "other")),
            404,
        ),
        (
            with(&|m| m.os_disk = os_disk("a", UBUNTU).replace("https", "ftp")),
            400,
        ),
        (with(&|m| m.os_disk = os_disk("a", WINDOWS)), 400),
        (
            with(&|m| m.provisioning = windows("web", "azureuser", "Pa$$w0rd1")),
            400,
        ),
        (
            with(&|m| m.provisioning = linux(&"h".repeat(65), "azureuser", "Pa$$w0rd1")),
            400,
        ),
        (
            with(&|m| m.extensions = crate::bodies::extension("Nobody", "Nothing", "1.*", "", "")),
            404,
        ),
        (
            with(&|m| {
                m.network = "<SubnetNames><SubnetName>s</SubnetName></SubnetNames>".to_owned();
            }),
            400,
        ),
        (
            with(&|m| m.provisioning += &linux("web", "azureuser", "Pa$$w0rd1")),
            400,
        ),
    ] {
        let answer = stage.deploy("web", &wrong).await;
        assert_eq!(answer.refused().0, status, "{wrong:?}");
    }
    let mut long = Machine::windows("web");
    long.provisioning = windows(&"c".repeat(16), "azureuser", "Pa$$w0rd1");
    assert_eq!(stage.deploy("web", &long).await.refused().0, 400);
    let path = "/services/hostedservices/web/deployments";
    let label = machine
        .deployment("web")
        .replace("<Label>web", &format!("<Label>{}", "l".repeat(101)));
    assert_eq!(stage.post(path, &label).await.refused().0, 400);
    let nobody = crate::bodies::root(
        "Deployment",
        "<Name>web</Name><DeploymentSlot>Production</DeploymentSlot><Label>web</Label><RoleList/>",
    );
    assert_eq!(stage.post(path, &nobody).await.refused().0, 400);
    nothing_was_made(&stage).await;
}

#[tokio::test]
async fn a_storage_account_elsewhere_or_a_blob_in_use_is_refused() {
    let stage = stage().await;
    let east = crate::bodies::storage_in("east", "<Location>East US</Location>");
    let asked = stage.post("/services/storageservices", &east).await;
    stage.done(asked).await;
    let mut machine = Machine::ubuntu("web");
    machine.os_disk = os_disk("web", UBUNTU).replace("store", "east");
    assert_eq!(stage.deploy("web", &machine).await.refused().0, 400);
    nothing_was_made(&stage).await;
    let asked = stage.deploy("web", &Machine::ubuntu("web")).await;
    stage.done(asked).await;
    let mut second = Machine::ubuntu("two");
    second.endpoints = vec![endpoint("ssh", "2222", "22")];
    second.os_disk = os_disk("web", UBUNTU);
    let refused = stage.post(&roles("web"), &second.role()).await.refused();
    assert_eq!(refused, (409, "ConflictError".to_owned()));
}

#[tokio::test]
async fn operations_on_what_is_not_there_are_refused() {
    let stage = stage().await;
    let start = operation("StartRoleOperation");
    let (_, code, message) = stage
        .post(&operations("web", "web"), &start)
        .await
        .refusal();
    assert_eq!(code, "ResourceNotFound");
    assert_eq!(message, "The deployment name 'web' does not exist.");
    for path in [
        "/services/hostedservices/web/deployments/web",
        "/services/hostedservices/web/deployments/web/roles/web",
    ] {
        assert_eq!(stage.delete(path).await.refused().0, 404);
    }
    let role = Machine::ubuntu("web").role();
    assert_eq!(stage.post(&roles("web"), &role).await.refused().0, 404);
    let path = format!("{}/web", roles("web"));
    assert_eq!(stage.put(&path, &role).await.refused().0, 404);
}

#[tokio::test]
async fn a_role_keeps_its_name_and_its_system_disk() {
    let stage = stage().await;
    let asked = stage.deploy("web", &Machine::ubuntu("web")).await;
    stage.done(asked).await;
    let path = format!("{}/web", roles("web"));
    assert_eq!(
        stage
            .put(&path, &Machine::ubuntu("two").changed())
            .await
            .refused()
            .0,
        400
    );
    let other = Machine::ubuntu("web").changed().replace(
        "<OSVirtualHardDisk/>",
        "<OSVirtualHardDisk><DiskName>other</DiskName></OSVirtualHardDisk>",
    );
    assert_eq!(stage.put(&path, &other).await.refused().0, 400);
}
