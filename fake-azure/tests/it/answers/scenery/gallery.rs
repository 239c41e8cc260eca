//! Images, disks and extensions out of recorded answers.

use std::collections::BTreeMap;

use fake_azure::Builder;
use fake_azure::world::{
    Attachment, Disk, GalleryExtension, Image, ImageKind, OsState, Place, VmImage, VmImageDataDisk,
    VmImageSource,
};

use super::super::recordings::Exchange;
use super::every;
use super::seeds::{REGIONS, texts};
use crate::xml::Node;

fn text(node: &Node, name: &str) -> Option<String> {
    node.find(name).map(|child| child.content.clone())
}

/// An image out of `OSImage`.
fn image(node: &Node) -> Image {
    Image {
        name: node.text("Name"),
        label: node.text("Label"),
        kind: if node.text("Category") == "User" {
            ImageKind::User
        } else {
            ImageKind::Public
        },
        os: node.text("OS"),
        location: node.text("Location"),
        size_gb: node.text("LogicalSizeInGB").parse().unwrap_or(30),
        media_link: text(node, "MediaLink"),
        eula: text(node, "Eula"),
        description: node.text("Description"),
        family: text(node, "ImageFamily"),
        show_in_gui: text(node, "ShowInGui").map(|t| t == "true"),
        published: text(node, "PublishedDate").and_then(|t| t.parse().ok()),
        is_premium: node.text("IsPremium") == "true",
        icon_uri: text(node, "IconUri"),
        small_icon_uri: text(node, "SmallIconUri"),
        privacy_uri: text(node, "PrivacyUri"),
        recommended_size: text(node, "RecommendedVMSize"),
        publisher: text(node, "PublisherName"),
        language: text(node, "Language"),
        io_type: node.text("IOType"),
    }
}

/// An image that machines were made from; whether the agent is in it, its publisher tells.
fn source(name: &str, os: &str, size_gb: u32, agent: bool) -> Image {
    let publisher = if agent { "Canonical" } else { "somebody" };
    Image {
        name: name.to_owned(),
        label: name.to_owned(),
        kind: ImageKind::Public,
        os: os.to_owned(),
        location: REGIONS.join(";"),
        size_gb,
        media_link: None,
        eula: None,
        description: String::new(),
        family: None,
        show_in_gui: None,
        published: None,
        is_premium: false,
        icon_uri: None,
        small_icon_uri: None,
        privacy_uri: None,
        recommended_size: None,
        publisher: Some(publisher.to_owned()),
        language: None,
        io_type: "Standard".to_owned(),
    }
}

/// A VM image out of `VMImage`.
fn vm_image(node: &Node) -> VmImage {
    let source = node.find("RoleStateOnCapture").map(|state| VmImageSource {
        service: node.text("ServiceName"),
        deployment: node.text("DeploymentName"),
        role: node.text("RoleName"),
        state: state.content.clone(),
        size: node.text("RoleSizeOnCapture"),
    });
    let created = node.text("CreatedTime");
    let data_disks = node.all("DataDiskConfigurations").iter();
    VmImage {
        name: node.text("Name"),
        label: node.text("Label"),
        kind: if node.text("Category") == "User" {
            ImageKind::User
        } else {
            ImageKind::Public
        },
        description: text(node, "Description"),
        os: node.text("OSDiskConfiguration/OS"),
        os_state: if node.text("OSDiskConfiguration/OSState") == "Specialized" {
            OsState::Specialized
        } else {
            OsState::Generalized
        },
        os_disk_name: node.text("OSDiskConfiguration/Name"),
        os_disk_caching: node.text("OSDiskConfiguration/HostCaching"),
        media_link: text(node, "OSDiskConfiguration/MediaLink"),
        size_gb: number(node, "OSDiskConfiguration/LogicalDiskSizeInGB"),
        io_type: node.text("OSDiskConfiguration/IOType"),
        data_disks: data_disks.map(vm_image_disk).collect(),
        location: node.text("Location"),
        created: (!created.starts_with("1801")).then(|| created.parse().unwrap()),
        family: text(node, "ImageFamily"),
        recommended_size: text(node, "RecommendedVMSize"),
        publisher: text(node, "PublisherName"),
        published: text(node, "PublishedDate").map(|date| date.parse().unwrap()),
        language: text(node, "Language"),
        eula: text(node, "Eula"),
        icon_uri: text(node, "IconUri"),
        small_icon_uri: text(node, "SmallIconUri"),
        privacy_uri: text(node, "PrivacyUri"),
        show_in_gui: text(node, "ShowInGui").map(|t| t == "true"),
        source,
    }
}

