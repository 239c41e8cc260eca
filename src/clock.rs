//! Time, handed in: nothing in this crate asks the system what time it is but [`SystemClock`].

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> Timestamp;

    /// Waits for `duration`.
    async fn sleep(&self, duration: Duration);
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the system"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that lets real time pass"
    )]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A clock whose waits are `factor` times shorter than asked; its time of day is the inner clock's.
#[derive(Debug, Clone, Copy)]
pub struct Hurried<C> {
    inner: C,
    factor: u32,
}

impl<C: Clock> Hurried<C> {
    /// Divides every wait of `inner` by `factor`; 0 counts as 1.
    pub fn new(inner: C, factor: u32) -> Self {
        Self {
            inner,
            factor: factor.max(1),
        }
    }
}

#[async_trait]
impl<C: Clock> Clock for Hurried<C> {
    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration / self.factor).await;
    }
}
