//! A request that was taken on but is not carried out yet.

use std::fmt;
use std::time::Duration;

use super::{Error, Kind};
use crate::backoff::Backoff;
use crate::clock::Clock;

/// The id under which a cloud tells how an accepted request fares.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OperationId(String);

impl OperationId {
    /// Keeps `id` as the service wrote it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request the cloud has taken on but not yet carried out.
#[must_use = "accepted is not done; settle it with `BackendExt::settle`"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted(OperationId);

impl Accepted {
    /// Remembers what the cloud said to ask for.
    pub fn new(id: OperationId) -> Self {
        Self(id)
    }

    /// The operation to ask for.
    pub fn operation(&self) -> &OperationId {
        &self.0
    }
}

/// The longest wait that a service may ask for before the next question after an operation.
pub const LONGEST_POLL: Duration = Duration::from_mins(1);

/// The longest that an operation may take: the longest on record took a quarter of it.
const LONGEST_OPERATION: Duration = Duration::from_hours(2);

/// Waits until an accepted request is carried out, by asking with `ask` how it fares; fails with the
/// operation's own error.
pub(super) async fn settle<Answer>(
    accepted: &Accepted,
    polls: Backoff,
    clock: &dyn Clock,
    ask: impl Fn() -> Answer,
) -> super::Result<()>
where
    Answer: Future<Output = super::Result<Progress>>,
{
    let mut vigil = Vigil::new(polls);
    while let Some(wait) = vigil.follow(ask().await, accepted)? {
        clock.sleep(wait).await;
    }
    Ok(())
}

/// The waits between the questions after one operation. They have an end.
#[derive(Debug, Clone)]
struct Vigil {
    polls: Backoff,
    asked: u32,
    unanswered: u32,
    waited: Duration,
}

impl Vigil {
    /// Begins to ask, at the pace of `polls` unless the service names another.
    fn new(polls: Backoff) -> Self {
        Self {
            polls,
            asked: 0,
            unanswered: 0,
            waited: Duration::ZERO,
        }
    }

    /// What follows from an answer: the wait before the next question, or none when the operation
    /// has succeeded. Fails with the operation's own error when it has failed.
    ///
    /// A question that goes unanswered is put again, a few times: how the operation fares does not
    /// depend on it.
    fn follow(
        &mut self,
        answer: super::Result<Progress>,
        accepted: &Accepted,
    ) -> super::Result<Option<Duration>> {
        const PATIENCE: u32 = 5;
        let wish = match answer {
            Ok(Progress::Succeeded) => return Ok(None),
            Ok(Progress::Failed(error)) => return Err(error),
            Ok(Progress::Underway { ask_again_after }) => {
                self.unanswered = 0;
                ask_again_after
            }
            Err(error) if error.is_unanswered() && self.unanswered < PATIENCE => {
                self.unanswered += 1;
                None
            }
            Err(error) => return Err(error.lost()),
        };
        self.next(wish, accepted).map(Some)
    }

    /// The wait before the next question; fails when it was waited long enough for `accepted`.
    fn next(&mut self, wish: Option<Duration>, accepted: &Accepted) -> super::Result<Duration> {
        if self.waited >= LONGEST_OPERATION {
            return Err(Error::new(
                Kind::Busy,
                format!(
                    "operation `{}` has not ended after {} seconds",
                    accepted.operation(),
                    self.waited.as_secs()
                ),
            )
            .lost());
        }
        let wait = wish
            .unwrap_or_else(|| self.polls.wait(self.asked))
            .min(LONGEST_POLL);
        self.asked = self.asked.saturating_add(1);
        self.waited += wait;
        Ok(wait)
    }
}

/// How an accepted request fares.
#[derive(Debug)]
pub enum Progress {
    /// It is still being carried out; the cloud may say when to ask again.
    Underway {
        /// The wait that the service asked for.
        ask_again_after: Option<Duration>,
    },
    /// It is done.
    Succeeded,
    /// It failed; the error is marked [`Error::failed_later`].
    Failed(Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_has_a_bound_and_so_have_all_together() {
        let accepted = Accepted::new(OperationId::new("ff"));
        let mut vigil = Vigil::new(Backoff::polls());
        let mut waited = Duration::ZERO;

        let error = loop {
            match vigil.next(Some(Duration::from_secs(100_000)), &accepted) {
                Ok(wait) => waited += wait,
                Err(error) => break error,
            }
            assert!(waited <= LONGEST_OPERATION + LONGEST_POLL);
        };

        assert!(error.is_lost());
        assert!(error.message().contains("`ff`"), "{error}");
    }

    #[test]
    fn an_operation_on_this_machine_is_asked_after_often() {
        let accepted = Accepted::new(OperationId::new("ff"));
        let mut vigil = Vigil::new(Backoff::nearby());

        let five: Duration = (0..5).map(|_| vigil.next(None, &accepted).unwrap()).sum();

        assert!(five < Duration::from_secs(1), "{five:?}");
    }
}
