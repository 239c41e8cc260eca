//! An engine that survives its process: what it holds is written down before a client is told of
//! it, and brought back as after a reboot of the host.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use hyper::body::{Body as _, Frame, SizeHint};
use jiff::Timestamp;

use super::{Engine, lock};
use crate::fault::Fault;
use crate::faults::KeptFaults;
use crate::files::Tree;
use crate::reference::Named;
use crate::registry::Published;
use crate::state::State;
use crate::state::container::{Container, Status};
use crate::state::event::Events;
use crate::state::id::ObjectId;
use crate::state::parts::{Changes, Parts, Seen};

/// How a container ends whose host lost its power.
const POWER_LOST: i64 = 255;

/// Who writes down what an engine holds.
pub trait Keeper: Send + Sync {
    /// Writes down what `changes` tells. It is asked for when nobody else can write any more, so
    /// that an older state never comes after a newer one.
    ///
    /// # Errors
    /// When it cannot be written down, with the reason.
    fn keep(&self, changes: &mut dyn FnMut() -> serde_json::Result<Changes>) -> Result<(), String>;

    /// Something has changed that no client asked for: it is to be kept soon.
    fn changed(&self);

    /// Writes down that an image is pushed to the world's registry, and then has `push` do it.
    ///
    /// # Errors
    /// When it cannot be written down, with the reason; nothing is pushed then.
    fn push(&self, name: &Named, image: &Published, push: &mut dyn FnMut()) -> Result<(), String>;
}

/// What an engine held whose process ended.
#[derive(Debug)]
pub struct SavedEngine {
    pub(super) state: State,
    pub(super) faults: Option<KeptFaults>,
}

impl SavedEngine {
    /// What these parts tell.
    ///
    /// # Errors
    /// When they are not those of an engine.
    pub fn read(parts: &Parts) -> serde_json::Result<Self> {
        Ok(Self {
            state: State::of_parts(parts)?,
            faults: parts.faults()?,
        })
    }
}

/// How an engine is kept.
#[derive(Default)]
pub(super) struct Keeping {
    keeper: Option<Arc<dyn Keeper>>,
    seen: std::sync::Mutex<Seen>,
    /// Something has happened that is not kept yet.
    is_late: AtomicBool,
}

impl Keeping {
    pub(super) fn by(keeper: Option<Arc<dyn Keeper>>) -> Self {
        Self {
            keeper,
            ..Self::default()
        }
    }

    /// Notes that something has happened.
    pub(super) fn happened(&self) {
        if let Some(keeper) = &self.keeper {
            self.is_late.store(true, Ordering::SeqCst);
            keeper.changed();
        }
    }
}

impl fmt::Debug for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeping").finish_non_exhaustive()
    }
}

impl Engine {
    /// Everything the engine holds that a host keeps while it is switched off; what changes from
    /// now on is told to its keeper.
    ///
    /// # Errors
    /// When it has no form as JSON, which would be a mistake of ours.
    pub fn parts(&self) -> serde_json::Result<Parts> {
        let mut seen = lock(&self.shared.keeping.seen);
        self.state().parts(&self.faults().kept(), &mut seen)
    }

    /// Has written down what was not yet; the keeper's reason where that fails.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn keep(&self) -> Result<(), String> {
        let keeping = &self.shared.keeping;
        let Some(keeper) = &keeping.keeper else {
            return Ok(());
        };
        keeping.is_late.store(false, Ordering::SeqCst);
        keeper.keep(&mut || {
            let mut seen = lock(&keeping.seen);
            self.state().changes(&self.faults().kept(), &mut seen)
        })
    }

    /// The same, before a client is told that it was obeyed.
    pub(crate) fn keep_before_answer(&self) -> Result<(), Fault> {
        let kept = self.keep();
        kept.map_err(|reason| Fault::Internal(format!("the state cannot be kept: {reason}")))
    }

    /// Pushes an image to the world's registry, which is written down before; the keeper's reason
    /// where that fails.
    pub(crate) fn push(&self, name: &Named, image: &Published) -> Result<(), String> {
        let mut push = || self.registry().push(name, image.clone());
        let Some(keeper) = &self.shared.keeping.keeper else {
            push();
            return Ok(());
        };
        keeper.push(name, image, &mut push)
    }

    /// The rest of an answer: what happens meanwhile is kept before the client is told of it.
    pub(crate) fn kept_along(&self, body: Body) -> Body {
        if self.shared.keeping.keeper.is_none() || body.is_end_stream() {
            return body;
        }
        Body::new(KeptAlong {
            body,
            engine: self.clone(),
        })
    }

    /// Brings back what a host had that lost its power.
    pub(super) fn come_back(&self) {
        let now = self.now();
        let mut state = self.state();
        let all: Vec<ObjectId> = state.containers.iter().map(|c| c.id).collect();
        let mut to_remove = Vec::new();
        for id in all {
            let Some(mut container) = state.containers.remove(id) else {
                continue;
            };
            self.lay_on_image(&state, &mut container, now);
            if container.is_running() {
                self.leave_networks(&mut state, &mut container, now);
                super::health::stop(&mut container);
                end(&mut container, now);
                to_remove.extend(container.host.auto_remove.then_some(id));
            }
            state.containers.insert(container);
        }
        drop(state);
        for id in to_remove {
            self.take_away(id, true);
        }
        // What happens while a host boots is no news to anybody.
        self.state().events = Events::default();
    }

    /// Lays what a container has changed on its image's files.
    fn lay_on_image(&self, state: &State, container: &mut Container, now: Timestamp) {
        let kept = std::mem::replace(&mut *lock(&container.files), Tree::new(now));
        let ground = container.layer.map(|layer| {
            let files = state.images.layers().tree(Some(layer));
            self.ground_of(&container.image, &files)
        });
        let mut tree = match ground {
            None => kept,
            Some(Ok(ground)) => kept.with_base(ground),
            Some(Err(fault)) => {
                tracing::error!(%fault, container = %container.id, "its image's files are gone");
                kept
            }
        };
        tree.set_disk(self.disk().clone());
        container.files = tree.shared();
    }
}

fn end(container: &mut Container, now: Timestamp) {
    let state = &mut container.state;
    state.status = Status::Exited;
    state.exit_code = POWER_LOST;
    state.finished_at = Some(now);
    state.pid = 0;
}

/// An answer along which things happen.
struct KeptAlong {
    body: Body,
    engine: Engine,
}

impl hyper::body::Body for KeptAlong {
    type Data = <Body as hyper::body::Body>::Data;
    type Error = <Body as hyper::body::Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_ready()
            && self.engine.shared.keeping.is_late.load(Ordering::SeqCst)
            && let Err(reason) = self.engine.keep()
        {
            tracing::error!(reason, "the state of an engine cannot be kept");
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
