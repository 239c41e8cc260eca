//! A simulator's own time.

mod sleep;
mod sleepers;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub use sleep::Sleep;
use sleepers::Sleepers;

/// A clock that can be read, waited on and moved; clones are the same clock.
///
/// It follows the machine's clock, at the same speed or another, or it stands still until it
/// is advanced. Whichever it is, [`Clock::advance`] moves it ahead at once and lets those go
/// on whose time has come, the earliest deadline first.
///
/// ```
/// # async fn example() {
/// use std::time::Duration;
/// use jiff::Timestamp;
/// use simulation::Clock;
///
/// let clock = Clock::by_hand(Timestamp::UNIX_EPOCH);
/// let hour = Duration::from_secs(3600);
/// let alarm = tokio::spawn(clock.sleep(hour));
/// clock.advance(hour);
/// alarm.await.unwrap();
/// assert_eq!(clock.now().to_string(), "1970-01-01T01:00:00Z");
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example());
/// ```
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    course: Course,
    state: Mutex<State>,
}

/// How the clock goes when nobody moves it.
#[derive(Clone, Copy, Debug)]
enum Course {
    /// As the machine's does.
    Real,
    /// Faster or slower than the machine's, from a moment on at which both agreed.
    Scaled { from: Timestamp, speed: f64 },
    /// Not at all.
    Still(Timestamp),
}

#[derive(Default)]
struct State {
    /// How far it was advanced.
    ahead: SignedDuration,
    /// Counts the moves: what was computed from the time before one is void after it.
    moves: u64,
    sleepers: Sleepers,
}

impl Clock {
    /// A clock that follows the machine's.
    pub fn real() -> Self {
        Self::on(Course::Real)
    }

    /// A clock that agrees with the machine's now and runs `speed` times as fast from here:
    /// at 60 an hour takes a minute. One whose speed is no positive number stands still.
    pub fn scaled(speed: f64) -> Self {
        let from = machine_now();
        Self::on(if speed.is_finite() && speed > 0.0 {
            Course::Scaled { from, speed }
        } else {
            Course::Still(from)
        })
    }

    /// A clock that stands at `start` until it is advanced.
    pub fn by_hand(start: Timestamp) -> Self {
        Self::on(Course::Still(start))
    }

    fn on(course: Course) -> Self {
        Self(Arc::new(Inner {
            course,
            state: Mutex::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        let ahead = self.state().ahead;
        self.0.course.now_with(ahead)
    }

    /// Now, or the machine's time where that is later.
    pub fn latest(&self) -> Timestamp {
        self.now().max(machine_now())
    }

    /// Now, or the machine's time where that is earlier.
    pub fn earliest(&self) -> Timestamp {
        self.now().min(machine_now())
    }

    /// Whether it moves only when it is advanced.
    pub fn is_by_hand(&self) -> bool {
        matches!(self.0.course, Course::Still(_))
    }

    /// Moves the clock ahead and wakes whoever slept until then, in the order of their
    /// deadlines.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut state = self.state();
        state.ahead = state.ahead.saturating_add(by);
        self.moved(state);
    }

    /// What time it would be if it had never been advanced.
    pub fn start(&self) -> Timestamp {
        self.0.course.now_with(SignedDuration::ZERO)
    }

    /// How far it was advanced.
    pub fn ahead(&self) -> SignedDuration {
        self.state().ahead
    }

    /// Goes on from where another clock of its kind was: at `now`, which had been advanced so
    /// far. One that follows the machine's takes on the advance, and is not earlier than `now`.
    pub fn go_on(&self, now: Timestamp, ahead: SignedDuration) {
        let mut state = self.state();
        let behind = now.duration_since(self.0.course.now_with(SignedDuration::ZERO));
        state.ahead = if self.is_by_hand() {
            behind
        } else {
            ahead.max(behind)
        };
        self.moved(state);
    }

    /// Takes all advances back. Whoever sleeps does so until the same time as before.
    pub fn reset(&self) {
        let mut state = self.state();
        state.ahead = SignedDuration::ZERO;
        self.moved(state);
    }

    fn moved(&self, mut state: MutexGuard<'_, State>) {
        state.moves += 1;
        let now = self.0.course.now_with(state.ahead);
        let woken = if self.is_by_hand() {
            state.sleepers.due(now)
        } else {
            // Those that are not due have set their timers by a time that is void now.
            state.sleepers.all()
        };
        // A task that is woken may end, and what it drops asks for the lock.
        drop(state);
        for sleeper in woken {
            sleeper.wake();
        }
    }

    /// How long the machine has to wait until this clock shows `at`; `None` when waiting
    /// does not help.
    pub fn until(&self, at: Timestamp) -> Option<Duration> {
        self.0.course.until(at, self.now())
    }

    /// Sleeps until the clock shows `at`; wherever it is that late already, not at all.
    ///
    /// The future may be dropped at any time and costs nothing any more.
    pub fn sleep_until(&self, at: Timestamp) -> Sleep {
        Sleep::new(self.clone(), at)
    }

    /// Sleeps for as long as `duration` is on this clock, from now on.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        let at = self.now().checked_add(duration);
        self.sleep_until(at.unwrap_or(Timestamp::MAX))
    }

    /// When the first of those that sleep wants to be woken.
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.state().sleepers.first()
    }

    /// How many sleep.
    pub fn sleepers(&self) -> usize {
        self.state().sleepers.count()
    }
}

impl Course {
    fn now_with(self, ahead: SignedDuration) -> Timestamp {
        let base = match self {
            Self::Real => machine_now(),
            Self::Scaled { from, speed } => {
                let passed = machine_now().duration_since(from).as_secs_f64() * speed;
                let passed = SignedDuration::try_from_secs_f64(passed);
                plus(from, passed.unwrap_or(SignedDuration::MAX))
            }
            Self::Still(at) => at,
        };
        plus(base, ahead)
    }

    fn until(self, at: Timestamp, now: Timestamp) -> Option<Duration> {
        let left = Duration::try_from(at.duration_since(now)).unwrap_or_default();
        match self {
            Self::Real => Some(left),
            Self::Scaled { speed, .. } => {
                let left = left.as_secs_f64() / speed;
                Some(Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX))
            }
            Self::Still(_) => None,
        }
    }
}

/// The sum, or the last moment there is.
fn plus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("course", &self.0.course)
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where a simulator asks the machine for the time"
)]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

/// Waits on the machine's clock: for what is no part of what is simulated.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where a simulator waits for the machine"
)]
pub fn wait(duration: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(duration)
}

#[cfg(test)]
mod tests;
