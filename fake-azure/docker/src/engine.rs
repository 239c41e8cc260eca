//! The handle on an engine: what it is built from, and how a connection is served.

pub(crate) mod bounds;
mod builder;
pub(crate) mod check;
pub(crate) mod commit;
mod console;
mod container_network;
pub(crate) mod create;
mod devices;
mod ending;
mod exec;
mod fabric;
pub(crate) mod fate;
mod health;
mod host_means;
pub(crate) mod host_ports;
pub(crate) mod image;
mod keeping;
pub(crate) mod life;
pub(crate) mod line;
mod links;
mod machine;
mod memory_files;
mod mounts;
pub(crate) mod names;
mod nearby_registry;
mod networking;
mod options;
mod outside;
mod port_wish;
mod power;
mod published;
mod reaping;
mod remove;
mod scripted_images;
mod seccomp;
mod start;
pub(crate) mod stdio;
pub(crate) mod stop;
pub(crate) mod user;
mod workshop;

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use simulation::{Clock, Journal};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;

use crate::api;
use crate::api::answer::{Handover, Reply};
use crate::fault::Fault;
use crate::faults::EngineFaults;
use crate::files::init_layer::init_layer;
use crate::files::{Disk, SharedTree, Tree, View};
use crate::host::Host;
use crate::journal::Entry;
use crate::limits::Limits;
use crate::process::script::{Assumed, Scripts};
use crate::process::{Fifos, Programs, Space, Tty};
use crate::registry::SharedRegistry;
use crate::state::State;
use crate::state::container::Container;
use crate::state::id::ObjectId;
use crate::state::image::ImageStore;
use crate::state::store::LookupError;
pub use builder::EngineBuilder;
use fabric::Fabric;
use keeping::Keeping;
pub use keeping::{Keeper, SavedEngine};
use life::Life;
use line::Line;
use stdio::Stdio;

/// A Docker engine that answers on any stream.
///
/// Clones are handles on the same engine.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

/// The execs that run: their terminals, if they have one, and where they run.
type Terminals = HashMap<ObjectId, (Option<Arc<Tty>>, Arc<Space>)>;

/// What the handles of one engine have in common.
struct Shared {
    host: Host,
    clock: Clock,
    state: Mutex<State>,
    lives: Mutex<HashMap<ObjectId, Arc<Life>>>,
    /// What containers of an image begin on, by its identifier.
    grounds: Mutex<HashMap<String, Weak<Tree>>>,
    /// The execs that run, with their terminals.
    terminals: Mutex<Terminals>,
    /// The files of the host, which binds show.
    host_files: SharedTree,
    limits: Limits,
    /// What is left for bodies of requests that have not ended.
    uploads: Arc<Semaphore>,
    /// Where the files of containers and volumes lie.
    disk: Arc<Disk>,
    registry: SharedRegistry,
    /// The programs that files can name.
    programs: Arc<dyn Programs>,
    /// The named pipes that are open; containers with the same volume have them in common.
    fifos: Arc<Fifos>,
    /// What scripts say of containers.
    scripts: Scripts,
    /// Who is connected to whom.
    fabric: Fabric,
    /// Something happened: whoever follows the events looks again.
    happened: tokio::sync::Notify,
    /// Whether the host is switched off.
    off: AtomicBool,
    connections: AtomicUsize,
    faults: EngineFaults,
    journal: Journal<Entry>,
    keeping: Keeping,
}

