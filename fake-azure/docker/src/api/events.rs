//! `GET /events`: what happened, and what happens.

use std::collections::VecDeque;

use axum::body::Bytes;
use futures_util::stream;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::state::event::Event;
use crate::state::event_query::{EventFilter, EventWindow, WindowError};

/// One who follows the events.
struct Follower {
    engine: Engine,
    window: EventWindow,
    filter: EventFilter,
    /// The number of the next event that he has not seen.
    next: u64,
    ready: VecDeque<Bytes>,
}

pub(super) fn events(call: &Call) -> Outcome {
    let (since, until) = (call.query.first("since"), call.query.first("until"));
    let window = EventWindow::read(since, until).map_err(|error| match error {
        // The real engine takes a text that is no number for a failure of its own.
        WindowError::Moment(error) => Fault::Internal(error.to_string()),
        reversed @ WindowError::Reversed { .. } => Fault::Invalid(reversed.to_string()),
    })?;
    let filter = EventFilter::from(Filters::any(&call.query)?.into_values());
    let (ready, next) = {
        let state = call.engine.state();
        let (kept, next) = state.events.from(0);
        let wanted = kept.filter(|event| window.holds(event) && filter.includes(event));
        (wanted.map(line).collect(), next)
    };
    let follower = Follower {
        engine: call.engine.clone(),
        window,
        filter,
        next,
        ready,
    };
    let lines = stream::unfold(follower, async |mut follower| {
        let line = follower.line().await?;
        Some((line, follower))
    });
    Ok(Answer::live("application/json", lines))
}

impl Follower {
    /// Waits for the next event; none when nothing more is asked for.
    async fn line(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            let until = self.window.until();
            if until.is_some_and(|until| until <= self.engine.now()) {
                return None;
            }
            let engine = self.engine.clone();
            let happening = engine.next_happening();
            tokio::pin!(happening);
            // From here on nothing that happens is missed.
            happening.as_mut().enable();
            {
                let state = self.engine.state();
                let (new, next) = state.events.from(self.next);
                let wanted = new.filter(|event| self.filter.includes(event));
                self.ready = wanted.map(line).collect();
                self.next = next;
            }
            if !self.ready.is_empty() {
                continue;
            }
            match until {
                None => happening.await,
                Some(until) => tokio::select! {
                    () = happening => {}
                    () = engine.clock().sleep_until(until) => {}
                },
            }
        }
    }
}

/// An event as it goes over the wire.
fn line(event: &Event) -> Bytes {
    // An event has string keys and no writer that can fail.
    let mut line = serde_json::to_vec(event).unwrap_or_default();
    line.push(b'\n');
    line.into()
}
