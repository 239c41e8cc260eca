//! Deployments of templates: which resources shall be there, and how far each has come.
//!
//! A deployment makes its resources by the same commands as clients do, each as soon as what it
//! depends on is there. What it holds until then, parameters included, goes when it ends.

use arm_template::Plan;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::command::{Command as Any, Conditions, Progress, Request, RequestFault};
use super::decision::{Decided, Scope};
use super::document::{Body, Document};
use super::group;
use super::kind::Kind;
use super::path::{Path, ResourceId};
use super::refusal::{Failure, Refusal};
use super::tags::{self, Target};
use super::template::{self, Answers, Asked};
use super::view::View;
use crate::world::names::Name;
use crate::world::operation::OperationId;
use crate::world::request::{FlawedMachine, OperationFault, Performed};
use crate::world::{SubscriptionId, World};

/// A deployment as it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct DeploymentKey {
    /// None where it is the subscription's own.
    pub(crate) group: Option<Name>,
    pub(crate) name: Name,
}

/// Where deployments are: in a group, or in the subscription itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeploymentScope<'a>(pub(crate) Option<&'a str>);

impl DeploymentScope<'_> {
    /// Whether a deployment is in it.
    pub(crate) fn has(self, key: &DeploymentKey) -> bool {
        self.0.map(Name::from) == key.group
    }
}

/// A deployment of a template.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Deployment {
    /// Its name as it was written.
    pub(crate) name: String,
    pub(crate) operation: OperationId,
    pub(crate) correlation: String,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) state: State,
    /// Whether what the template does not name is to go.
    pub(crate) is_complete: bool,
    /// A number that follows from the template.
    pub(crate) hash: u64,
    /// The template without literals that are secrets.
    pub(crate) template: Document,
    /// The parameters, the secret ones by their types alone.
    pub(crate) parameters: Document,
    /// Where a subscription's own is kept.
    pub(crate) location: Option<String>,
    pub(crate) tags: Option<Document>,
    pub(crate) steps: Vec<Step>,
    pub(crate) outputs: Option<Document>,
    /// What is to be wrong with machines among what is left to be made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    flawed: Vec<FlawedMachine>,
    /// How it is to end badly, or never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<OperationFault<Failure>>,
    /// What is left to be made; secrets are in it.
    plan: Option<Box<Plan>>,
}

impl std::fmt::Debug for Deployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deployment")
            .field("name", &self.name)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// How far a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Running,
    Succeeded,
    Failed,
    Canceled,
}

impl State {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Canceled => "Canceled",
        }
    }
}

/// One resource of a deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) location: Option<String>,
    /// The places of those that come before it.
    pub(crate) depends_on: Vec<usize>,
    pub(crate) course: Course,
    pub(crate) started: Option<Timestamp>,
    pub(crate) ended: Option<Timestamp>,
}

/// How far a resource of a deployment is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Course {
    Waiting,
    Running {
        operation: OperationId,
        is_new: bool,
    },
    Done {
        is_new: bool,
    },
    Failed(Failure),
}

/// What can be asked about deployments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    Put {
        group: Option<String>,
        name: String,
        body: Body,
    },
    Cancel {
        group: Option<String>,
        name: String,
    },
    Delete {
        group: Option<String>,
        name: String,
    },
}

impl Deployment {
    /// Lets it end as somebody arranged.
    pub(super) fn end_badly(&mut self, fault: OperationFault<Failure>) {
        self.fault = Some(fault);
    }

    /// Whether it was arranged that it has no effect.
    fn makes_nothing(&self) -> bool {
        let fault = self.fault.as_ref();
        fault.is_some_and(|fault| !fault.takes_effect)
    }

    /// Whether it was arranged that it never ends, unless somebody cancels it.
    fn runs_on(&self) -> bool {
        let fault = self.fault.as_ref();
        self.state == State::Running
            && fault.is_some_and(|fault| matches!(fault.end, Progress::InProgress))
    }

    /// Why it fails, where that was arranged.
    fn arranged_failure(&self) -> Option<Failure> {
        match &self.fault.as_ref()?.end {
            Progress::Failed { error } if self.state == State::Running => Some(error.clone()),
            _ => None,
        }
    }
}

impl DeploymentKey {
    pub(crate) fn new(scope: DeploymentScope<'_>, name: &str) -> Self {
        Self {
            group: scope.0.map(Name::from),
            name: Name::from(name),
        }
    }

