//! Whose the one real Docker engine is that stands behind the machines.

use super::Refusal;
use super::deployment::Deployment;
use super::role::{ExtensionReference, ExtensionState, Role};
use super::view::View;
use crate::world::SubscriptionId;
use crate::world::engine_claim::EngineClaim;

impl View<'_> {
    /// Refuses a machine that would have the engine which another one has.
    pub(super) fn check_engine(
        self,
        deployment: &Deployment,
        role: &str,
        extensions: Option<&[ExtensionReference]>,
    ) -> Result<(), Refusal> {
        if self.world.ground.engine_claim == EngineClaim::None || !has_engine(extensions) {
            return Ok(());
        }
        let is_own = |id: &SubscriptionId, other: &Deployment| {
            self.subscription.is_some_and(|own| own.id == *id)
                && other.private_id == deployment.private_id
        };
        let elsewhere = self.world.holdings().flat_map(|(id, held)| {
            let deployments = held.services.values().filter_map(|s| s.deployment.as_ref());
            deployments.filter(move |other| !is_own(id, other))
        });
        let others = elsewhere.flat_map(|other| &other.roles);
        let beside = deployment.roles.iter().filter(|r| r.name != *role);
        let holds = |role: &&Role| has_engine(role.extensions.as_deref());
        match others.chain(beside).find(holds) {
            None => Ok(()),
            Some(holder) => Err(Refusal::EngineTaken(holder.name.clone())),
        }
    }
}

fn has_engine(extensions: Option<&[ExtensionReference]>) -> bool {
    extensions
        .into_iter()
        .flatten()
        .any(|e| e.state == ExtensionState::Enable && e.verdict.engine.is_some())
}
