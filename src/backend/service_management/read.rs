//! What the service tells, and of it what is changed and sent back: one declaration for each thing.
//!
//! Fields stand in the order in which the service writes and wants them.

mod deployment;
mod extension;
mod image;
mod network;
mod network_configuration;
mod place;
mod properties;
mod role;
mod service;
mod storage;

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
pub use properties::Properties;
pub use role::{
    AclRule, CertificateSetting, ConfigurationSet, DataDisk, DebugSettings, EndpointAcl,
    ExtensionParameter, ExtensionReference, InputEndpoint, IpConfiguration, NetworkInterface,
    OsDisk, Probe, PublicIp, Role, Ssh, SshKey,
};
pub use service::{Availability, HostedService, HostedServiceProperties, ServiceCertificate};
pub use storage::{KeyPair, StorageAccount, StorageKeys, StorageProperties};

use super::record::record;
pub use super::value::{Markup, Moment, Secret};

record! {
    /// How an accepted request fares, as `GET /operations/{id}` answers.
    #[derive(PartialEq, Eq)]
    pub(super) struct Operation {
        status: String = "Status",
        http_status_code: Option<u16> = "HttpStatusCode",
        error: Option<Fault> = "Error",
    }

    /// The service's own words for a refusal.
    #[derive(PartialEq, Eq)]
    pub(super) struct Fault {
        code: String = "Code",
        message: String = "Message",
    }
}
