//! What the service offers: locations, sizes, images, extensions; disks and own images.

use crate::bodies::{Machine, UBUNTU, extension, roles, root};
use crate::stage::Stage;

const BLOB: &str = "https://store.blob.core.windows.net/vhds/own.vhd";

#[tokio::test]
async fn locations_sizes_and_the_subscription_are_told() {
    let stage = Stage::new().await;
    let locations = stage.get("/locations").await.document();
    let west = locations
        .children
        .iter()
        .find(|l| l.text("Name") == "West US")
        .unwrap();
    assert_eq!(
        west.names(),
        [
            "Name",
            "DisplayName",
            "AvailableServices",
            "ComputeCapabilities",
            "StorageCapabilities"
        ]
    );
    let services: Vec<_> = west
        .all("AvailableServices")
        .iter()
        .map(|s| &*s.content)
        .collect();
    assert_eq!(
        services,
        ["Compute", "Storage", "PersistentVMRole", "HighMemory"]
    );
    let sizes = stage.get("/rolesizes").await.document();
    assert_eq!(
        sizes.children[0].names()[..4],
        ["Name", "Label", "Cores", "MemoryInMb"]
    );
    assert!(sizes.each("", "Name").contains(&"Small".to_owned()));
    stage.ready("web", &Machine::ubuntu("web")).await;
    let told = stage.get("").await.document();
    assert_eq!(
        told.text("SubscriptionID"),
        stage.azure.subscription_id().as_str()
    );
    assert_eq!(told.text("SubscriptionStatus"), "Active");
    assert_eq!(told.text("CurrentCoreCount"), "1");
    assert_eq!(told.text("CurrentHostedServices"), "1");
}

#[tokio::test]
async fn the_gallery_has_the_seeds_image_and_both_systems() {
    let stage = Stage::new().await;
    let images = stage.get("/services/images").await.document();
    let first = |os: &str| {
        let public = |n: &&crate::xml::Node| n.text("Category") == "Public" && n.text("OS") == os;
        images.children.iter().find(public).unwrap()
    };
    assert!(first("Linux").text("Label").starts_with("Ubuntu"));
    assert!(!first("Windows").has("MediaLink"));
    assert!(images.each("", "Name").contains(&UBUNTU.to_owned()));
    let one = stage
        .get(&format!("/services/images/{}", UBUNTU.to_uppercase()))
        .await
        .document();
    assert_eq!(one.text("Name"), UBUNTU);
    let unknown = stage.get("/services/images/none").await.refused();
    assert_eq!(unknown, (404, "ResourceNotFound".to_owned()));
    let own = stage
        .delete(&format!("/services/images/{UBUNTU}"))
        .await
        .refused();
    assert_eq!(own.0, 400);
    let vm = stage.get("/services/vmimages").await.document();
    assert_eq!(vm.children[0].text("OSDiskConfiguration/OS"), "Windows");
}

#[tokio::test]
async fn extensions_are_listed_by_their_newest_version_and_one_by_all() {
    let stage = Stage::new().await;
    let list = stage.get("/services/resourceextensions").await.document();
    let docker: Vec<_> = list
        .children
        .iter()
        .filter(|e| e.text("Name") == "DockerExtension")
        .map(|e| (e.text("Publisher"), e.text("Version")))
        .collect();
    assert_eq!(docker.len(), 2);
    assert_eq!(
        docker[0],
        ("MSOpenTech.Extensions".to_owned(), "0.6".to_owned())
    );
    let path = "/services/resourceextensions/MSOpenTech.Extensions/DockerExtension";
    let versions = stage.get(path).await.document().each("", "Version");
    assert!(versions.contains(&"0.3".to_owned()) && versions.contains(&"0.6".to_owned()));
    let none = stage
        .get("/services/resourceextensions/No/Body")
        .await
        .is(200)
        .document();
    assert!(none.children.is_empty());
}

#[tokio::test]
async fn a_disk_is_made_listed_renamed_and_deleted() {
    let stage = Stage::new().await;
    stage.storage().await;
    let body = root(
        "Disk",
        &format!("<OS>Linux</OS><Label>mine</Label><MediaLink>{BLOB}</MediaLink><Name>own</Name>"),
    );
    let made = stage
        .post("/services/disks", &body)
        .await
        .is(200)
        .document();
    assert_eq!(
        made.names(),
        [
            "OS",
            "Label",
            "Location",
            "LogicalDiskSizeInGB",
            "MediaLink",
            "Name",
            "IsPremium",
            "CreatedTime",
            "IOType"
        ]
    );
    assert_eq!(stage.post("/services/disks", &body).await.refused().0, 409);
    let other = body.replace("<Name>own", "<Name>other");
    assert_eq!(stage.post("/services/disks", &other).await.refused().0, 409);
    let change = root("Disk", "<Label>renamed</Label><Name>own</Name>");
    stage.put("/services/disks/own", &change).await.is(200);
    assert_eq!(
        stage
            .get("/services/disks/OWN")
            .await
            .document()
            .text("Label"),
        "renamed"
    );
    stage.delete("/services/disks/own?comp=media").await.is(200);
    let (status, code, message) = stage.delete("/services/disks/own").await.refusal();
    assert_eq!((status, code.as_str()), (404, "ResourceNotFound"));
    assert_eq!(message, "The disk with the specified name does not exist.");
}

