//! How the world says no: for what reason, and what it is about. Which status, code and words
//! that is over a wire is its skins' business.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::quota::Counted;
use super::registration::ResourceType;
use crate::world::address::NoAddressLeft;
use crate::world::operation::OperationId;
use crate::world::{Link, Name, OperatingSystem, Size, SubscriptionId, Thumbprint};

/// Kinds of things that requests name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Thing {
    /// An affinity group.
    AffinityGroup,
    /// A certificate of a hosted service.
    Certificate,
    /// A deployment.
    Deployment,
    /// A disk.
    Disk,
    /// A DNS server of a deployment.
    DnsServer,
    /// An extension, by its reference.
    Extension,
    /// A hosted service.
    HostedService,
    /// An image of either kind.
    Image,
    /// A data disk of an image.
    ImageDataDisk,
    /// A load-balanced set of endpoints.
    LoadBalancedSet,
    /// An internal load balancer.
    LoadBalancer,
    /// A region.
    Location,
    /// A management certificate.
    ManagementCertificate,
    /// A network interface of a machine.
    NetworkInterface,
    /// An operation.
    Operation,
    /// A reserved address.
    ReservedIp,
    /// A type of resources to register.
    ResourceType,
    /// A machine.
    Role,
    /// A route table.
    RouteTable,
    /// A network security group.
    SecurityGroup,
    /// A storage account.
    StorageAccount,
    /// A further virtual IP.
    VirtualIp,
    /// A virtual network.
    VirtualNetwork,
}

