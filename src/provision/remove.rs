//! Removes a host with what was made for it, and says what stays and why.

use super::failure::CreateFailure;
use super::host_key::HostKey;
use super::intent::{Intent, Stage};
use super::job::Job;
use super::order::{Order, SiteOrder};
use super::ports::Ports;
use super::problem::Problem;
use super::records::{Held, RecordError, Records};
use super::site;
use super::site::resource_manager::order::ResourceOrder;
use super::stays::{Kept, Stays, Why};
use crate::backend::{Effect, Host, Task, Trace};
use crate::domain::ServiceName;
use crate::saga::{Forgetful, Leftover, Noted, Notes, Saga, State, Unwound};

/// A host that is about to be removed; nothing has been done yet.
#[derive(Debug)]
pub struct Removal {
    host: ServiceName,
    /// Its resource group, where its cloud has them.
    group: Option<String>,
    machine: String,
    held: Option<Held>,
    list: Vec<Noted>,
    kept: Vec<Kept>,
}

/// What became of a removal.
#[derive(Debug, Default)]
pub struct Removed {
    /// What is gone, in the order in which it went.
    pub gone: Vec<Task>,
    /// What had gone some other way before.
    pub was_gone: Vec<Task>,
    /// What is there still although it was made for the host.
    pub left: Vec<Leftover>,
    /// What stays on purpose.
    pub kept: Vec<Kept>,
}

impl Removed {
    /// Leaves out what a later step took along after all, and what is told already.
    pub fn tidy(&mut self) {
        let Self {
            gone,
            was_gone,
            left,
            kept,
        } = self;
        left.retain(|left| !gone.contains(&left.task));
        let mut told: Vec<Task> = Vec::new();
        was_gone.retain(|task| {
            let is_new = !told.contains(task) && !gone.contains(task);
            told.push(task.clone());
            is_new && left.iter().all(|left| left.task != *task)
        });
        let mut seen: Vec<Kept> = Vec::new();
        kept.retain(|one| {
            let is_new = !seen.contains(one);
            seen.push(one.clone());
            let is_same = |task: &Task| one.thing.is(task);
            is_new && !gone.iter().any(is_same) && !left.iter().any(|left| is_same(&left.task))
        });
    }

    /// Is there something that could not be removed, and that nobody else is in?
    pub fn has_failed(&self) -> bool {
        self.left.iter().any(|left| !left.is_inhabited())
    }
}

impl Removal {
    /// Finds out what belongs to `machine` of `host`: by the record of its making, or by what is
    /// there. Holds it until the value is dropped.
    pub async fn of(
        key: HostKey<'_>,
        machine: &str,
        records: Option<&Records>,
        ports: &Ports<'_>,
    ) -> Result<Self, CreateFailure> {
        let held = records
            .map(|records| records.hold(key, machine))
            .transpose()?;
        let mut removal = Self {
            host: key
                .host
                .parse()
                .map_err(|_| Problem::HostName(key.host.to_owned()))?,
            group: key.group.map(str::to_owned),
            machine: machine.to_owned(),
            list: Vec::new(),
            kept: Vec::new(),
            held,
        };
        let intent = removal.held.as_ref().and_then(Held::intent);
        if let Some(intent) = intent.filter(Intent::owns_anything) {
            let is_made_anew = is_machine_foreign(&intent, ports).await?;
            // Where things tell who made them, a host that another made is found beside the rests of
            // a run that came to make none.
            let is_anothers = made_no_machine(&intent);
            removal.by_record(intent, ports).await?;
            if is_anothers {
                removal.host_by_look(ports).await?;
            }
            if is_made_anew || is_anothers {
                removal.machine_by_look(ports).await?;
            }
        } else {
            removal.host_by_look(ports).await?;
            removal.machine_by_look(ports).await?;
        }
        Ok(removal)
    }

    async fn by_record(&mut self, intent: Intent, ports: &Ports<'_>) -> Result<(), CreateFailure> {
        let has_host = intent.effects.iter().any(|noted| noted.effect.is_host());
        if !has_host && self.host_there(ports).await?.is_some() {
            let stays = site::not_made(self.host.as_str(), &intent.effects);
            self.keep(stays, Why::WasThere);
        }
        for noted in &intent.effects {
            self.kept.extend(site::spared(&noted.effect));
        }
        // What was removed by hand and made anew by another is not the record's.
        for noted in intent.earlier.into_iter().chain(intent.effects) {
            if noted.is_ours() && self.is_foreign(&noted.effect, ports).await? {
                continue;
            }
            self.list.push(noted);
        }
        Ok(())
    }

