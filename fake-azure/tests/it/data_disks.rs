//! Data disks of machines that are there.

use crate::bodies::{Machine, roles, root, slot};
use crate::stage::Stage;

const DISKS: &str = "/services/hostedservices/web/deployments/web/roles/web/DataDisks";

fn blob(name: &str) -> String {
    format!("https://store.blob.core.windows.net/vhds/{name}.vhd")
}

fn new_disk(lun: u32, name: &str) -> String {
    root(
        "DataVirtualHardDisk",
        &format!(
            "<HostCaching>ReadOnly</HostCaching><DiskLabel>{name}</DiskLabel><Lun>{lun}</Lun><LogicalDiskSizeInGB>40</LogicalDiskSizeInGB><MediaLink>{}</MediaLink>",
            blob(name)
        ),
    )
}

/// As the old CLI attaches a disk: with a size and a link that mean nothing.
fn old_disk(lun: u32, name: &str) -> String {
    root(
        "DataVirtualHardDisk",
        &format!(
            "<HostCaching>None</HostCaching><DiskLabel>l</DiskLabel><DiskName>{name}</DiskName><Lun>{lun}</Lun><LogicalDiskSizeInGB>5</LogicalDiskSizeInGB><MediaLink>http://dummy</MediaLink>"
        ),
    )
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    stage
}

#[tokio::test]
async fn a_data_disk_is_attached_changed_detached_and_attached_again() {
    let stage = stage().await;
    let asked = stage.post(DISKS, &new_disk(0, "data")).await;
    stage.done(asked).await;
    let shown = stage.get(&format!("{DISKS}/0")).await.is(200).document();
    assert_eq!(
        shown.names(),
        [
            "HostCaching",
            "DiskLabel",
            "DiskName",
            "LogicalDiskSizeInGB",
            "MediaLink",
            "IOType"
        ]
    );
    assert_eq!(shown.text("HostCaching"), "ReadOnly");
    assert_eq!(shown.text("LogicalDiskSizeInGB"), "40");
    let name = shown.text("DiskName");
    assert!(name.starts_with("web-web-0-20"), "{name}");
    let disk = format!("/services/disks/{name}");
    let attached = stage.get(&disk).await.document();
    assert_eq!(attached.text("AttachedTo/RoleName"), "web");
    assert_eq!(stage.delete(&disk).await.refused().0, 400);

    let caching = root(
        "DataVirtualHardDisk",
        "<HostCaching>ReadWrite</HostCaching><DiskLabel>x</DiskLabel><Lun>0</Lun><MediaLink>http://dummy</MediaLink>",
    );
    let asked = stage.put(&format!("{DISKS}/0"), &caching).await;
    stage.done(asked).await;
    let shown = stage.get(&format!("{DISKS}/0")).await.document();
    assert_eq!(shown.text("HostCaching"), "ReadWrite");
    assert_eq!(shown.text("DiskLabel"), "data");

    let asked = stage.delete(&format!("{DISKS}/0")).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&format!("{DISKS}/0")).await.refused().0, 404);
    assert!(!stage.get(&disk).await.document().has("AttachedTo"));

    let asked = stage.post(DISKS, &old_disk(1, &name)).await;
    stage.done(asked).await;
    let shown = stage.get(&format!("{DISKS}/1")).await.document();
    assert_eq!(shown.text("Lun"), "1");
    assert_eq!(shown.text("LogicalDiskSizeInGB"), "40");
    assert_eq!(shown.text("MediaLink"), blob("data"));
    let asked = stage.delete(&format!("{DISKS}/1?comp=media")).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&disk).await.status, 404);
}

/// The Python SDK's own test moves a disk from 1 to 10.
#[tokio::test]
async fn a_data_disk_moves_to_another_number() {
    let stage = stage().await;
    for (lun, name) in [(1, "one"), (2, "two")] {
        let asked = stage.post(DISKS, &new_disk(lun, name)).await;
        stage.done(asked).await;
    }
    let to = |lun: u32| root("DataVirtualHardDisk", &format!("<Lun>{lun}</Lun>"));
    let one = format!("{DISKS}/1");
    assert_eq!(stage.put(&one, &to(2)).await.refused().0, 409);
    assert_eq!(stage.put(&one, &to(64)).await.refused().0, 400);
    let asked = stage.put(&one, &to(10)).await.is(202);
    stage.done(asked).await;
    assert_eq!(stage.get(&one).await.status, 404);
    let moved = stage.get(&format!("{DISKS}/10")).await.document();
    assert_eq!(moved.text("Lun"), "10");
    assert_eq!(moved.text("MediaLink"), blob("one"));
    let asked = stage.delete(&format!("{DISKS}/10")).await.is(202);
    stage.done(asked).await;
    stage.get(&format!("{DISKS}/2")).await.is(200);
}

