//! Machines that become images, and images of whole machines.

use crate::bodies::{
    Machine, linux, operation, operations, roles, root, shutdown, slot, storage_in,
};
use crate::stage::Stage;
use crate::xml::Node;

const DISKS: &str = "/services/hostedservices/web/deployments/web/roles/web/DataDisks";

fn capture(action: &str, provisioning: &str, name: &str) -> String {
    root(
        "CaptureRoleOperation",
        &format!(
            "<OperationType>CaptureRoleOperation</OperationType><PostCaptureAction>{action}</PostCaptureAction>{provisioning}<TargetImageLabel>label</TargetImageLabel><TargetImageName>{name}</TargetImageName>"
        ),
    )
}

fn vm_capture(state: &str, name: &str) -> String {
    root(
        "CaptureRoleAsVMImageOperation",
        &format!(
            "<OperationType>CaptureRoleAsVMImageOperation</OperationType><OSState>{state}</OSState><VMImageName>{name}</VMImageName><VMImageLabel>label</VMImageLabel>"
        ),
    )
}

async fn stop(stage: &Stage, role: &str) {
    let asked = stage
        .post(&operations("web", role), &shutdown("StoppedDeallocated"))
        .await;
    stage.done(asked).await;
}

async fn vm_image(stage: &Stage, name: &str) -> Option<Node> {
    let all = stage.get("/services/vmimages").await.document();
    all.children
        .into_iter()
        .find(|image| image.text("Name") == name)
}

#[tokio::test]
async fn a_captured_machine_goes_and_its_disk_is_an_image_that_makes_another() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let at = operations("web", "web");
    let disk = stage.get(&format!("{}/web", roles("web"))).await.document();
    let (disk, link) = (
        disk.text("OSVirtualHardDisk/DiskName"),
        disk.text("OSVirtualHardDisk/MediaLink"),
    );
    let whole = capture("Delete", "", "captured");
    assert_eq!(
        stage.post(&at, &whole).await.refused(),
        (409, "ConflictError".to_owned())
    );
    stop(&stage, "web").await;
    let asked = stage.post(&at, &whole).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&slot("web")).await.status, 404);
    assert_eq!(
        stage.get(&format!("/services/disks/{disk}")).await.status,
        404
    );
    let image = stage
        .get("/services/images/captured")
        .await
        .is(200)
        .document();
    assert_eq!(image.text("Category"), "User");
    assert_eq!(image.text("Label"), "label");
    assert_eq!(image.text("MediaLink"), link);
    assert_eq!(image.text("OS"), "Linux");

    let mut machine = Machine::ubuntu("web");
    machine.os_disk =
        "<OSVirtualHardDisk><MediaLink>https://other.blob.core.windows.net/v/w.vhd</MediaLink><SourceImageName>captured</SourceImageName></OSVirtualHardDisk>".to_owned();
    let other = storage_in("other", "<Location>West US</Location>");
    stage
        .post("/services/storageservices", &other)
        .await
        .is(202);
    let (status, _, message) = stage.deploy("web", &machine).await.refusal();
    assert_eq!(status, 400);
    assert_eq!(
        message,
        "The disk's VHD must be in the same account as the VHD of the source image (source account: store.blob.core.windows.net, target account: other.blob.core.windows.net)."
    );
    machine.os_disk = machine.os_disk.replace("//other.", "//store.");
    let asked = stage.deploy("web", &machine).await;
    stage.done(asked).await;
}

