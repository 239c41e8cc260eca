//! Waiting for a clock.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use jiff::Timestamp;

use super::sleepers::Place;
use super::{Clock, wait};

/// The longest that one timer of the machine is set for; whoever sleeps longer sets another.
const LONGEST: Duration = Duration::from_hours(24);

/// Ends when its clock shows a time.
#[must_use = "a sleeper that is not awaited does not sleep"]
pub struct Sleep {
    clock: Clock,
    at: Timestamp,
    place: Option<Place>,
    /// The machine's timer, and the count of the clock's moves at which it was set.
    timer: Option<(Pin<Box<tokio::time::Sleep>>, u64)>,
}

impl Sleep {
    pub(super) fn new(clock: Clock, at: Timestamp) -> Self {
        Self {
            clock,
            at,
            place: None,
            timer: None,
        }
    }

    /// The time that it ends at.
    pub fn deadline(&self) -> Timestamp {
        self.at
    }

    /// Registers with the clock, unless the time has come; tells how often the clock was
    /// moved so far.
    fn register(&mut self, cx: &Context<'_>) -> Option<u64> {
        let mut state = self.clock.state();
        if self.clock.0.course.now_with(state.ahead) >= self.at {
            return None;
        }
        let place = *self
            .place
            .get_or_insert_with(|| state.sleepers.place(self.at));
        let replaced = state.sleepers.put(place, cx.waker());
        let moves = state.moves;
        drop(state);
        drop(replaced);
        Some(moves)
    }

    fn unregister(&mut self) {
        if let Some(place) = self.place.take() {
            let mut state = self.clock.state();
            let waker = state.sleepers.take(place);
            drop(state);
            drop(waker);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        // Whoever sleeps for no time at all in a loop has to let others work.
        let progress = ready!(tokio::task::coop::poll_proceed(cx));
        loop {
            let Some(moves) = this.register(cx) else {
                this.unregister();
                this.timer = None;
                progress.made_progress();
                return Poll::Ready(());
            };
            let Some(left) = this.clock.until(this.at) else {
                return Poll::Pending;
            };
            let timer = match &mut this.timer {
                Some((timer, set)) if *set == moves => timer,
                // The machine's timers know milliseconds; one that is over too early would
                // be set again and again.
                timer => {
                    let left = left.clamp(Duration::from_millis(1), LONGEST);
                    &mut timer.insert((Box::pin(wait(left)), moves)).0
                }
            };
            ready!(timer.as_mut().poll(cx));
            this.timer = None;
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.unregister();
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("until", &self.at)
            .finish_non_exhaustive()
    }
}
