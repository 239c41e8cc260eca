//! What an engine is built from.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use simulation::{Clock, Journal};

use super::fabric::{Fabric, HOST_ADDRESS};
use super::host_ports::HostPorts;
use super::keeping::{Keeper, Keeping, SavedEngine};
use super::reaping::Socket;
use super::{Engine, Shared, mounts, scripted_images};
use tokio::sync::Semaphore;

use crate::faults::EngineFaults;
use crate::files::Disk;
use crate::host::Host;
use crate::journal;
use crate::limits::Limits;
use crate::process::script::Scripts;
use crate::process::script::services::Services;
use crate::process::shell;
use crate::registry::SharedRegistry;
use crate::state::State;

/// Describes an [`Engine`] before it is built.
#[must_use = "a builder does nothing until `build`"]
#[derive(Default)]
pub struct EngineBuilder {
    host: Host,
    clock: Option<Clock>,
    began: Option<Timestamp>,
    seed: Option<u64>,
    scripts: Scripts,
    assume_ok: bool,
    address: Option<Ipv4Addr>,
    host_ports: Option<Arc<dyn HostPorts>>,
    registry: Option<SharedRegistry>,
    pull_any: Option<bool>,
    limits: Limits,
    saved: Option<SavedEngine>,
    keeper: Option<Arc<dyn Keeper>>,
}

impl EngineBuilder {
    /// Names the host; `info` shows it.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.host.name = name.into();
        self
    }

    /// Sets the number of processors.
    pub fn cpus(mut self, cpus: u32) -> Self {
        self.host.cpus = cpus;
        self
    }

    /// Sets the memory of the host, in bytes.
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.host.memory_bytes = bytes;
        self
    }

    /// Sets the name of the operating system, version included: `Ubuntu 14.10`.
    pub fn operating_system(mut self, name: impl Into<String>) -> Self {
        self.host.operating_system = name.into();
        self
    }

    /// Sets the release of the kernel; else it is the one that comes with the operating system.
    pub fn kernel_version(mut self, version: impl Into<String>) -> Self {
        self.host.kernel_version = Some(version.into());
        self
    }

    /// Hands in the clock; the default follows the machine's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Makes ids follow from `seed`; without it every engine has ids of its own.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Lets scripts say what containers do. May be called several times: the last one is looked
    /// at first.
    pub fn scripts(mut self, scripts: Scripts) -> Self {
        self.scripts.merge(scripts);
        self
    }

    /// Lets commands that neither an image nor a script has end well, such as `apk add`.
    pub fn assume_ok(mut self, assume: bool) -> Self {
        self.assume_ok = assume;
        self
    }

    /// Sets the address of the host on its own network, at which its published ports are reached,
    /// too; the default is 10.0.0.4.
    pub fn address(mut self, address: Ipv4Addr) -> Self {
        self.address = Some(address);
        self
    }

    /// Listens on published ports for real, as [`Loopback`](crate::Loopback) does; without it
    /// they are reached in memory alone.
    pub fn host_ports(mut self, ports: impl HostPorts + 'static) -> Self {
        self.host_ports = Some(Arc::new(ports));
        self
    }

    /// Lets the engine pull from and push to registries that others share; without it the engine
    /// has a world of its own.
    pub fn registry(mut self, registry: SharedRegistry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Lets a pull of an image that nobody published bring one all the same: the newest of its
    /// repository, else one that does nothing until it is stopped.
    pub fn pull_any(mut self, pull_any: bool) -> Self {
        self.pull_any = Some(pull_any);
        self
    }

    /// Sets how much the engine takes upon itself before it refuses.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Says since when the engine runs, where that is not the moment at which it is built.
    pub fn began(mut self, at: Timestamp) -> Self {
        self.began = Some(at);
        self
    }

    /// Brings back what an engine held whose host lost its power: containers that ran have ended,
    /// and start again with [`Engine::power_on`] where their policy says so. Whoever builds
    /// calls that inside a runtime.
    pub fn saved(mut self, saved: SavedEngine) -> Self {
        self.saved = Some(saved);
        self
    }

    /// Has what the engine holds written down, so that [`EngineBuilder::saved`] can bring it back.
    pub fn keeper(mut self, keeper: Arc<dyn Keeper>) -> Self {
        self.keeper = Some(keeper);
        self
    }

    /// Builds the engine, born now.
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever gives no seed wants chance"
    )]
    pub fn build(self) -> Engine {
        let clock = self.clock.unwrap_or_else(Clock::real);
        let seed = self.seed.unwrap_or_else(rand::random);
        let now = self.began.unwrap_or_else(|| clock.now());
        let disk = Disk::new(self.limits.disk_bytes);
        let comes_back = self.saved.is_some();
        let (mut state, faults) = match self.saved {
            Some(SavedEngine { state, faults }) => (state, faults),
            None => (State::new(seed, now), None),
        };
        state.images.set_archive_limits(self.limits.archive());
        state.volumes.set_disk(disk.clone());
        let registry = self.registry.unwrap_or_default();
        if let Some(pull_any) = self.pull_any {
            super::lock(&registry).set_pull_any(pull_any);
        }
        scripted_images::publish(&mut super::lock(&registry), &self.scripts);
        let engine = Engine {
            shared: Arc::new_cyclic(|shared| Shared {
                host: self.host,
                clock,
                state: Mutex::new(state),
                lives: Mutex::default(),
                grounds: Mutex::default(),
                terminals: Mutex::default(),
                fifos: Arc::default(),
                programs: Arc::new(
                    Services::before(Arc::new(shell::userland()))
                        .reaper(Arc::new(Socket(shared.clone()))),
                ),
                scripts: self.scripts.assume_ok(self.assume_ok),
                host_files: mounts::host_tree(now),
                uploads: Arc::new(Semaphore::new(
                    self.limits.unfinished_bytes.min(Semaphore::MAX_PERMITS),
                )),
                limits: self.limits,
                disk,
                fabric: Fabric::new(self.address.unwrap_or(HOST_ADDRESS), self.host_ports),
                registry,
                happened: tokio::sync::Notify::new(),
                off: AtomicBool::new(false),
                connections: AtomicUsize::new(0),
                faults: faults.map_or_else(|| EngineFaults::new(seed), EngineFaults::of),
                journal: Journal::keeping(journal::KEPT, journal::BYTES),
                keeping: Keeping::by(self.keeper),
            }),
        };
        if comes_back {
            engine.come_back();
        }
        engine
    }
}

impl fmt::Debug for EngineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineBuilder")
            .field("host", &self.host)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
