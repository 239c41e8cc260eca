//! The world written down, and read again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::directory::Change;
use super::{Look, Refusal, Request, SubscriptionId, World};

/// Something that changes the world, as it is written down to be done again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Deed<R = Request> {
    /// A request was granted.
    Performed(R),
    /// Somebody looked at something.
    Looked {
        /// Whose it is.
        subscription: SubscriptionId,
        /// What it is.
        look: Look,
    },
    /// The directory changed.
    Directory(Change),
}

impl World {
    /// Does again what was done at this moment, which is not before that of the last deed.
    pub(crate) fn replay(&mut self, deed: Deed, at: Timestamp) -> Result<(), Refusal> {
        match deed {
            Deed::Performed(request) => self.perform(request, at).map(drop),
            Deed::Looked { subscription, look } => {
                self.look(&subscription, &look, at);
                Ok(())
            }
            Deed::Directory(change) => {
                self.change_directory(change, at);
                Ok(())
            }
        }
    }

    /// Whether [`World::take_terms`] of another world would change anything.
    pub(crate) fn is_on_terms_of(&self, other: &Self) -> serde_json::Result<bool> {
        let terms = |world: &Self| {
            serde_json::to_vec(&(
                world.ground.pace,
                world.ground.engine_claim,
                &world.ground.catalogue,
                &world.ground.taken_names,
                &world.gallery,
                world.directory.terms(),
            ))
        };
        let mut subscriptions = other.subscriptions.keys();
        Ok(subscriptions.all(|id| self.subscriptions.contains_key(id))
            && terms(self)? == terms(other)?)
    }

    /// Takes on how another world is run and what it offers: what is told at each start.
    pub(crate) fn take_terms(&mut self, other: &Self) {
        self.ground.pace = other.ground.pace;
        self.ground.engine_claim = other.ground.engine_claim;
        self.ground.catalogue.clone_from(&other.ground.catalogue);
        self.ground
            .taken_names
            .clone_from(&other.ground.taken_names);
        self.gallery.clone_from(&other.gallery);
        self.directory.take_terms(&other.directory);
        for (id, subscription) in &other.subscriptions {
            if !self.subscriptions.contains_key(id) {
                self.subscriptions.insert(id.clone(), subscription.clone());
            }
        }
    }
}
