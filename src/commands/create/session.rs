//! What the frame hands to a create command, and what it gets back.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::password::{Ask, Sources};
use crate::backend::Backend;
use crate::clock::Clock;
use crate::event::Events;
use crate::provision::{CreateFailure, OverTls, Ports, Records};
use crate::saga::Interrupt;
use crate::settings::create::{Context, CreateSettingsError, PasswordWish};

/// What lies around a create command.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// Time.
    pub clock: &'a dyn Clock,
    /// The listener; a [`Narrator`](super::narrator::Narrator) tells the old CLI's lines.
    pub events: &'a dyn Events,
    /// The terminal.
    pub ask: &'a dyn Ask,
    /// The value of `AZURE_VM_PASSWORD`.
    pub password: Option<&'a SecretString>,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
    /// Folders, environment and randomness.
    pub context: Context<'a>,
    /// The profile folder, below which ssh keys are made.
    pub profile_folder: &'a Path,
    /// Where intents lie; none where everything goes with the process.
    pub records: Option<&'a Records>,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl<'a> Session<'a> {
    /// Where passwords come from.
    pub(crate) fn passwords(&self, wish: &'a PasswordWish) -> Sources<'a> {
        Sources {
            wish,
            environment: self.password,
            ask: self.ask,
        }
    }

    /// Where ssh keys lie.
    pub(crate) fn ssh_folder(&self) -> PathBuf {
        self.profile_folder.join("ssh")
    }

    pub(crate) fn ports<'b>(
        &self,
        backend: &'b dyn Backend,
        passwords: &'b Sources<'b>,
        ssh_folder: &'b Path,
    ) -> Ports<'b>
    where
        'a: 'b,
    {
        Ports {
            backend,
            clock: self.clock,
            events: self.events,
            passwords,
            dialler: &OverTls,
            interrupt: self.interrupt,
            ssh_folder,
            records: self.records,
        }
    }
}

/// Why a create command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandFailure {
    /// What was typed means nothing.
    #[error(transparent)]
    Settings(#[from] CreateSettingsError),
    /// The create itself.
    #[error(transparent)]
    Create(#[from] CreateFailure),
}
