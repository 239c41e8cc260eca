//! From a request to what it comes to: decided by reading alone, then carried out.

use std::ops::Deref;

use jiff::Timestamp;

use super::Refusal;
use super::change::Change;
use super::command::{Request, RequestFault};
use super::effect::Effect;
use super::refusal::Failure;
use super::view::View;
use crate::pace::Pace;
use crate::world::World;
use crate::world::decided::{self, Course};
use crate::world::flaw::Flaws;
use crate::world::operation::{Acceptance, OperationId};
use crate::world::request::{FlawedMachine, Origin, Performed};
use crate::world::sources::{Draw, Drawn};

/// What a request comes to, with everything resolved: it can be carried out and cannot fail.
///
/// It holds for the world that it was decided in, before anything else is done to that.
#[derive(Debug)]
#[must_use = "nothing has changed before it is committed"]
pub(crate) struct Decision {
    pub(super) origin: Origin,
    pub(super) drawn: Drawn,
    pub(super) decided: Decided,
}

/// What a command of classic Azure changes at once, and how it goes on.
pub(super) type Decided = decided::Decided<Change, Effect, Failure>;

/// Where a command is decided: what its subscription holds, when, and what may be drawn.
///
/// Drawing moves nothing in the world; the decision tells how far its sources are then.
#[derive(Debug)]
pub(super) struct Scope<'w> {
    view: View<'w>,
    pub(super) now: Timestamp,
    pub(super) id: &'w OperationId,
    pub(super) draw: Draw<'w>,
    /// What is to be wrong with machines that are made.
    flawed: Vec<FlawedMachine>,
}

impl<'w> Deref for Scope<'w> {
    type Target = View<'w>;

    fn deref(&self) -> &View<'w> {
        &self.view
    }
}

impl Scope<'_> {
    /// What is to be wrong with a machine that is made.
    pub(super) fn flaws_of(&self, role: &str) -> Option<Box<Flaws>> {
        FlawedMachine::flaws_of(&self.flawed, role)
    }
}

impl World {
    /// Decides what a request comes to at this moment, to which the world must have been
    /// brought; nothing changes.
    pub(crate) fn decide(&self, request: Request, now: Timestamp) -> Result<Decision, Refusal> {
        let Request {
            subscription,
            id,
            object,
            fault,
            command,
        } = request;
        let view = self.of(&subscription);
        if view.held.is_none() {
            return Err(Refusal::NoSubscription(subscription));
        }
        let (fault, flawed) = RequestFault::parts(fault);
        let mut scope = Scope {
            view,
            now,
            id: &id,
            draw: self.ground.sources.draw(),
            flawed,
        };
        let decided = command.decide(&mut scope)?;
        let drawn = scope.draw.end();
        let decided = decided.with(fault);
        Ok(Decision {
            drawn,
            origin: Origin {
                subscription,
                id,
                object,
                now,
            },
            decided,
        })
    }

    /// Carries a decision out.
    pub(crate) fn commit(&mut self, decision: Decision) -> Performed {
        let Decision {
            origin,
            drawn,
            decided: Decided { changes, course },
        } = decision;
        self.ground.sources.take(drawn);
        for change in changes {
            self.apply(&origin.subscription, change, origin.now);
        }
        match course {
            Course::Unnoted => Performed::Done,
            Course::Done(operation) => {
                if let Some(held) = self.held_mut(&origin.subscription) {
                    let Origin {
                        id, object, now, ..
                    } = origin;
                    held.operations.note_done(id, operation, object, now);
                }
                Performed::Done
            }
            Course::Accepted(acceptance) => Performed::Accepted(self.start(origin, *acceptance)),
        }
    }

    /// Takes an operation on.
    fn start(&mut self, origin: Origin, acceptance: Acceptance<Effect, Failure>) -> OperationId {
        let Origin {
            subscription,
            id,
            object,
            now,
        } = origin;
        let due = self.ground.due(now, acceptance.seconds);
        if let Some(service) = &acceptance.locks
            && let Some(held) = self.service_mut(&subscription, service)
        {
            held.lock = Some(id.clone());
        }
        if let Some(held) = self.held_mut(&subscription) {
            held.operations
                .begin(id.clone(), acceptance, object, now, due);
        }
        self.ground.schedule(due, &subscription, &id);
        if self.ground.pace == Pace::Instant {
            self.settle(now);
        }
        id
    }

    /// Grants a request at this moment, or refuses it: the one way in which the world changes,
    /// but for what time brings about.
    pub(crate) fn perform(
        &mut self,
        request: Request,
        now: Timestamp,
    ) -> Result<Performed, Refusal> {
        self.settle(now);
        let decision = self.decide(request, now)?;
        Ok(self.commit(decision))
    }
}