#[tokio::test]
async fn an_attached_disk_is_not_deleted() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let disk = stage.get("/services/disks").await.document().children[0].clone();
    let name = disk.text("Name");
    assert_eq!(
        disk.names(),
        [
            "AttachedTo",
            "OS",
            "Location",
            "LogicalDiskSizeInGB",
            "MediaLink",
            "Name",
            "SourceImageName",
            "IsPremium",
            "CreatedTime",
            "IOType"
        ]
    );
    let (status, code, message) = stage
        .delete(&format!("/services/disks/{name}"))
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (400, "BadRequest"));
    assert_eq!(
        message,
        format!(
            "A disk with name {name} is currently in use by virtual machine web running within hosted service web, deployment web."
        )
    );
}

#[tokio::test]
async fn data_disks_come_with_a_machine() {
    let stage = Stage::new().await;
    let mut machine = Machine::ubuntu("web");
    let disk = |lun: &str, blob: &str| {
        format!(
            "<DataVirtualHardDisk><HostCaching>ReadOnly</HostCaching>{lun}<LogicalDiskSizeInGB>20</LogicalDiskSizeInGB><MediaLink>https://store.blob.core.windows.net/vhds/{blob}.vhd</MediaLink></DataVirtualHardDisk>"
        )
    };
    machine.data_disks = disk("", "zero") + &disk("<Lun>1</Lun>", "one");
    stage.ready("web", &machine).await;
    let role = stage.get(&format!("{}/web", roles("web"))).await.document();
    let disks = role.all("DataVirtualHardDisks");
    assert_eq!(disks.len(), 2);
    assert!(!disks[0].has("Lun"));
    assert_eq!(disks[1].text("Lun"), "1");
    let one = stage
        .get(&format!("{}/web/DataDisks/1", roles("web")))
        .await
        .document();
    assert_eq!(one.text("DiskName"), disks[1].text("DiskName"));
    assert_eq!(one.text("LogicalDiskSizeInGB"), "20");
    assert_eq!(
        stage.get("/services/disks").await.document().children.len(),
        3
    );
    let mut twice = Machine::ubuntu("two");
    twice.endpoints.clear();
    twice.data_disks = disk("", "a") + &disk("", "b");
    assert_eq!(
        stage.post(&roles("web"), &twice.role()).await.refused().0,
        409
    );
}

#[tokio::test]
async fn an_own_image_is_made_used_and_deleted() {
    let stage = Stage::new().await;
    stage.storage().await;
    let body = root(
        "OSImage",
        &format!(
            "<Label>mine</Label><MediaLink>{BLOB}</MediaLink><Name>own-image</Name><OS>Linux</OS><IsPremium>false</IsPremium><ShowInGui>true</ShowInGui>"
        ),
    );
    let made = stage
        .post("/services/images", &body)
        .await
        .is(200)
        .document();
    assert_eq!(made.text("Category"), "User");
    assert_eq!(made.text("OSState"), "Generalized");
    assert_eq!(made.text("Location"), "West US");
    assert_eq!(stage.post("/services/images", &body).await.refused().0, 409);
    stage.service("web").await;
    let mut machine = Machine::ubuntu("web");
    machine.os_disk =
        "<OSVirtualHardDisk><SourceImageName>own-image</SourceImageName></OSVirtualHardDisk>"
            .to_owned();
    let asked = stage.deploy("web", &machine).await;
    stage.done(asked).await;
    let role = stage.get(&format!("{}/web", roles("web"))).await.document();
    let link = role.text("OSVirtualHardDisk/MediaLink");
    assert!(
        link.starts_with("https://store.blob.core.windows.net/vhds/"),
        "{link}"
    );
    stage
        .delete("/services/images/own-image?comp=media")
        .await
        .is(200);
    assert_eq!(stage.get("/services/images/own-image").await.status, 404);
    let nowhere = body.replace("store.blob", "none.blob");
    assert_eq!(
        stage.post("/services/images", &nowhere).await.refused().0,
        404
    );
}

/// The defaults of clients of the day: docker-machine 0.6, knife-azure and the old CLI's Chef.
#[tokio::test]
async fn what_clients_default_to_is_there() {
    let stage = Stage::new().await;
    for image in [
        "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-15_10-amd64-server-20151116.1-en-us-30GB",
        "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_04_2_LTS-amd64-server-20150309-en-us-30GB",
    ] {
        stage
            .get(&format!("/services/images/{image}"))
            .await
            .is(200);
    }
    for (name, host) in [("ChefClient", "win"), ("LinuxChefClient", "lin")] {
        let machine = if host == "win" {
            Machine::windows(host)
        } else {
            Machine::ubuntu(host)
        };
        let machine = machine.with(&extension(
            "Chef.Bootstrap.WindowsAzure",
            name,
            "1210.*",
            "{}",
            "{}",
        ));
        stage.ready(host, &machine).await;
    }
}

