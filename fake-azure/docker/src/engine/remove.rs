//! Removing containers.

use super::Engine;
use super::life::{Condition, Ended};
use crate::fault::Fault;
use crate::process::Signal;
use crate::state::container::{Container, Status};
use crate::state::id::ObjectId;

impl Engine {
    /// Removes a container; `force` kills it before, `volumes` takes those with it that were made
    /// for it alone.
    pub(crate) async fn remove(&self, name: &str, force: bool, volumes: bool) -> Result<(), Fault> {
        let id = self.container_id(name)?;
        let status = {
            let state = self.state();
            let container = state.containers.get(id);
            container.map_or(Status::Removing, |c| c.state.status)
        };
        let refuse = |why: &str| {
            Err(Fault::Conflict(format!(
                "cannot remove container \"{name}\": container is {why}"
            )))
        };
        match status {
            Status::Removing => {
                let words = format!("removal of container {name} is already in progress");
                return Err(Fault::Conflict(words));
            }
            Status::Paused if !force => {
                return refuse("paused and must be unpaused first");
            }
            Status::Running if !force => {
                return refuse("running: stop the container before removing or force remove");
            }
            Status::Restarting if !force => {
                return refuse("restarting: stop the container before removing or force remove");
            }
            Status::Running | Status::Paused | Status::Restarting => self.end_by_force(id).await,
            Status::Created | Status::Exited | Status::Dead => {}
        }
        self.take_away(id, volumes);
        Ok(())
    }

    async fn end_by_force(&self, id: ObjectId) {
        let Ok(life) = self.life(id) else {
            return;
        };
        {
            let mut state = self.state();
            if let Some(container) = state.containers.get_mut(id) {
                container.state.stopped_by_hand = true;
                // It is removed here, and not a second time when it has ended.
                container.host.auto_remove = false;
            }
        }
        let ended = life.wait(Condition::NextExit);
        if let Some(running) = life.running() {
            self.unfreeze(id, &running);
            self.note(
                self.now(),
                id,
                "kill",
                &[("signal", Signal::KILL.number().to_string())],
            );
            running.space.signal(1, Signal::KILL, true);
            ended.await.ok();
        }
    }

    /// Removes a container that ended, if it was asked to go then.
    pub(super) fn remove_if_asked(&self, id: ObjectId) {
        let is_asked = {
            let state = self.state();
            let container = state.containers.get(id);
            container.is_some_and(|c| c.host.auto_remove && !c.is_running())
        };
        if is_asked {
            self.take_away(id, true);
        }
    }

    /// Takes a container out that does not run.
    pub(crate) fn take_away(&self, id: ObjectId, volumes: bool) -> Option<Container> {
        let life = self.forget_life(id);
        let now = self.now();
        let mut state = self.state();
        state.tell(now, id, "destroy", &[]);
        let mut container = state.containers.remove(id)?;
        self.leave_networks(&mut state, &mut container, now);
        if let Some(layer) = container.layer {
            state.images.layers_mut().release(layer);
        }
        state.execs.retain(|_, exec| exec.container != id);
        if volumes {
            for mount in container.mounts.iter().filter(|mount| mount.anonymous) {
                let users: Vec<ObjectId> = state
                    .containers
                    .iter()
                    .filter(|other| other.mounts.iter().any(|m| m.name == mount.name))
                    .map(|other| other.id)
                    .collect();
                if users.is_empty()
                    && let Ok(Some(volume)) = state.volumes.remove(&mount.name, &users, true)
                {
                    state.events.push(volume.event(now, "destroy"));
                }
            }
        }
        drop(state);
        if let Some(life) = life {
            life.stdio.end(now);
            let ended = Ended {
                code: container.state.exit_code,
                error: String::new(),
            };
            let all = [
                Condition::NextExit,
                Condition::NotRunning,
                Condition::Removed,
            ];
            life.tell(&all, &ended);
        }
        self.happened();
        Some(container)
    }
}
