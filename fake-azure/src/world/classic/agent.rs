//! The guest agent of a machine that runs.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use crate::world::Name;

/// What can befall the agents of machines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// The agent falls silent, as one does that hangs or is killed; until the machine boots
    /// again, the service tells when it spoke last.
    Silence {
        /// The hosted service.
        service: Name,
        /// The machine.
        role: Name,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let Self::Silence { service, role } = self;
        let mut deployment = scope.production(&service)?.clone();
        deployment.role_mut(&role)?.life.silent_since = Some(scope.now);
        Ok(Decided::unnoted().change(Change::Deployment {
            service,
            deployment: Box::new(deployment),
        }))
    }
}
