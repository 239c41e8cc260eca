//! What all simulated engines of a simulator have in common.

use std::sync::PoisonError;

use fake_docker::faults::Break;
use fake_docker::process::script::Scripts;
use fake_docker::registry::{Pushed, Registry, SharedRegistry};
use fake_docker::{Engine, EngineBuilder};
use simulation::Clock;

/// What simulated engines are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipe {
    /// What containers do.
    pub(crate) scripts: Scripts,
    /// Whether commands that nobody declared end well.
    pub(crate) assume_ok: bool,
    /// Whether an image that nobody published can be pulled all the same.
    pub(crate) pull_any: bool,
    /// The registries that all engines share: what one pushes another pulls.
    pub(crate) registry: SharedRegistry,
}

/// Arranges what is to go wrong with an engine from its start.
pub(crate) fn arrange<'a>(engine: &Engine, faults: impl IntoIterator<Item = &'a Break>) {
    if let Err(error) = engine.plan_breaks(faults) {
        // A plan was looked at when it was read.
        tracing::error!(%error, "a fault of the plan is not arranged");
    }
}

impl Recipe {
    /// Begins an engine that goes by `clock`.
    pub(crate) fn begin(&self, clock: &Clock) -> EngineBuilder {
        Engine::builder()
            .clock(clock.clone())
            .scripts(self.scripts.clone())
            .assume_ok(self.assume_ok)
            .registry(self.registry.clone())
            .pull_any(self.pull_any)
    }

    /// Forgets what was pushed.
    pub(crate) fn reset(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        *registry = Registry::new();
        registry.set_pull_any(self.pull_any);
    }

    /// What was pushed.
    pub(crate) fn pushed(&self) -> Pushed {
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.pushes()
    }

    /// Has what was pushed to the registries of another life.
    pub(crate) fn bring_back(&self, pushed: Pushed) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.bring_back(pushed);
    }
}
