//! What happens in classic Azure alone.

use serde::Serialize;

/// What a question is about that only classic Azure answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassicSubject {
    /// A virtual network.
    Network,
    /// A reserved address.
    ReservedAddress,
    /// The properties of a host that is there.
    HostProperties,
}

/// A place that came from something else than the options meant for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassicDerived {
    /// The virtual network's affinity group is the host's.
    NetworkGroup(String),
    /// The virtual network's location is the host's.
    NetworkLocation(String),
    /// The reserved address' location is the host's.
    AddressLocation(String),
    /// The image's location is the host's.
    ImageLocation(String),
}

/// What the user may want to know of classic Azure's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassicWarning {
    /// The host is there: its affinity group is not chosen any more.
    AffinityGroupIgnored,
    /// The subnet follows from the address.
    SubnetsIgnored,
}
