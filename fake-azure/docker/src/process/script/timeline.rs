//! The time of one thing that a program does beside others.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use simulation::Clock;

/// After how many steps without waiting others get their turn.
const STEPS_IN_A_ROW: u32 = 64;
/// After how many such turns it rests, so that a busy loop does not eat a processor.
const TURNS_UNTIL_REST: u32 = 64;
/// How long it rests.
const REST: Duration = Duration::from_millis(1);

/// A clock that goes on from the moment that was slept to.
///
/// One that is moved by hours is met by many sleepers; each goes on from its own moment.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    clock: Clock,
    woken: Option<Timestamp>,
    steps: u32,
    turns: u32,
}

impl Timeline {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            woken: None,
            steps: 0,
            turns: 0,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.woken.unwrap_or_else(|| self.clock.now())
    }

    pub(super) async fn sleep(&mut self, duration: Duration) {
        if duration.is_zero() {
            return;
        }
        let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        let until = self.now().checked_add(duration).unwrap_or(Timestamp::MAX);
        self.clock.sleep_until(until).await;
        self.woken = self.clock.is_by_hand().then_some(until);
        self.turns = 0;
    }

    /// Forgets the moment that was slept to: what comes next was not waited for.
    pub(super) fn catch_up(&mut self) {
        self.woken = None;
    }

    /// Lets others have their turn now and then.
    pub(super) async fn step(&mut self) {
        self.steps += 1;
        if self.steps < STEPS_IN_A_ROW {
            return;
        }
        self.steps = 0;
        self.turns += 1;
        if self.turns < TURNS_UNTIL_REST {
            tokio::task::yield_now().await;
        } else {
            self.turns = 0;
            simulation::clock::wait(REST).await;
        }
    }
}
