//! The world with a clock, a journal and open doors: what all skins of the simulator share.

mod arranged;
mod hand;
mod keeping;

use std::collections::BTreeMap;
use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use simulation::Chance;
use simulation::chance::seed_of_part;
use simulation::clock::{self, Clock};
use tokio::sync::Notify;

use crate::ca_bundle::CaBundle;
use crate::faults::FaultPlan;
use crate::guest::engines::Engines;
use crate::guest::keeping::Late;
use crate::hosts::HostsFile;
use crate::journal::{Entry, Journal};
use crate::net::loopback::Block;
use crate::state::{Record, SavedState, SharedFile, StateError, StateFile};
use crate::world::resource_manager;
use crate::world::{Command, OperationId, Performed, Refusal, Request, SubscriptionId, World};

use self::arranged::Arranged;
pub(crate) use self::arranged::begin_faults;
pub use self::hand::Hand;
pub use self::keeping::NotRestored;

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

    /// The simulator's clock.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
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

    /// Where the cloud is written down. Whoever has the faults must not ask for it.
    fn file(&self) -> Option<SharedFile> {
        self.state().file.clone()
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
