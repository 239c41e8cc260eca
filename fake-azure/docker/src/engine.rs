//! The handle on an engine: what it is built from, and how a connection is served.

use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use simulation::Clock;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::api::{self, TakenOver};
use crate::host::Host;
use crate::world::World;

/// A Docker engine that answers on any stream.
///
/// Clones are handles on the same engine.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

/// What the handles of one engine have in common.
struct Shared {
    host: Host,
    clock: Clock,
    world: Mutex<World>,
    connections: AtomicUsize,
}

impl Engine {
    /// Starts the description of an engine; what is not said has a default.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Serves one connection until the peer closes it.
    ///
    /// Speaks HTTP/1.1 with keep-alive and upgrades; a peer that closes its half may
    /// still read the rest of its answer. Errors of the stream end the connection and
    /// are traced.
    pub async fn serve<S>(&self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let _open = Connection::open(&self.shared);
        let taken_over = TakenOver::default();
        let service = service_fn(|request| {
            let (engine, taken_over) = (self.clone(), taken_over.clone());
            async move { Ok::<_, Infallible>(api::answer(&engine, &taken_over, request).await) }
        });
        // Header names go out as Go's server writes them; dates come from our clock.
        let served = http1::Builder::new()
            .title_case_headers(true)
            .auto_date_header(false)
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
            .await;
        if let Err(error) = served {
            tracing::debug!(%error, "a connection to the engine ended early");
        }
        let mut streams = {
            let mut taken = taken_over.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *taken)
        };
        while streams.join_next().await.is_some() {}
    }

    /// The machine it runs on.
    pub(crate) fn host(&self) -> &Host {
        &self.shared.host
    }

    /// What time it is for the engine.
    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared
            .world
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("host", &self.shared.host)
            .field("connections", &self.connections())
            .finish_non_exhaustive()
    }
}

/// Counts a connection for as long as it is served.
struct Connection<'a>(&'a Shared);

impl<'a> Connection<'a> {
    fn open(shared: &'a Shared) -> Self {
        shared.connections.fetch_add(1, Ordering::Relaxed);
        Self(shared)
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Describes an [`Engine`] before it is built.
#[must_use = "a builder does nothing until `build`"]
#[derive(Default)]
pub struct EngineBuilder {
    host: Host,
    clock: Option<Clock>,
    seed: Option<u64>,
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

    /// Sets the release of the kernel.
    pub fn kernel_version(mut self, version: impl Into<String>) -> Self {
        self.host.kernel_version = version.into();
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

    /// Builds the engine, born now.
    pub fn build(self) -> Engine {
        let clock = self.clock.unwrap_or_else(Clock::real);
        let seed = self.seed.unwrap_or_else(rand::random);
        let world = World::new(seed, clock.now());
        Engine {
            shared: Arc::new(Shared {
                host: self.host,
                clock,
                world: Mutex::new(world),
                connections: AtomicUsize::new(0),
            }),
        }
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
