//! Maintenance of the hardware that its customers may have sooner.

use jiff::Timestamp;

use super::operation::OperationId;
use super::{Power, Refusal, SubscriptionId, World};

impl World {
    /// Moves a machine to hardware that was seen to, when maintenance is planned.
    pub fn perform_maintenance(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        role: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let name = self
            .deployment(subscription, service, deployment)?
            .role(role)?
            .name
            .clone();
        self.unlocked(subscription, service)?;
        if self.catalogue.maintenance.is_none() {
            return Err(Refusal::new(
                500,
                "InternalError",
                "The server encountered an internal error. Please retry the request.",
            )
            .detail("no maintenance is scheduled for the role"));
        }
        let moved = [name];
        let id = self.power(
            subscription,
            id,
            service,
            deployment,
            &moved,
            Power::Redeploy,
            now,
        )?;
        let [name] = moved;
        self.deployment_mut(subscription, service)?
            .role_mut(&name)?
            .maintained = true;
        Ok(id)
    }
}
