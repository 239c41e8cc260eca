//! What an engine does not hold yet.

use serde::Serialize;
use simulation::Chance;

/// The state of one engine.
#[derive(Debug)]
pub(crate) struct World {
    /// The engine's own identity, a UUID.
    pub(crate) id: String,
    pub(crate) containers: Vec<Container>,
    pub(crate) images: Vec<Image>,
}

/// A container. None can be made yet, and the type says so.
#[derive(Debug, Serialize)]
pub(crate) enum Container {}

/// An image. None can be made yet, and the type says so.
#[derive(Debug, Serialize)]
pub(crate) enum Image {}

impl World {
    /// Makes the world of an engine.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            id: Chance::seeded(seed).uuid(),
            containers: Vec::new(),
            images: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_has_a_uuid_that_follows_from_the_seed() {
        let id = World::new(7).id;
        assert_eq!(id, World::new(7).id);
        assert_ne!(id, World::new(8).id);
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]), "{id}");
    }
}
