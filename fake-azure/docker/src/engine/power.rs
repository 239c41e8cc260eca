//! A host that is switched off and on again.

use std::sync::atomic::Ordering;

use super::{Engine, lock};
use crate::process::{Exit, Signal};
use crate::state::container::{Container, Status};
use crate::state::id::ObjectId;

impl Engine {
    /// Switches the host off: what runs is killed, what exists stays.
    pub fn power_off(&self) {
        self.shared.off.store(true, Ordering::SeqCst);
        let lives: Vec<_> = {
            let lives = lock(&self.shared.lives);
            lives.iter().map(|(id, life)| (*id, life.clone())).collect()
        };
        for (id, life) in lives {
            if let Some(running) = life.running() {
                self.ended(id, &running.space, Exit::Killed(Signal::KILL));
            }
        }
        // Whoever waits to be started again does so no longer.
        let mut state = self.state();
        let waiting: Vec<ObjectId> = state
            .containers
            .iter()
            .filter(|c| c.state.status == Status::Restarting)
            .map(|c| c.id)
            .collect();
        for id in waiting {
            if let Some(container) = state.containers.get_mut(id) {
                container.state.status = Status::Exited;
            }
        }
        drop(state);
        self.happened();
    }

    /// Switches the host on: containers start whose restart policy says so.
    pub fn power_on(&self) {
        self.shared.off.store(false, Ordering::SeqCst);
        let due: Vec<ObjectId> = {
            let state = self.state();
            let due = state.containers.iter().filter(|c| starts_with_host(c));
            due.map(|c| c.id).collect()
        };
        for id in due {
            // Those that cannot start say why in their state.
            self.start_now(id).ok();
        }
        self.happened();
    }

    /// Whether the host is switched off.
    pub(super) fn is_off(&self) -> bool {
        self.shared.off.load(Ordering::SeqCst)
    }
}

fn starts_with_host(container: &Container) -> bool {
    let was_started = container.state.started_at.is_some();
    let policy = container.host.restart_policy.name.as_str();
    let wanted = match policy {
        "always" => true,
        "unless-stopped" => !container.state.stopped_by_hand,
        _ => false,
    };
    wanted && was_started && container.state.status == Status::Exited
}
