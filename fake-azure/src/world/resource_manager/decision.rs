//! From a request to what it comes to: decided by reading alone, then carried out.

use std::ops::Deref;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::change::Change;
use super::command::{Command, Conditions, Request, RequestFault};
use super::deployment;
use super::document::{self, Document, Known};
use super::effect::Effect;
use super::kind::Kind;
use super::names;
use super::path::{Key, Path};
use super::refusal::{Failure, Refusal};
use super::resource::{Core, Doing, Pending, Resource};
use super::tags;
use super::view::View;
use crate::pace::Pace;
use crate::world::World;
use crate::world::decided::{self, Course};
use crate::world::flaw::Flaws;
use crate::world::operation::OperationId;
use crate::world::phase;
use crate::world::request::{FlawedMachine, OperationFault, Origin, Performed};
use crate::world::sources::{Draw, Drawn};

/// What a command of Resource Manager changes at once, and how it goes on.
pub(super) type Decided = decided::Decided<Change, Effect, Failure>;

impl Decided {
    /// Nothing is there to be deleted.
    pub(super) fn nothing() -> Self {
        Self::unnoted()
    }

    /// Changes these before all that was named.
    pub(super) fn changes_before(mut self, mut changes: Vec<Change>) -> Self {
        changes.append(&mut self.changes);
        self.changes = changes;
        self
    }

    /// The same with the fault that was arranged, if one was. What was to be made is there all the same,
    /// as the service leaves it; a machine among it is on no hardware. What was to be changed is as it
    /// was, and known to have failed.
    fn failed(
        self,
        fault: Option<OperationFault<Failure>>,
        makes: bool,
        scope: &Scope<'_>,
    ) -> Self {
        let has_effect = fault.as_ref().is_none_or(|fault| fault.takes_effect);
        if has_effect || !matches!(self.course, Course::Accepted(_)) {
            return self.with(fault);
        }
        let Self { changes, course } = self;
        let left: Vec<Change> = if makes {
            let unplaced = changes.into_iter();
            unplaced.map(|change| change.unplaced(scope)).collect()
        } else {
            let pending = changes.into_iter();
            pending
                .filter_map(|change| change.pending_of(scope))
                .collect()
        };
        let without = Self {
            changes: Vec::new(),
            course,
        };
        without.with(fault).changes(left)
    }
}

impl Decided {
    /// The same, of a deployment that ends as was arranged: it stands, and what it makes is its own
    /// affair.
    fn deploying_badly(mut self, fault: &OperationFault<Failure>) -> Self {
        for change in &mut self.changes {
            if let Change::Deployment(_, deployment) = change {
                deployment.end_badly(fault.clone());
            }
        }
        self
    }
}

impl Change {
    /// What is left of it where no hardware was found.
    fn unplaced(self, scope: &Scope<'_>) -> Self {
        match self {
            Self::Resource(key, mut resource) => {
                if let Core::Machine(machine) = &mut resource.core
                    && scope.view.held.shelf.get(&key).is_none()
                {
                    machine.switch_off(phase::Course::Deallocated, scope.now);
                }
                Self::Resource(key, resource)
            }
            Self::Address(_, Some(address)) => Self::GiveBack(address),
            other => other,
        }
    }

    /// That the resource is about an operation, where it is what this changes. What was never made
    /// is still to be made.
    fn pending_of(self, scope: &Scope<'_>) -> Option<Self> {
        let Self::Resource(key, resource) = self else {
            return None;
        };
        let mut pending = resource.pending?;
        let machine = scope.view.machine_at(&key);
        if machine.is_ok_and(|(machine, old)| scope.view.was_never_made(old, machine)) {
            pending.doing = Doing::Creating;
        }
        (pending.operation == *scope.id).then_some(Self::Pending(key, pending))
    }
}

/// What a request comes to, with everything resolved: it can be carried out and cannot fail.
#[derive(Debug)]
#[must_use = "nothing has changed before it is committed"]
pub(crate) struct Decision {
    origin: Origin,
    drawn: Drawn,
    decided: Decided,
}