    async fn host_by_look(&mut self, ports: &Ports<'_>) -> Result<(), CreateFailure> {
        if let Some(host) = self.host_there(ports).await? {
            for effect in site::host(&self.machine, host) {
                if !self.is_foreign(&effect, ports).await? {
                    self.list.push(Noted {
                        effect,
                        state: State::Done,
                    });
                }
            }
        }
        Ok(())
    }

    async fn host_there(&self, ports: &Ports<'_>) -> Result<Option<Host>, Problem> {
        Ok(ports.backend.host(self.host.as_str()).await?)
    }

    async fn machine_by_look(&mut self, ports: &Ports<'_>) -> Result<(), CreateFailure> {
        let backend = ports.backend;
        let deployment = backend
            .deployment(self.host.as_str())
            .await
            .map_err(Problem::from)?;
        let found = deployment
            .as_ref()
            .and_then(|deployment| deployment.machine(&self.machine));
        let (effect, kept) = site::machine(
            &backend.site_facts(),
            self.host.as_str(),
            &self.machine,
            found,
        );
        self.kept.extend(kept);
        self.list.push(Noted {
            effect,
            state: State::Done,
        });
        Ok(())
    }

    async fn is_foreign(&mut self, effect: &Effect, ports: &Ports<'_>) -> Result<bool, Problem> {
        if !effect.is_host() || ports.backend.look_up(effect).await? != Trace::Foreign {
            return Ok(false);
        }
        let alone = [Noted::new(effect.clone())];
        let stays = site::not_made(self.host.as_str(), &alone);
        self.keep(stays, Why::OfAnother);
        Ok(true)
    }

    fn keep(&mut self, thing: Stays, why: Why) {
        self.kept.push(Kept { thing, why });
    }

    /// What is to go, in that order.
    pub fn things(&self) -> impl Iterator<Item = Task> + '_ {
        self.list
            .iter()
            .rev()
            .filter(|noted| noted.is_ours())
            .map(|noted| noted.effect.task())
    }

    /// Removes it, and what others of the host left for it to remove.
    pub async fn carry_out(
        self,
        records: Option<&Records>,
        ports: Ports<'_>,
    ) -> Result<Removed, CreateFailure> {
        let mut removed = match &self.held {
            Some(held) => {
                let mut intent = held.intent().unwrap_or_else(|| self.intent());
                intent.stage = Stage::Removing;
                intent.effects.clone_from(&self.list);
                intent.earlier.clear();
                held.write(intent).map_err(CreateFailure::unnoted)?;
                let of = (self.key(), self.machine.as_str());
                remove_held(held, &self.list, of, records, ports).await?
            }
            None => unwind(&self.list, &Forgetful, ports).await,
        };
        removed.kept = self.kept;
        removed.tidy();
        Ok(removed)
    }

    /// Goes on with a removal that an earlier process began.
    pub(super) async fn go_on(
        held: &Held,
        intent: Intent,
        ports: Ports<'_>,
    ) -> Result<Removed, CreateFailure> {
        let of = (intent.order.key(), intent.machine.as_str());
        let mut removed = remove_held(held, &intent.effects, of, ports.records, ports).await?;
        removed.tidy();
        Ok(removed)
    }

    fn key(&self) -> HostKey<'_> {
        HostKey {
            host: self.host.as_str(),
            group: self.group.as_deref(),
        }
    }

    /// The note of a removal of what no record tells of.
    fn intent(&self) -> Intent {
        let mut order = Order {
            machine: Some(self.machine.clone()),
            ..Order::new(self.host.clone())
        };
        if let Some(group) = &self.group {
            order.site = SiteOrder::ResourceManager(ResourceOrder {
                resource_group: group.clone(),
                open_to: Vec::new(),
            });
        }
        let job = Job {
            order,
            docker: None,
            warnings: Vec::new(),
            custom_data_file: None,
            keep: true,
            dry_run: false,
        };
        Intent::new(&job, &self.machine, self.list.clone())
    }
}

