//! Asynchronous operations: accepted now, settled later. What they do at their end, and why they
//! may fail, is their API's.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use simulation::chance::dashed;

use super::SubscriptionId;
use super::names::Name;

/// The identifier of a request, and of the operation that it started: 32 hexadecimal digits. What is
/// cloned shares its text, since whatever an operation is at work on keeps its identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OperationId(Arc<str>);

impl OperationId {
    /// The identifier of this text, with dashes or without, whatever its case.
    pub fn new(text: &str) -> Self {
        Self(text.replace('-', "").to_ascii_lowercase().into())
    }

    /// The same identifier with dashes, as the body of `GET operations/{id}` shows it.
    pub fn dashed(&self) -> String {
        dashed(&self.0)
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<OperationId> for Arc<str> {
    fn from(id: OperationId) -> Self {
        id.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an operation stands that may end with a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(clippy::enum_variant_names, reason = "the service's own word")]
pub enum Progress<F> {
    /// It runs.
    InProgress,
    /// It ended well.
    Succeeded,
    /// It ended with an error that a poll shows.
    Failed {
        /// Why.
        error: F,
    },
}

/// What an operation is to be that a request is accepted with.
#[derive(Clone, Debug)]
pub(crate) struct Acceptance<E, F> {
    /// Its name in the documentation.
    pub(crate) operation: &'static str,
    /// How many of the real service's seconds it takes.
    pub(crate) seconds: i64,
    /// The thing that it keeps others off.
    pub(crate) locks: Option<Name>,
    /// What happens to the world at its end.
    pub(crate) effect: Option<E>,
    /// How it ends.
    pub(crate) end: Progress<F>,
}

/// An accepted request on its way, and what is remembered of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    from = "Written<'static, E, F>",
    bound(
        deserialize = "E: Clone + Deserialize<'de> + 'static, F: Clone + Deserialize<'de> + 'static"
    )
)]
pub(crate) struct Operation<E, F> {
    pub(crate) id: OperationId,
    /// The operation's name in the documentation, e.g. `Create Virtual Machine Deployment`.
    pub(crate) name: Cow<'static, str>,
    pub(crate) started: Timestamp,
    pub(crate) progress: Progress<F>,
    /// What is to become of it. Nothing once it has ended, as most have that are remembered.
    plan: Option<Box<Plan<E, F>>>,
    /// The thing that it keeps others off.
    pub(crate) locks: Option<Name>,
    /// What it was asked of: the path after the subscription. Empty where nobody is told.
    pub(crate) object: Box<str>,
    /// When it ended.
    pub(crate) ended: Option<Timestamp>,
}

/// What is to become of an operation.
#[derive(Clone, Debug)]
struct Plan<E, F> {
    due: Due,
    /// How it will end when it is due.
    end: Progress<F>,
    /// What happens to the world at its end.
    effect: Option<E>,
}

/// An operation as it is written down: with what was to become of it even when it has ended.
#[derive(Serialize, Deserialize)]
struct Written<'a, E: Clone, F: Clone> {
    id: OperationId,
    name: Cow<'a, str>,
    started: Timestamp,
    due: Due,
    progress: Cow<'a, Progress<F>>,
    end: Cow<'a, Progress<F>>,
    effect: Cow<'a, Option<E>>,
    locks: Option<Name>,
    object: Cow<'a, str>,
    ended: Option<Timestamp>,
}

impl<E: Clone + Serialize, F: Clone + Serialize> Serialize for Operation<E, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (due, end, effect) = match &self.plan {
            Some(plan) => (plan.due, &plan.end, &plan.effect),
            None => (
                Due::At(self.ended.unwrap_or(self.started)),
                &self.progress,
                &None,
            ),
        };
        let written = Written {
            id: self.id.clone(),
            name: Cow::Borrowed(&self.name),
            started: self.started,
            due,
            progress: Cow::Borrowed(&self.progress),
            end: Cow::Borrowed(end),
            effect: Cow::Borrowed(effect),
            locks: self.locks.clone(),
            object: Cow::Borrowed(&self.object),
            ended: self.ended,
        };
        written.serialize(serializer)
    }
}

impl<E: Clone, F: Clone> From<Written<'static, E, F>> for Operation<E, F> {
    fn from(written: Written<'static, E, F>) -> Self {
        let plan = written.ended.is_none().then(|| {
            Box::new(Plan {
                due: written.due,
                end: written.end.into_owned(),
                effect: written.effect.into_owned(),
            })
        });
        Self {
            id: written.id,
            name: written.name,
            started: written.started,
            progress: written.progress.into_owned(),
            plan,
            locks: written.locks,
            object: written.object.into_owned().into(),
            ended: written.ended,
        }
    }
}