    pub(super) fn scope(&self) -> DeploymentScope<'_> {
        DeploymentScope(self.group.as_ref().map(Name::as_str))
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Put { group, name, body } => {
                put(scope, DeploymentScope(group.as_deref()), &name, &body)
            }
            Self::Cancel { group, name } => {
                let of = DeploymentScope(group.as_deref());
                let deployment = scope.deployment(of, &name)?;
                if deployment.state != State::Running {
                    return Err(Refusal::DeploymentIsOver(name));
                }
                Ok(Decided::unnoted().change(Change::Cancel(DeploymentKey::new(of, &name))))
            }
            Self::Delete { group, name } => {
                let of = DeploymentScope(group.as_deref());
                let key = DeploymentKey::new(of, &name);
                scope.check_scope(of)?;
                match scope.view.held.deployments.get(&key) {
                    None => Ok(Decided::nothing()),
                    Some(deployment) if deployment.state == State::Running => {
                        Err(Refusal::DeploymentRuns(name))
                    }
                    Some(_) => {
                        Ok(Decided::done("Delete Deployment").change(Change::NoDeployment(key)))
                    }
                }
            }
        }
    }
}

fn put(
    scope: &mut Scope<'_>,
    of: DeploymentScope<'_>,
    name: &str,
    body: &Body,
) -> Result<Decided, Refusal> {
    if let Some(group) = of.0 {
        scope.writable_group(group)?;
    }
    let key = DeploymentKey::new(of, name);
    let standing = scope.view.held.deployments.get(&key);
    if standing.is_some_and(|standing| standing.state == State::Running) {
        return Err(Refusal::DeploymentRuns(name.to_owned()));
    }
    let correlation = scope.draw.chance.guid();
    let asked = Asked {
        scope: of,
        name,
        body: &body.0,
        now: scope.now,
        seed: &correlation,
    };
    let planned = template::plan(scope.view, &asked)?;
    let deployment = Deployment {
        name: name.to_owned(),
        operation: scope.id.clone(),
        correlation,
        started: scope.now,
        ended: None,
        state: State::Running,
        is_complete: planned.is_complete,
        hash: planned.hash,
        template: planned.template,
        parameters: planned.parameters,
        tags: planned.tags,
        location: planned.location,
        steps: planned.steps,
        outputs: None,
        flawed: scope.flawed(),
        fault: None,
        plan: Some(Box::new(planned.plan)),
    };
    Ok(Decided::accepted("Create or Update Deployment", 1)
        .change(Change::Deployment(key, Box::new(deployment))))
}

impl<'w> View<'w> {
    /// The deployment of this name.
    pub(crate) fn deployment(
        self,
        scope: DeploymentScope<'_>,
        name: &str,
    ) -> Result<&'w Deployment, Refusal> {
        self.check_scope(scope)?;
        let key = DeploymentKey::new(scope, name);
        let found = self.held.deployments.get(&key);
        found.ok_or_else(|| Refusal::NoDeployment(name.to_owned()))
    }

    /// The identifier of a deployment.
    pub(crate) fn deployment_id(self, scope: DeploymentScope<'_>, name: &str) -> String {
        let group = scope.0.and_then(|group| self.group(group).ok());
        let within = match (scope.0, group) {
            (None, _) => format!("/subscriptions/{}", self.id),
            (Some(_), Some(group)) => self.group_id(group),
            (Some(name), None) => format!("/subscriptions/{}/resourceGroups/{name}", self.id),
        };
        format!("{within}/providers/Microsoft.Resources/deployments/{name}")
    }

    /// Refuses a group that is not there.
    pub(crate) fn check_scope(self, scope: DeploymentScope<'_>) -> Result<(), Refusal> {
        scope.0.map_or(Ok(()), |group| self.group(group).map(drop))
    }
}

impl Deployment {
    /// The resource that is next, all that it depends on being there.
    fn next(&self) -> Option<usize> {
        self.steps.iter().position(|step| {
            matches!(step.course, Course::Waiting)
                && step.depends_on.iter().all(|place| {
                    let before = self.steps.get(*place);
                    before.is_some_and(|step| matches!(step.course, Course::Done { .. }))
                })
        })
    }

    fn is_busy(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step.course, Course::Running { .. }))
    }

    /// The operations of resources that are being made.
    pub(crate) fn running(&self) -> impl Iterator<Item = &OperationId> {
        self.steps.iter().filter_map(|step| match &step.course {
            Course::Running { operation, .. } => Some(operation),
            _ => None,
        })
    }

    /// Gives up what was not begun.
    pub(super) fn cancel(&mut self) {
        self.state = State::Canceled;
    }
}

