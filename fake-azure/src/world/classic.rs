//! Classic Azure: hosted services and what stands in them, as the Service Management API knows it.

pub mod affinity_group;
pub mod agent;
mod allocation;
pub mod capture;
pub mod certificate;
mod change;
mod command;
pub mod data_disk;
mod decision;
pub mod deployment;
pub mod disk;
pub mod dns_server;
mod doors;
mod effect;
mod engine_holder;
pub(crate) mod gallery;
pub(crate) mod holdings;
pub mod image;
pub mod image_spread;
pub(crate) mod label;
mod ledger;
pub mod load_balancer;
mod look;
mod machine_network;
pub mod management_certificate;
mod network;
pub mod network_configuration;
pub mod network_interface;
mod plan_disk;
mod plan_extension;
mod plan_role;
pub mod power;
mod presence;
mod provisioning;
mod public_ip;
pub mod quota;
mod refusal;
pub mod registration;
mod report;
pub mod reserved_ip;
mod role;
pub mod roles;
pub mod route_table;
pub mod security_group;
pub mod service;
mod shown;
pub mod storage;
mod view;
pub mod virtual_ip;

pub use affinity_group::AffinityGroup;
pub use capture::{AfterCapture, Capture, VmCapture};
pub use certificate::ServiceCertificate;
pub use command::{Command, OperationFault, Progress, Request, RequestFault};
pub use deployment::{Deployment, DeploymentPath, Disks, NewDeployment, RolePath};
pub use disk::{Attachment, Disk, NewDisk};
pub use image::{
    Image, ImageKind, ImageUpdate, IoType, NewImage, NewVmImage, NewVmImageDataDisk, OsState,
    VmImage, VmImageDataDisk, VmImageSource,
};
pub use image_spread::Spread;
pub use load_balancer::{LoadBalancer, NewLoadBalancer};
pub use look::Look;
pub use management_certificate::ManagementCertificate;
pub use network::{Gateway, SiteConnection, Subnet, VirtualNetwork};
pub use network_configuration::{LocalSite, NetworkConfiguration, NewVirtualNetwork};
pub use network_interface::{NetworkInterface, NewNetworkInterface};
pub use power::{PostShutdown, Power};
pub use quota::{Counted, Quota};
pub use refusal::{Clash, Elsewhere, Failure, Refusal, Thing, Twice};
pub use report::{ExtensionOutcome, ExtensionReport, InstanceStatus, Report};
pub use reserved_ip::ReservedIp;
pub use role::{
    AclAction, AclRule, BootDiagnostics, Distribution, Endpoint, EndpointSettings,
    ExtensionReference, ExtensionState, ImageDiskSizes, NewDataDisk, NewEndpoint, NewExtension,
    NewNetwork, NewOsDisk, NewRole, Parameter, Probe, ProbeProtocol, Protocol, Provisioning,
    PublicIp, Role, Secret, Visibility, WinRmListener,
};
pub use route_table::{Hop, Route, RouteTable};
pub use security_group::{Access, Direction, Guarded, RuleProtocol, SecurityGroup, SecurityRule};
pub use service::{HostedService, HostedServiceUpdate, NewHostedService, Place};
pub use storage::{KeyKind, NewStorageAccount, StorageAccount, StorageAccountUpdate};
pub use view::View;

pub(crate) use presence::public_name;
pub(crate) use security_group::default_rules;
pub(crate) use view::Operation;
