//! What all simulated engines of a simulator have in common.

use fake_docker::process::script::Scripts;
use fake_docker::{Engine, EngineBuilder};
use simulation::Clock;

/// What simulated engines are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipe {
    /// What containers do.
    pub(crate) scripts: Scripts,
    /// Whether commands that nobody declared end well.
    pub(crate) assume_ok: bool,
}

impl Recipe {
    /// Begins an engine that goes by `clock`.
    pub(crate) fn begin(&self, clock: &Clock) -> EngineBuilder {
        Engine::builder()
            .clock(clock.clone())
            .scripts(self.scripts.clone())
            .assume_ok(self.assume_ok)
    }
}