/// When an operation ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Due {
    /// At this moment of the simulator's time.
    At(Timestamp),
    /// After this many more looks.
    Looks(u32),
}

impl<E, F> Operation<E, F> {
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.progress, Progress::InProgress)
    }
}

/// How many ended operations of a subscription can still be asked for.
const REMEMBERED: usize = 20_000;

/// The operations of a subscription: those that run, and those that ended not too long ago.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(
    serialize = "E: Clone + Serialize, F: Clone + Serialize",
    deserialize = "E: Clone + Deserialize<'de> + 'static, F: Clone + Deserialize<'de> + 'static"
))]
pub(crate) struct Operations<E, F> {
    /// Boxed, since a tree's nodes are half empty.
    by_id: BTreeMap<OperationId, Box<Operation<E, F>>>,
    /// Those that have ended, the oldest first.
    ended: VecDeque<OperationId>,
}

impl<E, F> Default for Operations<E, F> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            ended: VecDeque::new(),
        }
    }
}

/// An operation that has just ended.
#[derive(Debug)]
pub(crate) struct Ended<E> {
    /// What it does to the world now.
    pub(crate) effect: Option<E>,
    pub(crate) started: Timestamp,
    pub(crate) at: Timestamp,
}

impl<E, F: Clone> Operations<E, F> {
    pub(crate) fn get(&self, id: &OperationId) -> Option<&Operation<E, F>> {
        self.by_id.get(id).map(|operation| &**operation)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Operation<E, F>> {
        self.by_id.values().map(|operation| &**operation)
    }

    /// Those that were begun within this time, the oldest first.
    pub(crate) fn between(&self, start: Timestamp, end: Timestamp) -> Vec<&Operation<E, F>> {
        let mut found: Vec<_> = self
            .values()
            .filter(|operation| (start..=end).contains(&operation.started))
            .collect();
        found.sort_by_key(|operation| (operation.started, operation.id.clone()));
        found
    }

    /// Notes one that was answered at once, so that it can be asked for.
    pub(crate) fn note_done(
        &mut self,
        id: OperationId,
        name: &'static str,
        object: String,
        now: Timestamp,
    ) {
        let operation = Operation {
            id: id.clone(),
            name: Cow::Borrowed(name),
            started: now,
            progress: Progress::Succeeded,
            plan: None,
            locks: None,
            object: object.into(),
            ended: Some(now),
        };
        self.by_id.insert(id.clone(), Box::new(operation));
        self.remember(id);
    }

    /// Takes one on.
    pub(crate) fn begin(
        &mut self,
        id: OperationId,
        acceptance: Acceptance<E, F>,
        object: String,
        now: Timestamp,
        due: Due,
    ) {
        let operation = Operation {
            id: id.clone(),
            name: Cow::Borrowed(acceptance.operation),
            started: now,
            progress: Progress::InProgress,
            plan: Some(Box::new(Plan {
                due,
                end: acceptance.end,
                effect: acceptance.effect,
            })),
            locks: acceptance.locks,
            object: object.into(),
            ended: None,
        };
        self.by_id.insert(id, Box::new(operation));
    }

    /// Ends one that is due; nothing where none of this identifier has an end before it.
    pub(crate) fn end(&mut self, id: &OperationId) -> Option<Ended<E>> {
        let operation = self.by_id.get_mut(id)?;
        let started = operation.started;
        let plan = operation.plan.as_mut()?;
        let at = match plan.due {
            Due::At(at) => at,
            Due::Looks(_) => started,
        };
        let effect = plan.effect.take();
        let end = plan.end.clone();
        self.take_end(id, end, at);
        Some(Ended {
            effect,
            started,
            at,
        })
    }

    /// Ends one that does not end by time, unless it was arranged to end otherwise.
    pub(crate) fn conclude(&mut self, id: &OperationId, end: Progress<F>, now: Timestamp) {
        let operation = self.by_id.get(id);
        let Some(plan) = operation.and_then(|operation| operation.plan.as_ref()) else {
            return;
        };
        let end = match &plan.end {
            Progress::Succeeded => end,
            arranged => arranged.clone(),
        };
        self.take_end(id, end, now);
    }

    /// One has come to where it was to come.
    fn take_end(&mut self, id: &OperationId, end: Progress<F>, at: Timestamp) {
        let Some(operation) = self.by_id.get_mut(id) else {
            return;
        };
        operation.progress = end;
        // One that was arranged never to end is asked for as long as anybody likes.
        if !operation.is_running() {
            operation.plan = None;
            operation.ended = Some(at);
            self.remember(id.clone());
        }
    }

    /// Somebody looks at one that ends after so many looks: when it is due now.
    pub(crate) fn look(&mut self, id: &OperationId, now: Timestamp) -> Option<Due> {
        let plan = self.by_id.get_mut(id)?.plan.as_mut()?;
        let Due::Looks(left @ 1..) = plan.due else {
            return None;
        };
        // Looked at often enough, it ends by itself.
        plan.due = match left - 1 {
            0 => Due::At(now),
            left => Due::Looks(left),
        };
        Some(plan.due)
    }

    /// Keeps one that has ended, and forgets the oldest beyond so many.
    fn remember(&mut self, ended: OperationId) {
        self.ended.push_back(ended);
        if self.ended.len() > REMEMBERED
            && let Some(oldest) = self.ended.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }
}

/// Which running operation ends next, whatever API it is of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Schedule {
    /// By moment; those of one moment in the order in which they were accepted.
    timed: BTreeSet<(Timestamp, u64, SubscriptionId, OperationId)>,
    added: u64,
}

