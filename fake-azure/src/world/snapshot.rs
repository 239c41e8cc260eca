//! The world written down, and read again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::directory::Change;
use super::{Look, Request, SubscriptionId, World, resource_manager};

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
    /// A request of Resource Manager was granted.
    Managed(Box<resource_manager::Request>),
    /// Somebody looked at something of Resource Manager.
    ManagedLook {
        /// Whose it is.
        subscription: SubscriptionId,
        /// What it is.
        look: resource_manager::Look,
    },
    /// The directory changed.
    Directory(Change),
}

impl World {
    /// Does again what was done at this moment, which is not before that of the last deed; why it is
    /// refused, if it is.
    pub(crate) fn replay(&mut self, deed: Deed, at: Timestamp) -> Result<(), String> {
        match deed {
            Deed::Performed(request) => {
                let done = self.perform(request, at);
                done.map(drop).map_err(|refusal| refusal.to_string())
            }
            Deed::Looked { subscription, look } => {
                self.look(&subscription, &look, at);
                Ok(())
            }
            Deed::Managed(request) => {
                let done = self.perform_managed(*request, at);
                done.map(drop).map_err(|refusal| format!("{refusal:?}"))
            }
            Deed::ManagedLook { subscription, look } => {
                self.look_managed(&subscription, &look, at);
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
