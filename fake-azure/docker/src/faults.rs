//! What goes wrong with an engine on demand.
//!
//! A [`Break`] says which calls are hit and what then goes wrong. Besides what befalls any answer
//! ([`simulation::faults::Effect`]) that may be
//!
//! | effect | what happens |
//! |---|---|
//! | `{"down": true}`, `{"down": 30}` | the daemon is gone: all connections are cut, and new ones too, until all faults are taken back or for so many seconds |
//! | `{"pull": {"delay": 5}}`, `{"pull": {"fail": "…"}}` | a pull takes so much longer, or fails on its way |
//! | `{"die": {"after": 3, "exit_code": 1}}` | the container that the call names dies by itself so many seconds later, or after its next start where it does not run |
//! | `{"out_of_memory": {"after": 3}}` | that container is killed for want of memory |
//! | `{"disk_full": true}` | the container that the call names finds its disk full until all faults are taken back; a call that names none is refused for want of room |

mod effect;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulation::Clock;
use simulation::chance::seed_of_part;
use simulation::faults::{Call, Faults, Hit, Rule};
use tokio::sync::Notify;

pub use effect::{After, Death, EngineFault, Pull};
pub use simulation::faults::{Answered, Fired, InvalidRule, Match, Seconds, Told, When};
pub use simulation::faults::{Yes, YesOr};

use crate::engine::Engine;
use crate::engine::fate::FullDisk;

/// A fault. Its rule's path is that without the version before it, with its query; its
/// operation is a route as the journal has it, such as `/containers/{id}/start`; and a call names
/// a `container`, by name or identifier, and an `image`, with its tag or without.
pub type Break = Rule<EngineFault>;

/// What goes wrong.
pub type Effect = simulation::faults::Effect<EngineFault>;

/// The part of an engine's seed that faults by chance follow from.
const PART: u64 = u64::MAX;

/// What an engine was told to do wrong.
#[derive(Debug)]
pub(crate) struct EngineFaults {
    state: Mutex<State>,
    /// The daemon goes down, or the faults are taken back.
    changed: Notify,
}

#[derive(Debug)]
struct State {
    kept: KeptFaults,
    /// Counts how often the faults were taken back.
    cleared: u64,
    /// Disks that are full until then.
    full: Vec<FullDisk>,
}

/// What of it survives the engine's process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptFaults {
    faults: Faults<EngineFault>,
    down: Option<Down>,
}

/// How long the daemon is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Down {
    ForNow,
    Until(Timestamp),
}

impl EngineFaults {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None; those by chance follow from an engine's seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self::of(KeptFaults {
            faults: Faults::seeded(seed_of_part(seed, PART)),
            down: None,
        })
    }

    /// Those of an engine whose process ended.
    pub(crate) fn of(kept: KeptFaults) -> Self {
        Self {
            state: Mutex::new(State {
                kept,
                cleared: 0,
                full: Vec::new(),
            }),
            changed: Notify::new(),
        }
    }

    /// What of them survives the engine's process.
    pub(crate) fn kept(&self) -> KeptFaults {
        self.state().kept.clone()
    }

    /// Whether no rule waits for a call.
    pub(crate) fn is_idle(&self) -> bool {
        self.state().kept.faults.is_idle()
    }

    /// Whether a rule that waits is about a call, so that it counts.
    pub(crate) fn are_about(&self, call: &Call<'_>) -> bool {
        self.state().kept.faults.are_about(call)
    }

    /// Counts a call; the fault that hits it, if one does.
    pub(crate) fn hit(&self, call: &Call<'_>, now: Timestamp) -> Option<Hit<EngineFault>> {
        self.state().kept.faults.hit(call, now)
    }

    /// Keeps a disk full until the faults are taken back.
    pub(crate) fn remember(&self, disk: FullDisk) {
        self.state().full.push(disk);
    }

    /// Takes the daemon down, for some time or until the faults are taken back.
    pub(crate) fn go_down(&self, time: Option<Duration>, clock: &Clock) {
        self.state().kept.down = Some(match time {
            None => Down::ForNow,
            Some(time) => {
                let end = clock.now().checked_add(time);
                Down::Until(end.unwrap_or(Timestamp::MAX))
            }
        });
        self.changed.notify_waiters();
    }

    /// Whether the daemon is down.
    pub(crate) fn is_down(&self, clock: &Clock) -> bool {
        match self.state().kept.down {
            None => false,
            Some(Down::ForNow) => true,
            Some(Down::Until(end)) => clock.now() < end,
        }
    }

    /// Waits until the daemon is down.
    pub(crate) async fn wait_for_down(&self, clock: &Clock) {
        self.wait(|| self.is_down(clock)).await;
    }

    /// Waits until the faults are taken back.
    pub(crate) async fn wait_for_clearing(&self) {
        let before = self.state().cleared;
        self.wait(|| self.state().cleared != before).await;
    }

    async fn wait(&self, is_so: impl Fn() -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From here on no change is missed.
            changed.as_mut().enable();
            if is_so() {
                return;
            }
            changed.await;
        }
    }
}

impl Engine {
    /// Arranges a fault. What cannot be written down is not arranged.
    pub fn break_next(&self, fault: Break) -> Result<(), InvalidRule> {
        let number = self.faults().state().kept.faults.add(fault)?;
        self.keep().map_err(|reason| {
            self.faults().state().kept.faults.remove(number);
            InvalidRule::NotWritten(reason)
        })
    }

    /// Has these faults as those that a plan tells from the engine's start: one that it was told
    /// in an earlier life, too, goes on where it is, and what it was told then besides is taken
    /// back.
    pub fn plan_breaks<'a>(
        &self,
        faults: impl IntoIterator<Item = &'a Break>,
    ) -> Result<(), InvalidRule> {
        self.faults().state().kept.faults.plan(faults)
    }

    /// All faults that were arranged since they were taken back last, and what each did.
    pub fn breaks(&self) -> Vec<Told<EngineFault>> {
        self.faults().state().kept.faults.told()
    }

    /// Takes all faults back, brings the daemon up again, and tells what they did.
    pub fn clear_breaks(&self) -> Vec<Fired> {
        let faults = self.faults();
        let mut state = faults.state();
        state.kept.down = None;
        state.cleared += 1;
        let told = state.kept.faults.clear();
        let full = std::mem::take(&mut state.full);
        drop(state);
        drop(full);
        faults.changed.notify_waiters();
        if let Err(reason) = self.keep() {
            tracing::error!(reason, "that faults were taken back cannot be kept");
        }
        told
    }
}

#[cfg(test)]
mod tests;
