//! The engines of all machines, and the doors that lead to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use fake_docker::registry::Pushed;
use fake_docker::{Engine, Parts, SavedEngine};
use jiff::Timestamp;
use simulation::Clock;
use simulation::chance::seed_of_part;
use simulation::net::{self, Listening, Task};
use tokio::runtime::Handle;

use crate::faults::EngineFaults;
use crate::journal::{Entry, Journal};
use crate::state::{Record, SavedEngines, SharedFile};
use crate::world::docker_settings::DockerSettings;
use crate::world::{Calls, Door, Machine, Owner, PortDoors, Presence};

use super::daemon::Daemon;
use super::engine_address::EngineAddress;
use super::keeping::{Late, MachineKeeper};
use super::lazy_engine::LazyEngine;
use super::lazy_tls::LazyTls;
use super::machine_ports::MachinePorts;
use super::own_calls::OwnCalls;
use super::recipe::{self, Recipe};

/// What engines the machines are to have.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Whether doors open on 127.0.0.1 too.
    pub(crate) localhost: bool,
    /// What the identifiers in all simulated engines follow from.
    pub(crate) seed: u64,
    /// What simulated engines are made of.
    pub(crate) recipe: Recipe,
    /// What goes wrong with them from their start.
    pub(crate) faults: Vec<EngineFaults>,
    /// The real engine that stands in for all of them.
    pub(crate) real: Option<EngineAddress>,
}

/// Engines by machine, and open doors by their owner.
#[derive(Debug)]
pub(crate) struct Engines {
    runtime: Handle,
    clock: Clock,
    journal: Arc<Journal>,
    plan: Arc<Plan>,
    by_machine: HashMap<u64, Guest>,
    /// What engines held that nobody has asked yet since the simulator went on.
    saved: SavedEngines,
    /// Where engines are kept, if they are.
    keeping: Option<Keeping>,
    owners: HashMap<Owner, Held>,
}

/// Where engines are kept.
#[derive(Clone, Debug)]
struct Keeping {
    file: SharedFile,
    late: Arc<Late>,
}

/// What a machine has of Docker.
#[derive(Debug)]
struct Guest {
    daemon: Daemon,
    ports: MachinePorts,
    keeper: Option<Arc<MachineKeeper>>,
    /// When the machine was switched on; none while it is off.
    boot: Option<Timestamp>,
    own: OwnCalls,
    /// How many commands of the machine's own it was given; none while that is not known, because
    /// another life gave it some.
    given: Option<usize>,
}

#[derive(Debug, Default)]
struct Held {
    machines: Vec<u64>,
    doors: Vec<OpenDoor>,
}

#[derive(Debug)]
struct OpenDoor {
    address: Ipv4Addr,
    port: u16,
    machine: u64,
    settings: Arc<DockerSettings>,
    is_foreign: bool,
    localhost: Option<u16>,
    /// Why nobody can reach it.
    closed: Option<String>,
    /// Empty where the port could not be had; they end with the door.
    listening: Vec<(Listening, Task)>,
}

impl Guest {
    /// A guest whose engine is another's.
    fn of_real(
        address: &EngineAddress,
        machine: &Machine,
        runtime: &Handle,
        own: OwnCalls,
    ) -> Self {
        Self {
            own,
            given: Some(0),
            ports: MachinePorts::new(runtime.clone(), Some(address.ports())),
            daemon: Daemon::Real(address.clone()),
            keeper: None,
            boot: Some(machine.boot),
        }
    }

    /// The machine runs since `boot`.
    fn switch_on(&mut self, boot: Timestamp, runtime: &Handle) {
        if self.boot == Some(boot) {
            return;
        }
        self.switch_off();
        self.boot = Some(boot);
        if let Daemon::Simulated(engine) = &self.daemon {
            let _inside = runtime.enter();
            engine.power_on();
        }
    }

    /// Has its engine carry out what the machine's own client was told since.
    fn take_calls(&mut self, calls: Calls, runtime: &Handle) {
        let known = calls.0.len();
        // What came back had been told all of it.
        let given = self.given.replace(known).unwrap_or(known);
        let new: Vec<_> = calls.0.into_iter().skip(given).collect();
        if let Daemon::Simulated(engine) = &self.daemon
            && !new.is_empty()
        {
            let _inside = runtime.enter();
            let engine = engine.engine().clone();
            runtime.spawn(self.own.clone().carry_out(engine, new));
        }
    }

