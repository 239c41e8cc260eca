//! The engines of all machines, and the doors that lead to them.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use simulation::Clock;
use simulation::chance::seed_of_part;
use simulation::net::{self, Listening, Task};

use crate::journal::{Entry, Journal};
use crate::world::{Door, Machine, SubscriptionId};

use super::DockerSettings;
use super::daemon::Daemon;
use super::engine_address::EngineAddress;
use super::mutual_tls::MutualTls;
use super::recipe::Recipe;

type ServiceKey = (SubscriptionId, String);

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

/// Engines by machine, and open doors by hosted service.
#[derive(Debug)]
pub(crate) struct Engines {
    runtime: tokio::runtime::Handle,
    clock: Clock,
    journal: Arc<Journal>,
    plan: Plan,
    by_machine: HashMap<u64, Daemon>,
    services: HashMap<ServiceKey, Service>,
}

#[derive(Debug, Default)]
struct Service {
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
    /// Empty where the port could not be had; they end with the door.
    listening: Vec<(Listening, Task)>,
}

impl Engines {
    pub(crate) fn new(
        runtime: tokio::runtime::Handle,
        clock: Clock,
        journal: Arc<Journal>,
        plan: Plan,
    ) -> Self {
        Self {
            runtime,
            clock,
            journal,
            plan,
            by_machine: HashMap::new(),
            services: HashMap::new(),
        }
    }

    /// Opens and closes doors until those of the hosted service are as they should be.
    pub(crate) fn reconcile(&mut self, service: &ServiceKey, doors: Vec<Door>, machines: Vec<u64>) {
        let mut held = self.services.remove(service).unwrap_or_default();
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
            self.by_machine.remove(gone);
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
        if !held.machines.is_empty() {
            self.services.insert(service.clone(), held);
        }
    }

    /// The port of 127.0.0.1 that leads to the same engine as this public port.
    pub(crate) fn localhost_port(&self, address: Ipv4Addr, port: u16) -> Option<u16> {
        self.services
            .values()
            .flat_map(|service| &service.doors)
            .find(|open| (open.address, open.port) == (address, port))
            .and_then(|open| open.localhost)
    }

    /// The simulated engine of a machine, once it has been started.
    pub(crate) fn simulated(&self, machine: u64) -> Option<&fake_docker::Engine> {
        self.by_machine.get(&machine)?.engine()
    }

    /// Closes every door and forgets every engine.
    pub(crate) fn clear(&mut self) {
        self.services.clear();
        self.by_machine.clear();
    }

    fn open(&mut self, door: &Door) -> OpenDoor {
        let daemon = self.daemon(&door.machine);
        let mut open = OpenDoor {
            address: door.address,
            port: door.port,
            machine: door.machine.serial,
            settings: door.settings.clone(),
            localhost: None,
            listening: Vec::new(),
        };
        let tls =
            door.settings.tls.as_ref().map(|tls| {
                MutualTls::new(tls.server.clone(), tls.clients.clone(), self.clock.clone())
            });
        let tls = match tls.transpose() {
            Ok(tls) => tls,
            Err(error) => {
                self.note(door, &error.to_string());
                return open;
            }
        };
        match self.serve(
            SocketAddr::from((door.address, door.port)),
            daemon.clone(),
            tls.clone(),
        ) {
            Ok((_, listening)) => open.listening.push(listening),
            Err(error) => self.note(door, &format!("the port cannot be listened on: {error}")),
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
                Err(error) => self.note(
                    door,
                    &format!("no port of 127.0.0.1 can be listened on: {error}"),
                ),
            }
        }
        open
    }

    fn note(&self, door: &Door, detail: &str) {
        let path = format!("{}:{}", door.address, door.port);
        tracing::warn!(%path, detail, "a door stays closed");
        let now = self.clock.now();
        self.journal
            .write(|number| Entry::note(number, now, "Open Endpoint", path, detail.to_owned()));
    }

    fn daemon(&mut self, machine: &Machine) -> Daemon {
        let plan = &self.plan;
        if let Some(address) = &plan.real {
            return Daemon::Real(address.clone());
        }
        self.by_machine
            .entry(machine.serial)
            .or_insert_with(|| {
                let engine = plan
                    .recipe
                    .begin(&self.clock)
                    .name(&machine.host_name)
                    .cpus(machine.cores)
                    .memory_bytes(u64::from(machine.memory_mb) * 1024 * 1024)
                    .operating_system(&machine.system)
                    .seed(seed_of_part(plan.seed, machine.serial))
                    .build();
                Daemon::Simulated(engine)
            })
            .clone()
    }

    fn serve(
        &self,
        at: SocketAddr,
        daemon: Daemon,
        tls: Option<MutualTls>,
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
