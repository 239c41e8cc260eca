//! How long to wait before the next try.

use std::time::Duration;

/// Waits that double from `first` up to `most`.
///
/// A plain value: whoever waits asks it for the n-th wait, so nothing has to be reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    most: Duration,
}

impl Backoff {
    /// Waits that begin with `first` and never exceed `most`.
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { first, most }
    }

    /// Polls of an accepted operation. The 2015 CLI asked every 30 s, from the start; the first
    /// answers come sooner here, and a slow operation is asked after as seldom as it was then.
    pub fn polls() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(30))
    }

    /// Polls of what runs on this machine, where a question costs next to nothing.
    pub fn nearby() -> Self {
        Self::new(Duration::from_millis(20), Duration::from_secs(1))
    }

    /// Looks at a machine that is simulated on this machine: slow enough that its name has come to
    /// be known meanwhile.
    pub fn nearby_boot() -> Self {
        Self::new(Duration::from_millis(200), Duration::from_secs(1))
    }

    /// Looks at a machine that boots, which takes minutes in the real cloud.
    pub fn boot() -> Self {
        Self::new(Duration::from_millis(500), Duration::from_secs(10))
    }

    /// Repetitions of a request that may succeed at the next try.
    pub fn retries() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(15))
    }

    /// The wait before try number `n`, counted from 0.
    pub fn wait(&self, n: u32) -> Duration {
        let factor = 1_u32.checked_shl(n.min(31)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_until_the_longest() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));

        let waits: Vec<u64> = (0..5).map(|n| backoff.wait(n).as_secs()).collect();

        assert_eq!(waits, [1, 2, 4, 5, 5]);
    }

    #[test]
    fn the_hundredth_wait_is_still_the_longest() {
        assert_eq!(Backoff::polls().wait(100), Duration::from_secs(30));
    }
}
