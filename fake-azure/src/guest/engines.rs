//! The engines of all machines, and the doors that lead to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;
use simulation::Clock;
use simulation::chance::seed_of_part;
use simulation::net::{self, Listening, Task};
use tokio::runtime::Handle;

use crate::journal::{Entry, Journal};
use crate::world::docker_settings::DockerSettings;
use crate::world::{Door, Machine, Owner, PortDoors, Presence};

use super::daemon::Daemon;
use super::engine_address::EngineAddress;
use super::lazy_engine::LazyEngine;
use super::lazy_tls::LazyTls;
use super::machine_ports::MachinePorts;
use super::recipe::Recipe;

/// What engines the machines are to have.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Whether doors open on 127.0.0.1 too.
    pub(crate) localhost: bool,
    /// What the identifiers in all simulated engines follow from.
    pub(crate) seed: u64,
    /// What simulated engines are made of.
    pub(crate) recipe: Recipe,
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
    owners: HashMap<Owner, Held>,
}

/// What a machine has of Docker.
#[derive(Debug)]
struct Guest {
    daemon: Daemon,
    ports: MachinePorts,
    /// When the machine was switched on; none while it is off.
    boot: Option<Timestamp>,
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
    localhost: Option<u16>,
    /// Why nobody can reach it.
    closed: Option<String>,
    /// Empty where the port could not be had; they end with the door.
    listening: Vec<(Listening, Task)>,
}

impl Guest {
    fn begin(machine: &Machine, plan: &Arc<Plan>, clock: &Clock, runtime: &Handle) -> Self {
        if let Some(address) = &plan.real {
            return Self {
                ports: MachinePorts::new(runtime.clone(), Some(address.ports())),
                daemon: Daemon::Real(address.clone()),
                boot: Some(machine.boot),
            };
        }
        let ports = MachinePorts::new(runtime.clone(), None);
        Self {
            daemon: Daemon::Simulated(lazy_engine(machine, plan, clock, &ports)),
            ports,
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

    /// The machine does not run, or its daemon does not.
    fn switch_off(&mut self) {
        self.ports.lead(BTreeSet::new());
        if let (Some(_), Daemon::Simulated(engine)) = (self.boot.take(), &self.daemon) {
            engine.power_off();
        }
    }

    /// The machine is gone, and all that ran in it.
    fn end(self) {
        self.ports.lead(BTreeSet::new());
        if let Daemon::Simulated(engine) = self.daemon {
            engine.shut_down();
        }
    }
}

/// The engine of a machine, which has run since the machine's first boot.
fn lazy_engine(
    machine: &Machine,
    plan: &Arc<Plan>,
    clock: &Clock,
    ports: &MachinePorts,
) -> LazyEngine {
    let (machine, plan) = (machine.clone(), plan.clone());
    let (clock, ports) = (clock.clone(), ports.clone());
    LazyEngine::new(move || {
        let mut builder = plan
            .recipe
            .begin(&clock)
            .began(machine.boot)
            .name(machine.host_name)
            .cpus(machine.cores)
            .memory_bytes(u64::from(machine.memory_mb) * 1024 * 1024)
            .operating_system(machine.system)
            .seed(seed_of_part(plan.seed, machine.serial))
            .host_ports(ports);
        if let Some(address) = machine.address {
            builder = builder.address(address);
        }
        builder.build()
    })
}

impl Engines {
    pub(crate) fn new(runtime: Handle, clock: Clock, journal: Arc<Journal>, plan: Plan) -> Self {
        Self {
            runtime,
            clock,
            journal,
            plan: Arc::new(plan),
            by_machine: HashMap::new(),
            owners: HashMap::new(),
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
            })
        });
        for gone in held
            .machines
            .iter()
            .filter(|serial| !machines.contains(serial))
        {
            if let Some(guest) = self.by_machine.remove(gone) {
                guest.end();
            }
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
        for PortDoors { machine, public } in ports {
            // Who has no such port needs no engine before somebody asks for it.
            if !public.is_empty() || self.by_machine.contains_key(&machine.serial) {
                let runtime = self.runtime.clone();
                let guest = self.guest(&machine);
                guest.switch_on(machine.boot, &runtime);
                guest.ports.lead(public);
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
    pub(crate) fn simulated(&self, machine: u64) -> Option<&fake_docker::Engine> {
        self.by_machine.get(&machine)?.daemon.engine()
    }

    /// Closes every door and forgets every engine, and what they pushed.
    pub(crate) fn clear(&mut self) {
        self.plan.recipe.reset();
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
            localhost: None,
            closed: None,
            listening: Vec::new(),
        };
        let certificates = door.settings.tls.clone();
        let tls = certificates.map(|tls| LazyTls::new(tls, self.clock.clone()));
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
        let (plan, clock, runtime) = (&self.plan, &self.clock, &self.runtime);
        self.by_machine
            .entry(machine.serial)
            .or_insert_with(|| Guest::begin(machine, plan, clock, runtime))
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
