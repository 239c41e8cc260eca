//! How the world says no: for what reason, and what it is about. Which status, code and words
//! that is over a wire is its skins' business.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::quota::Counted;
use crate::world::address::NoAddressLeft;
use crate::world::operation::OperationId;

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
    NoSubscription(String),
    /// There is nothing of this kind and name.
    Missing(Thing, String),
    /// No deployment stands in the slot.
    NoDeployment,
    /// A machine has no data disk of this number.
    NoDataDisk {
        /// The machine.
        role: String,
        /// The logical unit number.
        lun: u32,
    },
    /// A virtual network has no such subnet.
    NoSubnet {
        /// The network.
        network: String,
        /// The subnet.
        subnet: String,
    },
    /// The gallery has no such extension.
    NoExtension {
        /// Its publisher.
        publisher: String,
        /// Its name.
        name: String,
        /// The version that was asked for.
        version: String,
    },
    /// A list has nothing of this name.
    NoMember {
        /// What is in the list: a rule, a route.
        what: Cow<'static, str>,
        /// The list's owner.
        of: String,
        /// The name.
        name: String,
    },
    /// Nothing of this kind was set before it.
    Unset(Thing),
    /// A provisioning names a certificate that its service does not have.
    NoServiceCertificate(String),
    /// There is one of this kind and name.
    Exists(Thing, String),
    /// Somebody has this name; or, of a storage account, the owner of the subscription.
    Taken {
        /// What it is a name of.
        what: Thing,
        /// The name.
        name: String,
        /// Whether the subscription has it itself.
        own: bool,
    },
    /// The slot holds a deployment.
    SlotOccupied,
    /// A name that nothing of this kind may have.
    BadName(Thing, String),
    /// Things of this kind keep their names.
    Renamed(Thing, String),
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
        deployment: String,
        /// The disk.
        disk: String,
    },
    /// A machine has the disk.
    DiskInUse {
        /// The disk.
        disk: String,
        /// The machine.
        role: String,
        /// Its hosted service.
        service: String,
        /// Its deployment.
        deployment: String,
    },
    /// An operation that makes or changes it still runs.
    Unsettled(Thing, String),
    /// It has users, such as this one.
    InUse {
        /// What it is.
        what: Thing,
        /// Its name.
        name: String,
        /// A user, where one is told.
        by: String,
    },
    /// A reserved address is a deployment's.
    ReservedIpInUse {
        /// The address.
        name: String,
        /// The hosted service.
        service: String,
        /// The deployment.
        deployment: String,
    },
    /// A reserved address is a hosted service's already.
    ReservedIpTaken {
        /// The address.
        name: String,
        /// The hosted service.
        service: String,
    },
    /// A reserved address is still being made.
    ReservedIpUnmade(String),
    /// A hosted service holds a deployment still.
    HasDeployment(String),
    /// A deployment has this reserved address already.
    HasReservedIp {
        /// The deployment.
        deployment: String,
        /// The address.
        other: String,
    },
    /// A deployment does not have this reserved address.
    HasNotReservedIp {
        /// The deployment.
        deployment: String,
        /// The address.
        name: String,
    },
    /// A deployment with a reserved address has no endpoints.
    NoEndpoints {
        /// The deployment.
        deployment: String,
        /// The address.
        reserved: String,
    },
    /// A deployment has no public address while none of its machines runs.
    NoPublicAddress(String),
    /// Two things that must be in one location are not.
    Elsewhere {
        /// What is elsewhere.
        what: Elsewhere,
        /// Where it is.
        there: String,
        /// Where it should be.
        here: String,
    },
    /// A blob has a disk or an image already.
    BlobInUse {
        /// Which of the two.
        what: Thing,
        /// Its name.
        name: String,
        /// The blob.
        link: String,
    },
    /// Two disks of an image are of one blob.
    BlobTwice(String),
    /// Two data disks have one number.
    LunTwice(u32),
    /// A size takes no disks in premium storage.
    NoPremium {
        /// The size.
        size: String,
        /// The blob.
        link: String,
    },
    /// A storage account holds no page blobs.
    NoPageBlobs(String),
    /// A disk of an image lies in its account.
    OtherAccount {
        /// The image's.
        source: String,
        /// The disk's.
        target: String,
    },
    /// Disks cannot lie at the root of an account.
    RootContainer(String),
    /// The gallery's images cannot be changed, deleted or shared: in the word for what is not.
    PlatformImage {
        /// The image.
        name: String,
        /// What cannot be done.
        verb: Cow<'static, str>,
    },
    /// A machine must be shut down before it is captured.
    NotShutDown(String),
    /// A machine is not ready yet.
    NotReady(String),
    /// A machine does not run.
    NotRunning(String),
    /// A machine is the last of its deployment.
    LastRole(String),
    /// The OS disk of a machine stays.
    OsDiskStays(String),
    /// A data disk holds no system.
    NoSystemOn(String),
    /// Nothing says what a machine's system comes from.
    NoSystem,
    /// More than one thing says what a machine's system comes from.
    ManySystems,
    /// Extensions need the agent.
    NoAgent(String),
    /// No maintenance is planned.
    NoMaintenance,
    /// A generalized image needs to be told how it is set up.
    NoProvisioning {
        /// Its system.
        os: String,
        /// The machine.
        role: String,
    },
    /// How a machine is set up is for another system.
    OtherSystem {
        /// The configuration set.
        set: Cow<'static, str>,
        /// The image's system.
        os: String,
    },
    /// A user has neither password nor key.
    NoCredentials,
    /// SSH accepts passwords, and there is none.
    NoPassword,
    /// The user's name is kept for the system.
    ReservedUser(String),
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
    NetworkFull(String),
    /// A virtual network that is in use must keep what it has.
    NetworkInUse(String),
    /// A name stands twice in the network configuration.
    TwiceInNetworks {
        /// The name of what.
        what: Cow<'static, str>,
        /// The name.
        name: String,
    },
    /// Interfaces cannot be added to a machine.
    InterfacesStay {
        /// One that would come; none where some would go.
        added: Option<String>,
    },
    /// A machine has two of this name.
    TwiceInRole {
        /// What it is.
        what: Twice,
        /// The name.
        name: String,
    },
    /// A deployment has so many endpoints at most.
    ManyEndpoints(usize),
    /// There is no public port left.
    NoPort,
    /// Endpoints of one load-balanced set differ in what they share.
    SetDiffers {
        /// The set.
        set: String,
        /// In their probes, or in port, protocol and load balancer.
        in_probe: bool,
    },
    /// A deployment has an internal load balancer.
    HasLoadBalancer(String),
    /// A deployment has so many virtual IPs, and can have no more.
    ManyVirtualIps {
        /// The deployment.
        deployment: String,
        /// How many.
        most: usize,
    },
    /// A list has so many members, and can have no more.
    ListFull {
        /// Whose list.
        what: Thing,
        /// Its name.
        name: String,
        /// How many.
        most: usize,
    },
    /// Two rules of a group have the same priority and direction.
    SamePriority {
        /// The one that is there.
        other: String,
        /// The new one.
        name: String,
    },
    /// Two routes of a table have the same prefix.
    SamePrefix {
        /// The one that is there.
        other: String,
        /// The new one.
        name: String,
    },
    /// A network security group guards it already.
    Guarded(String),
    /// A type of resources is registered already.
    Registered(String),
    /// Another machine has the one real engine.
    EngineTaken(String),
    /// A fault was arranged, with an error's status, code and message.
    Arranged {
        /// The status.
        status: u16,
        /// The error's code.
        code: String,
        /// The error's message.
        message: String,
    },
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
        endpoint: String,
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
        region: String,
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
    ReservedIp(String),
    /// A virtual network.
    VirtualNetwork(String),
    /// The storage account of a blob.
    Blob(String),
    /// A data disk of an image that is to be made.
    ImageDisk(String),
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
    pub(crate) fn missing(what: Thing, name: impl Into<String>) -> Self {
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
