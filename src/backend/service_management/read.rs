//! What the service tells, under the names that the old CLI's JSON gives it.
//!
//! One type per thing: read from XML by its element names, written as JSON by the old SDK's names
//! (`IPAddress` is `iPAddress` there), fields in the order in which the old CLI printed them.

mod deployment;
mod extension;
mod image;
mod network;
mod network_configuration;
mod place;
mod role;
pub mod role_file;
mod service;
mod storage;
mod value;

pub use deployment::{
    Deployment, ExtensionSettingStatus, ExtensionStatus, Frontend, GuestAgentStatus,
    InstanceEndpoint, InstancePublicIp, LoadBalancer, LocalizedMessage, MaintenanceStatus,
    RoleInstance, VirtualIp,
};
pub use extension::ExtensionImage;
pub use image::{AttachedTo, DataDiskConfiguration, Disk, OsDiskConfiguration, OsImage, VmImage};
pub use network::{
    AddressAvailability, AddressSpace, DnsServer, Gateway, ReservedIp, Subnet, VirtualNetwork,
};
pub use network_configuration::{
    Dns, LocalNetworkSite, NameServer, NameServerRef, NetworkConfiguration, Networks, SiteSubnet,
    VirtualNetworkSite,
};
pub use place::{AffinityGroup, ComputeCapabilities, Location, Member, StorageCapabilities};
pub use role::{
    AclRule, CertificateSetting, ConfigurationSet, DataDisk, DebugSettings, EndpointAcl,
    ExtensionParameter, ExtensionReference, InputEndpoint, IpConfiguration, NetworkInterface,
    OsDisk, Probe, PublicIp, Role, Ssh, SshKey,
};
pub use service::{Availability, HostedService, HostedServiceProperties, ServiceCertificate};
pub use storage::{KeyPair, StorageAccount, StorageKeys, StorageProperties};
pub use value::{Moment, Properties, Secret};

use serde::Deserialize;

/// How an accepted request fares, as `GET /operations/{id}` answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Operation {
    pub(super) status: String,
    pub(super) http_status_code: Option<u16>,
    pub(super) error: Option<Fault>,
}

/// The service's own words for a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Fault {
    pub(super) code: String,
    pub(super) message: String,
}
