//! Extensions that the service offers.

use serde::{Deserialize, Serialize};

use super::value::Moment;

/// One version of an extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ExtensionImage {
    /// Who made it.
    pub publisher: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its public settings look like, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_configuration_schema: Option<String>,
    /// What its private settings look like, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_configuration_schema: Option<String>,
    /// An example, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_config: Option<String>,
    /// Is it everywhere by now?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_completed: Option<bool>,
    /// What its user agrees to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eula: Option<String>,
    /// How it treats its user's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy_uri: Option<String>,
    /// Where it is told of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage_uri: Option<String>,
    /// Are its settings JSON?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_json_extension: Option<bool>,
    /// Is it the service's own?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_internal_extension: Option<bool>,
    /// Must the major version be asked for?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disallow_major_version_upgrade: Option<bool>,
    /// `Linux` or `Windows`.
    #[serde(
        rename(serialize = "supportedOS", deserialize = "SupportedOS"),
        skip_serializing_if = "Option::is_none"
    )]
    pub supported_os: Option<String>,
    /// Who stands behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_date: Option<Moment>,
}
