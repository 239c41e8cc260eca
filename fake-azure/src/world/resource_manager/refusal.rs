//! Why Resource Manager refuses, and why its operations fail: reasons, which a skin puts in words.

use serde::{Deserialize, Serialize};

use super::path::Path;
use crate::world::address::NoAddressLeft;

/// Why a request is refused, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Refusal {
    NoSubscription(String),
    NoGroup(String),
    NoResource(Path),
    /// A child, by its identifier, of something that is there.
    NoChild(String),
    /// What it would be part of is missing.
    NoParent {
        path: Path,
        parent: String,
    },
    NoDeployment(String),
    GroupElsewhere {
        wanted: String,
        here: String,
    },
    GroupGoing(String),
    /// A resource of a group is used by one of another.
    GroupInUse {
        group: String,
        id: String,
        by: String,
    },
    InvalidGroupName(String),
    ResourceElsewhere {
        name: String,
        group: String,
        wanted: String,
        here: String,
    },
    InvalidName(Path),
    NoLocation,
    NoSuchLocation {
        wanted: String,
        kind: String,
    },
    Unregistered(String),
    /// The body is not what it should be, and why.
    Content(String),
    /// A member of a machine or a disk is not what it should be.
    Parameter {
        target: String,
        message: String,
    },
    /// What a resource refers to is not there.
    Reference {
        of: String,
        to: String,
    },
    /// A text in the place of an identifier is none.
    MalformedReference {
        value: String,
        place: String,
    },
    Network(NetworkRefusal),
    InUse(InUse),
    Quota {
        location: String,
        /// The family of sizes whose quota it is; none where it is that of all cores.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        family: Option<String>,
        limit: u32,
        used: u32,
        more: u32,
    },
    UnknownSize {
        size: String,
    },
    SizeNotOffered {
        size: String,
        location: String,
    },
    /// A size takes no more than so many data disks.
    TooManyDisks {
        most: u32,
    },
    /// A size does not start what is of this generation of virtual hardware.
    SizeOfOtherGeneration {
        size: String,
        generation: u8,
    },
    /// A size has processors of another kind than an image is for.
    SizeOfOtherProcessor {
        size: String,
        takes: String,
        given: String,
    },
    NoImage(String),
    /// Of several interfaces of a machine one must be the first.
    PrimaryInterface(String),
    DiskExists(String),
    /// A disk or a snapshot, by its identifier, is to be smaller than it is.
    DiskShrinks(String),
    AccountTaken(String),
    /// An account has no key of this name.
    NoAccountKey(String),
    FixedProperty(String),
    /// A machine is stopped, and cannot do what is asked.
    Stopped(String),
    /// A machine runs, and should not.
    Running(String),
    Generalized(String),
    NotGeneralized(String),
    ExtensionTwice(String),
    ExtensionAtRest,
    DeploymentRuns(String),
    DeploymentIsOver(String),
    /// A template is no good, and why.
    Template {
        code: String,
        message: String,
    },
    /// A template asks for what would be refused.
    Preflight {
        deployment: String,
        tracking: String,
        inner: Vec<Self>,
    },
    Tag(TagRefusal),
    Precondition,
    NoAddressLeft,
    /// Nothing of the kind is modelled.
    NotModelled(String),
    /// What cannot be written down is not done.
    NotWritten(String),
}

/// Why something in a network is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NetworkRefusal {
    Prefix {
        value: String,
        of: String,
    },
    SubnetOutside {
        subnet: String,
        network: String,
    },
    SubnetsOverlap {
        subnet: String,
        other: String,
    },
    SubnetTwice(String),
    SubnetFull(String),
    DnsServer(String),
    Priority(i64),
    PortRange(String),
    AddressPrefix(String),
    LongDescription,
    RuleWord {
        rule: String,
        member: String,
        value: String,
    },
    RuleConflict {
        rule: String,
        other: String,
    },
    RuleTwice(String),
    IdleTimeout(String),
    Label(String),
    LabelTaken(String),
    NoConfiguration(String),
    NoSubnet(String),
    PrivateAddress(String),
    PrivateAddressOutside {
        address: String,
        subnet: String,
    },
    PrivateAddressInNoSubnet {
        address: String,
        network: String,
    },
    PrivateAddressTaken {
        address: String,
        of: String,
    },
}

/// Why tags are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TagRefusal {
    /// Names with letters that none may have.
    ReservedLetters(Vec<String>),
    /// A name that was not made ready, of which something is asked that needs it to be.
    NotDefined(String),
    /// A name that something has.
    NameUsed(String),
    /// A name with values of its own.
    HasValues(String),
    ValueUsed {
        name: String,
        value: String,
    },
    /// A type of resources that have no tags.
    NoTagsOn(String),
}

/// Why something cannot go, or cannot be taken: what has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InUse {
    Interface {
        id: String,
        by: String,
    },
    /// An address that is to go.
    PublicAddress {
        id: String,
        by: String,
    },
    /// An address that another interface wants.
    PublicAddressTaken {
        id: String,
        of: String,
    },
    Subnet {
        name: String,
        by: String,
    },
    SecurityGroup {
        id: String,
        by: String,
    },
    Disk {
        name: String,
        by: String,
    },
    DiskTaken {
        name: String,
        by: String,
    },
    AvailabilitySet(String),
}

/// Why an operation fails that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Failure {
    /// Somebody arranged it.
    Arranged {
        code: String,
        message: String,
    },
    Refused(Box<Refusal>),
    /// The region has no hardware left for the machine.
    NoRoom,
    /// The handler of an extension has failed.
    Extension {
        machine: String,
        extension: String,
        message: String,
    },
    /// Some of what a deployment makes has failed: each with its resource's identifier.
    Deployment {
        id: String,
        inner: Vec<Self>,
    },
}

impl Refusal {
    pub(super) fn parameter(target: &str, message: String) -> Self {
        Self::Parameter {
            target: target.to_owned(),
            message,
        }
    }
}

impl From<NetworkRefusal> for Refusal {
    fn from(refusal: NetworkRefusal) -> Self {
        Self::Network(refusal)
    }
}

impl From<TagRefusal> for Refusal {
    fn from(refusal: TagRefusal) -> Self {
        Self::Tag(refusal)
    }
}

impl From<InUse> for Refusal {
    fn from(refusal: InUse) -> Self {
        Self::InUse(refusal)
    }
}

impl From<NoAddressLeft> for Refusal {
    fn from(_: NoAddressLeft) -> Self {
        Self::NoAddressLeft
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