/// Where a command is decided: what its subscription holds, when, and what may be drawn.
#[derive(Debug)]
pub(super) struct Scope<'w> {
    pub(super) view: View<'w>,
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

/// A resource that is about to be written.
#[derive(Debug)]
pub(super) struct Draft<'w> {
    pub(super) path: Path,
    pub(super) key: Key,
    pub(super) old: Option<&'w Resource>,
    pub(super) location: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenTop {
    location: Option<String>,
    tags: std::collections::BTreeMap<String, String>,
}

impl<'w> Scope<'w> {
    /// What is to be wrong with machines that are made, by whatever is begun.
    pub(super) fn flawed(&self) -> Vec<FlawedMachine> {
        self.flawed.clone()
    }

    /// What is to be wrong with a machine that is made.
    pub(super) fn flaws_of(&self, machine: &str) -> Option<Box<Flaws>> {
        FlawedMachine::flaws_of(&self.flawed, machine)
    }

    /// Begins to write a resource of its own: its group, name and region are good.
    pub(super) fn draft(&self, path: &Path, body: &Value) -> Result<Draft<'w>, Refusal> {
        let view = self.view;
        view.writable_group(&path.group)?;
        let namespace = path.kind.namespace();
        if !view.is_registered(namespace) {
            return Err(Refusal::Unregistered(namespace.to_owned()));
        }
        let is_name = match path.kind {
            Kind::StorageAccount => names::is_account_name(&path.name),
            _ => names::is_resource_name(&path.name),
        };
        if !is_name {
            return Err(Refusal::InvalidName(path.clone()));
        }
        let (key, old) = view.own_key(path);
        let written: WrittenTop = document::typed(body)?;
        tags::check(&written.tags)?;
        let location = match (written.location, old) {
            (Some(wanted), _) => View::region(&wanted, &path.kind.short())?,
            (None, Some(old)) => old.location.clone(),
            (None, None) => return Err(Refusal::NoLocation),
        };
        if let Some(old) = old
            && old.location != location
        {
            return Err(Refusal::ResourceElsewhere {
                name: path.name.clone(),
                group: path.group.clone(),
                wanted: location,
                here: old.location.clone(),
            });
        }
        Ok(Draft {
            path: path.clone(),
            key,
            old,
            location,
        })
    }

    /// A resource that is there, about to be deleted.
    pub(super) fn standing(&self, path: &Path) -> Option<Draft<'w>> {
        let key = path.key();
        let old = self.view.held.shelf.get(&key)?;
        Some(Draft {
            path: self.view.path(&key, old),
            location: old.location.clone(),
            old: Some(old),
            key,
        })
    }

    /// Whether a resource has the version on which a request hangs.
    pub(super) fn check(&self, path: &Path, conditions: &Conditions) -> Result<(), Refusal> {
        let standing = self.view.held.shelf.get(&path.key());
        let is_it = |tag: &str| standing.is_some_and(|resource| resource.has_etag(tag));
        let is_old = match conditions.if_match.as_deref() {
            None | Some("*") => false,
            Some(tag) => !is_it(tag),
        };
        let is_there = match conditions.if_none_match.as_deref() {
            None => false,
            Some("*") => self.view.told_at(path).is_ok(),
            Some(tag) => is_it(tag),
        };
        if is_old || is_there {
            return Err(Refusal::Precondition);
        }
        Ok(())
    }
}