fn vm_image_disk(node: &Node) -> VmImageDataDisk {
    VmImageDataDisk {
        name: node.text("Name"),
        lun: number(node, "Lun"),
        size_gb: number(node, "LogicalDiskSizeInGB"),
        host_caching: node.text("HostCaching"),
        media_link: text(node, "MediaLink"),
    }
}

fn number(node: &Node, name: &str) -> u32 {
    node.text(name).parse().unwrap()
}

fn extension(node: &Node) -> GalleryExtension {
    GalleryExtension {
        publisher: node.text("Publisher"),
        name: node.text("Name"),
        version: node.text("Version"),
        label: node.text("Label"),
        description: node.text("Description"),
        public_schema: text(node, "PublicConfigurationSchema"),
        private_schema: text(node, "PrivateConfigurationSchema"),
        sample: text(node, "SampleConfig"),
        eula: text(node, "Eula"),
        privacy_uri: text(node, "PrivacyUri"),
        homepage_uri: text(node, "HomepageUri"),
        is_json: text(node, "IsJsonExtension").map(|t| t == "true"),
        os: text(node, "SupportedOS"),
        company: text(node, "CompanyName"),
        published: text(node, "PublishedDate"),
        regions: text(node, "Regions"),
    }
}

/// A disk that no machine has any more.
fn disk(node: &Node) -> Disk {
    Disk {
        name: node.text("Name"),
        label: text(node, "Label"),
        os: text(node, "OS"),
        place: match text(node, "AffinityGroup") {
            Some(group) => Place::AffinityGroup(group),
            None => Place::Location(node.text("Location")),
        },
        size_gb: node.text("LogicalDiskSizeInGB").parse().unwrap(),
        media_link: node.text("MediaLink"),
        source_image: text(node, "SourceImageName"),
        host_caching: "ReadWrite".to_owned(),
        created: node.text("CreatedTime").parse().unwrap(),
        attached: node.find("AttachedTo").map(|at| Attachment {
            service: at.text("HostedServiceName"),
            deployment: at.text("DeploymentName"),
            role: at.text("RoleName"),
        }),
    }
}

/// What the gallery holds, and disks.
pub(super) fn seeds(
    mut seeds: Builder,
    exchange: &Exchange,
    document: Option<&Node>,
    sent: &str,
) -> Builder {
    let path = exchange.path();
    let empty = Node::default();
    let document = document.unwrap_or(&empty);
    let found = |name: &str| {
        let mut found = Vec::new();
        every(document, name, &mut found);
        found
    };
    if path.starts_with("/services/images") && exchange.method == "GET" {
        return seeds.images(found("OSImage").into_iter().map(image).collect());
    }
    if path.starts_with("/services/vmimages") && exchange.method == "GET" {
        return seeds.vm_images(found("VMImage").into_iter().map(vm_image).collect());
    }
    if path.starts_with("/services/resourceextensions") {
        return seeds.extensions(
            found("ResourceExtension")
                .into_iter()
                .map(extension)
                .collect(),
        );
    }
    if path.starts_with("/services/disks") && exchange.method == "GET" {
        for node in found("Disk") {
            seeds = seeds.disk(disk(node));
        }
        return seeds;
    }
    // Data disks that a machine has were there before it.
    for node in found("DataVirtualHardDisk") {
        seeds = seeds.disk(Disk {
            name: node.text("DiskName"),
            label: text(node, "DiskLabel"),
            os: None,
            place: Place::Location("West US".to_owned()),
            size_gb: node.text("LogicalDiskSizeInGB").parse().unwrap(),
            media_link: node.text("MediaLink"),
            source_image: None,
            host_caching: node.text("HostCaching"),
            created: "2015-03-01T00:00:00Z".parse().unwrap(),
            attached: None,
        });
    }
    let windows = sent.contains("WindowsProvisioning") || sent.contains("<OS>Windows");
    let mut sources = BTreeMap::new();
    for name in texts(None, sent, "SourceImageName") {
        sources.insert(name, if windows { "Windows" } else { "Linux" }.to_owned());
    }
    for node in found("OSVirtualHardDisk") {
        sources.insert(node.text("SourceImageName"), node.text("OS"));
    }
    sources.remove("");
    if sources.is_empty() {
        return seeds;
    }
    // An agent that never spoke may not be there at all.
    let spoke = ["Ready", "unresponsive"].iter().any(|word| {
        exchange.body.contains(&format!("<Status>{word}<"))
            || exchange.body.contains(&format!("is {word}."))
    });
    let images = sources.iter().map(|(name, os)| source(name, os, 30, spoke));
    seeds.images(images.collect())
}