impl World {
    /// Notes what has come of a deployment's resources, begins those whose turn it is, and ends
    /// it when none is left.
    pub(super) fn go_on_with(
        &mut self,
        subscription: &SubscriptionId,
        key: &DeploymentKey,
        now: Timestamp,
    ) {
        self.note_steps(subscription, key, now);
        loop {
            let Some(deployment) = self.deployment_at(subscription, key) else {
                return;
            };
            let next = match deployment.state {
                State::Running if deployment.makes_nothing() => None,
                State::Running => deployment.next(),
                _ => None,
            };
            match next {
                Some(place) => self.begin_step(subscription, key, place, now),
                None if deployment.is_busy() => return,
                None => return self.end_deployment(subscription, key, now),
            }
        }
    }

    fn deployment_at(
        &mut self,
        subscription: &SubscriptionId,
        key: &DeploymentKey,
    ) -> Option<&mut Deployment> {
        self.managed_mut(subscription)?.deployments.get_mut(key)
    }

    /// Notes which of the resources that were being made have come to their end.
    fn note_steps(&mut self, subscription: &SubscriptionId, key: &DeploymentKey, now: Timestamp) {
        let Some(held) = self.managed_mut(subscription) else {
            return;
        };
        let Some(deployment) = held.deployments.get_mut(key) else {
            return;
        };
        for step in &mut deployment.steps {
            let Course::Running { operation, is_new } = &step.course else {
                continue;
            };
            let progress = held.operations.get(operation).map(|o| &o.progress);
            step.course = match progress {
                Some(Progress::InProgress) => continue,
                Some(Progress::Failed { error }) => Course::Failed(error.clone()),
                _ => Course::Done { is_new: *is_new },
            };
            step.ended = Some(now);
        }
    }

    /// Begins to make a resource.
    fn begin_step(
        &mut self,
        subscription: &SubscriptionId,
        key: &DeploymentKey,
        place: usize,
        now: Timestamp,
    ) {
        let id = OperationId::new(&self.ground.sources.chance.hex32());
        let course = match self.step_begun(subscription, key, place, &id, now) {
            Ok(course) => course,
            Err(failure) => Course::Failed(failure),
        };
        let is_over = !matches!(course, Course::Running { .. });
        let Some(held) = self.managed_mut(subscription) else {
            return;
        };
        if !is_over {
            held.awaited.insert(id, key.clone());
        }
        if let Some(deployment) = held.deployments.get_mut(key)
            && let Some(step) = deployment.steps.get_mut(place)
        {
            step.course = course;
            step.started = Some(now);
            step.ended = is_over.then_some(now);
        }
    }

    fn step_begun(
        &mut self,
        subscription: &SubscriptionId,
        key: &DeploymentKey,
        place: usize,
        id: &OperationId,
        now: Timestamp,
    ) -> Result<Course, Failure> {
        let view = self.managed(subscription).map_err(Failure::from)?;
        let missing = || Failure::from(Refusal::NoDeployment(key.name.as_str().to_owned()));
        let deployment = view.held.deployments.get(key).ok_or_else(missing)?;
        let plan = deployment.plan.as_ref().ok_or_else(missing)?;
        let step = deployment.steps.get(place).ok_or_else(missing)?;
        let body = plan
            .body(place, &Answers(view))
            .map_err(|problem| Failure::from(template::refused(&problem)))?;
        let flawed = deployment.flawed.clone();
        let (command, is_new) = command_of(view, step, body).map_err(Failure::from)?;
        let request = Request {
            subscription: subscription.clone(),
            id: id.clone(),
            object: String::new(),
            fault: (!flawed.is_empty()).then_some(RequestFault::Machines(flawed)),
            command,
        };
        let decision = self.decide_managed(request, now).map_err(Failure::from)?;
        let Performed::Accepted(operation) = self.begin_managed(decision) else {
            return Ok(Course::Done { is_new });
        };
        // What ends at once has ended before anybody waits for it.
        let progress = self.managed(subscription).ok();
        let progress = progress.and_then(|view| view.progress(&operation));
        match progress {
            Some(Progress::Failed { error }) => Err(error.clone()),
            Some(Progress::Succeeded) => Ok(Course::Done { is_new }),
            _ => Ok(Course::Running { operation, is_new }),
        }
    }

