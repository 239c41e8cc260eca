//! Storage accounts.

use serde::{Deserialize, Serialize};

use super::value::{Moment, Properties, Secret, label, non_empty};

/// A storage account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct StorageAccount {
    /// What the service itself notes.
    pub extended_properties: Properties,
    /// Its address in the management API.
    #[serde(
        rename(serialize = "uri", deserialize = "Url"),
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// Its name.
    #[serde(rename(serialize = "name", deserialize = "ServiceName"))]
    pub name: String,
    /// Where and what it is.
    #[serde(rename(serialize = "properties", deserialize = "StorageServiceProperties"))]
    pub properties: StorageProperties,
}

/// Where and what a storage account is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct StorageProperties {
    /// Its addresses, that of the blobs first.
    pub endpoints: Vec<String>,
    /// What its owner says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The affinity group it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity_group: Option<String>,
    /// The location it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Its label, decoded.
    #[serde(deserialize_with = "label", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For instance `Created`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo_primary_region: Option<String>,
    /// Whether it answers there.
    #[serde(
        rename(
            serialize = "statusOfGeoPrimaryRegion",
            deserialize = "StatusOfPrimary"
        ),
        deserialize_with = "non_empty",
        skip_serializing_if = "Option::is_none"
    )]
    pub status_of_primary: Option<String>,
    /// When it last moved to its second place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_geo_failover_time: Option<Moment>,
    /// Its second place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo_secondary_region: Option<String>,
    /// Whether it answers there.
    #[serde(
        rename(
            serialize = "statusOfGeoSecondaryRegion",
            deserialize = "StatusOfSecondary"
        ),
        deserialize_with = "non_empty",
        skip_serializing_if = "Option::is_none"
    )]
    pub status_of_secondary: Option<String>,
    /// For instance `Standard_LRS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_type: Option<String>,
}

/// The keys of a storage account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct StorageKeys {
    /// The account's address in the management API.
    #[serde(
        rename(serialize = "uri", deserialize = "Url"),
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// Both keys.
    #[serde(
        rename(serialize = "keys", deserialize = "StorageServiceKeys"),
        skip_serializing
    )]
    pub keys: KeyPair,
}

/// Both keys of a storage account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct KeyPair {
    /// The first.
    #[serde(skip_serializing)]
    pub primary: Option<Secret>,
    /// The second.
    #[serde(skip_serializing)]
    pub secondary: Option<Secret>,
}
