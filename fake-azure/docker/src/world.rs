//! What an engine holds.
//!
//! Synchronous, without a clock or entropy of its own: times and the seed are passed in.

mod network;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;
use serde::Serialize;
use simulation::Chance;

pub(crate) use network::Network;

/// The state of one engine.
#[derive(Debug)]
pub(crate) struct World {
    /// The engine's own identity, a UUID.
    pub(crate) id: String,
    pub(crate) containers: Vec<Container>,
    pub(crate) images: Vec<Image>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) networks: Vec<Network>,
}

/// A container. None can be made yet, and the type says so.
#[derive(Debug, Serialize)]
pub(crate) enum Container {}

/// An image. None can be made yet, and the type says so.
#[derive(Debug, Serialize)]
pub(crate) enum Image {}

/// A volume. None can be made yet, and the type says so.
#[derive(Debug, Serialize)]
pub(crate) enum Volume {}

/// Why a name leads to no one network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NetworkLookup {
    #[error("network {0} not found")]
    Missing(String),
    #[error("network {name} is ambiguous ({matches} matches found based on ID prefix)")]
    Ambiguous { name: String, matches: usize },
}

impl World {
    /// Makes the world of an engine that started at `now`.
    pub(crate) fn new(seed: u64, now: Timestamp) -> Self {
        let mut chance = Chance::seeded(seed);
        let id = chance.uuid();
        // The engine makes its networks one after the other, about a millisecond each.
        let mut born = now;
        let networks = [Network::none, Network::host, Network::bridge].map(|make| {
            born = born
                .checked_add(SignedDuration::from_nanos(
                    chance.random_range(900_000..1_500_000),
                ))
                .unwrap_or(born);
            make(chance.hex64(), born)
        });
        Self {
            id,
            containers: Vec::new(),
            images: Vec::new(),
            volumes: Vec::new(),
            networks: networks.into(),
        }
    }

    /// Finds a network: by its whole id or name first, else by the beginning of its id.
    pub(crate) fn network(&self, name: &str) -> Result<&Network, NetworkLookup> {
        let whole = |network: &&Network| network.id == name || network.name == name;
        if let Some(network) = self.networks.iter().find(whole) {
            return Ok(network);
        }
        let mut by_prefix = self.networks.iter().filter(|n| n.id.starts_with(name));
        match (by_prefix.next(), by_prefix.count()) {
            (None, _) => Err(NetworkLookup::Missing(name.to_owned())),
            (Some(network), 0) => Ok(network),
            (Some(_), others) => Err(NetworkLookup::Ambiguous {
                name: name.to_owned(),
                matches: others + 1,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(seed: u64) -> World {
        World::new(seed, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn ids_follow_from_the_seed() {
        let ids = |world: &World| {
            let networks = world.networks.iter().map(|network| network.id.clone());
            networks.chain([world.id.clone()]).collect::<Vec<_>>()
        };

        assert_eq!(ids(&world(7)), ids(&world(7)));
        assert_ne!(ids(&world(7)), ids(&world(8)));
    }

    #[test]
    fn an_engine_has_a_random_uuid() {
        let id = world(7).id;

        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]), "{id}");
    }

    #[test]
    fn a_network_is_found_by_name_id_and_prefix() {
        let world = world(7);
        let bridge = world.network("bridge").unwrap();

        assert_eq!(world.network(&bridge.id).unwrap().name, "bridge");
        assert_eq!(world.network(&bridge.id[..12]).unwrap().name, "bridge");
        assert_eq!(
            world.network("nosuch").unwrap_err(),
            NetworkLookup::Missing("nosuch".to_owned())
        );
    }

    #[test]
    fn a_prefix_that_fits_several_networks_is_ambiguous() {
        assert!(matches!(
            world(7).network("").unwrap_err(),
            NetworkLookup::Ambiguous { matches: 3, .. }
        ));
    }
}
