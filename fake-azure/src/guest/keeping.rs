//! Engines that survive the simulator's process: what they hold is in the state file.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fake_docker::registry::{Named, Published};
use fake_docker::{Changes, Keeper};
use simulation::Clock;
use tokio::sync::Notify;

use crate::state::{Record, SharedFile};

/// The machines in whose engines something has happened by itself that is not kept yet.
#[derive(Debug, Default)]
pub(crate) struct Late {
    machines: Mutex<BTreeSet<u64>>,
    notify: Notify,
}

impl Late {
    fn note(&self, machine: u64) {
        let mut machines = self.machines.lock().unwrap_or_else(PoisonError::into_inner);
        if machines.insert(machine) {
            self.notify.notify_one();
        }
    }

    /// Waits for the next, and takes all that there are then.
    pub(crate) async fn next(&self) -> BTreeSet<u64> {
        self.notify.notified().await;
        std::mem::take(&mut self.machines.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Keeps what the engine of one machine holds.
#[derive(Debug)]
pub(crate) struct MachineKeeper {
    machine: u64,
    file: SharedFile,
    clock: Clock,
    late: Arc<Late>,
    /// The machine is gone: what its engine still says is no news.
    is_over: AtomicBool,
}

impl MachineKeeper {
    pub(super) fn new(machine: u64, file: SharedFile, clock: Clock, late: Arc<Late>) -> Self {
        Self {
            machine,
            file,
            clock,
            late,
            is_over: AtomicBool::new(false),
        }
    }

    /// Keeps nothing any more.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }
}

impl Keeper for MachineKeeper {
    fn keep(&self, changes: &mut dyn FnMut() -> serde_json::Result<Changes>) -> Result<(), String> {
        let Some(mut turn) = self.file.turn() else {
            return Ok(());
        };
        if self.is_over() {
            return Ok(());
        }
        let changes = changes().map_err(|error| error.to_string())?;
        if changes.is_empty() {
            return Ok(());
        }
        let record = Record::of_engine(self.clock.now(), self.machine, changes);
        turn.append(&record).map_err(|error| error.with_cause())
    }

    fn changed(&self) {
        if !self.is_over() {
            self.late.note(self.machine);
        }
    }

    fn push(&self, name: &Named, image: &Published, push: &mut dyn FnMut()) -> Result<(), String> {
        // A state that is written meanwhile would have it neither before nor in itself.
        let mut turn = self.file.turn();
        if self.is_over() {
            return Ok(());
        }
        if let Some(turn) = &mut turn {
            let record = Record::of_push(self.clock.now(), name, image);
            turn.append(&record).map_err(|error| error.with_cause())?;
        }
        push();
        Ok(())
    }
}
