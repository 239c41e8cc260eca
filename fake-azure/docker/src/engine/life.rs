//! The living side of a container: what its state cannot hold.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::task::AbortHandle;

use super::fate::Fate;
use super::stdio::Stdio;
use crate::process::{Child, Space, Tty};

/// The living side of a container.
#[derive(Debug)]
pub(crate) struct Life {
    /// Its standard streams.
    pub(crate) stdio: Arc<Stdio>,
    running: Mutex<Option<Running>>,
    changed: Notify,
    waiting: Mutex<Vec<(Condition, oneshot::Sender<Ended>)>>,
    fate: Mutex<Option<Fate>>,
    /// What its next run is to meet, and how long after its start.
    awaited: Mutex<Option<(Duration, Fate)>>,
    stops: AtomicBool,
}

/// What there is of a container while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    /// Its processes.
    pub(crate) space: Arc<Space>,
    /// The first of them.
    pub(crate) main: Child,
    /// Its terminal, if it has one.
    pub(crate) tty: Option<Arc<Tty>>,
    /// Who looks after its health.
    pub(crate) health: Option<AbortHandle>,
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// That it does not run, now or later.
    NotRunning,
    /// That it ends the next time.
    NextExit,
    /// That it is gone.
    Removed,
}

/// How a container ended, for those who waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Its exit code.
    pub(crate) code: i64,
    /// Why it could not be started.
    pub(crate) error: String,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Life {
    pub(crate) fn new(stdio: Arc<Stdio>) -> Arc<Self> {
        Arc::new(Self {
            stdio,
            running: Mutex::default(),
            changed: Notify::new(),
            waiting: Mutex::default(),
            fate: Mutex::default(),
            awaited: Mutex::default(),
            stops: AtomicBool::new(false),
        })
    }

    /// What runs, if it does.
    pub(crate) fn running(&self) -> Option<Running> {
        lock(&self.running).clone()
    }

    /// It runs from now on.
    pub(crate) fn begin(&self, running: Running) {
        *lock(&self.running) = Some(running);
        self.changed.notify_waiters();
    }

    /// Waits until it runs; none when it is gone before.
    pub(crate) async fn begun(self: &Arc<Self>) -> Option<Running> {
        loop {
            let change = self.changed.notified();
            if let Some(running) = self.running() {
                return Some(running);
            }
            if self.stdio.has_ended() {
                return None;
            }
            change.await;
        }
    }

    /// Somebody looks after its health from now on.
    pub(crate) fn look_after(&self, health: AbortHandle) {
        match &mut *lock(&self.running) {
            Some(running) => running.health = Some(health),
            None => health.abort(),
        }
    }

    /// Says how it is to end, when it now ends.
    pub(super) fn seal(&self, fate: Fate) {
        *lock(&self.fate) = Some(fate);
    }

    /// Says what its next run is to meet, so long after its start.
    pub(super) fn await_fate(&self, after: Duration, fate: Fate) {
        *lock(&self.awaited) = Some((after, fate));
    }

    /// What the run that begins is to meet, if somebody said so.
    pub(super) fn take_awaited(&self) -> Option<(Duration, Fate)> {
        lock(&self.awaited).take()
    }

    /// How it was to end, if somebody said so.
    pub(super) fn take_fate(&self) -> Option<Fate> {
        lock(&self.fate).take()
    }

    /// Somebody stops it: its end is told as that, too.
    pub(super) fn is_to_stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
    }

    /// Whether somebody stopped it; he is told once.
    pub(super) fn take_stop(&self) -> bool {
        self.stops.swap(false, Ordering::Relaxed)
    }

    /// Whether it runs in these processes.
    pub(super) fn runs_in(&self, space: &Arc<Space>) -> bool {
        let running = lock(&self.running);
        running
            .as_ref()
            .is_some_and(|r| Arc::ptr_eq(&r.space, space))
    }

    /// It does not run any more.
    pub(crate) fn finish(&self) {
        let running = lock(&self.running).take();
        self.changed.notify_waiters();
        if let Some(running) = running {
            running.space.end();
            if let Some(health) = running.health {
                health.abort();
            }
        }
    }

    /// Lets somebody wait; he is told once.
    pub(crate) fn wait(&self, condition: Condition) -> oneshot::Receiver<Ended> {
        let (tell, told) = oneshot::channel();
        let mut waiting = lock(&self.waiting);
        waiting.retain(|(_, tell)| !tell.is_closed());
        waiting.push((condition, tell));
        told
    }

    /// Tells those who wait for one of these conditions.
    pub(crate) fn tell(&self, conditions: &[Condition], ended: &Ended) {
        let mut waiting = lock(&self.waiting);
        let all = std::mem::take(&mut *waiting);
        let (told, kept): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(condition, _)| conditions.contains(condition));
        *waiting = kept;
        drop(waiting);
        for (_, tell) in told {
            // Who went away need not be told.
            tell.send(ended.clone()).ok();
        }
    }
}
