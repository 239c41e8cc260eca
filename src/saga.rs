//! Steps with their undo, registered before they are taken.

mod interrupt;

use std::fmt;

use serde::Serialize;

pub use interrupt::{Interrupt, Interrupter};

use crate::backend::{
    Accepted, Backend, BackendExt, Begun, Error, Kind, Result, Step, Task, Trace,
};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::event::{Event, Events};

/// What a run needs besides its steps.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The cloud.
    pub backend: &'a dyn Backend,
    /// Time.
    pub clock: &'a dyn Clock,
    /// The listener.
    pub events: &'a dyn Events,
    /// How often an operation is asked after.
    pub polls: Backoff,
    /// How long to wait before a repetition.
    pub retries: Backoff,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
}

impl fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// Why a run did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// A step failed.
    #[error(transparent)]
    Failed(#[from] Error),
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// Something that a run made and that is there still.
#[derive(Debug, Serialize)]
pub struct Leftover {
    /// The step that made it, or may have.
    pub task: Task,
    /// Why it could not be removed; none when it was kept on purpose or time did not allow.
    #[serde(skip)]
    pub error: Option<Error>,
}

/// The way back from what a run has done so far.
#[derive(Debug, Default)]
pub struct Saga<'a> {
    taken: Vec<Taken<'a>>,
}

/// A step that was taken, or may have been.
#[derive(Debug)]
struct Taken<'a> {
    step: &'a dyn Step,
    underway: Option<Accepted>,
}

/// Tries of one undo, and looks at what is underway: with [`Backoff::retries`] some five minutes,
/// longer than any operation on record.
const TRIES: u32 = 24;

/// Looks for the effect of a request whose answer was lost. It may still be on its way.
const LOOKS: u32 = 3;

impl<'a> Saga<'a> {
    /// A run that has done nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one step: registers its undo, asks for the effect, waits until it stands.
    ///
    /// A lost answer is looked up, never repeated: the run goes on when the effect is found.
    pub async fn take(
        &mut self,
        step: &'a dyn Step,
        around: Surroundings<'_>,
    ) -> std::result::Result<(), Stop> {
        if around.interrupt.is_asked() {
            return Err(Stop::Interrupted);
        }
        let task = step.task();
        around.events.emit(Event::Started { task: task.clone() });
        if step.is_given() {
            around.events.emit(Event::Finished { task });
            return Ok(());
        }
        self.taken.push(Taken {
            step,
            underway: None,
        });
        let result = self.carry_out(step, around).await;
        around.events.emit(match &result {
            Ok(()) => Event::Finished { task },
            Err(_) => Event::Failed { task },
        });
        result
    }

    async fn carry_out(
        &mut self,
        step: &dyn Step,
        around: Surroundings<'_>,
    ) -> std::result::Result<(), Stop> {
        // Never dropped half way by the first interrupt: a request cut off in flight could take
        // effect after the look that is to find it.
        let request = step.begin();
        tokio::pin!(request);
        let mut is_told = false;
        let begun = loop {
            tokio::select! {
                begun = &mut request => break begun,
                () = around.interrupt.insisted() => return Err(Stop::Interrupted),
                () = around.interrupt.asked(), if !is_told => {
                    is_told = true;
                    around.events.emit(Event::Interrupting { task: step.task() });
                }
            }
        };
        match begun {
            Ok(Begun::Done) => Ok(()),
            Ok(Begun::Accepted(accepted)) => {
                if let Some(taken) = self.taken.last_mut() {
                    taken.underway = Some(accepted.clone());
                }
                let settled = tokio::select! {
                    settled = around.backend.settle(accepted, &around.polls, around.clock) => settled,
                    () = around.interrupt.asked() => return Err(Stop::Interrupted),
                };
                match settled {
                    Err(error) if error.is_lost() => continue_if_found(step, error, around).await?,
                    other => other?,
                }
                if let Some(taken) = self.taken.last_mut() {
                    taken.underway = None;
                }
                Ok(())
            }
            Err(error) if error.is_lost() => continue_if_found(step, error, around).await,
            Err(error) => {
                if !error.may_have_happened() && !self.is_ours_all_the_same(step, &error).await {
                    // What carries the name is somebody else's.
                    self.taken.pop();
                }
                Err(error.into())
            }
        }
    }

    /// Did a refused request have its effect all the same? What was looked for in vain before the
    /// run and is there now, is ours; but a name that is taken may be anybody's, unless it lies
    /// within a host of this run's own making.
    async fn is_ours_all_the_same(&self, step: &dyn Step, error: &Error) -> bool {
        let is_within_ours = matches!(step.task(), Task::CreateMachine { joins: false, .. })
            && self
                .taken
                .iter()
                .any(|taken| matches!(taken.step.task(), Task::CreateHost { .. }));
        if error.kind() == Kind::Conflict && !is_within_ours {
            return false;
        }
        matches!(step.look_up().await, Ok(Trace::Present | Trace::Underway))
    }