    /// Ends a deployment of which nothing is left to be made.
    fn end_deployment(
        &mut self,
        subscription: &SubscriptionId,
        key: &DeploymentKey,
        now: Timestamp,
    ) {
        let Ok(view) = self.managed(subscription) else {
            return;
        };
        let Some(deployment) = view.held.deployments.get(key) else {
            return;
        };
        if deployment.plan.is_none() || deployment.runs_on() {
            return;
        }
        let arranged = deployment.arranged_failure();
        let id = view.deployment_id(key.scope(), &deployment.name);
        let mut failures: Vec<Failure> = deployment
            .steps
            .iter()
            .filter_map(|step| match &step.course {
                Course::Failed(failure) => Some(failure.clone()),
                _ => None,
            })
            .collect();
        let mut outputs = None;
        if failures.is_empty()
            && arranged.is_none()
            && deployment.state == State::Running
            && let Some(plan) = &deployment.plan
        {
            match plan.outputs(&Answers(view)) {
                Ok(told) => outputs = Some(Document::free(&told)),
                Err(problem) => failures.push(template::refused(&problem).into()),
            }
        }
        let operation = deployment.operation.clone();
        let (is_complete, was) = (deployment.is_complete, deployment.state);
        let state = match was {
            State::Running if failures.is_empty() && arranged.is_none() => State::Succeeded,
            State::Running => State::Failed,
            state => state,
        };
        let end = match (state, arranged) {
            (State::Succeeded, _) => Progress::Succeeded,
            (_, Some(error)) if failures.is_empty() => Progress::Failed { error },
            _ => Progress::Failed {
                error: Failure::Deployment {
                    id,
                    inner: failures,
                },
            },
        };
        if let Some(deployment) = self.deployment_at(subscription, key) {
            deployment.state = state;
            deployment.ended = Some(now);
            deployment.outputs = outputs;
            deployment.flawed = Vec::new();
            deployment.fault = None;
            deployment.plan = None;
        }
        if is_complete && state == State::Succeeded {
            self.drop_unnamed(subscription, key);
        }
        let Some(held) = self.managed_mut(subscription) else {
            return;
        };
        held.operations.conclude(&operation, end, now);
        if let Some(outer) = held.awaited.remove(&operation) {
            self.go_on_with(subscription, &outer, now);
        }
    }

    /// After a deployment in complete mode nothing is in the group that the template does not name.
    fn drop_unnamed(&mut self, subscription: &SubscriptionId, key: &DeploymentKey) {
        let Ok(view) = self.managed(subscription) else {
            return;
        };
        let Some(deployment) = view.held.deployments.get(key) else {
            return;
        };
        let named = |id: &str| {
            let mut steps = deployment.steps.iter();
            steps.any(|step| step.id.eq_ignore_ascii_case(id))
        };
        // A subscription keeps what it has.
        let Some(group) = &key.group else {
            return;
        };
        let mut gone: Vec<_> = view
            .held
            .shelf
            .of_group(group)
            .filter(|(key, _)| !named(&view.id_of(key)))
            .map(|(key, _)| key.clone())
            .collect();
        // Machines first, so that what they hold is free.
        gone.sort_by_key(|key| key.kind != Kind::Machine);
        for key in gone {
            self.remove_managed(subscription, &key);
        }
    }
}

/// The command that makes a resource of a template, and whether it is new.
fn command_of(
    view: View<'_>,
    step: &Step,
    body: serde_json::Value,
) -> Result<(Any, bool), Refusal> {
    if step.kind.eq_ignore_ascii_case(template::DEPLOYMENTS) {
        let group = group_of(&step.id).map(str::to_owned);
        let scope = DeploymentScope(group.as_deref());
        let is_new = view.deployment(scope, &step.name).is_err();
        let command = Command::Put {
            group,
            name: step.name.clone(),
            body: Body(body),
        };
        return Ok((Any::Deployment(command), is_new));
    }
    if step.kind.eq_ignore_ascii_case(template::GROUPS) {
        let is_new = view.group(&step.name).is_err();
        let command = group::Command::Put {
            name: step.name.clone(),
            body: Body(body),
        };
        return Ok((Any::Group(command), is_new));
    }
    if step.kind.eq_ignore_ascii_case(tags::TYPE) {
        let (target, body) = (tags_of(step)?, Body(body));
        return Ok((Any::Tags(tags::Command::Put { target, body }), false));
    }
    let path = path_of(step)?;
    let is_new = view.told_at(&path).is_err();
    let command = Any::Put {
        path,
        body: Body(body),
        conditions: Conditions::default(),
    };
    Ok((command, is_new))
}

/// The group that an identifier is in.
pub(super) fn group_of(id: &str) -> Option<&str> {
    let mut words = id.split('/').skip(3);
    let word = words.next()?;
    words
        .next()
        .filter(|_| word.eq_ignore_ascii_case("resourceGroups"))
}

/// What has the tags that a template writes.
fn tags_of(step: &Step) -> Result<Target, Refusal> {
    let found = Target::of(&step.id).map(|(_, target)| target);
    found.ok_or_else(|| Refusal::NotModelled(step.kind.clone()))
}

/// The path of a resource of a template.
pub(super) fn path_of(step: &Step) -> Result<Path, Refusal> {
    let id = ResourceId::read(&step.id).filter(|id| id.part.is_empty());
    let id = id.ok_or_else(|| Refusal::NotModelled(step.kind.clone()))?;
    Ok(id.path)
}
