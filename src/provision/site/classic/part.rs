//! The parts of an order that only classic Azure knows.

/// A part of an order that only classic Azure knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClassicPart {
    /// Is the image one that the community gave?
    Community,
    /// Does the machine join others?
    Connect,
    /// The affinity group.
    AffinityGroup,
    /// Where the disk goes.
    Disk,
    /// The virtual network.
    Network,
    /// Its subnets.
    Subnets,
    /// The private address.
    StaticAddress,
    /// The name of a public address of its own.
    PublicAddress,
    /// The reserved address.
    ReservedAddress,
    /// Further interfaces.
    Interfaces,
    /// The availability set.
    AvailabilitySet,
}
