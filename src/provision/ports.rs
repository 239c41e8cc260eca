//! What a run reaches the world by.

use std::path::Path;

use super::check::PasswordSource;
use super::engine::Dialler;
use super::records::Records;
use crate::backend::Backend;
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::event::Events;
use crate::saga::{Interrupt, Notes, Surroundings};

/// What a create or a removal works with.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The cloud.
    pub backend: &'a dyn Backend,
    /// Time.
    pub clock: &'a dyn Clock,
    /// The listener.
    pub events: &'a dyn Events,
    /// Where a password comes from.
    pub passwords: &'a dyn PasswordSource,
    /// The way to the daemon.
    pub dialler: &'a dyn Dialler,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
    /// The folder of ssh keys.
    pub ssh_folder: &'a Path,
    /// Where intents lie; none where everything goes with the process.
    pub records: Option<&'a Records>,
}

impl std::fmt::Debug for Ports<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

impl<'a> Ports<'a> {
    /// What a saga needs of them.
    pub(super) fn surroundings(&self, notes: &'a dyn Notes) -> Surroundings<'a> {
        Surroundings {
            backend: self.backend,
            clock: self.clock,
            events: self.events,
            notes,
            polls: self.backend.polls(),
            retries: Backoff::retries(),
            interrupt: self.interrupt,
        }
    }
}
