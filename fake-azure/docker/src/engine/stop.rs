//! Stopping, killing, restarting and pausing containers.

use std::time::Duration;

use super::Engine;
use super::life::{Condition, Ended, Running};
use crate::fault::Fault;
use crate::process::Signal;
use crate::state::container::{Container, Status};
use crate::state::id::ObjectId;

/// How long a container has to stop when nobody says, in seconds.
const GRACE: i64 = 10;

impl Engine {
    /// Asks a container to stop, and kills it when its time is over: `grace` seconds, or for ever
    /// when that is negative.
    pub(crate) async fn stop(&self, name: &str, grace: Option<i64>) -> Result<(), Fault> {
        let id = self.container_id(name)?;
        if !self.is_running(id) {
            return Err(Fault::NotModified);
        }
        self.stop_now(id, grace).await;
        Ok(())
    }

    async fn stop_now(&self, id: ObjectId, grace: Option<i64>) {
        let Ok(life) = self.life(id) else {
            return;
        };
        let ended = life.wait(Condition::NotRunning);
        let (signal, grace) = {
            let mut state = self.state();
            let Some(container) = state.containers.get_mut(id) else {
                return;
            };
            container.state.stopped_by_hand = true;
            if container.state.status == Status::Restarting {
                container.state.status = Status::Exited;
                drop(state);
                self.note(self.now(), id, "stop", &[]);
                return;
            }
            let signal = stop_signal(container);
            let grace = grace.or(container.config.stop_timeout).unwrap_or(GRACE);
            (signal, grace)
        };
        let Some(running) = life.running() else {
            return;
        };
        life.is_to_stop();
        self.unfreeze(id, &running);
        if grace != 0 {
            self.deliver(id, &running, signal);
            let Ok(seconds) = u64::try_from(grace) else {
                // It was told of once, whatever came of it.
                ended.await.ok();
                return;
            };
            tokio::select! {
                _ = ended => return,
                () = self.clock().sleep(Duration::from_secs(seconds)) => {}
            }
        }
        let ended = life.wait(Condition::NotRunning);
        if self.is_running(id) {
            self.deliver(id, &running, Signal::KILL);
            ended.await.ok();
        }
    }

    /// Sends a signal and writes it down.
    fn deliver(&self, id: ObjectId, running: &Running, signal: Signal) {
        let number = signal.number().to_string();
        self.note(self.now(), id, "kill", &[("signal", number)]);
        running.space.signal(1, signal, true);
    }

    /// Sends a signal to a container; waits until it has ended when the signal is `KILL`.
    pub(crate) async fn kill(&self, name: &str, signal: &str) -> Result<(), Fault> {
        let about = |words: String| format!("cannot kill container: {name}: {words}");
        let signal = match signal {
            "" => Signal::KILL,
            text => match (Signal::parse(text), text.parse::<i64>()) {
                (Some(signal), _) => signal,
                (None, Ok(number)) if number > 0 => {
                    let words = format!("the linux daemon does not support signal {number}");
                    return Err(Fault::Invalid(about(words)));
                }
                _ => return Err(Fault::Invalid(about(format!("invalid signal: {text}")))),
            },
        };
        let id = self.container_id(name).map_err(|fault| match fault {
            Fault::NoSuchContainer(_) => Fault::NotFound(about(fault.to_string())),
            other => other,
        })?;
        let life = self.life(id)?;
        if self.gives_up(id, signal) {
            let code = self.exit_code(id);
            let ended = Ended {
                code,
                error: String::new(),
            };
            life.tell(&[Condition::NotRunning], &ended);
            self.happened();
            return Ok(());
        }
        let not_running = || Fault::Conflict(about(format!("container {id} is not running")));
        let running = life.running().ok_or_else(not_running)?;
        if !self.is_running(id) {
            return Err(not_running());
        }
        if signal == Signal::KILL || signal == self.stop_signal_of(id) {
            // What somebody ended on purpose is not started again.
            let mut state = self.state();
            if let Some(container) = state.containers.get_mut(id) {
                container.state.stopped_by_hand = true;
            }
        }
        let ended = life.wait(Condition::NextExit);
        if signal == Signal::KILL || signal == self.stop_signal_of(id) {
            // One that stands still hears of its end only when it goes on.
            self.unfreeze(id, &running);
        }
        self.deliver(id, &running, signal);
        if signal == Signal::KILL {
            ended.await.ok();
        }
        Ok(())
    }

