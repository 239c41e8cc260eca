//! What goes wrong with an engine on demand.
//!
//! A [`Break`] says which call is hit and what then goes wrong:
//!
//! | effect | what happens |
//! |---|---|
//! | `{"drop": true}` | the connection is cut |
//! | `{"status": 500, "message": "…"}` | the answer is this error |
//! | `{"delay": 2.5}` | the answer comes so many seconds later, by the engine's clock |
//! | `{"hang": true}` | no answer comes until all faults are taken back |
//! | `{"down": true}`, `{"down": 30}` | the daemon is gone: all connections are cut, and new ones too, until all faults are taken back or for so many seconds |
//! | `{"pull": {"delay": 5}}`, `{"pull": {"fail": "…"}}` | a pull takes so much longer, or fails on its way |
//! | `{"die": {"after": 3, "exit_code": 1}}` | the container that the call names, when it runs after it, dies by itself so many seconds later |
//! | `{"out_of_memory": {"after": 3}}` | that container is killed for want of memory |
//! | `{"disk_full": true}` | the container that the call names finds its disk full until all faults are taken back; a call that names none is refused for want of room |

mod effect;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use simulation::Clock;
use simulation::faults::{Faults, Rule};
use tokio::sync::Notify;

pub use effect::{Death, Effect, InvalidBreak, Pull};
pub use simulation::faults::{Fired, InvalidRule, Match, When};

use crate::engine::Engine;
use crate::engine::fate::FullDisk;

/// One fault, once. Its rule's path is that without the version before it, with its query.
pub type Break = Rule<Effect>;

/// What an engine was told to do wrong.
#[derive(Debug, Default)]
pub(crate) struct EngineFaults {
    state: Mutex<State>,
    /// The daemon goes down, or the faults are taken back.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    faults: Faults<Effect>,
    down: Option<Down>,
    /// Counts how often the faults were taken back.
    cleared: u64,
    /// Disks that are full until then.
    full: Vec<FullDisk>,
}

/// How long the daemon is down.
#[derive(Clone, Copy, Debug)]
enum Down {
    ForNow,
    Until(Timestamp),
}

impl EngineFaults {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call; the fault that hits it, if one does.
    pub(crate) fn hit(&self, method: &str, path: &str) -> Option<(When, Effect)> {
        self.state().faults.hit(method, path)
    }

    /// Keeps a disk full until the faults are taken back.
    pub(crate) fn remember(&self, disk: FullDisk) {
        self.state().full.push(disk);
    }

    /// Takes the daemon down, for some time or until the faults are taken back.
    pub(crate) fn go_down(&self, time: Option<Duration>, clock: &Clock) {
        self.state().down = Some(match time {
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
        match self.state().down {
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
    /// Arranges a fault.
    pub fn break_next(&self, fault: Break) -> Result<(), InvalidBreak> {
        self.faults().state().faults.add(fault)
    }

    /// Takes all faults back, brings the daemon up again, and tells what they did.
    pub fn clear_breaks(&self) -> Vec<Fired> {
        let faults = self.faults();
        let mut state = faults.state();
        state.down = None;
        state.cleared += 1;
        let told = state.faults.clear();
        let full = std::mem::take(&mut state.full);
        drop(state);
        drop(full);
        faults.changed.notify_waiters();
        told
    }
}

#[cfg(test)]
mod tests;
