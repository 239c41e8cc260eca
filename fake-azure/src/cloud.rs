//! The world with a clock, a journal and open doors: what all skins of the simulator share.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fake_docker::registry::Pushed;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use simulation::Chance;
use simulation::chance::seed_of_part;
use simulation::clock::{self, Clock};
use simulation::faults::{Call, Hit, InvalidRule};
use tokio::sync::Notify;

use crate::ca_bundle::CaBundle;
use crate::faults::{Break, Called, CloudFault, FaultPlan, Faults, Fired, Told};
use crate::guest::engines::Engines;
use crate::guest::keeping::Late;
use crate::hosts::HostsFile;
use crate::journal::{Entry, Journal};
use crate::net::loopback::Block;
use crate::state::{
    Done, InvalidState, Record, SavedEngines, SavedState, SharedFile, StateError, StateFile,
};
use crate::world::directory::Change;
use crate::world::resource_manager;
use crate::world::snapshot::Deed;
use crate::world::{
    Command, Location, Look, OperationId, Performed, Prefix, Refusal, Request, SubscriptionId,
    View, World,
};

/// A handle on the simulated cloud; clones are the same cloud.
#[derive(Clone, Debug)]
pub struct Cloud(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    ids: Mutex<Ids>,
    journal: Arc<Journal>,
    faults: Mutex<Arranged>,
    /// The faults were taken back.
    cleared: Notify,
    state: Mutex<State>,
    /// Something may happen by itself sooner than was thought.
    sooner: Notify,
    /// The engines in which something happened by itself, where they are kept.
    late: Option<Arc<Late>>,
}

#[derive(Debug)]
struct State {
    world: World,
    /// The world as it was at the start.
    birth: World,
    /// Where it is written down, where it is to survive the process.
    file: Option<SharedFile>,
    /// Keeps the machines' addresses ours.
    block: Option<Block>,
    engines: Engines,
    hosts: HostsFile,
    authorities: CaBundle,
    next_change: Option<Timestamp>,
}

/// The faults that were asked for.
#[derive(Debug)]
struct Arranged {
    faults: Faults,
    /// Those that are there from the start.
    plan: FaultPlan,
    /// Counts how often they were taken back.
    cleared: u64,
}

/// The part of the seed that faults by chance follow from.
const FAULTS: u64 = 1 << 63;

/// The faults that a cloud begins with: those that a plan tells, and those that were arranged
/// before its process ended.
pub(crate) fn begin_faults(saved: Option<Faults>, seed: u64, plan: &FaultPlan) -> Faults {
    let mut faults = saved.unwrap_or_else(|| Faults::seeded(seed_of_part(seed, FAULTS)));
    if let Err(error) = faults.plan(&plan.faults) {
        // A plan was looked at when it was read.
        tracing::error!(%error, "a fault of the plan is not arranged");
    }
    faults
}

/// What the identifiers of requests follow from.
#[derive(Debug)]
struct Ids {
    seed: u64,
    openings: u64,
    chance: Chance,
}

/// The part of the seed that the identifiers of requests follow from; machines have the parts
/// of their serials.
const REQUESTS: u64 = u64::MAX;

impl Ids {
    /// Those of a world that was gone on with so often: no operation's identifier comes again.
    fn new(seed: u64, openings: u64) -> Self {
        let part = REQUESTS - openings;
        Self {
            seed,
            openings,
            chance: Chance::seeded(seed_of_part(seed, part)),
        }
    }
}

/// So long after it happened something is written down that nobody asked for.
const LATE: Duration = Duration::from_millis(20);

/// What a cloud begins with.
#[derive(Debug)]
pub(crate) struct Beginning {
    /// What the world is put back to by a reset.
    pub(crate) birth: World,
    /// The world as it is.
    pub(crate) state: SavedState,
    /// Where it is written down.
    pub(crate) file: Option<StateFile>,
    pub(crate) block: Block,
    pub(crate) clock: Clock,
    pub(crate) journal: Arc<Journal>,
    pub(crate) engines: Engines,
    pub(crate) hosts: HostsFile,
    pub(crate) authorities: CaBundle,
    /// The faults that are there from the start.
    pub(crate) faults: FaultPlan,
}

/// A hand on the world at one moment: everybody may read, and what changes is asked for.
#[derive(Debug)]
pub struct Hand<'a> {
    world: &'a mut World,
    file: Option<&'a SharedFile>,
    now: Timestamp,
}

