//! A hand on the world at one moment: to read, and to have changed what is asked for.

use std::error::Error;

use jiff::Timestamp;
use serde_json::Value;

use crate::state::{Done, Record, SharedFile, StateError};
use crate::world::directory::Change;
use crate::world::resource_manager;
use crate::world::snapshot::Deed;
use crate::world::{
    Location, Look, OperationId, Orphan, Performed, Refusal, Request, SubscriptionId, View, World,
};

/// A hand on the world at one moment: everybody may read, and what changes is asked for.
#[derive(Debug)]
pub struct Hand<'a> {
    pub(super) world: &'a mut World,
    pub(super) file: Option<&'a SharedFile>,
    pub(super) now: Timestamp,
}

impl Hand<'_> {
    /// What a subscription holds; nothing where there is no such subscription.
    pub fn of(&self, subscription: &SubscriptionId) -> View<'_> {
        self.world.of(subscription)
    }

    /// The subscriptions there are, the simulator's own among them.
    pub fn subscription_ids(&self) -> impl Iterator<Item = SubscriptionId> + use<> {
        self.world.subscription_ids()
    }

    /// The regions, with what each of them offers.
    pub fn locations(&self) -> &[Location] {
        self.world.locations()
    }

    /// Why a new hosted service may not have this name, if it may not; what no hosted service can
    /// be called is refused.
    pub fn service_name_available(&self, name: &str) -> Result<Option<Refusal>, Refusal> {
        self.world.service_name_available(name)
    }

    /// Everything that exists at this moment, without secrets: what `GET /_fake/world` shows.
    pub fn to_json(&self, now: Timestamp) -> Value {
        self.world.to_json(now)
    }

    /// What nobody uses, of all subscriptions and both APIs: what `GET /_fake/orphans` shows.
    pub fn orphans(&self, now: Timestamp) -> Vec<Orphan> {
        self.world.orphans(now)
    }

    /// The world itself, to read what no user of the crate sees.
    pub(crate) fn world(&self) -> &World {
        self.world
    }

    /// A hand on a world that nobody writes down.
    #[cfg(test)]
    pub(crate) fn unwritten(world: &mut World, now: Timestamp) -> Hand<'_> {
        Hand {
            world,
            file: None,
            now,
        }
    }

    /// A hand on a world that is written down.
    #[cfg(test)]
    pub(crate) fn written<'a>(
        world: &'a mut World,
        file: &'a SharedFile,
        now: Timestamp,
    ) -> Hand<'a> {
        Hand {
            world,
            file: Some(file),
            now,
        }
    }

    /// The same hand, to be given away for a while.
    pub(crate) fn again(&mut self) -> Hand<'_> {
        Hand {
            world: self.world,
            file: self.file,
            now: self.now,
        }
    }

    /// Grants a request at this moment, or refuses it. What cannot be written down is refused.
    pub fn perform(&mut self, request: Request) -> Result<Performed, Refusal> {
        let Some(mut file) = self.file.and_then(SharedFile::turn) else {
            return self.world.perform(request, self.now);
        };
        self.world.settle(self.now);
        let record = Record::new(self.now, Done::World(Deed::Performed(&request)));
        let prepared = file.prepare(&record);
        prepared.map_err(|error| not_written(&error))?;
        let decision = self.world.decide(request, self.now)?;
        let written = file.append_prepared();
        written.map_err(|error| not_written(&error))?;
        Ok(self.world.commit(decision))
    }

    /// Grants a request of Resource Manager at this moment, or refuses it. What cannot be written
    /// down is refused.
    pub(crate) fn perform_managed(
        &mut self,
        request: resource_manager::Request,
    ) -> Result<Performed, resource_manager::Refusal> {
        let Some(mut file) = self.file.and_then(SharedFile::turn) else {
            return self.world.perform_managed(request, self.now);
        };
        let not_written =
            |error: StateError| resource_manager::Refusal::NotWritten(error.with_cause());
        self.world.settle(self.now);
        let deed = Deed::Managed(Box::new(request.clone()));
        let record: Record = Record::new(self.now, Done::World(deed));
        file.prepare(&record).map_err(not_written)?;
        let decision = self.world.decide_managed(request, self.now)?;
        file.append_prepared().map_err(not_written)?;
        Ok(self.world.commit_managed(decision))
    }

    /// Somebody looks at an operation of Resource Manager.
    pub(crate) fn look_at_managed(&mut self, subscription: &SubscriptionId, id: &OperationId) {
        self.look_managed(subscription, &resource_manager::Look::Operation(id.clone()));
    }

    /// Somebody looks at a machine of Resource Manager.
    pub(crate) fn look_at_machine(
        &mut self,
        subscription: &SubscriptionId,
        key: &resource_manager::path::Key,
    ) {
        self.look_managed(subscription, &resource_manager::Look::Machine(key.clone()));
    }

    fn look_managed(&mut self, subscription: &SubscriptionId, look: &resource_manager::Look) {
        if !self.world.ground.looks_count() {
            return;
        }
        if let Some(file) = self.file {
            let deed = Deed::ManagedLook {
                subscription: subscription.clone(),
                look: look.clone(),
            };
            if let Err(error) = file.append(&Record::of_world(self.now, deed)) {
                return tracing::error!(error = &error as &dyn Error, "a look does not count");
            }
        }
        self.world.look_managed(subscription, look, self.now);
    }

    /// Somebody looks at something, which moves it on at the pace of reads.
    pub fn look(&mut self, subscription: &SubscriptionId, look: &Look) {
        if !self.world.ground.looks_count() {
            return;
        }
        if let Some(file) = self.file {
            let deed = Deed::Looked {
                subscription: subscription.clone(),
                look: look.clone(),
            };
            if let Err(error) = file.append(&Record::of_world(self.now, deed)) {
                // What is not written down has not happened.
                return tracing::error!(error = &error as &dyn Error, "a look does not count");
            }
        }
        self.world.look(subscription, look, self.now);
    }
}

impl Hand<'_> {
    /// Changes the directory. What cannot be written down does not happen.
    pub(crate) fn change_directory(&mut self, change: Change) -> Result<(), StateError> {
        if let Some(file) = self.file {
            let deed = Deed::Directory(change.clone());
            file.append(&Record::of_world(self.now, deed))?;
        }
        self.world.change_directory(change, self.now);
        Ok(())
    }
}

/// The refusal of what cannot be written down.
fn not_written(error: &StateError) -> Refusal {
    Refusal::NotWritten(error.with_cause())
}
