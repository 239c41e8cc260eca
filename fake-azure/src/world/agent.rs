//! The guest agent of a machine that runs.

use jiff::Timestamp;

use super::{Refusal, SubscriptionId, World};

impl World {
    /// The agent of this machine falls silent, as one does that hangs or is killed; until the
    /// machine boots again, the service tells when it spoke last.
    pub fn silence_agent(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.deployment_mut(subscription, service)?
            .role_mut(role)?
            .life
            .silent_since = Some(now);
        Ok(())
    }
}