impl Hand<'_> {
    /// What a subscription holds; nothing where there is no such subscription.
    pub fn of(&self, subscription: &SubscriptionId) -> View<'_> {
        self.world.of(subscription)
    }

    /// The subscriptions there are, the simulator's own among them.
    pub fn subscription_ids(&self) -> impl Iterator<Item = SubscriptionId> + use<> {
        self.world.subscription_ids()
    }

    /// The regions, with what each of them offers.
    pub fn locations(&self) -> &[Location] {
        self.world.locations()
    }

    /// Why a new hosted service may not have this name, if it may not; what no hosted service can
    /// be called is refused.
    pub fn service_name_available(&self, name: &str) -> Result<Option<Refusal>, Refusal> {
        self.world.service_name_available(name)
    }

    /// Everything that exists at this moment, without secrets: what `GET /_fake/world` shows.
    pub fn to_json(&self, now: Timestamp) -> Value {
        self.world.to_json(now)
    }

    /// The world itself, to read what no user of the crate sees.
    pub(crate) fn world(&self) -> &World {
        self.world
    }

    /// A hand on a world that nobody writes down.
    #[cfg(test)]
    pub(crate) fn unwritten(world: &mut World, now: Timestamp) -> Hand<'_> {
        Hand {
            world,
            file: None,
            now,
        }
    }

    /// The same hand, to be given away for a while.
    pub(crate) fn again(&mut self) -> Hand<'_> {
        Hand {
            world: self.world,
            file: self.file,
            now: self.now,
        }
    }

    /// Grants a request at this moment, or refuses it. What cannot be written down is refused.
    pub fn perform(&mut self, request: Request) -> Result<Performed, Refusal> {
        let Some(mut file) = self.file.and_then(SharedFile::turn) else {
            return self.world.perform(request, self.now);
        };
        self.world.settle(self.now);
        let record = Record::new(self.now, Done::World(Deed::Performed(&request)));
        let prepared = file.prepare(&record);
        prepared.map_err(|error| not_written(&error))?;
        let decision = self.world.decide(request, self.now)?;
        let written = file.append_prepared();
        written.map_err(|error| not_written(&error))?;
        Ok(self.world.commit(decision))
    }

    /// Grants a request of Resource Manager at this moment, or refuses it. What cannot be written
    /// down is refused.
    pub(crate) fn perform_managed(
        &mut self,
        request: resource_manager::Request,
    ) -> Result<Performed, resource_manager::Refusal> {
        let Some(mut file) = self.file.and_then(SharedFile::turn) else {
            return self.world.perform_managed(request, self.now);
        };
        let not_written =
            |error: StateError| resource_manager::Refusal::NotWritten(error.with_cause());
        self.world.settle(self.now);
        let deed = Deed::Managed(Box::new(request.clone()));
        let record: Record = Record::new(self.now, Done::World(deed));
        file.prepare(&record).map_err(not_written)?;
        let decision = self.world.decide_managed(request, self.now)?;
        file.append_prepared().map_err(not_written)?;
        Ok(self.world.commit_managed(decision))
    }

    /// Somebody looks at an operation of Resource Manager.
    pub(crate) fn look_at_managed(&mut self, subscription: &SubscriptionId, id: &OperationId) {
        self.look_managed(subscription, &resource_manager::Look::Operation(id.clone()));
    }

    /// Somebody looks at a machine of Resource Manager.
    pub(crate) fn look_at_machine(
        &mut self,
        subscription: &SubscriptionId,
        key: &resource_manager::path::Key,
    ) {
        self.look_managed(subscription, &resource_manager::Look::Machine(key.clone()));
    }

    fn look_managed(&mut self, subscription: &SubscriptionId, look: &resource_manager::Look) {
        if !self.world.ground.looks_count() {
            return;
        }
        if let Some(file) = self.file {
            let deed = Deed::ManagedLook {
                subscription: subscription.clone(),
                look: look.clone(),
            };
            if let Err(error) = file.append(&Record::of_world(self.now, deed)) {
                return tracing::error!(error = &error as &dyn Error, "a look does not count");
            }
        }
        self.world.look_managed(subscription, look, self.now);
    }

    /// Somebody looks at something, which moves it on at the pace of reads.
    pub fn look(&mut self, subscription: &SubscriptionId, look: &Look) {
        if !self.world.ground.looks_count() {
            return;
        }
        if let Some(file) = self.file {
            let deed = Deed::Looked {
                subscription: subscription.clone(),
                look: look.clone(),
            };
            if let Err(error) = file.append(&Record::of_world(self.now, deed)) {
                // What is not written down has not happened.
                return tracing::error!(error = &error as &dyn Error, "a look does not count");
            }
        }
        self.world.look(subscription, look, self.now);
    }
}

