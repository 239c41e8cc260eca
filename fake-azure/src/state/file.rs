//! The state file: a state, and what was done since.

use std::error::Error;
use std::path::{Path, PathBuf};

use serde::Serialize;
use simulation::log::{Contents, Durability, Kind, Log, LogError, LogFile};

use super::{FORMAT, Record, SavedState};

const KIND: Kind = Kind {
    name: "fake-azure",
    format: FORMAT,
};

/// Why a state file cannot be used; it is as it was.
#[derive(Debug, thiserror::Error)]
#[error("the state file `{}` cannot be used", path.display())]
pub struct StateError {
    path: PathBuf,
    source: Box<dyn Error + Send + Sync>,
}

impl StateError {
    pub(crate) fn new(path: &Path, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            path: path.to_owned(),
            source: source.into(),
        }
    }

    /// The whole error on one line.
    pub(crate) fn with_cause(&self) -> String {
        format!("{self}: {}", self.source)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A state file that is open; nobody else can open it.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    log: Log<LogFile>,
}

impl StateFile {
    /// Opens a state file and tells the state that it holds, if it holds one. It stays as it is
    /// until the first [`StateFile::save`].
    pub(crate) fn open(
        path: &Path,
        durability: Durability,
    ) -> Result<(Self, Option<SavedState>), StateError> {
        let failed = |error: LogError| StateError::new(path, error);
        let storage = LogFile::new(path).map_err(|source| {
            failed(LogError::Io {
                verb: "found",
                source,
            })
        })?;
        let (log, contents) = Log::open(storage, KIND, durability).map_err(failed)?;
        let saved = contents
            .map(|contents| recovered(&contents))
            .transpose()
            .map_err(|error| StateError::new(path, error))?;
        let file = Self {
            path: path.to_owned(),
            log,
        };
        Ok((file, saved))
    }

    /// Writes down what is about to be done.
    pub(crate) fn append<R: Serialize>(&mut self, record: &Record<R>) -> Result<(), StateError> {
        let written = self.told(record)?;
        self.append_told(&written)
    }

    /// A record as it is written down.
    pub(crate) fn told<R: Serialize>(&self, record: &Record<R>) -> Result<Vec<u8>, StateError> {
        record
            .written()
            .map_err(|error| StateError::new(&self.path, error))
    }

    /// Writes down what was told.
    pub(crate) fn append_told(&mut self, written: &[u8]) -> Result<(), StateError> {
        let appended = self.log.append(written);
        appended.map_err(|error| StateError::new(&self.path, error))
    }

    /// Whether it is so long that a state should take the place of what was done.
    pub(crate) fn is_long(&self) -> bool {
        self.log.is_long()
    }

    /// Puts a state in the place of all that is there.
    pub(crate) fn save<W: Serialize>(&mut self, state: &SavedState<W>) -> Result<(), StateError> {
        let written = state
            .written()
            .map_err(|error| StateError::new(&self.path, error))?;
        let compacted = self.log.compact(&written);
        compacted.map_err(|error| StateError::new(&self.path, error))
    }
}

fn recovered(contents: &Contents) -> Result<SavedState, super::InvalidState> {
    let mut state = SavedState::read(&contents.snapshot)?;
    state.replay(&contents.records)?;
    state.check_engines()?;
    if contents.torn {
        tracing::info!("what was being written when the simulator ended is left out");
    }
    Ok(state)
}
