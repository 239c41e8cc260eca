//! What there is in a simulated cloud, to read: [`View`] shows what one subscription holds.
//!
//! The types are the simulator's own, as it keeps them; those that a simulator can begin with
//! ([`Builder::images`](crate::Builder::images) and its kin) have constructors, and every field that
//! is public can be set.

pub use crate::world::{
    Access, AccountType, AclRule, AffinityGroup, Attachment, BootDiagnostics, Caching, Clash,
    Counted, Deployment, Direction, Disk, Endpoint, EndpointSettings, ExtensionOutcome,
    ExtensionReference, ExtensionReport, ExtensionState, Failure, GalleryExtension, Hop,
    HostedService, Image, ImageKind, InvalidPrefix, LoadBalancer, LocalSite, Location, Maintenance,
    ManagementCertificate, NetworkConfiguration, NetworkInterface, Orphan, OrphanKind, OsState,
    Parameter, Place, Prefix, Probe, Progress, Protocol, PublicIp, Quota, Report, ReservedIp, Role,
    Route, RouteTable, RuleProtocol, SecurityGroup, SecurityRule, ServiceCertificate, Spread,
    StorageAccount, Subnet, UnknownWord, View, VirtualNetwork, Visibility, VmImage,
    VmImageDataDisk, VmImageSource,
};
