//! Images and disks.

use serde::{Deserialize, Serialize};

use super::value::Moment;

/// An image of an operating system's disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct OsImage {
    /// The affinity group it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity_group: Option<String>,
    /// `Public`, `User` or a publisher's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Where it can be used, joined by `;`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Its size, in GB.
    #[serde(
        rename(serialize = "logicalSizeInGB", deserialize = "LogicalSizeInGB"),
        skip_serializing_if = "Option::is_none"
    )]
    pub logical_size_in_gb: Option<u32>,
    /// Where it lies; told of one's own images alone.
    #[serde(
        rename(serialize = "mediaLinkUri", deserialize = "MediaLink"),
        skip_serializing_if = "Option::is_none"
    )]
    pub media_link: Option<String>,
    /// Its name.
    pub name: String,
    /// `Linux` or `Windows`.
    #[serde(
        rename(serialize = "operatingSystemType", deserialize = "OS"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os: Option<String>,
    /// What its user agrees to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eula: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The family it is a release of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_family: Option<String>,
    /// Does the portal show it?
    #[serde(
        rename(serialize = "showInGui", deserialize = "ShowInGui"),
        skip_serializing_if = "Option::is_none"
    )]
    pub show_in_gui: Option<bool>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_date: Option<Moment>,
    /// Does it cost extra?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_premium: Option<bool>,
    /// How it treats its user's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy_uri: Option<String>,
    /// The size it wants.
    #[serde(
        rename(serialize = "recommendedVMSize", deserialize = "RecommendedVMSize"),
        skip_serializing_if = "Option::is_none"
    )]
    pub recommended_vm_size: Option<String>,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher_name: Option<String>,
    /// What it costs.
    #[serde(
        rename(serialize = "pricingDetailUri", deserialize = "PricingDetailLink"),
        skip_serializing_if = "Option::is_none"
    )]
    pub pricing_detail_link: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small_icon_uri: Option<String>,
    /// Its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// For instance `Standard_LRS`.
    #[serde(
        rename(serialize = "iOType", deserialize = "IOType"),
        skip_serializing_if = "Option::is_none"
    )]
    pub io_type: Option<String>,
    /// `Generalized` or `Specialized`; no part of the JSON.
    #[serde(
        rename(serialize = "oSState", deserialize = "OSState"),
        skip_serializing
    )]
    pub os_state: Option<String>,
}

/// An image of a whole machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct VmImage {
    /// Its data disks.
    pub data_disk_configurations: Vec<DataDiskConfiguration>,
    /// Its name.
    pub name: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `Public`, `User` or a publisher's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The disk it boots from.
    #[serde(
        rename(serialize = "oSDiskConfiguration", deserialize = "OSDiskConfiguration"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os_disk_configuration: Option<OsDiskConfiguration>,
    /// The cloud service it was captured in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The deployment it was captured in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_name: Option<String>,
    /// The machine it was captured from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// The affinity group it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity_group: Option<String>,
    /// Where it can be used, joined by `;`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<Moment>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_time: Option<Moment>,
    /// Its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The family it is a release of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_family: Option<String>,
    /// The size it wants.
    #[serde(
        rename(serialize = "recommendedVMSize", deserialize = "RecommendedVMSize"),
        skip_serializing_if = "Option::is_none"
    )]
    pub recommended_vm_size: Option<String>,
    /// Does it cost extra?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_premium: Option<bool>,
    /// What its user agrees to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eula: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_uri: Option<String>,
    /// Its small picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small_icon_uri: Option<String>,
    /// How it treats its user's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy_uri: Option<String>,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher_name: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_date: Option<Moment>,
    /// Does the portal show it?
    #[serde(
        rename(serialize = "showInGui", deserialize = "ShowInGui"),
        skip_serializing_if = "Option::is_none"
    )]
    pub show_in_gui: Option<bool>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing_detail_link: Option<String>,
}

/// The disk that machines of an image boot from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct OsDiskConfiguration {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `None`, `ReadOnly` or `ReadWrite`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_caching: Option<String>,
    /// `Generalized` or `Specialized`.
    #[serde(
        rename(serialize = "oSState", deserialize = "OSState"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os_state: Option<String>,
    /// `Linux` or `Windows`.
    #[serde(
        rename(serialize = "operatingSystem", deserialize = "OS"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os: Option<String>,
    /// Where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_link: Option<String>,
    /// Its size, in GB.
    #[serde(
        rename(serialize = "logicalDiskSizeInGB", deserialize = "LogicalDiskSizeInGB"),
        skip_serializing_if = "Option::is_none"
    )]
    pub logical_disk_size_in_gb: Option<u32>,
    /// For instance `Standard_LRS`.
    #[serde(
        rename(serialize = "iOType", deserialize = "IOType"),
        skip_serializing_if = "Option::is_none"
    )]
    pub io_type: Option<String>,
}

/// A data disk that machines of an image get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct DataDiskConfiguration {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `None`, `ReadOnly` or `ReadWrite`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_caching: Option<String>,
    /// Its number.
    #[serde(
        rename(serialize = "logicalUnitNumber", deserialize = "Lun"),
        skip_serializing_if = "Option::is_none"
    )]
    pub lun: Option<u32>,
    /// Where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_link: Option<String>,
    /// Its size, in GB.
    #[serde(
        rename(serialize = "logicalDiskSizeInGB", deserialize = "LogicalDiskSizeInGB"),
        skip_serializing_if = "Option::is_none"
    )]
    pub logical_disk_size_in_gb: Option<u32>,
    /// For instance `Standard_LRS`.
    #[serde(
        rename(serialize = "iOType", deserialize = "IOType"),
        skip_serializing_if = "Option::is_none"
    )]
    pub io_type: Option<String>,
}

/// A disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Disk {
    /// The affinity group it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity_group: Option<String>,
    /// The location it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its size, in GB.
    #[serde(
        rename(serialize = "logicalSizeInGB", deserialize = "LogicalDiskSizeInGB"),
        skip_serializing_if = "Option::is_none"
    )]
    pub logical_size_in_gb: Option<u32>,
    /// Where it lies.
    #[serde(
        rename(serialize = "mediaLinkUri", deserialize = "MediaLink"),
        skip_serializing_if = "Option::is_none"
    )]
    pub media_link: Option<String>,
    /// Its name.
    pub name: String,
    /// `Linux` or `Windows`; absent on data disks.
    #[serde(
        rename(serialize = "operatingSystemType", deserialize = "OS"),
        skip_serializing_if = "Option::is_none"
    )]
    pub os: Option<String>,
    /// The image it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_image_name: Option<String>,
    /// The machine it is attached to.
    #[serde(
        rename(serialize = "usageDetails", deserialize = "AttachedTo"),
        skip_serializing_if = "Option::is_none"
    )]
    pub attached_to: Option<AttachedTo>,
    /// Is it broken?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_corrupted: Option<bool>,
    /// Does it cost extra?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_premium: Option<bool>,
    /// For instance `Standard`.
    #[serde(
        rename(serialize = "iOType", deserialize = "IOType"),
        skip_serializing_if = "Option::is_none"
    )]
    pub io_type: Option<String>,
}

/// The machine that a disk is attached to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct AttachedTo {
    /// Its cloud service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted_service_name: Option<String>,
    /// Its deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_name: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
}