impl Draft<'_> {
    /// The resource that it becomes.
    fn resource(&self, scope: &mut Scope<'_>, known: &Known, body: &Value, core: Core) -> Resource {
        let old = self.old;
        Resource {
            name: old.map_or(&self.path.name, |old| &old.name).clone(),
            location: self.location.clone(),
            document: Document::of(known, body),
            version: old.map_or(0, |old| old.version) + 1,
            created: old.map_or(scope.now, |old| old.created),
            changed: scope.now,
            guid: match old {
                Some(old) => old.guid.clone(),
                None => scope.draw.chance.guid(),
            },
            pending: None,
            core,
        }
    }

    /// It is written by an operation that takes so many of the real service's seconds.
    pub(super) fn decided(
        &self,
        scope: &mut Scope<'_>,
        known: &Known,
        body: &Value,
        core: Core,
        seconds: i64,
    ) -> Decided {
        let mut resource = self.resource(scope, known, body, core);
        resource.pending = Some(Pending {
            operation: scope.id.clone(),
            doing: match self.old {
                None => Doing::Creating,
                Some(_) => Doing::Updating,
            },
        });
        Decided::accepted("Create or Update Resource", seconds)
            .change(Change::Resource(self.key.clone(), Box::new(resource)))
    }

    /// It is written at once.
    pub(super) fn done(
        &self,
        scope: &mut Scope<'_>,
        known: &Known,
        body: &Value,
        core: Core,
    ) -> Decided {
        let resource = self.resource(scope, known, body, core);
        Decided::done("Create or Update Resource")
            .change(Change::Resource(self.key.clone(), Box::new(resource)))
    }
}

impl World {
    /// Decides what a request of Resource Manager comes to at this moment; nothing changes.
    pub(crate) fn decide_managed(
        &self,
        request: Request,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let Request {
            subscription,
            id,
            object,
            fault,
            command,
        } = request;
        let view = self.managed(&subscription)?;
        let (fault, flawed) = RequestFault::parts(fault);
        let mut scope = Scope {
            view,
            now,
            id: &id,
            draw: self.ground.sources.draw(),
            flawed,
        };
        let makes =
            matches!(&command, Command::Put { path, .. } if scope.view.told_at(path).is_err());
        let is_deployment = matches!(
            &command,
            Command::Deployment(deployment::Command::Put { .. })
        );
        let decided = command.decide(&mut scope)?;
        let fault = fault.or_else(|| decided.not_allocated(&scope));
        let decided = match fault {
            Some(fault) if is_deployment => decided.deploying_badly(&fault),
            fault => decided.failed(fault, makes, &scope),
        };
        let drawn = scope.draw.end();
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

    /// Carries a decision of Resource Manager out.
    pub(crate) fn commit_managed(&mut self, decision: Decision) -> Performed {
        let now = decision.origin.now;
        let performed = self.begin_managed(decision);
        if self.ground.pace == Pace::Instant {
            self.settle(now);
        }
        performed
    }

    /// Carries out what a decision changes at once.
    pub(super) fn begin_managed(&mut self, decision: Decision) -> Performed {
        let Decision {
            origin,
            drawn,
            decided: decided::Decided { changes, course },
        } = decision;
        self.ground.sources.take(drawn);
        let Origin {
            subscription,
            id,
            object,
            now,
        } = origin;
        let mut begun = Vec::new();
        for change in changes {
            if let Change::Deployment(key, _) = &change {
                begun.push(key.clone());
            }
            self.apply_managed(&subscription, change, now);
        }
        if let Some(held) = self.managed_mut(&subscription) {
            held.note_left(now);
        }
        match course {
            Course::Unnoted => Performed::Done,
            Course::Done(operation) => {
                if let Some(held) = self.managed_mut(&subscription) {
                    held.operations.note_done(id, operation, object, now);
                }
                Performed::Done
            }
            Course::Accepted(acceptance) => {
                let due = self.ground.due(now, acceptance.seconds);
                if let Some(held) = self.managed_mut(&subscription) {
                    let operation = id.clone();
                    held.operations
                        .begin(operation, *acceptance, object, now, due);
                }
                // A deployment ends with the last of what it makes, and not by time.
                match begun.pop() {
                    Some(deployment) => self.go_on_with(&subscription, &deployment, now),
                    None => self.ground.schedule(due, &subscription, &id),
                }
                Performed::Accepted(id)
            }
        }
    }

    /// Grants a request of Resource Manager at this moment, or refuses it.
    pub(crate) fn perform_managed(
        &mut self,
        request: Request,
        now: Timestamp,
    ) -> Result<Performed, Refusal> {
        self.settle(now);
        let decision = self.decide_managed(request, now)?;
        Ok(self.commit_managed(decision))
    }
}
