//! What one subscription holds, to read.

use jiff::Timestamp;

use super::command::Progress;
use super::effect::Effect;
use super::holdings::Holdings;
use super::refusal::{Failure, Refusal, Thing};
use crate::world::operation::{self, OperationId};
use crate::world::{Subscription, SubscriptionId, World};

/// An operation that a request began.
pub(crate) type Operation = operation::Operation<Effect, Failure>;

/// What one subscription holds, to read: a world as a customer sees it.
///
/// Of a subscription that is not there it shows nothing.
#[derive(Clone, Copy, Debug)]
pub struct View<'w> {
    pub(super) world: &'w World,
    pub(crate) subscription: Option<&'w Subscription>,
    /// What the subscription holds.
    pub(crate) held: Option<&'w Holdings>,
}

impl<'w> View<'w> {
    /// How far an operation is.
    pub fn operation(self, id: &OperationId) -> Result<&'w Progress, Refusal> {
        self.held
            .and_then(|s| s.operations.get(id))
            .map(|operation| &operation.progress)
            .ok_or_else(|| Refusal::missing(Thing::Operation, id.as_str()))
    }

    /// Whether an operation still runs.
    pub(crate) fn is_running(self, id: Option<&OperationId>) -> bool {
        id.and_then(|id| self.held?.operations.get(id))
            .is_some_and(Operation::is_running)
    }

    /// Refuses a write while an operation holds the hosted service.
    pub(crate) fn unlocked(self, service: &str) -> Result<(), Refusal> {
        let held = self.service(service)?;
        match &held.lock {
            Some(id) if self.is_running(Some(id)) => Err(Refusal::Locked(id.clone())),
            _ => Ok(()),
        }
    }

    /// The operations that were begun within this time, the oldest first.
    pub(crate) fn operations_between(self, start: Timestamp, end: Timestamp) -> Vec<&'w Operation> {
        let held = self.held.map(|held| held.operations.between(start, end));
        held.unwrap_or_default()
    }
}

impl World {
    /// What a subscription holds, to read.
    pub(crate) fn of(&self, subscription: &SubscriptionId) -> View<'_> {
        let subscription = self.subscriptions.get(subscription);
        View {
            world: self,
            subscription,
            held: subscription.map(|subscription| &subscription.classic),
        }
    }
}
