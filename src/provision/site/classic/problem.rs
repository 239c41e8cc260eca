//! What can be wrong with an order for classic Azure alone.

/// What is wrong with the part of an order that only classic Azure knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassicProblem {
    /// A wish makes sense in a virtual network alone.
    #[error("{0} needs a virtual network")]
    NeedsNetwork(InNetwork),
    /// Interfaces need a network and a first subnet.
    #[error("network interfaces need a virtual network and a subnet")]
    InterfacesNeedNetwork,
    /// A reserved address stands before endpoints.
    #[error("reserved address `{0}` needs an endpoint, and the machine has none")]
    AddressWithoutEndpoint(String),
    /// Disks are made in containers.
    #[error("`{0}` names no container for the disk")]
    NoContainer(String),
    /// Where community images came from is gone.
    #[error("community image `{0}` cannot be fetched")]
    CommunityImage(String),
    /// No such virtual network.
    #[error("virtual network `{0}` not found")]
    NetworkNotFound(String),
    /// No such subnet.
    #[error("subnet `{subnet}` not found in virtual network `{network}`")]
    SubnetNotFound {
        /// The subnet.
        subnet: String,
        /// The network.
        network: String,
    },
    /// The address lies outside.
    #[error("static address `{address}` lies in no subnet of virtual network `{network}`")]
    AddressOutside {
        /// The address.
        address: std::net::Ipv4Addr,
        /// The network.
        network: String,
    },
    /// No such reserved address.
    #[error("reserved address `{0}` not found")]
    AddressNotFound(String),
    /// Somebody uses it.
    #[error("reserved address `{address}` is in use by `{host}`")]
    AddressInUse {
        /// The address.
        address: String,
        /// Its user.
        host: String,
    },
    /// A location and an affinity group.
    #[error("two places were named")]
    TwoPlaces,
    /// No such group.
    #[error("affinity group `{0}` not found")]
    AffinityGroupNotFound(String),
    /// No machines there.
    #[error("affinity group `{0}` has no virtual machines")]
    AffinityGroupWithoutMachines(String),
    /// Two parts of the order lie apart.
    #[error("{0}")]
    PlacesDiffer(Apart),
    /// The machines that are there live in another network.
    #[error("the machines that are there are not in virtual network `{0}`")]
    OtherNetwork(String),
}

/// A wish that a virtual network alone can fulfil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InNetwork {
    /// A private address of the machine's own.
    StaticAddress,
    /// Subnets by name.
    Subnets,
}

impl std::fmt::Display for InNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::StaticAddress => "a static address",
            Self::Subnets => "a subnet",
        })
    }
}

/// Which two parts of an order lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Apart {
    /// The host and its reserved address.
    #[error("the host and the reserved address lie apart")]
    HostAndAddress,
    /// The host's location and the region of its network's group.
    #[error("the host and the virtual network's affinity group lie apart")]
    LocationAndNetworksGroup,
    /// The host's group and its network's.
    #[error("the host and the virtual network are of two affinity groups")]
    GroupAndNetworksGroup,
    /// The host's location and its network's.
    #[error("the host and the virtual network lie apart")]
    LocationAndNetwork,
    /// The region of the host's group and its network's location.
    #[error("the host's affinity group and the virtual network lie apart")]
    GroupAndNetwork,
}
