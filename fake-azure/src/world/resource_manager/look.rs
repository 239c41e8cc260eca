//! Looks, which move things on at the pace of reads.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::path::Key;
use super::resource::Core;
use crate::world::operation::OperationId;
use crate::world::{SubscriptionId, World};

/// Somebody looks at something, which moves it on at the pace of reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Look {
    Operation(OperationId),
    Machine(Key),
}

impl World {
    /// Somebody looks at something of Resource Manager's.
    pub(crate) fn look_managed(
        &mut self,
        subscription: &SubscriptionId,
        look: &Look,
        now: Timestamp,
    ) {
        if !self.ground.looks_count() {
            return;
        }
        self.settle(now);
        match look {
            Look::Operation(id) => {
                let Some(held) = self.managed_mut(subscription) else {
                    return;
                };
                // Who looks at a deployment looks at what it is making.
                let mut deployments = held.deployments.values();
                let deployment = deployments.find(|deployment| deployment.operation == *id);
                let looked_at: Vec<OperationId> = match deployment {
                    None => vec![id.clone()],
                    Some(deployment) => deployment.running().cloned().collect(),
                };
                for id in looked_at {
                    let held = self.managed_mut(subscription);
                    if let Some(due) = held.and_then(|held| held.operations.look(&id, now)) {
                        self.ground.schedule(due, subscription, &id);
                    }
                }
            }
            Look::Machine(key) => self.change_core(subscription, key, |core| {
                if let Core::Machine(machine) = core {
                    machine.life.look();
                }
            }),
        }
    }
}
