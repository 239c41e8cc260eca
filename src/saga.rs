//! Effects and their undo, noted before they are asked for.

mod interrupt;
mod noted;

use std::fmt;
use std::io;
use std::ops::Range;

use serde::Serialize;

pub use interrupt::{Interrupt, Interrupter};
pub use noted::{Forgetful, Noted, Notes, State};

use crate::backend::{
    Accepted, Backend, BackendExt, Begun, Effect, Error, Kind, Machine, OperationId, Reason,
    Result, Secrets, Task, Trace,
};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::event::{Event, Events};

/// What a run needs besides its effects.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The cloud.
    pub backend: &'a dyn Backend,
    /// Time.
    pub clock: &'a dyn Clock,
    /// The listener.
    pub events: &'a dyn Events,
    /// Where the run is noted.
    pub notes: &'a dyn Notes,
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
    /// An effect failed.
    #[error(transparent)]
    Failed(#[from] Error),
    /// What was to be asked for could not be noted, and so was not asked for.
    #[error("cannot note what is about to be done")]
    Unnoted(#[source] io::Error),
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

type Ended = std::result::Result<(), Stop>;

/// Something that a run made and that is there still.
#[derive(Debug, Serialize)]
pub struct Leftover {
    /// The step that made it, or may have.
    pub task: Task,
    /// Why it could not be removed; none when it was kept on purpose or time did not allow.
    #[serde(skip)]
    pub error: Option<Error>,
}

impl Leftover {
    /// Is it there because others are in it, so that it goes with the last of them?
    pub fn is_inhabited(&self) -> bool {
        self.error.as_ref().and_then(Error::reason) == Some(Reason::Inhabited)
    }
}

/// What came of a way back.
#[derive(Debug, Default)]
pub struct Unwound {
    /// What was taken back, in that order.
    pub gone: Vec<Task>,
    /// What had gone some other way.
    pub was_gone: Vec<Task>,
    /// What is left behind.
    pub left: Vec<Leftover>,
}

/// A run: its list of effects, and the way back from what was done so far.
#[derive(Debug, Default)]
pub struct Saga {
    list: Vec<Noted>,
    origin: Origin,
    /// Whether something changed that no note tells yet.
    is_ahead: bool,
}

/// How a list came to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Origin {
    /// This process asks for it.
    #[default]
    Own,
    /// Another process began it: a request of that one may still be on its way.
    Resumed,
    /// It was made long ago: others may have come to use what lies in it.
    Standing,
}

/// Tries of one undo, and looks at what is underway: with [`Backoff::retries`] some five minutes,
/// longer than any operation on record.
const TRIES: u32 = 24;

/// Looks for the effect of a request whose answer was lost. It may still be on its way.
const LOOKS: u32 = 3;

impl Saga {
    /// A run that has done nothing yet.
    pub fn new(effects: Vec<Effect>) -> Self {
        Self::of(effects.into_iter().map(Noted::new).collect(), Origin::Own)
    }

    /// A run that another process began.
    pub fn resumed(list: Vec<Noted>) -> Self {
        Self::of(list, Origin::Resumed)
    }

    /// What was made long ago, and is to go.
    pub fn standing(list: Vec<Noted>) -> Self {
        Self::of(list, Origin::Standing)
    }

    fn of(list: Vec<Noted>, origin: Origin) -> Self {
        Self {
            list,
            origin,
            is_ahead: false,
        }
    }

    /// The effects, and how far the run has come with each.
    pub fn list(&self) -> &[Noted] {
        &self.list
    }

    /// The machine among them.
    pub fn machine(&self) -> Option<&Noted> {
        self.list.iter().find(|noted| noted.effect.is_machine())
    }

    /// Makes every effect in turn; what stands already is left as it is.
    ///
    /// The caller [unwinds](Self::unwind) or [keeps](Self::keep) what was made when this fails.
    pub async fn run(&mut self, secrets: &Secrets, around: Surroundings<'_>) -> Ended {
        self.run_part(0..self.list.len(), secrets, around).await
    }

    /// The same, for a part of the list. What stands before it is to be made first.
    pub async fn run_part(
        &mut self,
        part: Range<usize>,
        secrets: &Secrets,
        around: Surroundings<'_>,
    ) -> Ended {
        let mut ended = Ok(());
        for index in part {
            ended = self.take(index, secrets, around).await;
            if ended.is_err() {
                break;
            }
        }
        self.catch_up(around);
        ended
    }

    /// Finds out what stands of what an earlier process asked for, or may have: the rest counts as
    /// not asked for.
    pub async fn find_again(&mut self, around: Surroundings<'_>) -> Ended {
        for index in 0..self.list.len() {
            let Noted { effect, state } = self.list[index].clone();
            let looks = match state {
                State::Waiting | State::Undone => continue,
                State::Done => 1,
                State::Begun { operation } => {
                    if let Some(operation) = operation {
                        settle_whatever(&effect, operation, around).await?;
                    }
                    LOOKS
                }
            };
            match find(&effect, looks, around).await? {
                Ok(Trace::Present) => self.set(index, State::Done, around),
                Ok(Trace::Absent) => self.set(index, State::Waiting, around),
                // To be asked for once more; it is the run's until then.
                Ok(Trace::Failed) => self.set(index, State::Begun { operation: None }, around),
                Ok(Trace::Foreign) => {
                    self.set(index, State::Waiting, around);
                    return Err(foreign(&effect).into());
                }
                Ok(Trace::Underway) => return Err(still_at_work().into()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Makes one effect: notes that it is about to, asks for it, waits until it stands.
    ///
    /// A lost answer is looked up, never repeated: the run goes on when the effect is found.
    async fn take(&mut self, index: usize, secrets: &Secrets, around: Surroundings<'_>) -> Ended {
        if around.interrupt.is_asked() {
            return Err(Stop::Interrupted);
        }
        let Noted { effect, state } = self.list[index].clone();
        let task = effect.task();
        if state == State::Done {
            around.events.emit(Event::Found { task });
            return Ok(());
        }
        around.events.emit(Event::Started { task: task.clone() });
        if effect.is_given() {
            around.events.emit(Event::Finished { task });
            return Ok(());
        }
        self.note(index, State::Begun { operation: None }, around)
            .map_err(Stop::Unnoted)?;
        let result = self.carry_out(index, &effect, secrets, around).await;
        around.events.emit(match &result {
            Ok(_) => Event::Finished { task },
            Err(_) => Event::Failed { task },
        });
        // Noted with what is asked for next: a process that is killed in between makes the next one
        // look, and each note waits for the disk.
        self.list[index].state = result?;
        self.is_ahead = true;
        Ok(())
    }

    /// Carries an effect out; tells how far the run has come with it.
    async fn carry_out(
        &mut self,
        index: usize,
        effect: &Effect,
        secrets: &Secrets,
        around: Surroundings<'_>,
    ) -> std::result::Result<State, Stop> {
        // Never dropped half way by the first interrupt: a request cut off in flight could take
        // effect after the look that is to find it.
        let request = around.backend.begin(effect, secrets);
        tokio::pin!(request);
        let mut is_told = false;
        let begun = loop {
            tokio::select! {
                begun = &mut request => break begun,
                () = around.interrupt.insisted() => return Err(Stop::Interrupted),
                () = around.interrupt.asked(), if !is_told => {
                    is_told = true;
                    around.events.emit(Event::Interrupting { task: effect.task() });
                }
            }
        };
        match begun {
            Ok(Begun::Done) => Ok(State::Done),
            Ok(Begun::Standing) => Ok(State::Waiting),
            Ok(Begun::Accepted(accepted)) => {
                let operation = Some(accepted.operation().clone());
                self.set(index, State::Begun { operation }, around);
                let settled = tokio::select! {
                    settled = around.backend.settle(accepted, &around.polls, around.clock) => settled,
                    () = around.interrupt.asked() => return Err(Stop::Interrupted),
                };
                // Nothing of it is at work any more.
                self.list[index].state = State::Begun { operation: None };
                match settled {
                    Err(error) if error.is_lost() => {
                        self.continue_if_found(index, effect, error, around).await
                    }
                    other => Ok(other.map(|()| State::Done)?),
                }
            }
            Err(error) if error.is_lost() => {
                self.continue_if_found(index, effect, error, around).await
            }
            Err(error) => {
                let is_anothers = error.reason() == Some(Reason::OfAnother);
                if is_anothers
                    || !error.may_have_happened()
                        && !self.is_ours_all_the_same(effect, &error, around).await
                {
                    // What carries the name is somebody else's.
                    self.set(index, State::Waiting, around);
                }
                Err(error.into())
            }
        }
    }

    /// Did a refused request have its effect all the same? What was looked for in vain before the
    /// run and is there now, is ours; but a name that is taken may be anybody's, unless it lies
    /// within a host of this run's own making.
    async fn is_ours_all_the_same(
        &self,
        effect: &Effect,
        error: &Error,
        around: Surroundings<'_>,
    ) -> bool {
        let is_within_ours = effect.is_the_hosts_own()
            && self
                .list
                .iter()
                .any(|noted| noted.is_ours() && noted.effect.is_host());
        if error.kind() == Kind::Conflict && !is_within_ours && !effect.tells_its_run() {
            return false;
        }
        matches!(
            around.backend.look_up(effect).await,
            Ok(Trace::Present | Trace::Failed | Trace::Underway)
        )
    }

    async fn continue_if_found(
        &mut self,
        index: usize,
        effect: &Effect,
        error: Error,
        around: Surroundings<'_>,
    ) -> std::result::Result<State, Stop> {
        let task = effect.task();
        match find(effect, LOOKS, around).await? {
            Ok(trace @ Trace::Present) => {
                around.events.emit(Event::LookedUp { task, trace });
                return Ok(State::Done);
            }
            Ok(Trace::Foreign) => self.set(index, State::Waiting, around),
            Ok(trace @ (Trace::Absent | Trace::Failed | Trace::Underway)) => {
                around.events.emit(Event::LookedUp { task, trace });
            }
            // How the first answer was lost tells more.
            Err(_) => {}
        }
        Err(error.into())
    }

    fn keep_list(&mut self, around: Surroundings<'_>) -> io::Result<()> {
        around.notes.keep(&self.list)?;
        self.is_ahead = false;
        Ok(())
    }

    /// Changes the state of an effect, and has the list kept.
    fn note(&mut self, index: usize, state: State, around: Surroundings<'_>) -> io::Result<()> {
        self.list[index].state = state;
        self.keep_list(around)
    }

    /// The same, where a note that could not be kept makes the next process look once more, and no
    /// more than that.
    fn set(&mut self, index: usize, state: State, around: Surroundings<'_>) {
        self.list[index].state = state;
        self.is_ahead = true;
        self.catch_up(around);
    }

    /// Has kept what no note tells yet.
    fn catch_up(&mut self, around: Surroundings<'_>) {
        if !self.is_ahead {
            return;
        }
        if let Err(error) = self.keep_list(around) {
            around.events.emit(Event::Unnoted {
                why: error.to_string(),
            });
        }
    }

    /// What this run has made, last first.
    pub fn made(&self) -> impl Iterator<Item = Task> + '_ {
        self.list
            .iter()
            .rev()
            .filter(|noted| noted.is_ours())
            .map(|noted| noted.effect.task())
    }

    /// Keeps everything, and looks what that is. What cannot be looked up counts as left.
    pub async fn keep(&self, around: Surroundings<'_>) -> Vec<Leftover> {
        let mut left = Vec::new();
        for noted in self.list.iter().rev().filter(|noted| noted.is_ours()) {
            let error = match around.backend.look_up(&noted.effect).await {
                Ok(Trace::Absent | Trace::Foreign) => continue,
                Ok(Trace::Underway | Trace::Present | Trace::Failed) => None,
                Err(error) if error.kind() == Kind::NotFound => continue,
                Err(error) => Some(error),
            };
            left.push(Leftover {
                task: noted.effect.task(),
                error,
            });
        }
        left
    }

    /// Has the list keep what the cloud chose as it made a machine, so that it is found when the
    /// machine is gone.
    pub fn learn(&mut self, made: &Machine, around: Surroundings<'_>) {
        let is_it =
            |effect: &Effect| effect.is_machine() && effect.name().eq_ignore_ascii_case(&made.name);
        let found = self.list.iter().position(|noted| is_it(&noted.effect));
        if let Some(index) = found {
            self.list[index].effect.learn(made);
            let state = self.list[index].state.clone();
            self.set(index, state, around);
        }
    }

    /// Adds to the list what stays of an effect when another takes it away: it is looked for, too.
    fn add_rests(&mut self) {
        let all = std::mem::take(&mut self.list);
        for noted in all {
            let is_new =
                |rest: &Effect, list: &[Noted]| list.iter().all(|noted| noted.effect != *rest);
            let rests = noted.effect.rests().into_iter();
            let rests: Vec<Effect> = rests.filter(|rest| is_new(rest, &self.list)).collect();
            if noted.is_ours() {
                self.list.extend(rests.into_iter().map(|effect| Noted {
                    effect,
                    state: State::Done,
                }));
            }
            self.list.push(noted);
        }
    }

    /// Takes back what was done, last first, and what stayed of it if it went some other way.
    ///
    /// Never stops at a failed undo. A second interrupt ends it at once.
    pub async fn unwind(&mut self, around: Surroundings<'_>) -> Unwound {
        if let Some(unwound) = self.unwind_at_once(around).await {
            return unwound;
        }
        self.add_rests();
        let mut unwound = Unwound::default();
        let Unwound {
            gone,
            was_gone,
            left,
        } = &mut unwound;
        // What was taken back here, with its parts, and what is left of them with theirs.
        let mut whole: Vec<Effect> = Vec::new();
        let mut standing: Vec<Effect> = Vec::new();
        for index in (0..self.list.len()).rev() {
            if !self.list[index].is_ours() {
                continue;
            }
            let noted = self.list[index].clone();
            let is_part = |of: &Effect| noted.effect.is_part_of(of);
            if standing.iter().any(is_part) {
                continue;
            }
            if whole.iter().any(is_part) {
                self.set(index, State::Undone, around);
                continue;
            }
            let task = noted.effect.task();
            let undone = tokio::select! {
                undone = undo(&noted, self.origin, around) => undone,
                () = around.interrupt.insisted() => {
                    let rest = self.list[..=index].iter().rev();
                    let rest = rest.filter(|noted| noted.is_ours());
                    left.extend(rest.map(|noted| Leftover {
                        task: noted.effect.task(),
                        error: None,
                    }));
                    return unwound;
                }
            };
            match undone {
                Ok(was_there) => {
                    self.set(index, State::Undone, around);
                    if was_there {
                        gone.push(task.clone());
                        whole.push(noted.effect);
                    } else {
                        was_gone.push(task.clone());
                    }
                    around.events.emit(Event::Undone { task, was_there });
                }
                Err(error) => {
                    standing.push(noted.effect);
                    let (task_told, why) = (task.clone(), error.to_string());
                    around.events.emit(match error.reason() {
                        Some(Reason::Inhabited) => Event::Spared {
                            task: task_told,
                            why,
                        },
                        _ => Event::LeftBehind {
                            task: task_told,
                            why,
                        },
                    });
                    left.push(Leftover {
                        task,
                        error: Some(error),
                    });
                }
            }
        }
        unwound
    }
}

impl Saga {
    /// Takes everything back with the one thing that holds it all, where there is such a thing and
    /// nothing of others lies in it. None where the way back has to be gone step by step.
    async fn unwind_at_once(&mut self, around: Surroundings<'_>) -> Option<Unwound> {
        let holder = self
            .list
            .iter()
            .position(|noted| noted.is_ours() && noted.effect.holds_all())?;
        let noted = self.list[holder].clone();
        let is_alone = matches!(
            around.backend.tenants(&noted.effect).await,
            Ok(tenants) if tenants.is_empty()
        );
        if !is_alone {
            return None;
        }
        let undone = tokio::select! {
            undone = undo(&noted, self.origin, around) => undone,
            () = around.interrupt.insisted() => return None,
        };
        let was_there = undone.ok()?;
        let mut unwound = Unwound::default();
        for index in (0..self.list.len()).rev() {
            if self.list[index].is_ours() {
                let task = self.list[index].effect.task();
                self.set(index, State::Undone, around);
                around.events.emit(Event::Undone {
                    task: task.clone(),
                    was_there,
                });
                if was_there {
                    unwound.gone.push(task);
                } else {
                    unwound.was_gone.push(task);
                }
            }
        }
        Some(unwound)
    }
}

/// Takes an effect back; tells whether there was anything to take back.
async fn undo(noted: &Noted, origin: Origin, around: Surroundings<'_>) -> Result<bool> {
    let effect = &noted.effect;
    if let State::Begun {
        operation: Some(operation),
    } = &noted.state
    {
        around.events.emit(Event::Settling {
            task: effect.task(),
        });
        // How it ended does not matter: the look tells.
        drop(
            around
                .backend
                .settle(
                    Accepted::new(operation.clone()),
                    &around.polls,
                    around.clock,
                )
                .await,
        );
    }
    // What another process asked for may still be on its way.
    let looks = match noted.state {
        State::Begun { .. } if origin != Origin::Own => LOOKS,
        _ => 1,
    };
    let mut undoing = Undoing {
        effect,
        was_there: false,
        absent: 0,
        looks,
        origin,
        around,
    };
    let mut last = still_at_work();
    for n in 0..TRIES {
        match undoing.once().await {
            Ok(true) => return Ok(undoing.was_there),
            Ok(false) => {}
            Err(error) if error.kind() == Kind::NotFound => return Ok(undoing.was_there),
            Err(error) if error.reason() == Some(Reason::Locked) => return Err(error),
            Err(error) if n + 1 < LOOKS || may_go_yet(effect, &error) => last = error,
            Err(error) => return Err(error),
        }
        if n + 1 == LOOKS {
            around.events.emit(Event::Held {
                task: effect.task(),
                why: last.to_string(),
            });
        }
        around.clock.sleep(around.retries.wait(n)).await;
    }
    Err(last)
}

struct Undoing<'a> {
    effect: &'a Effect,
    was_there: bool,
    absent: u32,
    looks: u32,
    origin: Origin,
    around: Surroundings<'a>,
}

impl Undoing<'_> {
    /// Tells whether nothing of the run's is there any more.
    async fn once(&mut self) -> Result<bool> {
        let around = self.around;
        match around.backend.look_up(self.effect).await? {
            Trace::Foreign => Ok(true),
            Trace::Absent => {
                self.absent += 1;
                Ok(self.absent >= self.looks || self.was_there)
            }
            Trace::Underway => Ok(false),
            Trace::Present | Trace::Failed => {
                // Nobody came to use a certificate that this run has just put there.
                let may_be_used = self.origin == Origin::Standing || self.effect.may_be_shared();
                if may_be_used {
                    let tenants = around.backend.tenants(self.effect).await?;
                    if !tenants.is_empty() {
                        return Err(Error::inhabited(&tenants));
                    }
                }
                if !self.was_there {
                    self.was_there = true;
                    around.events.emit(Event::Undoing {
                        task: self.effect.task(),
                    });
                }
                let begun = around.backend.undo(self.effect).await?;
                around
                    .backend
                    .settle_begun(begun, &around.polls, around.clock)
                    .await?;
                Ok(true)
            }
        }
    }
}

/// Waits for an operation that an earlier process began. How it ended does not matter: the look tells.
async fn settle_whatever(
    effect: &Effect,
    operation: OperationId,
    around: Surroundings<'_>,
) -> Ended {
    around.events.emit(Event::Settling {
        task: effect.task(),
    });
    let accepted = Accepted::new(operation);
    tokio::select! {
        settled = around.backend.settle(accepted, &around.polls, around.clock) => {
            drop(settled);
            Ok(())
        }
        () = around.interrupt.asked() => Err(Stop::Interrupted),
    }
}

/// May what was refused to go several times go yet? Not what others are in; and whatever holds a
/// whole from within ends with it, unless it is somebody else's.
fn may_go_yet(effect: &Effect, error: &Error) -> bool {
    let is_others = error.reason() == Some(Reason::Inhabited)
        || effect.holds_all() && error.is_operation_failure();
    !is_others && is_worth_repeating(error)
}

/// Another operation holds what is to be removed, or no answer came: the next try may do.
fn is_worth_repeating(error: &Error) -> bool {
    error.is_unanswered() || error.kind() == Kind::Conflict
}

fn still_at_work() -> Error {
    Error::new(Kind::Busy, "the cloud is still at work on it")
}

fn foreign(effect: &Effect) -> Error {
    Error::new(
        Kind::Conflict,
        format!("`{}` is there, but another made it", effect.name()),
    )
}

/// Looks for an effect whose answer was lost: absent it has to be so many times. An error when the
/// cloud does not tell.
async fn find(
    effect: &Effect,
    looks: u32,
    around: Surroundings<'_>,
) -> std::result::Result<Result<Trace>, Stop> {
    let mut absent = 0;
    for n in 0..TRIES {
        let trace = match around.backend.look_up(effect).await {
            Ok(trace) => trace,
            Err(unanswered) if is_worth_repeating(&unanswered) => Trace::Underway,
            Err(error) => return Ok(Err(error)),
        };
        match trace {
            Trace::Present | Trace::Failed | Trace::Foreign => return Ok(Ok(trace)),
            Trace::Absent if absent + 1 >= looks => return Ok(Ok(Trace::Absent)),
            Trace::Absent => absent += 1,
            Trace::Underway => {}
        }
        tokio::select! {
            () = around.clock.sleep(around.retries.wait(n)) => {}
            () = around.interrupt.asked() => return Err(Stop::Interrupted),
        }
    }
    Ok(Ok(Trace::Underway))
}