/// Why a request is refused, and what that is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such subscription.
    NoSubscription(SubscriptionId),
    /// There is nothing of this kind and name.
    Missing(Thing, Name),
    /// No deployment stands in the slot.
    NoDeployment,
    /// A machine has no data disk of this number.
    NoDataDisk {
        /// The machine.
        role: Name,
        /// The logical unit number.
        lun: u32,
    },
    /// A virtual network has no such subnet.
    NoSubnet {
        /// The network.
        network: Name,
        /// The subnet.
        subnet: Name,
    },
    /// The gallery has no such extension.
    NoExtension {
        /// Its publisher.
        publisher: Name,
        /// Its name.
        name: Name,
        /// The version that was asked for.
        version: String,
    },
    /// A list has nothing of this name.
    NoMember {
        /// What is in the list: a rule, a route.
        what: Cow<'static, str>,
        /// The list's owner.
        of: Name,
        /// The name.
        name: Name,
    },
    /// Nothing of this kind was set before it.
    Unset(Thing),
    /// A provisioning names a certificate that its service does not have.
    NoServiceCertificate(Thumbprint),
    /// There is one of this kind and name.
    Exists(Thing, Name),
    /// Somebody has this name; or, of a storage account, the owner of the subscription.
    Taken {
        /// What it is a name of.
        what: Thing,
        /// The name.
        name: Name,
        /// Whether the subscription has it itself.
        own: bool,
    },
    /// The slot holds a deployment.
    SlotOccupied,
    /// A name that nothing of this kind may have.
    BadName(Thing, Name),
    /// Things of this kind keep their names.
    Renamed(Thing, Name),
    /// A value of the wrong type or out of its range: which, and what is wrong with it.
    BadValue(String),
    /// A member of a request is missing.
    Incomplete(Cow<'static, str>),
    /// A subscription has as many as it may.
    Limit {
        /// Of what, in the service's word.
        of: Cow<'static, str>,
        /// How many, where that is told.
        most: Option<usize>,
    },
    /// A subscription would have more than its quota.
    Quota {
        /// Of what.
        what: Counted,
        /// How much it may have.
        limit: u32,
        /// How much it has.
        current: usize,
        /// How much more is asked for.
        increment: usize,
    },
    /// An operation holds the hosted service.
    Locked(OperationId),
    /// An operation holds the deployment that has the disk.
    DiskLocked {
        /// The deployment.
        deployment: Name,
        /// The disk.
        disk: Name,
    },
    /// A machine has the disk.
    DiskInUse {
        /// The disk.
        disk: Name,
        /// The machine.
        role: Name,
        /// Its hosted service.
        service: Name,
        /// Its deployment.
        deployment: Name,
    },
    /// An operation that makes or changes it still runs.
    Unsettled(Thing, Name),
    /// It has users, such as this one.
    InUse {
        /// What it is.
        what: Thing,
        /// Its name.
        name: Name,
        /// A user, where one is told.
        by: String,
    },
    /// A reserved address is a deployment's.
    ReservedIpInUse {
        /// The address.
        name: Name,
        /// The hosted service.
        service: Name,
        /// The deployment.
        deployment: Name,
    },
    /// A reserved address is a hosted service's already.
    ReservedIpTaken {
        /// The address.
        name: Name,
        /// The hosted service.
        service: Name,
    },
    /// A reserved address is still being made.
    ReservedIpUnmade(Name),
    /// A hosted service holds a deployment still.
    HasDeployment(Name),
    /// A deployment has this reserved address already.
    HasReservedIp {
        /// The deployment.
        deployment: Name,
        /// The address.
        other: Name,
    },
    /// A deployment does not have this reserved address.
    HasNotReservedIp {
        /// The deployment.
        deployment: Name,
        /// The address.
        name: Name,
    },
    /// A deployment with a reserved address has no endpoints.
    NoEndpoints {
        /// The deployment.
        deployment: Name,
        /// The address.
        reserved: Name,
    },
    /// A deployment has no public address while none of its machines runs.
    NoPublicAddress(Name),
    /// Two things that must be in one location are not.
    Elsewhere {
        /// What is elsewhere.
        what: Elsewhere,
        /// Where it is.
        there: Name,
        /// Where it should be.
        here: Name,
    },
    /// A blob has a disk or an image already.
    BlobInUse {
        /// Which of the two.
        what: Thing,
        /// Its name.
        name: Name,
        /// The blob.
        link: Link,
    },
    /// Two disks of an image are of one blob.
    BlobTwice(Link),
    /// Two data disks have one number.
    LunTwice(u32),
    /// A size takes no disks in premium storage.
    NoPremium {
        /// The size.
        size: Size,
        /// The blob.
        link: Link,
    },
    /// A storage account holds no page blobs.
    NoPageBlobs(Name),
    /// A disk of an image lies in its account.
    OtherAccount {
        /// A blob of the image's.
        source: Link,
        /// The disk's.
        target: Link,
    },
    /// Disks cannot lie at the root of an account.
    RootContainer(Link),
    /// The gallery's images cannot be changed, deleted or shared: in the word for what is not.
    PlatformImage {
        /// The image.
        name: Name,
        /// What cannot be done.
        verb: Cow<'static, str>,
    },
    /// A machine must be shut down before it is captured.
    NotShutDown(Name),
    /// A machine is not ready yet.
    NotReady(Name),
    /// A machine does not run.
    NotRunning(Name),
    /// A machine is the last of its deployment.
    LastRole(Name),
    /// The OS disk of a machine stays.
    OsDiskStays(Name),
    /// A data disk holds no system.
    NoSystemOn(Name),
    /// Nothing says what a machine's system comes from.
    NoSystem,
    /// More than one thing says what a machine's system comes from.
    ManySystems,
    /// Extensions need the agent.
    NoAgent(Name),
    /// No maintenance is planned.
    NoMaintenance,
    /// A generalized image needs to be told how it is set up.
    NoProvisioning {
        /// Its system.
        os: OperatingSystem,
        /// The machine.
        role: Name,
    },
    /// How a machine is set up is for another system.
    OtherSystem {
        /// The configuration set.
        set: Cow<'static, str>,
        /// The image's system.
        os: OperatingSystem,
    },
    /// A user has neither password nor key.
    NoCredentials,
    /// SSH accepts passwords, and there is none.
    NoPassword,
    /// The user's name is kept for the system.
    ReservedUser(Name),
    /// A password is too short, too long or too simple.
    WeakPassword {
        /// How many characters it has at least.
        least: usize,
        /// And at most.
        most: usize,
    },
    /// Only a deployment in a virtual network can have this.
    NoVirtualNetwork {
        /// What, in the service's word.
        what: Cow<'static, str>,
        /// Which.
        which: String,
    },
    /// A fixed address is out of the subnets.
    AddressOutside(Ipv4Addr),
    /// A fixed address is one that the service keeps.
    AddressKept(Ipv4Addr),
    /// A fixed address is another's.
    AddressInUse(Ipv4Addr),
    /// A virtual network has no address left.
    NetworkFull(Name),
    /// A virtual network that is in use must keep what it has.
    NetworkInUse(Name),
    /// A name stands twice in the network configuration.
    TwiceInNetworks {
        /// The name of what.
        what: Cow<'static, str>,
        /// The name.
        name: Name,
    },
    /// Interfaces cannot be added to a machine.
    InterfacesStay {
        /// One that would come; none where some would go.
        added: Option<Name>,
    },
    /// A machine has two of this name.
    TwiceInRole {
        /// What it is.
        what: Twice,
        /// The name.
        name: Name,
    },
    /// A deployment has so many endpoints at most.
    ManyEndpoints(usize),
    /// There is no public port left.
    NoPort,
    /// Endpoints of one load-balanced set differ in what they share.
    SetDiffers {
        /// The set.
        set: Name,
        /// In their probes, or in port, protocol and load balancer.
        in_probe: bool,
    },
    /// A deployment has an internal load balancer.
    HasLoadBalancer(Name),
    /// A deployment has so many virtual IPs, and can have no more.
    ManyVirtualIps {
        /// The deployment.
        deployment: Name,
        /// How many.
        most: usize,
    },
    /// A list has so many members, and can have no more.
    ListFull {
        /// Whose list.
        what: Thing,
        /// Its name.
        name: Name,
        /// How many.
        most: usize,
    },
    /// Two rules of a group have the same priority and direction.
    SamePriority {
        /// The one that is there.
        other: Name,
        /// The new one.
        name: Name,
    },
    /// Two routes of a table have the same prefix.
    SamePrefix {
        /// The one that is there.
        other: Name,
        /// The new one.
        name: Name,
    },
    /// A network security group guards it already.
    Guarded(Name),
    /// A type of resources is registered already.
    Registered(ResourceType),
    /// Another machine has the one real engine.
    EngineTaken(Name),
    /// What is asked for cannot be written down.
    NotWritten(String),
}