impl Engine {
    /// Starts the description of an engine; what is not said has a default.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Serves one connection until the peer closes it.
    ///
    /// The runtime that it is called on needs tokio's time driver.
    ///
    /// Speaks HTTP/1.1 with keep-alive and upgrades; a peer that closes its half may
    /// still read the rest of an answer that has an end of its own. Errors of the stream end
    /// the connection and are traced.
    pub async fn serve<S>(&self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let _open = Connection::open(&self.shared);
        let handed_over = Mutex::<Option<Handover>>::default();
        let (line, peer) = Line::new(stream);
        let service = service_fn(|request| {
            let (engine, handed_over, peer) = (self.clone(), &handed_over, peer.clone());
            async move {
                match api::answer(&engine, peer, request).await? {
                    Reply::Http(response) => Ok(response),
                    Reply::Handover(handover) => {
                        *lock(handed_over) = Some(handover);
                        // HTTP has nothing more to say here.
                        std::future::pending::<Result<_, api::Cut>>().await
                    }
                }
            }
        });
        // Header names go out as Go's server writes them; dates come from our clock.
        let mut http = http1::Builder::new()
            .title_case_headers(true)
            .auto_date_header(false)
            .half_close(true)
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits().silence)
            .serve_connection(TokioIo::new(line), service);
        let served = async {
            let ended = poll_fn(|cx| {
                let polled = Pin::new(&mut http).poll(cx);
                match lock(&handed_over).take() {
                    Some(handover) => Poll::Ready(Ok(Some(handover))),
                    None => polled.map_ok(|()| None),
                }
            });
            match ended.await {
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "a connection to the engine ended early"),
                Ok(Some(handover)) => {
                    let parts = http.into_parts();
                    let mut line = parts.io.into_inner();
                    line.unread(&parts.read_buf);
                    let _work = simulation::net::at_work();
                    handover.run(Box::new(line)).await;
                }
            }
        };
        tokio::select! {
            biased;
            () = self.faults().wait_for_down(self.clock()) => {}
            () = served => {}
        }
    }

    /// The machine it runs on.
    pub(crate) fn host(&self) -> &Host {
        &self.shared.host
    }

    /// What time it is for the engine.
    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// What is to go wrong.
    pub(crate) fn faults(&self) -> &EngineFaults {
        &self.shared.faults
    }

    /// Where all that is asked is written down.
    pub(crate) fn pages(&self) -> &Journal<Entry> {
        &self.shared.journal
    }

    /// What it holds.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }

    /// The clock that it goes by.
    pub(crate) fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// How much it takes upon itself.
    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// What is left for bodies of requests that have not ended.
    pub(crate) fn uploads(&self) -> &Arc<Semaphore> {
        &self.shared.uploads
    }

    /// Where the files of containers and volumes lie.
    fn disk(&self) -> &Arc<Disk> {
        &self.shared.disk
    }

    /// The files of the host, which binds show.
    pub(crate) fn host_files(&self) -> &SharedTree {
        &self.shared.host_files
    }

    /// Who is connected to whom.
    fn fabric(&self) -> &Fabric {
        &self.shared.fabric
    }

    /// Tells those who follow the events that there are new ones.
    pub(crate) fn happened(&self) {
        self.shared.happened.notify_waiters();
        self.shared.keeping.happened();
    }

    /// Waits for the next time that something happens.
    pub(crate) fn next_happening(&self) -> tokio::sync::futures::Notified<'_> {
        self.shared.happened.notified()
    }

    /// The container that a name, an identifier or the beginning of one leads to.
    pub(crate) fn container_id(&self, name: &str) -> Result<ObjectId, Fault> {
        let bare = name.strip_prefix('/').unwrap_or(name);
        let found = self.state().containers.find(bare);
        found.map_err(|error| match error {
            LookupError::Missing => Fault::NoSuchContainer(name.to_owned()),
            LookupError::Ambiguous(_) => {
                Fault::Invalid(format!("multiple IDs found with provided prefix: {name}"))
            }
        })
    }

    /// Whether the processes of a container are there.
    pub(crate) fn is_running(&self, id: ObjectId) -> bool {
        let state = self.state();
        state.containers.get(id).is_some_and(Container::is_running)
    }

    /// The living side of a container.
    pub(crate) fn life(&self, id: ObjectId) -> Result<Arc<Life>, Fault> {
        if let Some(life) = lock(&self.shared.lives).get(&id) {
            return Ok(life.clone());
        }
        let log = {
            let state = self.state();
            let container = state.containers.get(id);
            let container = container.ok_or_else(|| Fault::NoSuchContainer(id.to_string()))?;
            container.log.clone()
        };
        let mut lives = lock(&self.shared.lives);
        let life = lives
            .entry(id)
            .or_insert_with(|| Life::new(Stdio::new(Some(log))));
        Ok(life.clone())
    }

    fn terminals(&self) -> MutexGuard<'_, Terminals> {
        lock(&self.shared.terminals)
    }

    /// The tree that containers of an image begin on: its own, with the places that the engine's
    /// mounts need.
    fn ground_of(&self, image: &str, files: &Arc<Tree>) -> Result<Arc<Tree>, Fault> {
        let mut grounds = lock(&self.shared.grounds);
        if let Some(ground) = grounds.get(image).and_then(Weak::upgrade) {
            return Ok(ground);
        }
        let ground = init_layer(files.clone(), self.now())
            .map_err(|errno| Fault::Internal(errno.to_string()))?;
        grounds.retain(|_, ground| ground.strong_count() > 0);
        grounds.insert(image.to_owned(), Arc::downgrade(&ground));
        Ok(ground)
    }

    /// Forgets the living side of a container that is taken away.
    fn forget_life(&self, id: ObjectId) -> Option<Arc<Life>> {
        lock(&self.shared.lives).remove(&id)
    }

    /// The programs that a container may run: those that scripts declare for its image or for one
    /// that this was made from, and those that files name.
    fn programs_of(&self, images: &ImageStore, container: &Container) -> Arc<dyn Programs> {
        let known = self.shared.programs.clone();
        let image = container.config.image.as_str();
        let mut names = vec![image.to_owned()];
        names.extend(crate::reference::Reference::parse(image).map(|name| name.familiar()));
        let mut next = container.image.parse().ok();
        while let Some(known) = next.and_then(|id| images.get(id)) {
            names.extend(known.repo_tags());
            next = known.parent;
        }
        let engine = Arc::downgrade(&self.shared);
        let assumed = Assumed::new(move |command| {
            if let Some(shared) = engine.upgrade() {
                let detail = "nobody declared this command; it was taken to end well";
                Self { shared }.write_down(&command.join(" "), detail);
            }
        });
        self.shared
            .scripts
            .programs(names.iter().map(String::as_str), known, assumed)
    }

    /// The files of a container with its mounts, whether it runs or not.
    pub(crate) fn view_of(&self, id: ObjectId) -> Result<View, Fault> {
        if let Some(running) = self.life(id)?.running() {
            return Ok(running.space.files().clone());
        }
        let state = self.state();
        let container = state.containers.get(id);
        let container = container.ok_or_else(|| Fault::NoSuchContainer(id.to_string()))?;
        let memory = self.host().memory_bytes;
        mounts::view(
            &state,
            self.host_files(),
            container,
            &[],
            memory,
            self.now(),
        )
    }

    /// A container's own files.
    pub(crate) fn tree_of(&self, id: ObjectId) -> Result<SharedTree, Fault> {
        let state = self.state();
        let container = state.containers.get(id);
        let container = container.ok_or_else(|| Fault::NoSuchContainer(id.to_string()))?;
        Ok(container.files.clone())
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

/// Refuses one more of what there are enough of.
fn check_count(count: usize, most: usize, what: &str) -> Result<(), Fault> {
    if count < most {
        return Ok(());
    }
    let words = format!("this simulated engine holds at most {most} {what}");
    Err(Fault::Internal(words))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