    /// The machine does not run, or its daemon does not.
    fn switch_off(&mut self) {
        self.ports.lead(BTreeSet::new(), Vec::new());
        if let (Some(_), Daemon::Simulated(engine)) = (self.boot.take(), &self.daemon) {
            engine.power_off();
        }
    }

    /// The machine is gone, and all that ran in it.
    fn end(self) {
        if let Some(keeper) = &self.keeper {
            keeper.end();
        }
        self.ports.lead(BTreeSet::new(), Vec::new());
        if let Daemon::Simulated(engine) = self.daemon {
            engine.shut_down();
        }
    }
}

/// What becomes an engine when somebody asks for it.
struct Seed {
    machine: Machine,
    plan: Arc<Plan>,
    clock: Clock,
    ports: MachinePorts,
    keeper: Option<Arc<MachineKeeper>>,
    saved: Option<Parts>,
}

impl Seed {
    /// The engine, which has run since the machine's first boot.
    fn engine(self) -> Engine {
        let machine = self.machine;
        let mut builder = self
            .plan
            .recipe
            .begin(&self.clock)
            .began(machine.boot)
            .name(machine.host_name)
            .cpus(machine.cores)
            .memory_bytes(u64::from(machine.memory_mb) * 1024 * 1024)
            .operating_system(machine.system)
            .seed(seed_of_part(self.plan.seed, machine.serial))
            .host_ports(self.ports);
        if let Some(address) = machine.address {
            builder = builder.address(address);
        }
        if let Some(keeper) = self.keeper {
            builder = builder.keeper(keeper);
        }
        match self.saved.as_ref().map(SavedEngine::read) {
            Some(Ok(saved)) => builder = builder.saved(saved),
            // It was read when the state was.
            Some(Err(error)) => tracing::error!(%error, "an engine does not come back"),
            None => {}
        }
        let engine = builder.build();
        let faults = self.plan.faults.iter();
        let of_it = faults.filter(|faults| faults.is_of(&machine.service, &machine.name));
        recipe::arrange(&engine, of_it.flat_map(|faults| &faults.faults));
        engine
    }
}

impl Engines {
    pub(crate) fn new(runtime: Handle, clock: Clock, journal: Arc<Journal>, plan: Plan) -> Self {
        Self {
            runtime,
            clock,
            journal,
            plan: Arc::new(plan),
            by_machine: HashMap::new(),
            saved: SavedEngines::new(),
            keeping: None,
            owners: HashMap::new(),
        }
    }

    /// Keeps engines in a file from now on.
    pub(crate) fn keep_in(&mut self, file: SharedFile) -> Arc<Late> {
        let late = Arc::<Late>::default();
        self.keeping = Some(Keeping {
            file,
            late: late.clone(),
        });
        late
    }

    /// Has engines of a state come back where their machines do, and what they pushed at once.
    pub(crate) fn bring_back(&mut self, saved: SavedEngines, pushed: Pushed) {
        self.saved = saved;
        self.plan.recipe.bring_back(pushed);
    }

    /// What the engines have pushed.
    pub(crate) fn pushed(&self) -> Pushed {
        self.plan.recipe.pushed()
    }

    /// What all engines hold.
    pub(crate) fn saved(&self) -> serde_json::Result<SavedEngines> {
        let mut all = self.saved.clone();
        for (machine, guest) in &self.by_machine {
            if let Some(engine) = guest.daemon.made() {
                all.insert(*machine, engine.parts()?);
            }
        }
        Ok(all)
    }

    /// Has everything written down that happened in engines by itself.
    pub(crate) fn keep(&self) {
        for guest in self.by_machine.values() {
            if let Some(Err(reason)) = guest.daemon.made().map(Engine::keep) {
                tracing::error!(reason, "an engine cannot be kept");
            }
        }
    }

