//! The simulator's own time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A clock that can be advanced; it follows the machine's, or stands still in between.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Where it stands still.
    frozen: Option<Timestamp>,
    /// How far it was advanced, in milliseconds.
    ahead: AtomicI64,
}

impl Clock {
    pub(crate) fn new(follows_the_machine: bool) -> Self {
        Self {
            frozen: (!follows_the_machine).then(machine_now),
            ahead: AtomicI64::new(0),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let base = self.frozen.unwrap_or_else(machine_now);
        let ahead = SignedDuration::from_millis(self.ahead.load(Ordering::SeqCst));
        base.checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    /// Now, or the machine's time where that is later.
    pub(crate) fn latest(&self) -> Timestamp {
        self.now().max(machine_now())
    }

    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        // The closure always has an answer, so this cannot fail.
        self.ahead
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ahead| {
                Some(ahead.saturating_add(millis))
            })
            .ok();
    }

    pub(crate) fn reset(&self) {
        self.ahead.store(0, Ordering::SeqCst);
    }

    /// How long the machine has to wait until the simulator's time is `at`; `None` when
    /// waiting does not help.
    pub(crate) fn until(&self, at: Timestamp) -> Option<Duration> {
        if self.frozen.is_some() {
            return None;
        }
        Some(Duration::try_from(at.duration_since(self.now())).unwrap_or_default())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the simulator asks the machine for the time"
)]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

/// Waits on the machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the simulator waits"
)]
pub(crate) async fn wait(duration: Duration) {
    tokio::time::sleep(duration).await;
}
