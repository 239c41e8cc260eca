//! What befalls containers because somebody arranged it.

use std::time::Duration;

use super::Engine;
use crate::fault::Fault;
use crate::faults::{EngineFault, YesOr};
use crate::files::{Limits, SharedTree};
use crate::process::{Exit, Signal};
use crate::state::id::ObjectId;

/// How a container is to end, when it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    /// What its first process is said to have ended with.
    pub(super) exit: Exit,
    /// Whether that was for want of memory.
    pub(super) out_of_memory: bool,
}

/// A disk that is full.
#[derive(Debug)]
pub(crate) struct FullDisk {
    files: SharedTree,
    before: Limits,
}

impl Engine {
    /// Fills the disk before a call: that of the container that it names, else the engine's.
    ///
    /// # Errors
    /// When there is no such container, since then the engine itself finds no room.
    pub(crate) fn fill_disk(&self, name: &str) -> Result<(), Fault> {
        let named = (!name.is_empty()).then(|| self.container_id(name));
        let Some(Ok(files)) = named.map(|id| self.tree_of(id?)) else {
            let words = "write /var/lib/docker/tmp: no space left on device";
            return Err(Fault::Internal(words.to_owned()));
        };
        let before = {
            let mut tree = super::lock(&files);
            let (before, used) = (tree.limits(), tree.own_usage());
            tree.set_limits(Limits {
                bytes: used.bytes,
                files: used.files,
            });
            before
        };
        self.faults().remember(FullDisk { files, before });
        Ok(())
    }

    /// Identifier and name of the container that is called so, and the name of its image.
    pub(crate) fn names_of(&self, name: &str) -> Option<(String, String, String)> {
        let id = self.container_id(name).ok()?;
        let state = self.state();
        let container = state.containers.get(id)?;
        let image = container.config.image.clone();
        Some((id.to_string(), container.name.clone(), image))
    }

    /// Lets the container that a call names meet what was arranged for it: from now on if it runs,
    /// else from its next start on, for clients attach and wait before they start.
    pub(crate) fn doom(&self, name: &str, fault: &EngineFault) {
        let (after, fate) = match fault {
            EngineFault::Die(death) => (
                death.after.0,
                Fate {
                    exit: Exit::Code(death.exit_code),
                    out_of_memory: false,
                },
            ),
            EngineFault::OutOfMemory(told) => (
                match told {
                    YesOr::Yes => Duration::ZERO,
                    YesOr::More(later) => later.after.0,
                },
                Fate {
                    exit: Exit::Killed(Signal::KILL),
                    out_of_memory: true,
                },
            ),
            _ => return,
        };
        if let Ok(id) = self.container_id(name) {
            self.kill_later(id, after, fate);
        }
    }

    pub(super) fn kill_later(&self, id: ObjectId, after: Duration, fate: Fate) {
        let Ok(life) = self.life(id) else {
            return;
        };
        let Some(running) = life.running() else {
            life.await_fate(after, fate);
            return;
        };
        let engine = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                // Whoever ends by himself escapes.
                _ = running.main.wait() => {}
                () = engine.clock().sleep(after) => {
                    if let Ok(life) = engine.life(id) {
                        if fate.out_of_memory {
                            // The kernel kills before anybody hears of the end.
                            let now = engine.now();
                            engine.state().tell(now, id, "oom", &[]);
                        }
                        life.seal(fate);
                        running.space.freeze(false);
                        running.space.signal(1, Signal::KILL, true);
                    }
                }
            }
        });
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        super::lock(&self.files).set_limits(self.before);
    }
}