    /// What this run has made, last first.
    pub fn made(&self) -> impl Iterator<Item = Task> + '_ {
        self.taken.iter().rev().map(|taken| taken.step.task())
    }

    /// Keeps everything, and looks what that is. What cannot be looked up counts as left.
    pub async fn keep(self) -> Vec<Leftover> {
        let mut left = Vec::new();
        for taken in self.taken.iter().rev() {
            let error = match taken.step.look_up().await {
                Ok(Trace::Absent) => continue,
                Ok(Trace::Underway | Trace::Present) => None,
                Err(error) if error.kind() == Kind::NotFound => continue,
                Err(error) => Some(error),
            };
            left.push(Leftover {
                task: taken.step.task(),
                error,
            });
        }
        left
    }

    /// Takes back what was done, last first, and returns what is left behind.
    ///
    /// Never stops at a failed undo. A second interrupt ends it at once.
    pub async fn unwind(mut self, around: Surroundings<'_>) -> Vec<Leftover> {
        let mut left = Vec::new();
        while let Some(taken) = self.taken.pop() {
            let task = taken.step.task();
            let undone = tokio::select! {
                undone = taken.undo(around) => undone,
                () = around.interrupt.insisted() => {
                    left.push(Leftover { task, error: None });
                    left.extend(self.made().map(|task| Leftover { task, error: None }));
                    return left;
                }
            };
            match undone {
                Ok(was_there) => around.events.emit(Event::Undone { task, was_there }),
                Err(error) => {
                    around.events.emit(Event::LeftBehind { task: task.clone() });
                    left.push(Leftover {
                        task,
                        error: Some(error),
                    });
                }
            }
        }
        left
    }
}

impl Taken<'_> {
    /// Takes the step back; tells whether there was anything to take back.
    async fn undo(&self, around: Surroundings<'_>) -> Result<bool> {
        if let Some(accepted) = self.underway.clone() {
            around.events.emit(Event::Settling {
                task: self.step.task(),
            });
            // How it ended does not matter: the look tells.
            drop(
                around
                    .backend
                    .settle(accepted, &around.polls, around.clock)
                    .await,
            );
        }
        let mut was_there = false;
        let mut last = Error::new(Kind::Busy, "the cloud is still at work on it");
        for n in 0..TRIES {
            match self.undo_once(&mut was_there, around).await {
                Ok(true) => return Ok(was_there),
                Ok(false) => {}
                Err(error) if error.kind() == Kind::NotFound => return Ok(was_there),
                Err(error) if is_worth_repeating(&error) => last = error,
                Err(error) => return Err(error),
            }
            around.clock.sleep(around.retries.wait(n)).await;
        }
        Err(last)
    }

    /// Tells whether nothing is there any more.
    async fn undo_once(&self, was_there: &mut bool, around: Surroundings<'_>) -> Result<bool> {
        match self.step.look_up().await? {
            Trace::Absent => Ok(true),
            Trace::Underway => Ok(false),
            Trace::Present => {
                if !*was_there {
                    *was_there = true;
                    around.events.emit(Event::Undoing {
                        task: self.step.task(),
                    });
                }
                let begun = self.step.undo().await?;
                around
                    .backend
                    .settle_begun(begun, &around.polls, around.clock)
                    .await?;
                Ok(true)
            }
        }
    }
}

/// Another operation holds what is to be removed, or no answer came: the next try may do.
fn is_worth_repeating(error: &Error) -> bool {
    error.is_lost() || matches!(error.kind(), Kind::Busy | Kind::Conflict)
}

async fn continue_if_found(
    step: &dyn Step,
    error: Error,
    around: Surroundings<'_>,
) -> std::result::Result<(), Stop> {
    let mut absent = 0;
    for n in 0..TRIES {
        let trace = match step.look_up().await {
            Ok(trace) => trace,
            Err(unanswered) if is_worth_repeating(&unanswered) => Trace::Underway,
            Err(_) => return Err(error.into()),
        };
        match trace {
            Trace::Present => {
                around.events.emit(Event::LookedUp {
                    task: step.task(),
                    trace,
                });
                return Ok(());
            }
            Trace::Absent if absent + 1 == LOOKS => break,
            Trace::Absent => absent += 1,
            Trace::Underway => {}
        }
        tokio::select! {
            () = around.clock.sleep(around.retries.wait(n)) => {}
            () = around.interrupt.asked() => return Err(Stop::Interrupted),
        }
    }
    around.events.emit(Event::LookedUp {
        task: step.task(),
        trace: Trace::Absent,
    });
    Err(error.into())
}