/// Two endpoints that want one port: what turns out only after a request was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clash {
    /// Two endpoints of a deployment have one public port.
    Port(u16),
    /// Two endpoints of a machine lead to one port inside.
    LocalPort {
        /// The port.
        port: u16,
        /// One of the endpoints.
        endpoint: Name,
    },
}

/// Why an operation ended badly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// Endpoints that it asked for want one port.
    Clash(Clash),
    /// A machine is to have a size that is not offered where it is to be.
    SizeNotOffered {
        /// The operation itself.
        operation: OperationId,
        /// The region.
        region: Name,
    },
    /// There is no room for the machines where they are to be.
    NoRoom,
    /// A fault was arranged, with an error's status, code and message.
    Arranged {
        /// The status that the error would have had in a synchronous answer.
        http_status: u16,
        /// The `Code` of the error.
        code: String,
        /// The `Message` of the error.
        message: String,
    },
}

impl From<Clash> for Failure {
    fn from(clash: Clash) -> Self {
        Self::Clash(clash)
    }
}

/// What is in another location than it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// A reserved address.
    ReservedIp(Name),
    /// A virtual network.
    VirtualNetwork(Name),
    /// The storage account of a blob.
    Blob(Link),
    /// A data disk of an image that is to be made.
    ImageDisk(Link),
}

/// What a machine has two of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// References to extensions.
    Extension,
    /// Endpoints.
    Endpoint,
    /// Endpoints of one load-balanced set.
    LoadBalancedSet,
    /// Network interfaces.
    NetworkInterface,
}

impl Refusal {
    /// A value of the wrong type or out of its range.
    pub(crate) fn parameter(told: impl Into<String>) -> Self {
        Self::BadValue(told.into())
    }

    /// There is nothing of this kind and name.
    pub(crate) fn missing(what: Thing, name: impl Into<Name>) -> Self {
        Self::Missing(what, name.into())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Error for Refusal {}

impl From<NoAddressLeft> for Refusal {
    fn from(NoAddressLeft: NoAddressLeft) -> Self {
        Self::Limit {
            of: "public addresses".into(),
            most: None,
        }
    }
}