impl Hand<'_> {
    /// Changes the directory. What cannot be written down does not happen.
    pub(crate) fn change_directory(&mut self, change: Change) -> Result<(), StateError> {
        if let Some(file) = self.file {
            let deed = Deed::Directory(change.clone());
            file.append(&Record::of_world(self.now, deed))?;
        }
        self.world.change_directory(change, self.now);
        Ok(())
    }
}

/// The refusal of what cannot be written down.
fn not_written(error: &StateError) -> Refusal {
    Refusal::NotWritten(error.with_cause())
}

/// Why a cloud does not take a state on; it is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotRestored {
    /// The text tells none.
    #[error(transparent)]
    Invalid(#[from] InvalidState),
    /// Another simulator has its addresses.
    #[error("the addresses of its machines, {0}, are another simulator's")]
    Addresses(Prefix),
    /// The state file cannot be written.
    #[error(transparent)]
    File(#[from] StateError),
}

impl Cloud {
    pub(crate) fn new(beginning: Beginning) -> Self {
        let Beginning {
            birth,
            state: saved,
            file,
            block,
            clock,
            journal,
            mut engines,
            hosts,
            authorities,
            faults,
        } = beginning;
        let ids = Ids::new(saved.seed, saved.openings);
        let file = file.map(SharedFile::new);
        let late = file.as_ref().map(|file| engines.keep_in(file.clone()));
        engines.bring_back(saved.engines, saved.pushed);
        let faults = Arranged {
            faults: begin_faults(saved.faults, saved.seed, &faults),
            plan: faults,
            cleared: 0,
        };
        let mut state = State {
            birth,
            world: saved.world,
            file,
            block: Some(block),
            engines,
            hosts,
            authorities,
            next_change: None,
        };
        // Names of others are names of the simulated world as well.
        for name in &state.world.ground.taken_names {
            lead(&mut state.hosts, name, None);
        }
        Self(Arc::new(Inner {
            clock,
            ids: Mutex::new(ids),
            journal,
            faults: Mutex::new(faults),
            cleared: Notify::new(),
            state: Mutex::new(state),
            sooner: Notify::new(),
            late,
        }))
    }

    /// Lets names lead where they should, and opens the doors of machines that run already.
    pub(crate) fn wake(&self) {
        self.state().world.touch_everything();
        self.act(|_, _| {});
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The simulator's time.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The simulator's time, or the machine's where that is later: until then certificates are good
    /// for those who go by the machine's.
    pub(crate) fn latest(&self) -> Timestamp {
        self.0.clock.latest()
    }

    /// Does something with the world at this moment, and opens and closes the doors that
    /// follow from it before it returns.
    pub fn act<T>(&self, deed: impl FnOnce(&mut Hand<'_>, Timestamp) -> T) -> T {
        let mut state = self.state();
        let now = self.now();
        state.world.settle(now);
        let State { world, file, .. } = &mut *state;
        let mut hand = Hand {
            world,
            file: file.as_ref(),
            now,
        };
        let done = deed(&mut hand, now);
        self.follow(&mut state, now);
        if state.file.as_ref().is_some_and(SharedFile::is_long) {
            self.shorten(&mut state);
        }
        done
    }

    /// The cloud as it is, to be written down.
    fn saved<'w>(&self, world: &'w World) -> SavedState<&'w World> {
        let ids = self.ids();
        let time = (self.now(), self.0.clock.ahead());
        SavedState::new(ids.seed, ids.openings, time, world)
    }

    /// Puts a state in the place of all that was done.
    fn shorten(&self, state: &mut State) {
        let State {
            world,
            file,
            engines,
            ..
        } = state;
        let faults = self.faults();
        let Some(mut file) = file.as_ref().and_then(SharedFile::turn) else {
            return;
        };
        // While nobody else writes, no engine can be ahead of what is read here.
        let saved = match engines.saved() {
            Ok(saved) => self
                .saved(&*world)
                .with_faults(faults.faults.clone())
                .with_engines(saved, engines.pushed()),
            Err(error) => return tracing::error!(%error, "the state file stays long"),
        };
        if let Err(error) = file.save(&saved) {
            tracing::error!(error = &error as &dyn Error, "the state file stays long");
        }
    }

    /// The whole state as JSON, secrets and all, but for faults and journal: what
    /// [`Cloud::restore`] takes.
    pub fn snapshot(&self) -> Result<String, serde_json::Error> {
        let state = self.state();
        let (engines, pushed) = (state.engines.saved()?, state.engines.pushed());
        serde_json::to_string(&self.saved(&state.world).with_engines(engines, pushed))
    }

    /// Takes a state on in the place of all that is; faults and journal stay.
    pub fn restore(&self, snapshot: &str) -> Result<(), NotRestored> {
        let mut saved = SavedState::read(snapshot.as_bytes())?;
        let mut state = self.state();
        let prefix = saved.world.block();
        let is_ours = state
            .block
            .as_ref()
            .is_some_and(|ours| ours.prefix == prefix);
        let other = (!is_ours).then(|| Block::claim_this(prefix)).transpose();
        let other = other.map_err(|_| NotRestored::Addresses(prefix))?;
        saved.world.take_terms(&state.birth);
        saved.world.take_key(&state.world);
        saved.openings = saved.openings.max(self.ids().openings) + 1;
        let faults = self.faults();
        saved.faults = Some(faults.faults.clone());
        if let Some(mut file) = state.file.as_ref().and_then(SharedFile::turn) {
            file.save(&saved)?;
            state.engines.end_keeping();
        }
        drop(faults);
        if other.is_some() {
            state.block = other;
        }
        *self.ids() = Ids::new(saved.seed, saved.openings);
        self.0.clock.go_on(saved.now, saved.ahead);
        self.replace(&mut state, saved.world, (saved.engines, saved.pushed));
        Ok(())
    }

    /// Puts another world in the place of this one.
    fn replace(&self, state: &mut State, world: World, (engines, pushed): (SavedEngines, Pushed)) {
        let now = self.now();
        state.engines.clear();
        state.engines.bring_back(engines, pushed);
        state.world.touch_everything();
        let touched = state.world.ground.take_touched();
        state.world = world;
        state.world.touch_everything();
        for owner in touched {
            state.world.ground.touch(owner);
        }
        state.world.settle(now);
        self.follow(state, now);
    }

    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.0.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An identifier for a request.
    pub(crate) fn new_request_id(&self) -> OperationId {
        OperationId::new(&self.ids().chance.hex32())
    }

    /// Asks for a change in a subscription.
    pub fn perform(
        &self,
        subscription: &SubscriptionId,
        command: impl Into<Command>,
    ) -> Result<Performed, Refusal> {
        let request = Request {
            subscription: subscription.clone(),
            id: self.new_request_id(),
            object: String::new(),
            fault: None,
            command: command.into(),
        };
        self.act(|hand, _| hand.perform(request))
    }

    /// Asks Resource Manager for a change in a subscription.
    pub(crate) fn perform_managed(
        &self,
        subscription: &SubscriptionId,
        command: resource_manager::Command,
    ) -> Result<Performed, resource_manager::Refusal> {
        let request = resource_manager::Request {
            subscription: subscription.clone(),
            id: self.new_request_id(),
            object: String::new(),
            fault: None,
            command,
        };
        self.act(|hand, _| hand.perform_managed(request))
    }

    /// Looks at the world as it was left, without letting time pass in it.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state().world)
    }

    fn follow(&self, state: &mut State, now: Timestamp) {
        let State {
            world,
            engines,
            hosts,
            authorities,
            next_change,
            ..
        } = state;
        for owner in world.ground.take_touched() {
            let mut presence = world.presence(&owner, now);
            for (name, address) in std::mem::take(&mut presence.names) {
                lead(hosts, &name, address);
            }
            for door in &presence.doors {
                let certificates = door.settings.tls.as_ref();
                if let Some(ca) = certificates.and_then(|told| told.ca.as_ref()) {
                    authorities.add(ca);
                }
            }
            engines.reconcile(&owner, presence);
        }
        let next = world.ground.next_change();
        if next.is_some() && next != *next_change {
            self.0.sooner.notify_one();
        }
        *next_change = next;
    }

    /// Lets time pass at once. Where a state file cannot be written none passes.
    pub fn advance(&self, by: Duration) {
        if let Err(error) = self.try_advance(by) {
            tracing::error!(error = &error as &dyn Error, "no time passes");
        }
    }

    /// Lets time pass at once, when that can be written down.
    pub(crate) fn try_advance(&self, by: Duration) -> Result<(), StateError> {
        let state = self.state();
        if let Some(file) = &state.file {
            let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
            file.append(&Record::of_advance(self.now(), by))?;
        }
        drop(state);
        self.0.clock.advance(by);
        self.act(|_, _| {});
        Ok(())
    }

    /// Puts the world back to what it was at the start; faults and journal, too: those faults
    /// alone wait that a plan told.
    pub fn reset(&self) -> Result<(), StateError> {
        let mut state = self.state();
        let mut ids = self.ids();
        let fresh = Ids::new(ids.seed, 0);
        let mut birth = state.birth.clone();
        birth.take_key(&state.world);
        let mut arranged = self.faults();
        let faults = begin_faults(None, fresh.seed, &arranged.plan);
        let State { file, engines, .. } = &mut *state;
        if let Some(mut file) = file.as_ref().and_then(SharedFile::turn) {
            let start = self.0.clock.start();
            let time = (start, SignedDuration::ZERO);
            let saved = SavedState::new(fresh.seed, fresh.openings, time, &birth);
            file.save(&saved.with_faults(faults.clone()))?;
            engines.end_keeping();
        }
        arranged.faults = faults;
        arranged.cleared += 1;
        drop(arranged);
        self.0.cleared.notify_waiters();
        self.0.clock.reset();
        *ids = fresh;
        drop(ids);
        self.replace(&mut state, birth, Default::default());
        drop(state);
        self.0.journal.clear();
        Ok(())
    }

    /// Every exchange so far that is kept.
    pub fn journal(&self) -> Vec<Entry> {
        self.0.journal.entries()
    }

    /// The exchanges after the one of this number, up to so many.
    pub fn journal_page(&self, after: u64, most: usize) -> Vec<Entry> {
        self.0.journal.page(after, most)
    }

    /// Writes the entry that `entry` makes of its number.
    pub(crate) fn write_journal(&self, entry: impl FnOnce(u64) -> Entry) {
        self.0.journal.write(entry);
    }

    fn faults(&self) -> MutexGuard<'_, Arranged> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Arranges a fault. What cannot be written down is not arranged.
    pub fn break_next(&self, fault: Break) -> Result<(), InvalidRule> {
        let file = self.file();
        let mut arranged = self.faults();
        arranged.faults.check(&fault)?;
        if let Some(file) = file {
            let record = Record::of_break(self.now(), fault.clone());
            let written = file.append(&record);
            written.map_err(|error| InvalidRule::NotWritten(error.with_cause()))?;
        }
        arranged.faults.add(fault).map(drop)
    }

    /// All faults that were arranged since they were taken back last, and what each did.
    pub fn breaks(&self) -> Vec<Told<CloudFault>> {
        self.faults().faults.told()
    }

    /// Takes all faults back and tells what they did. Where a state file cannot be written they
    /// stay.
    pub fn clear_breaks(&self) -> Vec<Fired> {
        self.try_clear_breaks().unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn Error, "no fault is taken back");
            Vec::new()
        })
    }

    /// Takes all faults back, when that can be written down, and tells what they did.
    pub(crate) fn try_clear_breaks(&self) -> Result<Vec<Fired>, StateError> {
        let file = self.file();
        let mut arranged = self.faults();
        if let Some(file) = file {
            file.append(&Record::of_mending(self.now()))?;
        }
        arranged.cleared += 1;
        let told = arranged.faults.clear();
        drop(arranged);
        self.0.cleared.notify_waiters();
        Ok(told)
    }

    /// Where the cloud is written down. Whoever has the faults must not ask for it.
    fn file(&self) -> Option<SharedFile> {
        self.state().file.clone()
    }

    /// Waits until the faults are taken back.
    pub(crate) async fn wait_for_clearing(&self) {
        let before = self.faults().cleared;
        loop {
            let mut cleared = std::pin::pin!(self.0.cleared.notified());
            // From here on no change is missed.
            cleared.as_mut().enable();
            if self.faults().cleared != before {
                return;
            }
            cleared.await;
        }
    }

    /// Whether no fault waits for a call.
    pub(crate) fn is_faultless(&self) -> bool {
        self.faults().faults.is_idle()
    }

    /// Counts a call; the fault that hits it, if one does.
    pub(crate) fn hit(&self, call: &Call<'_>) -> Option<Hit<CloudFault>> {
        let file = self.file();
        let mut arranged = self.faults();
        if !arranged.faults.are_about(call) {
            return None;
        }
        let now = self.now();
        if let Some(file) = file
            && let Err(error) = file.append(&Record::of_call(now, Called::new(call)))
        {
            // What is not written down has not happened.
            tracing::error!(error = &error as &dyn Error, "a call does not count");
            return None;
        }
        arranged.faults.hit(call, now)
    }

    /// Waits by the simulator's clock.
    pub(crate) async fn sleep(&self, time: Duration) {
        self.0.clock.sleep(time).await;
    }

    /// The hosts file with a line for every public name.
    pub(crate) fn hosts_file(&self) -> PathBuf {
        self.state().hosts.path().to_owned()
    }

    /// The file of authorities to trust.
    pub(crate) fn ca_bundle(&self) -> PathBuf {
        self.state().authorities.path().to_owned()
    }

    /// Where a public name leads to; where nobody listens, if its host is gone.
    pub(crate) fn address_of(&self, name: &str) -> Option<Ipv4Addr> {
        self.state().hosts.address(name)
    }

    /// The public names and their addresses.
    pub fn public_names(&self) -> BTreeMap<String, Ipv4Addr> {
        self.state().world.public_names()
    }

    /// The simulated Docker engine in a machine of a hosted service, or of a resource group, once its extension has
    /// started it: to look into its journal, or to let it go wrong.
    pub fn docker(&self, service: &str, machine: &str) -> Option<fake_docker::Engine> {
        let state = self.state();
        let mut subscriptions = state.world.subscription_ids();
        let serial = subscriptions.find_map(|id| {
            let classic = state.world.of(&id).serial(service, machine);
            classic.or_else(|| state.world.managed(&id).ok()?.serial(service, machine))
        })?;
        state.engines.simulated(serial).cloned()
    }

    /// The public addresses that nobody can reach, and why.
    pub fn closed_doors(&self) -> BTreeMap<String, String> {
        self.state().engines.closed_doors()
    }

    /// The port of 127.0.0.1 that leads to the engine behind this address and port.
    pub fn localhost_port(&self, address: Ipv4Addr, port: u16) -> Option<u16> {
        self.state().engines.localhost_port(address, port)
    }

    /// Wakes the world whenever something happens by itself; for ever.
    pub(crate) async fn keep_time(self) {
        loop {
            let next = self.state().world.ground.next_change();
            let wait = next.and_then(|at| self.0.clock.until(at));
            match wait {
                None => self.0.sooner.notified().await,
                Some(wait) => {
                    tokio::select! {
                        () = clock::wait(wait.max(Duration::from_millis(1))) => self.act(|_, _| {}),
                        () = self.0.sooner.notified() => {}
                    }
                }
            }
        }
    }

    /// Has what happens in engines by itself written down soon after; for ever.
    pub(crate) async fn keep_engines(self) {
        let Some(late) = &self.0.late else { return };
        loop {
            let machines = late.next().await;
            // What comes of one request is often several things.
            clock::wait(LATE).await;
            let engines: Vec<_> = {
                let state = self.state();
                let made = machines.iter().filter_map(|one| state.engines.made(*one));
                made.cloned().collect()
            };
            for engine in engines {
                if let Err(reason) = engine.keep() {
                    tracing::error!(reason, "an engine cannot be kept");
                }
            }
            self.act(|_, _| {});
        }
    }

    /// Closes every door, and lets the state file and the addresses go.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.engines.keep();
        if let Some(file) = state.file.take() {
            file.close();
        }
        state.engines.clear();
        state.block = None;
    }
}

/// Lets a name lead to an address, or to none.
fn lead(hosts: &mut HostsFile, name: &str, address: Option<Ipv4Addr>) {
    if let Err(error) = hosts.set(name, address) {
        tracing::error!(%error, path = %hosts.path().display(), "the hosts file cannot be changed");
    }
}
