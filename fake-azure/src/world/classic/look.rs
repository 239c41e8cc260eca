//! Looks, which move things on at the pace of reads.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::world::operation::OperationId;
use crate::world::{Name, SubscriptionId, World};

/// Somebody looks at something, which moves it on at the pace of reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    /// At an operation, or at what it makes.
    Operation(OperationId),
    /// At a hosted service and what runs in it.
    Service(Name),
}

impl World {
    /// Somebody looks, which moves things on at the pace of reads.
    pub(crate) fn look(&mut self, subscription: &SubscriptionId, look: &Look, now: Timestamp) {
        if !self.ground.looks_count() {
            return;
        }
        self.settle(now);
        match look {
            Look::Operation(id) => self.look_at_operation(subscription, id, now),
            Look::Service(service) => self.look_at_service(subscription, service, now),
        }
    }

    fn look_at_service(&mut self, subscription: &SubscriptionId, service: &str, now: Timestamp) {
        let view = self.of(subscription);
        let lock = view.service(service).ok().and_then(|s| s.lock.as_ref());
        if let (Some(id), true) = (lock, view.is_running(lock)) {
            let id = id.clone();
            self.look_at_operation(subscription, &id, now);
        } else if let Some(deployment) = self.deployment_mut(subscription, service) {
            for role in &mut deployment.roles {
                role.life.look();
                let installations = role.extensions.iter_mut().flatten();
                for installation in installations.filter_map(|e| e.installation.as_mut()) {
                    installation.look();
                }
            }
            self.touch(subscription, service);
        }
    }

    fn look_at_operation(
        &mut self,
        subscription: &SubscriptionId,
        id: &OperationId,
        now: Timestamp,
    ) {
        let held = self.held_mut(subscription);
        if let Some(due) = held.and_then(|held| held.operations.look(id, now)) {
            self.ground.schedule(due, subscription, id);
        }
    }
}