    /// The engine of a machine, once somebody has asked for it.
    pub(crate) fn made(&self, machine: u64) -> Option<&Engine> {
        self.by_machine.get(&machine)?.daemon.made()
    }

    /// Keeps no engine any more that is there now: another state takes their place.
    pub(crate) fn end_keeping(&self) {
        for guest in self.by_machine.values() {
            if let Some(keeper) = &guest.keeper {
                keeper.end();
            }
        }
    }

    /// A machine is gone: its engine is to be forgotten.
    fn forget(&mut self, machine: u64) {
        let was_saved = self.saved.remove(&machine).is_some();
        let guest = self.by_machine.remove(&machine);
        let was_made = guest
            .as_ref()
            .is_some_and(|guest| guest.daemon.made().is_some());
        if let Some(guest) = guest {
            guest.end();
        }
        if let Some(keeping) = self.keeping.as_ref().filter(|_| was_saved || was_made) {
            let record = Record::of_no_engine(self.clock.now(), machine);
            if let Err(error) = keeping.file.append(&record) {
                tracing::error!(reason = error.with_cause(), "a machine's engine stays kept");
            }
        }
    }

    /// Opens and closes doors until those of an owner are as they should be.
    pub(crate) fn reconcile(&mut self, owner: &Owner, presence: Presence) {
        let Presence {
            names: _,
            doors,
            ports,
            machines,
        } = presence;
        let mut held = self.owners.remove(owner).unwrap_or_default();
        held.doors.retain(|open| {
            doors.iter().any(|door| {
                (door.address, door.port, door.machine.serial)
                    == (open.address, open.port, open.machine)
                    && Arc::ptr_eq(&door.settings, &open.settings)
                    && door.is_foreign == open.is_foreign
            })
        });
        for gone in held
            .machines
            .iter()
            .filter(|serial| !machines.contains(serial))
        {
            self.forget(*gone);
        }
        for serial in &machines {
            let leads = ports.iter().any(|p| p.machine.serial == *serial);
            if let Some(guest) = self.by_machine.get_mut(serial).filter(|_| !leads) {
                guest.switch_off();
            }
        }
        held.machines = machines;
        for door in doors {
            if !held
                .doors
                .iter()
                .any(|open| (open.address, open.port) == (door.address, door.port))
            {
                held.doors.push(self.open(&door));
            }
        }
        for PortDoors {
            machine,
            public,
            ranges,
            calls,
        } in ports
        {
            // Who has no such port needs no engine before somebody asks for it.
            if !public.is_empty()
                || !ranges.is_empty()
                || !calls.0.is_empty()
                || self.by_machine.contains_key(&machine.serial)
            {
                let runtime = self.runtime.clone();
                let guest = self.guest(&machine);
                guest.switch_on(machine.boot, &runtime);
                guest.ports.lead(public, ranges);
                guest.take_calls(calls, &runtime);
            }
        }
        if !held.machines.is_empty() {
            self.owners.insert(owner.clone(), held);
        }
    }

    /// The port of 127.0.0.1 that leads to the same engine as this public port.
    pub(crate) fn localhost_port(&self, address: Ipv4Addr, port: u16) -> Option<u16> {
        self.owners
            .values()
            .flat_map(|held| &held.doors)
            .find(|open| (open.address, open.port) == (address, port))
            .and_then(|open| open.localhost)
    }

    /// The public addresses that nobody can reach, and why.
    pub(crate) fn closed_doors(&self) -> BTreeMap<String, String> {
        let doors = self.owners.values().flat_map(|held| &held.doors);
        let mut closed: BTreeMap<_, _> = doors
            .filter_map(|door| {
                let address = format!("{}:{}", door.address, door.port);
                Some((address, door.closed.clone()?))
            })
            .collect();
        for guest in self.by_machine.values() {
            closed.extend(guest.ports.closed());
        }
        closed
    }

    /// The simulated engine of a machine that has been started.
    pub(crate) fn simulated(&self, machine: u64) -> Option<&Engine> {
        self.by_machine.get(&machine)?.daemon.engine()
    }

    /// Closes every door and forgets every engine, and what they pushed.
    pub(crate) fn clear(&mut self) {
        self.plan.recipe.reset();
        self.saved.clear();
        self.owners.clear();
        for (_, guest) in self.by_machine.drain() {
            guest.end();
        }
    }