impl Schedule {
    /// Notes when an operation ends; nothing while looks at it are still wanting.
    pub(crate) fn add(&mut self, due: Due, subscription: &SubscriptionId, id: &OperationId) {
        if let Due::At(at) = due {
            self.added += 1;
            self.timed
                .insert((at, self.added, subscription.clone(), id.clone()));
        }
    }

    /// Takes out the operation that ends first, if it ends by `now`.
    pub(crate) fn next_due(&mut self, now: Timestamp) -> Option<(SubscriptionId, OperationId)> {
        if self.next()? > now {
            return None;
        }
        let (_, _, subscription, id) = self.timed.pop_first()?;
        Some((subscription, id))
    }

    /// When the next operation ends by itself.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.timed.first().map(|(at, ..)| *at)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    type Kept = Operations<String, String>;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn id() -> OperationId {
        OperationId::new("0A")
    }

    /// Those of a subscription in which one operation runs.
    fn begun(end: Progress<String>) -> Kept {
        let mut kept = Kept::default();
        let acceptance = Acceptance {
            operation: "Delete Disk",
            seconds: 5,
            locks: Some(Name::from("web")),
            effect: Some("it goes".to_owned()),
            end,
        };
        let object = "/services/disks/d".to_owned();
        kept.begin(id(), acceptance, object, at(0), Due::At(at(5)));
        kept
    }

    fn written(kept: &Kept) -> Value {
        serde_json::to_value(&kept.by_id[&id()]).unwrap()
    }

    /// What is written down, as it is once it was read again.
    fn again(kept: &Kept) -> Kept {
        serde_json::from_value(serde_json::to_value(kept).unwrap()).unwrap()
    }

    #[test]
    fn one_that_runs_ends_as_it_was_to_when_it_was_written_down_meanwhile() {
        let failed = || Progress::Failed {
            error: "full".to_owned(),
        };
        let mut kept = again(&begun(failed()));
        assert_eq!(kept.get(&id()).unwrap().progress, Progress::InProgress);
        let ended = kept.end(&id()).unwrap();
        assert_eq!(ended.effect.as_deref(), Some("it goes"));
        assert_eq!((ended.started, ended.at), (at(0), at(5)));
        assert_eq!(kept.get(&id()).unwrap().progress, failed());
    }

    #[test]
    fn one_that_ended_is_written_down_as_whole_as_one_that_runs() {
        let mut kept = begun(Progress::Succeeded);
        kept.end(&id()).unwrap();
        let told = json!({
            "id": "0a", "name": "Delete Disk", "started": at(0), "due": {"At": at(5)},
            "progress": "Succeeded", "end": "Succeeded", "effect": null, "locks": "web",
            "object": "/services/disks/d", "ended": at(5),
        });
        assert_eq!(written(&kept), told);
        assert_eq!(written(&again(&kept)), told);
    }

    #[test]
    fn one_that_ended_does_not_end_otherwise_afterwards() {
        let mut kept = begun(Progress::Succeeded);
        kept.end(&id()).unwrap();
        assert!(kept.end(&id()).is_none());
        assert!(kept.look(&id(), at(6)).is_none());
        let error = "late".to_owned();
        kept.conclude(&id(), Progress::Failed { error }, at(6));
        let operation = kept.get(&id()).unwrap();
        assert_eq!(operation.progress, Progress::Succeeded);
        assert_eq!(operation.ended, Some(at(5)));
        assert_eq!(kept.ended.len(), 1);
    }

    #[test]
    fn one_that_is_never_to_end_takes_its_effect_once_and_runs_on() {
        let mut kept = begun(Progress::InProgress);
        assert!(kept.end(&id()).unwrap().effect.is_some());
        let mut kept = again(&kept);
        assert!(kept.end(&id()).unwrap().effect.is_none());
        kept.conclude(&id(), Progress::Succeeded, at(9));
        let operation = kept.get(&id()).unwrap();
        assert!(operation.is_running() && operation.ended.is_none());
        assert!(kept.ended.is_empty());
    }
}