/// As the Python SDK wrote it until 0.8: the system last.
#[tokio::test]
async fn a_disk_is_made_as_clients_of_old_asked_for_it() {
    let stage = Stage::new().await;
    stage.storage().await;
    let link = "https://store.blob.core.windows.net/v/old.vhd";
    let body = root(
        "Disk",
        &format!(
            "<HasOperatingSystem>true</HasOperatingSystem><Label>l</Label><MediaLink>{link}</MediaLink><Name>old</Name><OS>Linux</OS>"
        ),
    );
    let made = stage.post("/services/disks", &body).await.is(200);
    assert_eq!(
        (made.detail(), made.document().text("OS")),
        ("", "Linux".to_owned())
    );
    let changed = stage
        .put("/services/disks/old", &body.replace(">l<", ">m<"))
        .await
        .is(200);
    assert_eq!(changed.detail(), "");
}

#[tokio::test]
async fn guest_systems_are_told_by_family() {
    let stage = Stage::new().await;
    let all = stage.get("/operatingsystems").await.is(200).document();
    let first = &all.children[0];
    assert_eq!(
        first.names(),
        [
            "Version",
            "Label",
            "IsDefault",
            "IsActive",
            "Family",
            "FamilyLabel"
        ]
    );
    let families = stage
        .get("/operatingsystemfamilies")
        .await
        .is(200)
        .document();
    assert_eq!(families.each("", "Name"), ["2", "3", "4"]);
    for family in &families.children {
        let defaults = family.each("OperatingSystems", "IsDefault");
        assert_eq!(defaults.iter().filter(|d| *d == "true").count(), 1);
    }
}

#[tokio::test]
async fn an_own_image_is_changed_copied_shared_and_told_in_detail() {
    let stage = Stage::new().await;
    stage.storage().await;
    let link = "<MediaLink>https://store.blob.core.windows.net/v/own.vhd</MediaLink>";
    let os_image = root(
        "OSImage",
        &format!("<Label>l</Label>{link}<Name>own</Name><OS>Linux</OS>"),
    );
    stage.post("/services/images", &os_image).await.is(200);
    let link = link.replace("own", "vm");
    let vm_image = root(
        "VMImage",
        &format!(
            "<Name>vm</Name><Label>l</Label><OSDiskConfiguration><OSState>Generalized</OSState><OS>Linux</OS>{link}</OSDiskConfiguration>"
        ),
    );
    let asked = stage.post("/services/vmimages", &vm_image).await;
    stage.done(asked).await;
    let copies = root(
        "ReplicationInput",
        "<TargetLocations><Region>West US</Region><Region>East US</Region></TargetLocations><ComputeImageAttributes><Offer>o</Offer><Sku>s</Sku><Version>1.0.0</Version></ComputeImageAttributes>",
    );
    for (kind, at, details) in [
        ("OSImage", "/services/images/own", "OSImageDetails"),
        ("VMImage", "/services/vmimages/vm", "VMImageDetails"),
    ] {
        let change = root(
            kind,
            "<Label>new</Label><Description>d</Description><RecommendedVMSize>Large</RecommendedVMSize>",
        );
        let wrong = change.replace("Large", "Huge");
        assert_eq!(stage.put(at, &wrong).await.refused().0, 400);
        stage.put(at, &change).await.is(200);
        let path = format!("{at}/details");
        let shown = stage.get(&path).await.is(200).document();
        assert_eq!(shown.name, details);
        assert_eq!(
            (shown.text("Label"), shown.text("Description")),
            ("new".to_owned(), "d".to_owned())
        );
        assert!(shown.each("ReplicationProgress", "Location").is_empty());
        let nowhere = copies.replace("East US", "Atlantis");
        assert_eq!(
            stage.put(&format!("{at}/replicate"), &nowhere).await.status,
            404
        );
        stage.put(&format!("{at}/replicate"), &copies).await.is(200);
        let shown = stage.get(&path).await.document();
        assert_eq!(
            shown.each("ReplicationProgress", "Location"),
            ["West US", "East US"]
        );
        assert_eq!(shown.text("ComputeImageAttributes/Version"), "1.0.0");
        let share = format!("{at}/shareasync");
        assert_eq!(stage.put(&share, "").await.refused().0, 400);
        let asked = stage.put(&format!("{share}?permission=Public"), "").await;
        stage.done(asked).await;
        stage.put(&format!("{at}/unreplicate"), "").await.is(200);
        let shown = stage.get(&path).await.document();
        assert!(shown.each("ReplicationProgress", "Location").is_empty());
    }
    let public = format!("/services/images/{UBUNTU}");
    for (at, body) in [
        (public.clone(), root("OSImage", "<Label>mine</Label>")),
        (format!("{public}/replicate"), copies),
        (
            format!("{public}/shareasync?permission=Public"),
            String::new(),
        ),
    ] {
        assert_eq!(stage.put(&at, &body).await.refused().0, 400, "{at}");
    }
    assert_eq!(
        stage.get("/services/images/none/details").await.refused().0,
        404
    );
}