#[tokio::test]
async fn a_machine_that_is_captured_and_set_up_anew_runs_from_its_image() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let at = operations("web", "web");
    stop(&stage, "web").await;
    let inner = linux("again", "azureuser", "Pa$$w0rd1");
    let inner = inner
        .replace("<ConfigurationSet>", "")
        .replace("</ConfigurationSet>", "");
    let provisioning = format!("<ProvisioningConfiguration>{inner}</ProvisioningConfiguration>");
    for (body, status) in [
        (capture("Reprovision", "", "again"), 400),
        (capture("Delete", &provisioning, "again"), 400),
        (capture("Keep", "", "again"), 400),
        (
            capture(
                "Reprovision",
                &provisioning.replace("Pa$$w0rd1", "weak"),
                "again",
            ),
            400,
        ),
        (capture("Delete", "", "a/b"), 400),
        (capture("Delete", "", crate::bodies::UBUNTU), 409),
    ] {
        assert_eq!(stage.post(&at, &body).await.refused().0, status, "{body}");
    }
    let asked = stage
        .post(&at, &capture("Reprovision", &provisioning, "again"))
        .await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    let instance = &shown.all("RoleInstanceList")[0];
    assert_eq!(instance.text("InstanceStatus"), "ReadyRole");
    assert_eq!(instance.text("HostName"), "again");
    let disk = shown.all("RoleList")[0].find("OSVirtualHardDisk").unwrap();
    assert_eq!(disk.text("SourceImageName"), "again");
}

#[tokio::test]
async fn a_vm_image_holds_all_disks_and_makes_machines_with_all_of_them() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let at = operations("web", "web");
    let data = root(
        "DataVirtualHardDisk",
        "<Lun>1</Lun><LogicalDiskSizeInGB>9</LogicalDiskSizeInGB><MediaLink>https://store.blob.core.windows.net/vhds/d.vhd</MediaLink>",
    );
    let asked = stage.post(DISKS, &data).await;
    stage.done(asked).await;
    let told = "</VMImageLabel><Description>what</Description><Language>en</Language><ImageFamily>mine</ImageFamily><RecommendedVMSize>Small</RecommendedVMSize>";
    let whole = vm_capture("Specialized", "told").replace("</VMImageLabel>", told);
    let asked = stage.post(&at, &whole).await;
    stage.done(asked).await;
    let image = vm_image(&stage, "told").await.unwrap();
    assert_eq!(image.text("Description"), "what");
    assert_eq!(image.text("RecommendedVMSize"), "Small");
    let asked = stage.post(&at, &vm_capture("Specialized", "special")).await;
    stage.done(asked).await;
    let image = vm_image(&stage, "special").await.unwrap();
    assert_eq!(
        image.names(),
        [
            "Name",
            "Label",
            "Category",
            "OSDiskConfiguration",
            "DataDiskConfigurations",
            "ServiceName",
            "DeploymentName",
            "RoleName",
            "Location",
            "CreatedTime",
            "ModifiedTime",
            "IsPremium",
            "VMImageState",
            "RoleStateOnCapture",
            "RoleSizeOnCapture"
        ]
    );
    assert_eq!(image.text("OSDiskConfiguration/OSState"), "Specialized");
    assert_eq!(image.text("RoleStateOnCapture"), "ReadyRole");
    assert_eq!(image.text("RoleSizeOnCapture"), "Small");
    let disk = &image.all("DataDiskConfigurations")[0];
    assert_eq!(disk.text("Lun"), "1");
    assert_eq!(disk.text("LogicalDiskSizeInGB"), "9");
    assert_eq!(stage.get(&slot("web")).await.status, 200);
    let twice = stage.post(&at, &vm_capture("Generalized", "SPECIAL")).await;
    assert_eq!(twice.refused().0, 409);

    stage.service("copy").await;
    let mut machine = Machine::ubuntu("copy");
    machine.provisioning.clear();
    machine.os_disk = "<VMImageName>special</VMImageName>".to_owned();
    machine.data_disks.clear();
    let larger = "</ProvisionGuestAgent><VMImageInput><OSDiskConfiguration><ResizedSizeInGB>64</ResizedSizeInGB></OSDiskConfiguration></VMImageInput>";
    let body = machine
        .deployment("copy")
        .replace("</ProvisionGuestAgent>", larger);
    let path = "/services/hostedservices/copy/deployments";
    let smaller = body.replace(">64<", ">3<");
    assert_eq!(stage.post(path, &smaller).await.refused().0, 400);
    let asked = stage.post(path, &body).await;
    stage.done(asked).await;
    let role = stage
        .get(&format!("{}/copy", roles("copy")))
        .await
        .document();
    let disks = role.all("DataVirtualHardDisks");
    assert_eq!(disks.len(), 1);
    assert_eq!(disks[0].text("Lun"), "1");
    assert_eq!(disks[0].text("LogicalDiskSizeInGB"), "9");
    let os_disk = role.text("OSVirtualHardDisk/DiskName");
    let os_disk = stage
        .get(&format!("/services/disks/{os_disk}"))
        .await
        .document();
    assert_eq!(os_disk.text("LogicalDiskSizeInGB"), "64");

    stop(&stage, "web").await;
    let asked = stage.post(&at, &vm_capture("Generalized", "general")).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&slot("web")).await.status, 404);
    assert!(vm_image(&stage, "general").await.is_some());
    let asked = stage.delete("/services/vmimages/general?comp=media").await;
    stage.done(asked).await;
    assert!(vm_image(&stage, "general").await.is_none());
    assert_eq!(
        stage.delete("/services/vmimages/general").await.refused().0,
        404
    );
}