#[tokio::test]
async fn numbers_sizes_links_and_names_of_data_disks_are_checked() {
    let stage = stage().await;
    let asked = stage.post(DISKS, &new_disk(1, "data")).await;
    stage.done(asked).await;
    let name = stage.get(&format!("{DISKS}/1")).await.document();
    let name = name.text("DiskName");
    let another = |from: &str, to: &str| new_disk(2, "more").replace(from, to);
    for (body, status, code) in [
        (new_disk(1, "more"), 409, "ConflictError"),
        (new_disk(2, "data"), 409, "ConflictError"),
        (old_disk(2, &name), 400, "BadRequest"),
        (old_disk(2, "none"), 404, "ResourceNotFound"),
        (new_disk(64, "more"), 400, "BadRequest"),
        (another(">40<", ">0<"), 400, "BadRequest"),
        (another(">40<", ">1024<"), 400, "BadRequest"),
        (another(">40<", ">4.5<"), 400, "BadRequest"),
        (another("ReadOnly", "Fast"), 400, "BadRequest"),
        (another("//store.", "//none."), 404, "ResourceNotFound"),
    ] {
        let refused = stage.post(DISKS, &body).await.refused();
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
    for lun in ["2", "x"] {
        let refused = stage.delete(&format!("{DISKS}/{lun}")).await.refused().0;
        assert_eq!(refused, if lun == "2" { 404 } else { 400 });
    }
    // A small machine takes two data disks.
    let asked = stage.post(DISKS, &new_disk(2, "more")).await;
    stage.done(asked).await;
    assert_eq!(
        stage.post(DISKS, &new_disk(3, "most")).await.refused().0,
        400
    );
}

#[tokio::test]
async fn an_update_that_sends_a_role_back_adds_data_disks_and_keeps_those_of_which_it_says_nothing()
{
    let stage = stage().await;
    let asked = stage.post(DISKS, &new_disk(0, "data")).await;
    stage.done(asked).await;
    let mut machine = Machine::ubuntu("web");
    let path = format!("{}/web", roles("web"));
    let asked = stage.put(&path, &machine.changed()).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&format!("{DISKS}/0")).await.status, 200);
    machine.data_disks = format!(
        "<DataVirtualHardDisk><HostCaching>None</HostCaching></DataVirtualHardDisk><DataVirtualHardDisk><Lun>3</Lun><LogicalDiskSizeInGB>7</LogicalDiskSizeInGB><MediaLink>{}</MediaLink></DataVirtualHardDisk>",
        blob("more")
    );
    let asked = stage.put(&path, &machine.changed()).await;
    stage.done(asked).await;
    let shown = stage.get(&slot("web")).await.document();
    let disks = shown.all("RoleList")[0]
        .all("DataVirtualHardDisks")
        .to_vec();
    let lun = |n: usize| (disks[n].text("Lun"), disks[n].text("HostCaching"));
    assert_eq!(disks.len(), 2);
    assert_eq!(lun(0), (String::new(), "None".to_owned()));
    assert_eq!(lun(1), ("3".to_owned(), "None".to_owned()));
    assert_eq!(disks[1].text("LogicalDiskSizeInGB"), "7");
}

#[tokio::test]
async fn a_disk_grows_while_no_machine_runs_from_it() {
    let stage = stage().await;
    let shown = stage.get(&format!("{}/web", roles("web"))).await.document();
    let name = shown.text("OSVirtualHardDisk/DiskName");
    let path = format!("/services/disks/{name}");
    let resize = |size: &str| {
        root(
            "Disk",
            &format!(
                "<Label>larger</Label><Name>{name}</Name><ResizedSizeInGB>{size}</ResizedSizeInGB>"
            ),
        )
    };
    assert_eq!(stage.put(&path, &resize("100")).await.refused().0, 400);
    let stop = crate::bodies::shutdown("StoppedDeallocated");
    let asked = stage
        .post(&crate::bodies::operations("web", "web"), &stop)
        .await;
    stage.done(asked).await;
    for size in ["29", "1024", "x"] {
        assert_eq!(
            stage.put(&path, &resize(size)).await.refused().0,
            400,
            "{size}"
        );
    }
    let asked = stage.put(&path, &resize("100")).await;
    stage.done(asked).await;
    let disk = stage.get(&path).await.document();
    assert_eq!(disk.text("LogicalDiskSizeInGB"), "100");
    assert_eq!(disk.text("Label"), "larger");
    let renamed = resize("100").replace(&name, "another");
    assert_eq!(stage.put(&path, &renamed).await.refused().0, 400);
}
