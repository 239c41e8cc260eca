//! What follows when a container's first process has ended.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::life::{Condition, Ended};
use super::{Engine, mounts};
use crate::process::{Exit, Space};
use crate::state::State;
use crate::state::container::{Container, Status};
use crate::state::exec::ExecProgress;
use crate::state::id::ObjectId;

/// How long the engine waits before it starts a container again: doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// Who ran so long is started again without a longer pause.
const LONG_ENOUGH: i64 = 10;

impl Engine {
    /// The first process of a container has ended; once it is known, it is no news any more.
    pub(super) fn ended(&self, id: ObjectId, space: &Arc<Space>, exit: Exit) {
        let Ok(life) = self.life(id) else {
            return;
        };
        if !life.runs_in(space) {
            return;
        }
        let now = self.now();
        life.finish();
        let fate = life.take_fate();
        let exit = fate.map_or(exit, |fate| fate.exit);
        let mut state = self.state();
        let Some(mut container) = state.containers.remove(id) else {
            return;
        };
        let ran = container
            .state
            .started_at
            .map_or(0, |started| now.duration_since(started).as_secs());
        let restarts = !self.is_off() && should_restart(&container, exit);
        container.state.exit_code = i64::from(exit.code());
        container.state.oom_killed = fate.is_some_and(|fate| fate.out_of_memory);
        container.state.finished_at = Some(now);
        container.state.pid = 0;
        container.state.status = if restarts {
            Status::Restarting
        } else {
            Status::Exited
        };
        super::health::stop(&mut container);
        let code = container.state.exit_code;
        let is_removed = container.host.auto_remove && !restarts;
        if restarts {
            container.state.restart_count += 1;
        }
        let pause = pause(container.state.restart_count, ran);
        end_execs(&mut state, id);
        self.leave_networks(&mut state, &mut container, now);
        mounts::tell_unmounted(&mut state, &container, now);
        state.containers.insert(container);
        if life.take_stop() {
            state.tell(now, id, "stop", &[]);
        }
        let more = [
            ("execDuration", ran.to_string()),
            ("exitCode", code.to_string()),
        ];
        state.tell(now, id, "die", &more);
        drop(state);
        life.stdio.end(now);
        self.happened();
        let told = Ended {
            code,
            error: String::new(),
        };
        if restarts {
            life.tell(&[Condition::NextExit], &told);
            self.start_again(id, pause);
        } else {
            life.tell(&[Condition::NextExit, Condition::NotRunning], &told);
            if is_removed {
                self.remove_if_asked(id);
            }
        }
    }

    /// Starts a container again after a pause, unless somebody stopped it meanwhile.
    fn start_again(&self, id: ObjectId, pause: Duration) {
        let engine = self.clone();
        tokio::spawn(async move {
            engine.clock().sleep(pause).await;
            let is_due = {
                let state = engine.state();
                let container = state.containers.get(id);
                container.is_some_and(|c| c.state.status == Status::Restarting)
            };
            if !is_due || engine.is_off() {
                return;
            }
            if engine.start_now(id).is_err() {
                let mut state = engine.state();
                if let Some(container) = state.containers.get_mut(id) {
                    container.state.status = Status::Exited;
                }
            }
            engine.happened();
        });
    }
}

/// Whether a container's policy starts it again.
fn should_restart(container: &Container, exit: Exit) -> bool {
    if container.state.stopped_by_hand {
        return false;
    }
    let policy = &container.host.restart_policy;
    match policy.name.as_str() {
        "always" | "unless-stopped" => true,
        "on-failure" => {
            let most = policy.maximum_retry_count;
            exit.code() != 0 && (most == 0 || container.state.restart_count < most)
        }
        _ => false,
    }
}

fn pause(restarts: i64, ran: i64) -> Duration {
    if ran >= LONG_ENOUGH {
        return FIRST_PAUSE;
    }
    let doublings = u32::try_from(restarts - 1).unwrap_or(0).min(16);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

/// Commands beside a container's own end with it.
fn end_execs(state: &mut State, container: ObjectId) {
    for exec in state.execs.values_mut() {
        if exec.container == container
            && let ExecProgress::Running(pid) = exec.progress
        {
            exec.progress = ExecProgress::Ended { code: 137, pid };
        }
    }
}

impl Engine {
    /// Writes down that something happened to a container.
    pub(crate) fn note(&self, now: Timestamp, id: ObjectId, action: &str, more: &[(&str, String)]) {
        self.state().tell(now, id, action, more);
        self.happened();
    }
}
