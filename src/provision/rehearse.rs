//! What a create would do, and what it would do with a run that is unfinished. Nothing is written, and
//! the cloud is only asked.

use super::compare::differences;
use super::failure::CreateFailure;
use super::intent::{Intent, Stage};
use super::order::Valid;
use super::outcome::{Next, Outcome, Preview, Unfinished};
use super::problem::Problem;
use super::run::Run;
use crate::backend::{Effect, Task};
use crate::pki::docker::CertPlan;
use crate::saga::{Forgetful, Noted, Saga, State};

/// What would become of an unfinished run.
enum Met {
    /// This one goes on with it.
    Continued(Saga, Unfinished),
    /// This one begins at the beginning, when the rest of it is gone.
    Cleared(Unfinished),
}

impl Run<'_> {
    /// The plan, or what would be done to finish what an earlier run began.
    pub(super) async fn rehearse(&self, order: Valid<'_>) -> Result<Outcome, CreateFailure> {
        let met = match self.unfinished()? {
            Some(intent) => Some(self.meet(intent).await?),
            None => None,
        };
        let preview = match met {
            Some(Met::Continued(saga, unfinished)) => {
                let rest = self.rest(&saga).await?;
                let waiting = saga.list().iter().filter(|one| one.state != State::Done);
                Preview {
                    plan: None,
                    tasks: waiting.map(|noted| noted.effect.task()).collect(),
                    files: rest.certificates.iter().flat_map(CertPlan::will).collect(),
                    unfinished: Some(unfinished),
                }
            }
            // What can be made is only known when the rest is gone.
            Some(Met::Cleared(unfinished)) if unfinished.next == Next::TakeBack => Preview {
                plan: None,
                tasks: Vec::new(),
                files: Vec::new(),
                unfinished: Some(unfinished),
            },
            Some(Met::Cleared(unfinished)) => self.plan(order, Some(unfinished)).await?,
            None => self.plan(order, None).await?,
        };
        Ok(Outcome::Planned(Box::new(preview)))
    }

    async fn plan(
        &self,
        order: Valid<'_>,
        unfinished: Option<Unfinished>,
    ) -> Result<Preview, CreateFailure> {
        let certificates = self.look_at_certificates()?;
        let plan = self.checked(order).await?.plan;
        let effects = self.effects(&plan).await?;
        Ok(Preview {
            plan: Some(plan),
            tasks: effects.iter().map(Effect::task).collect(),
            files: certificates.iter().flat_map(CertPlan::will).collect(),
            unfinished,
        })
    }

    /// The unfinished run that this one would find. Who is at work on it keeps it.
    fn unfinished(&self) -> Result<Option<Intent>, CreateFailure> {
        let Some(records) = self.ports.records else {
            return Ok(None);
        };
        let order = &self.job.order;
        let intent = if order.leaves_the_name() {
            let intents = records.about(order.key())?.into_iter();
            let mut intents = intents.filter_map(|entry| entry.intent.ok());
            intents.find(|intent| intent.is_unfinished() && intent.is_of(self.job))
        } else {
            let machine = order.machine.as_deref().unwrap_or(order.host.as_str());
            let intent = records.look(order.key(), machine)?;
            intent.filter(Intent::is_unfinished)
        };
        if let Some(intent) = &intent {
            drop(records.hold(order.key(), &intent.machine)?);
        }
        Ok(intent)
    }

    async fn meet(&self, intent: Intent) -> Result<Met, CreateFailure> {
        let (machine, stage) = (intent.machine.clone(), intent.stage);
        let unfinished = |things: Vec<Task>, next| Unfinished {
            machine,
            stage,
            things,
            next,
        };
        if stage == Stage::Removing {
            return Err(Problem::BeingRemoved(self.job.order.host.to_string()).into());
        }
        if stage == Stage::Undoing {
            let things = tasks(&intent.effects);
            let next = if things.is_empty() {
                Next::BeginAnew
            } else {
                Next::TakeBack
            };
            return Ok(Met::Cleared(unfinished(things, next)));
        }
        let is_same = intent.is_of(self.job);
        let differences = differences(&intent, self.job);
        let saga = self.find_again(&Forgetful, intent).await?;
        let things = tasks(saga.list());
        if saga.made().next().is_none() {
            Ok(Met::Cleared(unfinished(things, Next::BeginAnew)))
        } else if is_same {
            Ok(Met::Continued(saga, unfinished(things, Next::Finish)))
        } else {
            Err(self.another(differences, &saga).into())
        }
    }
}

fn tasks(list: &[Noted]) -> Vec<Task> {
    let ours = list.iter().filter(|noted| noted.is_ours());
    ours.map(|noted| noted.effect.task()).collect()
}