    fn open(&mut self, door: &Door) -> OpenDoor {
        let daemon = self.guest(&door.machine).daemon.clone();
        let mut open = OpenDoor {
            address: door.address,
            port: door.port,
            machine: door.machine.serial,
            settings: door.settings.clone(),
            is_foreign: door.is_foreign,
            localhost: None,
            closed: None,
            listening: Vec::new(),
        };
        let certificates = door.settings.tls.clone();
        let tls = certificates.map(|tls| {
            let clock = self.clock.clone();
            if door.is_foreign {
                LazyTls::foreign(tls, clock)
            } else {
                LazyTls::new(tls, clock)
            }
        });
        match self.serve(
            SocketAddr::from((door.address, door.port)),
            daemon.clone(),
            tls.clone(),
        ) {
            Ok((_, listening)) => open.listening.push(listening),
            Err(error) => {
                let detail = format!("the port cannot be listened on: {error}");
                open.closed = Some(self.note(door, detail));
            }
        }
        if self.plan.localhost {
            let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let served = self
                .serve(here(door.port), daemon.clone(), tls.clone())
                .or_else(|_| self.serve(here(0), daemon, tls));
            match served {
                Ok((port, listening)) => {
                    open.localhost = Some(port);
                    open.listening.push(listening);
                }
                Err(error) => {
                    let detail = format!("no port of 127.0.0.1 can be listened on: {error}");
                    open.closed = Some(self.note(door, detail));
                }
            }
        }
        open
    }

    /// Tells whoever looks that a door stays closed, and gives the reason back.
    fn note(&self, door: &Door, detail: String) -> String {
        let path = format!("{}:{}", door.address, door.port);
        tracing::error!(%path, detail, "a door stays closed");
        let now = self.clock.now();
        self.journal
            .write(|number| Entry::note(number, now, "Open Endpoint", path, detail.clone()));
        detail
    }

    fn guest(&mut self, machine: &Machine) -> &mut Guest {
        let guest = match self.by_machine.remove(&machine.serial) {
            Some(guest) => guest,
            None => self.begin(machine),
        };
        let entry = self.by_machine.entry(machine.serial);
        entry.insert_entry(guest).into_mut()
    }

    fn begin(&mut self, machine: &Machine) -> Guest {
        let name = format!("{}/{}", machine.service, machine.name);
        let own = OwnCalls::new(name, self.clock.clone(), self.journal.clone());
        if let Some(address) = &self.plan.real {
            return Guest::of_real(address, machine, &self.runtime, own);
        }
        let ports = MachinePorts::new(self.runtime.clone(), None);
        let keeper = self.keeping.clone().map(|Keeping { file, late }| {
            let clock = self.clock.clone();
            Arc::new(MachineKeeper::new(machine.serial, file, clock, late))
        });
        let saved = self.saved.remove(&machine.serial);
        let comes_back = saved.is_some();
        let seed = Seed {
            machine: machine.clone(),
            plan: self.plan.clone(),
            clock: self.clock.clone(),
            ports: ports.clone(),
            keeper: keeper.clone(),
            saved,
        };
        let engine = LazyEngine::new(|| seed.engine());
        if comes_back {
            let _inside = self.runtime.enter();
            engine.engine().power_on();
        }
        Guest {
            daemon: Daemon::Simulated(engine),
            ports,
            keeper,
            boot: Some(machine.boot),
            own,
            given: (!comes_back).then_some(0),
        }
    }

    fn serve(
        &self,
        at: SocketAddr,
        daemon: Daemon,
        tls: Option<LazyTls>,
    ) -> std::io::Result<(u16, (Listening, Task))> {
        let _inside = self.runtime.enter();
        let listener = net::listen(at)?;
        let port = listener.local_addr()?.port();
        let (listening, arrivals) = Listening::new(listener);
        let work = net::accept(arrivals, move |stream, _| {
            daemon.clone().serve_tcp(stream, tls.clone())
        });
        Ok((port, (listening, Task::spawn(&self.runtime, work))))
    }
}
