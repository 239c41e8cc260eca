//! Who has public names and addresses, and what the world outside sees of them.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::SubscriptionId;
use super::door::{Door, PortDoors};
use super::names::Name;

/// Something that has public names. What kind of thing it is only its API knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// Whose it is.
    pub(crate) subscription: SubscriptionId,
    /// The path by which its API tells it from all others of the subscription.
    pub(crate) path: Name,
}

/// What is seen of an owner from outside, at one moment; of one that is gone, that its names lead
/// nowhere and that it has no machines.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    /// Its public names; those that have no address lead nowhere.
    pub(crate) names: Vec<(String, Option<Ipv4Addr>)>,
    /// The ports behind which an engine answers.
    pub(crate) doors: Vec<Door>,
    /// The machines with engines, and what leads to their other ports.
    pub(crate) ports: Vec<PortDoors>,
    /// The serials of its machines.
    pub(crate) machines: Vec<u64>,
}
