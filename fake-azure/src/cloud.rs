//! The world with a clock, a journal and open doors: what all skins of the simulator share.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use simulation::clock::{self, Clock};
use tokio::sync::Notify;

use crate::guest::engines::Engines;
use crate::hosts::HostsFile;
use crate::journal::{Entry, Journal};
use crate::mischief::{Break, Fault, Fired, InvalidBreak, Mischief, When};
use crate::world::World;

/// A handle on the simulated cloud; clones are the same cloud.
#[derive(Clone, Debug)]
pub struct Cloud(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    journal: Arc<Journal>,
    mischief: Mutex<Mischief>,
    state: Mutex<State>,
    /// Something may happen by itself sooner than was thought.
    sooner: Notify,
}

#[derive(Debug)]
struct State {
    world: World,
    /// The world as it was at the start.
    birth: World,
    engines: Engines,
    hosts: HostsFile,
    next_change: Option<Timestamp>,
}

impl Cloud {
    pub(crate) fn new(
        world: World,
        clock: Clock,
        journal: Arc<Journal>,
        engines: Engines,
        hosts: HostsFile,
    ) -> Self {
        let mut state = State {
            birth: world.clone(),
            world,
            engines,
            hosts,
            next_change: None,
        };
        // Names of others are names of the simulated world as well.
        for name in &state.world.taken_services {
            lead(&mut state.hosts, &public_name(name), None);
        }
        for name in &state.world.taken_storage {
            lead_nowhere(&mut state.hosts, name);
        }
        let cloud = Self(Arc::new(Inner {
            clock,
            journal,
            mischief: Mutex::default(),
            state: Mutex::new(state),
            sooner: Notify::new(),
        }));
        cloud.act(|_, _| {});
        cloud
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The simulator's time.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Does something with the world at this moment, and opens and closes the doors that
    /// follow from it before it returns.
    pub fn act<T>(&self, deed: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let mut state = self.state();
        let now = self.now();
        state.world.settle(now);
        let done = deed(&mut state.world, now);
        self.follow(&mut state, now);
        done
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
            next_change,
            ..
        } = state;
        for key in world.take_touched() {
            let (subscription, service) = &key;
            let (doors, ports) = world.doors(subscription, service, now);
            engines.reconcile(&key, doors, ports, world.machines(subscription, service));
            let address = world.public_address(subscription, service);
            lead(hosts, &public_name(service), address);
        }
        for account in world.take_new_accounts() {
            lead_nowhere(hosts, &account);
        }
        let next = world.next_change();
        if next.is_some() && next != *next_change {
            self.0.sooner.notify_one();
        }
        *next_change = next;
    }

    /// Lets time pass at once.
    pub fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
        self.act(|_, _| {});
    }

    /// Puts the world back to what it was at the start; faults and journal go too.
    pub fn reset(&self) {
        let mut state = self.state();
        self.0.clock.reset();
        let now = self.now();
        state.engines.clear();
        state.world.touch_everything();
        let touched = state.world.take_touched();
        state.world = state.birth.clone();
        for (subscription, service) in touched {
            state.world.touch(&subscription, &service);
        }
        self.follow(&mut state, now);
        drop(state);
        self.clear_breaks();
        self.0.journal.clear();
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

    fn mischief(&self) -> MutexGuard<'_, Mischief> {
        self.0
            .mischief
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Arranges a fault.
    pub fn break_next(&self, fault: Break) -> Result<(), InvalidBreak> {
        self.mischief().add(fault)
    }

    /// Takes all faults back and tells what they did.
    pub fn clear_breaks(&self) -> Vec<Fired> {
        self.mischief().clear()
    }

    pub(crate) fn hit(&self, method: &str, path: &str) -> Option<(When, Fault)> {
        self.mischief().hit(method, path)
    }

    /// The hosts file with a line for every public name.
    pub(crate) fn hosts_file(&self) -> PathBuf {
        self.state().hosts.path().to_owned()
    }

    /// The public names and their addresses.
    pub fn public_names(&self) -> BTreeMap<String, Ipv4Addr> {
        let state = self.state();
        let world = &state.world;
        world
            .subscription_ids()
            .flat_map(|id| {
                world
                    .services(&id)
                    .filter_map(|s| Some((s.public_name(), s.deployment.as_ref()?.vip?)))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// The simulated Docker engine in a machine of a hosted service, once its extension has
    /// started it: to look into its journal, or to let it go wrong.
    pub fn docker(&self, service: &str, machine: &str) -> Option<fake_docker::Engine> {
        let state = self.state();
        let mut subscriptions = state.world.subscription_ids();
        let serial = subscriptions.find_map(|id| state.world.serial(&id, service, machine))?;
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
            let next = self.state().world.next_change();
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

    /// Closes every door.
    pub(crate) fn close(&self) {
        self.state().engines.clear();
    }
}

fn public_name(service: &str) -> String {
    format!("{service}.cloudapp.net")
}

/// Lets a name lead to an address, or to none.
fn lead(hosts: &mut HostsFile, name: &str, address: Option<Ipv4Addr>) {
    if let Err(error) = hosts.set(name, address) {
        tracing::error!(%error, path = %hosts.path().display(), "the hosts file cannot be changed");
    }
}

/// Nothing answers for a storage account here, and least of all somebody else's.
fn lead_nowhere(hosts: &mut HostsFile, account: &str) {
    for kind in ["blob", "queue", "table", "file"] {
        lead(hosts, &format!("{account}.{kind}.core.windows.net"), None);
    }
}
