//! The state file: a state, and what was done since.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use simulation::log::{Contents, Durability, End, Kind, Log, LogError, LogFile, Storage};

use super::{Done, FORMAT, InvalidState, Record, SavedState};
use crate::notice::Notice;
use crate::world::Request;

const KIND: Kind = Kind {
    name: "fake-azure",
    format: FORMAT,
};

/// Why a state file cannot be used; it is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be used", name(path))]
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
        let mut words = format!("{self}: {}", self.source);
        let mut cause = self.source.source();
        while let Some(inner) = cause {
            words = format!("{words}: {inner}");
            cause = inner.source();
        }
        words
    }

    /// The file; no name where the state is in a storage of the caller's.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn name(path: &Path) -> String {
    if path.as_os_str().is_empty() {
        return "the storage of the state".to_owned();
    }
    format!("the state file `{}`", path.display())
}

/// Where a state is kept in the place of a file.
pub(crate) struct OwnStorage(pub(crate) Box<dyn Storage + Send + Sync>);

impl fmt::Debug for OwnStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnStorage")
    }
}

/// A state file that is open; nobody else can open it.
pub(crate) struct StateFile {
    path: PathBuf,
    log: Log<Box<dyn Storage + Send + Sync>>,
    /// Where what it held when it was opened ends.
    end: Option<End>,
    /// What whoever opened it should know.
    notice: Option<Notice>,
}

impl fmt::Debug for StateFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl StateFile {
    /// Opens a state file and tells the state that it holds, if it holds one. It stays as it is
    /// until the first [`StateFile::save`].
    pub(crate) fn open(
        path: &Path,
        durability: Durability,
    ) -> Result<(Self, Option<SavedState>), StateError> {
        let storage = LogFile::new(path).map_err(|source| {
            let verb = "found";
            StateError::new(path, LogError::Io { verb, source })
        })?;
        // As `mktemp` makes them.
        let is_empty = fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0);
        let (mut file, saved) = Self::of(path, OwnStorage(Box::new(storage)), durability)?;
        if is_empty && saved.is_none() {
            file.notice = Some(Notice::NewWorld {
                path: path.to_owned(),
            });
        }
        Ok((file, saved))
    }

    /// What whoever opened it should know.
    pub(crate) fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// The same of a storage that is no file.
    pub(crate) fn in_storage(
        storage: OwnStorage,
        durability: Durability,
    ) -> Result<(Self, Option<SavedState>), StateError> {
        Self::of(Path::new(""), storage, durability)
    }

    fn of(
        path: &Path,
        storage: OwnStorage,
        durability: Durability,
    ) -> Result<(Self, Option<SavedState>), StateError> {
        let opened = Log::open(storage.0, KIND, durability);
        let (log, contents) = opened.map_err(|error| StateError::new(path, error))?;
        let saved = contents.as_ref().map(recovered).transpose();
        let saved = saved.map_err(|error| StateError::new(path, error))?;
        let torn = contents.as_ref().filter(|contents| contents.torn);
        let notice = torn.map(|contents| Notice::LeftOut {
            path: path.to_owned(),
            bytes: contents.left_out(),
        });
        let file = Self {
            path: path.to_owned(),
            log,
            notice,
            end: contents.map(|contents| contents.end()),
        };
        Ok((file, saved))
    }

    /// Goes on behind what was there when it was opened, by a simulator that begins with nothing
    /// else; false where nothing was there.
    pub(crate) fn go_on(&mut self, at: Timestamp) -> Result<bool, StateError> {
        let Some(end) = self.end.take() else {
            return Ok(false);
        };
        let done = self.log.go_on(end);
        done.map_err(|error| StateError::new(&self.path, error))?;
        self.append(&Record::<Request>::new(at, Done::Opened))?;
        Ok(true)
    }

    /// Writes down what is about to be done.
    pub(crate) fn append<R: Serialize>(&mut self, record: &Record<R>) -> Result<(), StateError> {
        self.prepare(record)?;
        self.append_prepared()
    }

    /// Prepares a record to be written down, in the place of one that was prepared before.
    pub(crate) fn prepare<R: Serialize>(&mut self, record: &Record<R>) -> Result<(), StateError> {
        let prepared = self.log.prepare(|to| record.write(to));
        prepared.map_err(|error| StateError::new(&self.path, error))
    }

    /// Writes down what was prepared.
    pub(crate) fn append_prepared(&mut self) -> Result<(), StateError> {
        let appended = self.log.append_prepared();
        appended.map_err(|error| StateError::new(&self.path, error))
    }

    /// Whether it is so long that a state should take the place of what was done.
    pub(crate) fn is_long(&self) -> bool {
        self.log.is_long()
    }

    /// Puts a state in the place of all that is there.
    pub(crate) fn save<W: Serialize>(&mut self, state: &SavedState<W>) -> Result<(), StateError> {
        let saved = self
            .log
            .compact_with(|to| state.write(to).map_err(NotSaved::Shape));
        saved.map_err(|error| StateError::new(&self.path, error))
    }
}

/// Why a state is not in the place of what was there.
#[derive(Debug, thiserror::Error)]
enum NotSaved {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Shape(serde_json::Error),
}

fn recovered(contents: &Contents) -> Result<SavedState, InvalidState> {
    // Later formats are refused when a log is opened.
    if contents.format < FORMAT {
        return Err(InvalidState::Older(contents.format.into()));
    }
    let mut state = SavedState::of_this_format(contents.snapshot())?;
    state.replay(contents.records())?;
    state.check_engines()?;
    Ok(state)
}
