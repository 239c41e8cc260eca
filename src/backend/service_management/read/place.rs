//! Where things can be: locations and affinity groups.

use serde::{Deserialize, Serialize};

use super::value::{Moment, label};

/// A region of the cloud.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Location {
    /// What it offers; machines need `PersistentVMRole`.
    pub available_services: Vec<String>,
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// Which kinds of storage account it offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_capabilities: Option<StorageCapabilities>,
    /// Which sizes it offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_capabilities: Option<ComputeCapabilities>,
}

/// The kinds of storage account that a place offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct StorageCapabilities {
    /// For instance `Standard_LRS`.
    pub storage_account_types: Vec<String>,
}

/// The sizes that a place offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ComputeCapabilities {
    /// Sizes of virtual machines.
    pub virtual_machines_role_sizes: Vec<String>,
    /// Sizes of web and worker roles.
    pub web_worker_role_sizes: Vec<String>,
}

/// Things of one subscription that lie close together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct AffinityGroup {
    /// What it offers; machines need `PersistentVMRole`.
    pub capabilities: Vec<String>,
    /// The cloud services in it; told by `show` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted_services: Option<Vec<Member>>,
    /// The storage accounts in it; told by `show` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_services: Option<Vec<Member>>,
    /// Its name.
    pub name: String,
    /// Its label, decoded.
    #[serde(deserialize_with = "label", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What its owner says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The location that it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<Moment>,
    /// Which sizes it offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_capabilities: Option<ComputeCapabilities>,
}

/// Something that lies in an affinity group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Member {
    /// Its address in the management API.
    #[serde(rename(serialize = "uri", deserialize = "Url"))]
    pub url: String,
    /// Its name.
    pub service_name: String,
}
