//! Images, disks and extensions out of recorded answers.

use std::collections::BTreeMap;
use std::str::FromStr;

use fake_azure::Builder;
use fake_azure::view::{
    Attachment, Disk, GalleryExtension, Image, ImageKind, OsState, Place, UnknownWord, VmImage,
    VmImageDataDisk, VmImageSource,
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
    let mut image = Image::public(node.text("Name"), word(node, "OS"));
    image.label = node.text("Label");
    image.kind = if node.text("Category") == "User" {
        ImageKind::User
    } else {
        ImageKind::Public
    };
    image.location = node.text("Location");
    image.size_gb = node.text("LogicalSizeInGB").parse().unwrap_or(30);
    image.media_link = text(node, "MediaLink").map(Into::into);
    image.eula = text(node, "Eula");
    image.description = node.text("Description");
    image.family = text(node, "ImageFamily");
    image.show_in_gui = text(node, "ShowInGui").map(|t| t == "true");
    image.published = text(node, "PublishedDate").and_then(|t| t.parse().ok());
    image.is_premium = node.text("IsPremium") == "true";
    image.icon_uri = text(node, "IconUri");
    image.small_icon_uri = text(node, "SmallIconUri");
    image.privacy_uri = text(node, "PrivacyUri");
    image.recommended_size = text(node, "RecommendedVMSize").map(Into::into);
    image.publisher = text(node, "PublisherName");
    image.language = text(node, "Language");
    image.io_type = word(node, "IOType");
    image
}

/// An image that machines were made from; whether the agent is in it, its publisher tells.
fn source(name: &str, os: &str, size_gb: u32, agent: bool) -> Image {
    let publisher = if agent { "Canonical" } else { "somebody" };
    let mut image = Image::public(name, os.parse().unwrap());
    image.location = REGIONS.join(";");
    image.size_gb = size_gb;
    image.publisher = Some(publisher.to_owned());
    image
}

/// A VM image out of `VMImage`.
fn vm_image(node: &Node) -> VmImage {
    let source = node.find("RoleStateOnCapture").map(|state| {
        VmImageSource::new(
            node.text("ServiceName"),
            node.text("DeploymentName"),
            node.text("RoleName"),
            state.content.parse().unwrap(),
            node.text("RoleSizeOnCapture"),
        )
    });
    let created = node.text("CreatedTime");
    let data_disks = node.all("DataDiskConfigurations").iter();
    let mut image = VmImage::public(node.text("Name"), word(node, "OSDiskConfiguration/OS"));
    image.label = node.text("Label");
    image.kind = if node.text("Category") == "User" {
        ImageKind::User
    } else {
        ImageKind::Public
    };
    image.description = text(node, "Description");
    image.os_state = if node.text("OSDiskConfiguration/OSState") == "Specialized" {
        OsState::Specialized
    } else {
        OsState::Generalized
    };
    image.os_disk_name = node.text("OSDiskConfiguration/Name").into();
    image.os_disk_caching = word(node, "OSDiskConfiguration/HostCaching");
    image.media_link = text(node, "OSDiskConfiguration/MediaLink").map(Into::into);
    image.size_gb = number(node, "OSDiskConfiguration/LogicalDiskSizeInGB");
    image.io_type = word(node, "OSDiskConfiguration/IOType");
    image.data_disks = data_disks.map(vm_image_disk).collect();
    image.location = node.text("Location");
    image.created = (!created.starts_with("1801")).then(|| created.parse().unwrap());
    image.family = text(node, "ImageFamily");
    image.recommended_size = text(node, "RecommendedVMSize").map(Into::into);
    image.publisher = text(node, "PublisherName");
    image.published = text(node, "PublishedDate").map(|date| date.parse().unwrap());
    image.language = text(node, "Language");
    image.eula = text(node, "Eula");
    image.icon_uri = text(node, "IconUri");
    image.small_icon_uri = text(node, "SmallIconUri");
    image.privacy_uri = text(node, "PrivacyUri");
    image.show_in_gui = text(node, "ShowInGui").map(|t| t == "true");
    image.source = source;
    image
}

fn vm_image_disk(node: &Node) -> VmImageDataDisk {
    let mut disk = VmImageDataDisk::new(
        node.text("Name"),
        number(node, "Lun"),
        number(node, "LogicalDiskSizeInGB"),
    );
    disk.host_caching = word(node, "HostCaching");
    disk.media_link = text(node, "MediaLink").map(Into::into);
    disk
}

/// One of the words of a type.
fn word<T: FromStr<Err = UnknownWord>>(node: &Node, name: &str) -> T {
    node.text(name).parse().unwrap()
}

fn number(node: &Node, name: &str) -> u32 {
    node.text(name).parse().unwrap()
}

fn extension(node: &Node) -> GalleryExtension {
    let mut extension = GalleryExtension::new(
        node.text("Publisher"),
        node.text("Name"),
        node.text("Version"),
    );
    extension.label = node.text("Label");
    extension.description = node.text("Description");
    extension.public_schema = text(node, "PublicConfigurationSchema");
    extension.private_schema = text(node, "PrivateConfigurationSchema");
    extension.sample = text(node, "SampleConfig");
    extension.eula = text(node, "Eula");
    extension.privacy_uri = text(node, "PrivacyUri");
    extension.homepage_uri = text(node, "HomepageUri");
    extension.is_json = text(node, "IsJsonExtension").map(|t| t == "true");
    extension.os = text(node, "SupportedOS").map(|os| os.parse().unwrap());
    extension.company = text(node, "CompanyName");
    extension.published = text(node, "PublishedDate");
    extension.regions = text(node, "Regions");
    extension
}

/// A disk that no machine has any more.
fn disk(node: &Node) -> Disk {
    let place = match text(node, "AffinityGroup") {
        Some(group) => Place::AffinityGroup(group.into()),
        None => Place::Location(node.text("Location").into()),
    };
    let created = node.text("CreatedTime").parse().unwrap();
    let mut disk = Disk::new(node.text("Name"), place, node.text("MediaLink"), created);
    disk.label = text(node, "Label");
    disk.os = text(node, "OS").map(|os| os.parse().unwrap());
    disk.size_gb = number(node, "LogicalDiskSizeInGB");
    disk.source_image = text(node, "SourceImageName").map(Into::into);
    disk.attached = node.find("AttachedTo").map(|at| {
        Attachment::new(
            at.text("HostedServiceName"),
            at.text("DeploymentName"),
            at.text("RoleName"),
        )
    });
    disk
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
        let mut disk = Disk::new(
            node.text("DiskName"),
            Place::Location("West US".into()),
            node.text("MediaLink"),
            "2015-03-01T00:00:00Z".parse().unwrap(),
        );
        disk.label = text(node, "DiskLabel");
        disk.size_gb = number(node, "LogicalDiskSizeInGB");
        disk.host_caching = word(node, "HostCaching");
        seeds = seeds.disk(disk);
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
