//! Time that passes by being waited for.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use azure::clock::Clock;
use jiff::Timestamp;

/// A clock that stands still but for the waits asked of it, which take no time at all.
#[derive(Debug)]
pub(crate) struct Patient {
    now: Mutex<Timestamp>,
}

impl Patient {
    /// Begins at `now`, as RFC 3339 writes it.
    pub(crate) fn at(now: &str) -> Self {
        Self {
            now: Mutex::new(now.parse().expect("a time")),
        }
    }

    pub(crate) fn new() -> Self {
        Self {
            now: Mutex::new(Timestamp::UNIX_EPOCH),
        }
    }
}

#[async_trait]
impl Clock for Patient {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("no panic while time passes")
    }

    async fn sleep(&self, duration: Duration) {
        {
            let mut now = self.now.lock().expect("no panic while time passes");
            *now += duration;
        }
        tokio::task::yield_now().await;
    }
}
