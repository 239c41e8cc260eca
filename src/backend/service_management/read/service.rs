//! Cloud services and what belongs to them.

use serde::{Deserialize, Serialize};

use super::deployment::Deployment;
use super::place::ComputeCapabilities;
use super::value::{Moment, Properties, label};

/// A cloud service: a public name with room for a deployment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct HostedService {
    /// Its deployments, told when the details are asked for; no part of the JSON.
    #[serde(skip_serializing)]
    pub deployments: Vec<Deployment>,
    /// Its address in the management API.
    #[serde(
        rename(serialize = "uri", deserialize = "Url"),
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// Its name.
    pub service_name: String,
    /// Where and what it is.
    #[serde(rename(serialize = "properties", deserialize = "HostedServiceProperties"))]
    pub properties: HostedServiceProperties,
    /// Which sizes it can hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_capabilities: Option<ComputeCapabilities>,
}

/// Where and what a cloud service is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct HostedServiceProperties {
    /// What the service itself notes, such as `ResourceGroup`.
    pub extended_properties: Properties,
    /// What its owner says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The affinity group that it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity_group: Option<String>,
    /// The location that it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Its label, decoded.
    #[serde(deserialize_with = "label", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For instance `Created`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_created: Option<Moment>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_last_modified: Option<Moment>,
    /// The name that its address resolves back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverse_dns_fqdn: Option<String>,
}

/// A certificate that lies in a cloud service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ServiceCertificate {
    /// Its address in the management API.
    #[serde(rename(serialize = "certificateUri", deserialize = "CertificateUrl"))]
    pub certificate_url: String,
    /// SHA-1 of the certificate, upper-case hexadecimal.
    pub thumbprint: String,
    /// `sha1`.
    pub thumbprint_algorithm: String,
    /// The public part, DER in base64.
    pub data: String,
}

/// Whether a name is free.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Availability {
    /// Is it free?
    #[serde(rename(serialize = "nameAvailable", deserialize = "Result"))]
    pub is_available: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
