//! Why something is refused that concerns a network, in the engine's own sentences.

use crate::state::id::ObjectId;
use crate::state::refusal::RefusalKind;

use super::super::address_pool::AddressError;
use super::super::address_space::SubnetError;

/// Why a network is not made, found, changed or joined.
///
/// The sentences are part of the interface: clients match on them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Nothing has this name.
    #[error("network {0} not found")]
    Missing(String),
    /// Several identifiers begin with it.
    #[error("network {name} is ambiguous ({matches} matches found based on ID prefix)")]
    Ambiguous {
        /// The beginning.
        name: String,
        /// How many there are.
        matches: usize,
    },
    /// A network of this name cannot be made.
    #[error("operation is not permitted on predefined {0} network ")]
    Predefined(String),
    /// A network that every engine has cannot be removed.
    #[error("{0} is a pre-defined network and cannot be removed")]
    Permanent(String),
    /// The name is taken.
    #[error("network with name {0} already exists")]
    Exists(String),
    /// The request is wrong.
    #[error("{0}")]
    Invalid(String),
    /// The request is right and must not be.
    #[error("{0}")]
    Forbidden(String),
    /// No driver has this name.
    #[error("plugin {0:?} not found")]
    NoPlugin(String),
    /// No network with settings has this name.
    #[error("configuration network {0:?} does not exist")]
    NoConfiguration(String),
    /// The subnet cannot be had.
    #[error(transparent)]
    Subnet(#[from] SubnetError),
    /// The address cannot be had.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// No address is left.
    #[error("no available {family} addresses on this network's address pools: {name} ({id})")]
    Exhausted {
        /// `IPv4` or `IPv6`.
        family: super::Family,
        /// The network.
        name: String,
        /// Its identifier.
        id: ObjectId,
    },
    /// Somebody is in it: their places, written as the engine does.
    #[error("error while removing network: network {name} has active endpoints ({endpoints})")]
    InUse {
        /// The network.
        name: String,
        /// `name:"c1" id:"0123456789ab"`.
        endpoints: String,
    },
    /// The container is in it.
    #[error("endpoint with name {container} already exists in network {network}")]
    AlreadyIn {
        /// The container.
        container: String,
        /// The network.
        network: String,
    },
    /// A running container is not in it.
    #[error("container {container} is not connected to network {network}")]
    NotIn {
        /// The container.
        container: ObjectId,
        /// The network.
        network: String,
    },
    /// A container that does not run would not be in it.
    #[error("container {container} is not connected to the network {network}")]
    NotInThe {
        /// The container.
        container: ObjectId,
        /// The network.
        network: String,
    },
    /// Nobody of this name is in it.
    #[error("endpoint {0} not found")]
    NoEndpoint(String),
    /// The container is going away.
    #[error(
        "Container {0} is marked for removal and cannot be connected or disconnected to the network"
    )]
    Removing(ObjectId),
    /// What the engine takes for a failure of its own.
    #[error("{0}")]
    Internal(String),
}

impl NetworkError {
    /// Of what kind it is.
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::Missing(_)
            | Self::NoPlugin(_)
            | Self::NoConfiguration(_)
            | Self::NoEndpoint(_) => RefusalKind::NotFound,
            Self::Ambiguous { .. }
            | Self::Invalid(_)
            | Self::Subnet(SubnetError::Exhausted)
            | Self::Address(AddressError::OutOfRange) => RefusalKind::Invalid,
            Self::Predefined(_)
            | Self::Permanent(_)
            | Self::Forbidden(_)
            | Self::Subnet(SubnetError::Overlap)
            | Self::Address(AddressError::Taken)
            | Self::InUse { .. }
            | Self::AlreadyIn { .. } => RefusalKind::Forbidden,
            Self::Exists(_) => RefusalKind::Conflict,
            Self::Address(AddressError::Exhausted)
            | Self::Exhausted { .. }
            | Self::NotIn { .. }
            | Self::NotInThe { .. }
            | Self::Removing(_)
            | Self::Internal(_) => RefusalKind::Internal,
        }
    }
}
