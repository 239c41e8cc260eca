//! The simulated world of a run: one of its own, or one that somebody else keeps.

use std::path::Path;

use fake_azure::serve::Ready as Announcement;
use fake_azure::{Builder, FakeAzure};

use super::ready::Ready;
use super::{FakeRunError, system};
use crate::sandbox::Folder;
use crate::sandbox::hosts::Follower;

/// A world whose names are to be seen in the folder's hosts file.
pub(super) enum World {
    /// In this process, ended with the run. Its hosts file begins with the machine's own lines
    /// and is what the command sees: nothing has to follow it.
    Own { azure: Box<FakeAzure>, ready: Ready },
    /// In another process, which keeps a file with its own names alone.
    Joined { ready: Ready, _follower: Follower },
}

impl World {
    /// Starts a simulator; `machine` are the machine's own hosts.
    pub(super) async fn start(
        builder: Builder,
        folder: &Folder,
        machine: String,
    ) -> Result<Self, FakeRunError> {
        let azure = builder
            .in_callers_runtime()
            .hosts_preamble(machine)
            .credentials_folder(folder.simulator())
            .start()
            .await
            .map_err(|error| FakeRunError::Simulator(error.into()))?;
        let file = folder.path().join("ready.json");
        Announcement::of(&azure)
            .write(&file)
            .map_err(FakeRunError::Simulator)?;
        let ready = Ready::read(&file)?;
        std::os::unix::fs::symlink(&ready.hosts_file, folder.hosts())
            .map_err(system("show the simulator's hosts file"))?;
        Ok(Self::Own {
            azure: Box::new(azure),
            ready,
        })
    }

    /// Joins the simulator that wrote `ready_file`.
    pub(super) fn join(
        ready_file: &Path,
        folder: &Folder,
        machine: &str,
    ) -> Result<Self, FakeRunError> {
        let ready = Ready::read(ready_file)?;
        let follower = Follower::start(&folder.hosts(), machine, &ready.hosts_file)
            .map_err(system("follow the simulator's hosts file"))?;
        Ok(Self::Joined {
            ready,
            _follower: follower,
        })
    }

    /// Where it is.
    pub(super) fn ready(&self) -> &Ready {
        match self {
            Self::Own { ready, .. } | Self::Joined { ready, .. } => ready,
        }
    }

    /// Ends a world of the run's own.
    pub(super) async fn end(self) {
        if let Self::Own { azure, .. } = self {
            azure.shutdown().await;
        }
    }
}