#[tokio::test]
async fn a_vm_image_is_made_from_vhds() {
    let stage = Stage::new().await;
    stage.storage().await;
    let blob = |name: &str| format!("https://store.blob.core.windows.net/vhds/{name}.vhd");
    let body = root(
        "VMImage",
        &format!(
            "<Name>own</Name><Label>mine</Label><OSDiskConfiguration><HostCaching>ReadOnly</HostCaching><OSState>Generalized</OSState><OS>Linux</OS><MediaLink>{}</MediaLink></OSDiskConfiguration><DataDiskConfigurations><DataDiskConfiguration><Lun>2</Lun><MediaLink>{}</MediaLink></DataDiskConfiguration></DataDiskConfigurations>",
            blob("os"),
            blob("data")
        ),
    );
    for (from, to, status) in [
        ("data.vhd", "os.vhd", 409),
        ("//store.", "//none.", 404),
        ("<OS>Linux</OS>", "<OS>Plan9</OS>", 400),
        ("Generalized", "Other", 400),
        ("<Name>own</Name>", "", 400),
    ] {
        let refused = stage
            .post("/services/vmimages", &body.replace(from, to))
            .await;
        assert_eq!(refused.refused().0, status, "{from} {to}");
    }
    let asked = stage.post("/services/vmimages", &body).await;
    stage.done(asked).await;
    let image = vm_image(&stage, "own").await.unwrap();
    assert_eq!(image.text("Category"), "User");
    assert_eq!(image.text("OSDiskConfiguration/HostCaching"), "ReadOnly");
    assert_eq!(image.text("OSDiskConfiguration/MediaLink"), blob("os"));
    assert_eq!(
        stage.post("/services/vmimages", &body).await.refused().0,
        409
    );
    assert_eq!(
        stage
            .delete("/services/storageservices/store")
            .await
            .refused()
            .0,
        409
    );
    let public = stage.get("/services/vmimages").await.document();
    let public = public.children[0].text("Name");
    let refused = stage.delete(&format!("/services/vmimages/{public}")).await;
    assert_eq!(refused.refused().0, 400);
}

#[tokio::test]
async fn a_machine_moves_to_other_hardware_and_is_maintained_at_no_time() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let at = operations("web", "web");
    let asked = stage.post(&at, &operation("RedeployRoleOperation")).await;
    stage.done(asked).await;
    let (status, code, message) = stage
        .post(&at, &operation("PerformMaintenanceOnRoleOperation"))
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (500, "InternalError"));
    assert_eq!(
        message,
        "The server encountered an internal error. Please retry the request."
    );
}