    /// Lets a container that waits for its next start be, where a signal would end it: it counts as
    /// running, and nobody is there to be sent a signal. False where it is none of those.
    fn gives_up(&self, id: ObjectId, signal: Signal) -> bool {
        let mut state = self.state();
        let container = state.containers.get_mut(id);
        let Some(container) = container.filter(|c| c.state.status == Status::Restarting) else {
            return false;
        };
        // A signal ends it for good unless the container says that another one does.
        let ends = signal == Signal::KILL
            || container.config.stop_signal.is_empty()
            || signal == stop_signal(container);
        if ends {
            container.state.stopped_by_hand = true;
            container.state.status = Status::Exited;
        }
        true
    }

    fn exit_code(&self, id: ObjectId) -> i64 {
        let state = self.state();
        state.containers.get(id).map_or(0, |c| c.state.exit_code)
    }

    fn stop_signal_of(&self, id: ObjectId) -> Signal {
        let state = self.state();
        state.containers.get(id).map_or(Signal::TERM, stop_signal)
    }

    /// Stops a container if it runs, and starts it.
    pub(crate) async fn restart(&self, name: &str, grace: Option<i64>) -> Result<(), Fault> {
        let id = self.container_id(name)?;
        if self.is_running(id) {
            // One that is removed when it ends has not ended for good.
            let is_removed = self.set_auto_remove(id, false);
            self.stop_now(id, grace).await;
            self.set_auto_remove(id, is_removed);
        }
        self.start_now(id).map_err(|fault| match fault {
            Fault::Invalid(words) | Fault::Internal(words) | Fault::NotFound(words) => {
                Fault::Internal(format!("Cannot restart container {name}: {words}"))
            }
            other => other,
        })?;
        self.note(self.now(), id, "restart", &[]);
        Ok(())
    }

    /// Says whether a container is removed when it ends; whether it was before.
    fn set_auto_remove(&self, id: ObjectId, is_removed: bool) -> bool {
        let mut state = self.state();
        let container = state.containers.get_mut(id);
        container.is_some_and(|c| std::mem::replace(&mut c.host.auto_remove, is_removed))
    }

    /// Lets a container stand still.
    pub(crate) fn pause(&self, name: &str) -> Result<(), Fault> {
        let id = self.container_id(name)?;
        let running = self.life(id)?.running();
        let mut state = self.state();
        let container = state.containers.get_mut(id);
        match (container, running) {
            (Some(container), Some(running)) if container.state.status.is_running() => {
                match container.state.status {
                    Status::Paused => {
                        let words = format!("Container {id} is already paused");
                        return Err(Fault::Conflict(words));
                    }
                    Status::Restarting => {
                        let words = format!(
                            "container {id} is restarting, wait until the container is running"
                        );
                        return Err(Fault::Conflict(words));
                    }
                    _ => {}
                }
                running.space.freeze(true);
                container.state.status = Status::Paused;
                super::health::stop(container);
            }
            _ => return Err(not_running(id)),
        }
        drop(state);
        self.note(self.now(), id, "pause", &[]);
        Ok(())
    }

    /// Lets a container that stands still go on.
    pub(crate) fn unpause(&self, name: &str) -> Result<(), Fault> {
        let id = self.container_id(name)?;
        let running = self.life(id)?.running();
        let mut state = self.state();
        match (state.containers.get_mut(id), running) {
            (Some(container), Some(running)) if container.state.status == Status::Paused => {
                running.space.freeze(false);
                container.state.status = Status::Running;
            }
            _ => {
                let words = format!("Container {id} is not paused");
                return Err(Fault::Internal(words));
            }
        }
        drop(state);
        self.note(self.now(), id, "unpause", &[]);
        Ok(())
    }

    pub(super) fn unfreeze(&self, id: ObjectId, running: &Running) {
        let mut state = self.state();
        if let Some(container) = state.containers.get_mut(id)
            && container.state.status == Status::Paused
        {
            container.state.status = Status::Running;
            running.space.freeze(false);
            drop(state);
            self.note(self.now(), id, "unpause", &[]);
        }
    }
}

/// The refusal of what needs a container that runs.
pub(crate) fn not_running(id: ObjectId) -> Fault {
    Fault::Conflict(format!("container {id} is not running"))
}

fn stop_signal(container: &Container) -> Signal {
    Signal::parse(&container.config.stop_signal).unwrap_or(Signal::TERM)
}