/// Is the machine that is there another than the record tells of?
async fn is_machine_foreign(intent: &Intent, ports: &Ports<'_>) -> Result<bool, Problem> {
    for noted in intent.effects.iter().filter(|noted| noted.is_ours()) {
        if noted.effect.is_machine()
            && ports.backend.look_up(&noted.effect).await? == Trace::Foreign
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Did a run come to make no machine, in a cloud where things tell who made them?
fn made_no_machine(intent: &Intent) -> bool {
    let mut machines = intent
        .effects
        .iter()
        .filter(|noted| noted.effect.is_machine());
    machines.any(|noted| !noted.is_ours() && noted.effect.tells_its_run())
}

async fn unwind(list: &[Noted], notes: &dyn Notes, ports: Ports<'_>) -> Removed {
    let mut saga = Saga::standing(list.to_vec());
    let Unwound {
        gone,
        was_gone,
        left,
    } = saga.unwind(ports.surroundings(notes)).await;
    Removed {
        gone,
        was_gone,
        left,
        kept: Vec::new(),
    }
}

/// Notes what is left of a removal: nothing; what others are in, which the last of them
/// takes along; or what is to be tried again.
pub(super) fn conclude(held: &Held, left: &[Leftover]) {
    let noted = if left.is_empty() {
        held.clear()
    } else if left.iter().all(Leftover::is_inhabited) {
        held.set_stage(Stage::Made)
    } else {
        Ok(())
    };
    // A note too many makes the next look once more.
    _ = noted.ok();
}

/// Removes what a record tells of, and what others left for it to remove. The record stays until both
/// are done: whoever goes on with it goes on with the rests, too.
async fn remove_held(
    held: &Held,
    list: &[Noted],
    of: (HostKey<'_>, &str),
    records: Option<&Records>,
    ports: Ports<'_>,
) -> Result<Removed, CreateFailure> {
    let mut removed = unwind(list, held, ports).await;
    let rests = match records {
        Some(records) => remove_rests(records, of, ports).await?,
        None => Removed::default(),
    };
    removed.left.retain(|left| !rests.gone.contains(&left.task));
    if !rests.has_failed() {
        conclude(held, &removed.left);
    }
    let is_new = |left: &Leftover| removed.left.iter().all(|known| known.task != left.task);
    let new: Vec<Leftover> = rests.left.into_iter().filter(is_new).collect();
    removed.left.extend(new);
    removed.gone.extend(rests.gone);
    removed.was_gone.extend(rests.was_gone);
    Ok(removed)
}

/// Removes what machines that are gone left because others were in it: services, accounts that held
/// disks of other hosts, and the same resource group. Another group is nothing that whoever removes
/// this host would expect to go.
async fn remove_rests(
    records: &Records,
    (key, machine): (HostKey<'_>, &str),
    ports: Ports<'_>,
) -> Result<Removed, CreateFailure> {
    let mut removed = Removed::default();
    for entry in records.all()? {
        let Ok(intent) = entry.intent else {
            continue;
        };
        let its_key = intent.order.key();
        let is_own = its_key.is(&key) && intent.machine.eq_ignore_ascii_case(machine);
        if is_own || !its_key.is_beside(&key) || !is_rest(&intent) {
            continue;
        }
        let held = match records.hold(its_key, &intent.machine) {
            Ok(held) => held,
            // Whoever holds it sees to it.
            Err(RecordError::Busy { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        // Another may have gone on with it before it was held.
        let Some(intent) = held.intent().filter(is_rest) else {
            continue;
        };
        let rest = unwind(&intent.effects, &held, ports).await;
        conclude(&held, &rest.left);
        removed.left.extend(rest.left);
        removed.gone.extend(rest.gone);
        removed.was_gone.extend(rest.was_gone);
    }
    Ok(removed)
}

/// Is the machine gone, and something that was made for it is there?
fn is_rest(intent: &Intent) -> bool {
    intent.stage == Stage::Made
        && intent.owns_anything()
        && intent
            .effects
            .iter()
            .filter(|noted| noted.effect.is_machine())
            .all(|noted| !noted.is_ours())
}
