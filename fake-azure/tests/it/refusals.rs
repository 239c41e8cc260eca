//! What the service refuses of machines, row by row.

use crate::bodies::{
    Machine, UBUNTU, WINDOWS, endpoint, linux, operation, operations, os_disk, roles, root,
    storage_in, windows,
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
async fn passwords_must_have_three_classes_of_characters() {
    let stage = stage().await;
    for bad in ["Pa$$1", "passw0rd", "PASSWORD$", "Password", "12345678"] {
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
    let mut machine = Machine::windows("web");
    machine.provisioning = machine.provisioning.replace("Pa$$w0rd1", "pa$$w0r");
    let short = stage.deploy("web", &machine).await;
    assert_eq!(short.refused().0, 400);
    // Recorded: eight characters, none in upper case.
    machine.provisioning = machine.provisioning.replace("pa$$w0r", "pa$$w0rd");
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

#[tokio::test]
async fn a_port_inside_leads_to_one_endpoint_of_a_machine() {
    let stage = stage().await;
    let twice = Machine::ubuntu("web").opened("other", 2222, 22);
    let asked = stage.deploy("web", &twice).await.is(202);
    let (status, code, message) = stage.fails(asked).await;
    assert_eq!((status.as_str(), code.as_str()), ("400", "BadRequest"));
    let words = "Local Port 22 for endpoint ssh is already in use by one of the other endpoints in this role. Ensure that";
    assert!(message.starts_with(words), "{message}");
    nothing_was_made(&stage).await;
    // What is inside of one machine is not inside of another, and protocols have their own.
    let mut machine = Machine::ubuntu("web");
    let udp = endpoint("udp", "2222", "22").replace("tcp", "udp");
    machine.endpoints.push(udp);
    let asked = stage.deploy("web", &machine).await;
    stage.done(asked).await;
    let mut two = Machine::ubuntu("two");
    two.endpoints = vec![endpoint("ssh", "2223", "22")];
    let asked = stage.post(&roles("web"), &two.role()).await;
    stage.done(asked).await;
    let update = two.opened("other", 2224, 22).changed();
    let asked = stage.put(&format!("{}/two", roles("web")), &update).await;
    assert!(
        stage
            .fails(asked)
            .await
            .2
            .starts_with("Local Port 22 for endpoint ssh")
    );
}

#[tokio::test]
async fn a_reserved_address_stands_before_endpoints() {
    let stage = stage().await;
    let new = root(
        "ReservedIP",
        "<Name>fixed</Name><Location>West US</Location>",
    );
    let asked = stage.post("/services/networking/reservedips", &new).await;
    stage.done(asked).await;
    let mut machine = Machine::ubuntu("web");
    machine.endpoints.clear();
    let reserved = "<ReservedIPName>fixed</ReservedIPName>";
    let path = "/services/hostedservices/web/deployments";
    let body = machine.deployment_with("web", reserved);
    let (status, code, message) = stage.post(path, &body).await.refusal();
    assert_eq!((status, code.as_str()), (400, "BadRequest"));
    assert!(
        message.contains("uses ReservedIP fixed but does not contain any endpoints."),
        "{message}"
    );
    nothing_was_made(&stage).await;
    let asked = stage.deploy("web", &machine).await;
    stage.done(asked).await;
    let user = root(
        "ReservedIPAssociation",
        "<ServiceName>web</ServiceName><DeploymentName>web</DeploymentName>",
    );
    let associate = "/services/networking/reservedips/fixed/operations/associate";
    assert_eq!(stage.post(associate, &user).await.refusal().2, message);
}

#[tokio::test]
async fn a_disk_goes_where_one_can_be() {
    let stage = stage().await;
    for (name, kind) in [("zones", "Standard_ZRS"), ("fast", "Premium_LRS")] {
        let new = storage_in(name, "<Location>West US</Location>").replace("Standard_LRS", kind);
        let asked = stage.post("/services/storageservices", &new).await;
        stage.done(asked).await;
    }
    let at = |link: &str, size: &str| {
        let mut machine = Machine::ubuntu("web");
        machine.os_disk = machine
            .os_disk
            .replace("store.blob.core.windows.net/vhd-store/web.vhd", link);
        size.clone_into(&mut machine.size);
        machine
    };
    let root = "Creating OS disks in $root storage container is not supported.";
    for (link, words) in [
        ("store.blob.core.windows.net/web.vhd", root),
        ("store.blob.core.windows.net/$root/web.vhd", root),
        ("zones.blob.core.windows.net/vhds/web.vhd", "Standard_ZRS"),
        ("fast.blob.core.windows.net/vhds/web.vhd", "premium storage"),
    ] {
        let (status, code, message) = stage.deploy("web", &at(link, "Small")).await.refusal();
        assert_eq!((status, code.as_str()), (400, "BadRequest"), "{link}");
        assert!(message.contains(words), "{message}");
        let mut machine = Machine::ubuntu("web");
        machine.data_disks = format!(
            "<DataVirtualHardDisk><Lun>1</Lun><LogicalDiskSizeInGB>5</LogicalDiskSizeInGB><MediaLink>https://{link}</MediaLink></DataVirtualHardDisk>"
        );
        assert_eq!(stage.deploy("web", &machine).await.refusal().0, 400);
    }
    nothing_was_made(&stage).await;
    let fast = at("fast.blob.core.windows.net/vhds/web.vhd", "Standard_DS1");
    let asked = stage.deploy("web", &fast).await;
    stage.done(asked).await;
    let smaller = at("", "Small").changed();
    let path = format!("{}/web", roles("web"));
    assert_eq!(stage.put(&path, &smaller).await.refusal().0, 400);
}

#[tokio::test]
async fn a_probe_has_a_port_and_is_its_whole_sets() {
    let stage = stage().await;
    let member = |name: &str, probe: &str| {
        let mut machine = Machine::ubuntu(name);
        machine.endpoints = vec![format!(
            "<InputEndpoint><LoadBalancedEndpointSetName>set</LoadBalancedEndpointSetName><LocalPort>80</LocalPort><Name>http</Name><Port>80</Port>{probe}<Protocol>tcp</Protocol></InputEndpoint>"
        )];
        machine
    };
    let probe = |port: &str, interval: &str| {
        format!(
            "<LoadBalancerProbe><Path>/</Path>{port}<Protocol>http</Protocol>{interval}</LoadBalancerProbe>"
        )
    };
    for port in ["", "<Port>0</Port>"] {
        let answer = stage.deploy("web", &member("web", &probe(port, ""))).await;
        let (status, code, message) = answer.refusal();
        assert_eq!((status, code.as_str()), (400, "BadRequest"));
        let words = "Value '0' specified for parameter 'LoadBalancerProbe.Port' is invalid.";
        assert!(message.starts_with(words), "{message}");
    }
    nothing_was_made(&stage).await;
    let first = probe("<Port>80</Port>", "");
    let asked = stage.deploy("web", &member("web", &first)).await;
    stage.done(asked).await;
    let second = probe("<Port>81</Port>", "");
    let other = member("two", &second).role();
    assert_eq!(stage.post(&roles("web"), &other).await.refused().0, 400);
    // The same in other words.
    let spelled = probe(
        "<Port>80</Port>",
        "<IntervalInSeconds>15</IntervalInSeconds>",
    );
    let asked = stage
        .post(&roles("web"), &member("two", &spelled).role())
        .await;
    stage.done(asked).await;
    let path = format!("{}/two", roles("web"));
    let changed = member("two", &second).changed();
    assert_eq!(stage.put(&path, &changed).await.refused().0, 400);
    let same = member("two", &first).changed();
    let asked = stage.put(&path, &same).await;
    stage.done(asked).await;
}
