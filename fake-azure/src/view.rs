//! What there is in a simulated cloud, to read: [`View`] shows what one subscription holds.
//!
//! The types are the simulator's own, as it keeps them; those that a simulator can begin with
//! ([`Builder::images`](crate::Builder::images) and its kin) have constructors, and every field that
//! is public can be set.

pub use crate::world::{
    Access, AccountType, AclAction, AclRule, AffinityGroup, Attachment, BootDiagnostics, Caching,
    Clash, Counted, Deployment, Direction, Disk, Distribution, Endpoint, EndpointSettings,
    ExtensionOutcome, ExtensionReference, ExtensionReport, ExtensionState, Failure,
    GalleryExtension, Gateway, Hop, HostedService, Image, ImageKind, InstanceStatus, InvalidPrefix,
    IoType, Link, LoadBalancer, LocalSite, Location, Maintenance, ManagementCertificate, Name,
    NetworkConfiguration, NetworkInterface, OperatingSystem, Orphan, OrphanKind, OsState,
    Parameter, Place, PowerState, Prefix, Probe, ProbeProtocol, Progress, Protocol, PublicIp,
    Quota, Report, ReservedIp, Role, Route, RouteTable, RuleProtocol, SecurityGroup, SecurityRule,
    ServiceCertificate, SiteConnection, Size, Spread, StorageAccount, Subnet, Thumbprint,
    UnknownWord, View, VirtualNetwork, Visibility, VmImage, VmImageDataDisk, VmImageSource,
};
