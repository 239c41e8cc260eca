//! An engine that is made when somebody asks for it: most of ten thousand hosts are never asked.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use fake_docker::Engine;

type Make = Box<dyn FnOnce() -> Engine + Send>;

/// A simulated engine; clones are the same one.
#[derive(Clone)]
pub(crate) struct LazyEngine(Arc<Inner>);

struct Inner {
    engine: LazyLock<Engine, Make>,
    /// Whether its machine is switched off.
    is_off: Mutex<bool>,
}

impl LazyEngine {
    /// The engine of a machine that is switched on.
    pub(crate) fn new(make: impl FnOnce() -> Engine + Send + 'static) -> Self {
        Self(Arc::new(Inner {
            engine: LazyLock::new(Box::new(make)),
            is_off: Mutex::new(false),
        }))
    }

    /// The engine itself.
    pub(crate) fn engine(&self) -> &Engine {
        let is_off = self.0.is_off();
        if let Some(made) = LazyLock::get(&self.0.engine) {
            return made;
        }
        let engine = LazyLock::force(&self.0.engine);
        if *is_off {
            engine.power_off();
        }
        engine
    }

    /// The engine, once somebody has asked for it.
    pub(crate) fn made(&self) -> Option<&Engine> {
        LazyLock::get(&self.0.engine)
    }

    /// The machine is switched on; must be called inside a runtime.
    pub(super) fn power_on(&self) {
        *self.0.is_off() = false;
        if let Some(engine) = LazyLock::get(&self.0.engine) {
            engine.power_on();
        }
    }

    /// The machine is switched off.
    pub(super) fn power_off(&self) {
        *self.0.is_off() = true;
        if let Some(engine) = LazyLock::get(&self.0.engine) {
            engine.power_off();
        }
    }

    /// The machine is gone, and all that ran in it.
    pub(super) fn shut_down(&self) {
        if let Some(engine) = LazyLock::get(&self.0.engine) {
            engine.shut_down();
        }
    }
}

impl Inner {
    fn is_off(&self) -> MutexGuard<'_, bool> {
        self.is_off.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LazyEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LazyEngine")
            .field(&LazyLock::get(&self.0.engine))
            .finish()
    }
}
