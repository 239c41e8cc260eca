//! The state file as the world and the engines of its machines write to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::{Record, SavedState, StateError, StateFile};

/// A state file that several write to; clones are the same file.
///
/// Whoever writes down what others may change meanwhile reads it while it has the file, so that
/// an older state never comes after a newer one.
#[derive(Clone, Debug)]
pub(crate) struct SharedFile(Arc<Mutex<Option<StateFile>>>);

/// A state file that somebody writes to at this moment.
pub(crate) struct Turn<'a>(MutexGuard<'a, Option<StateFile>>);

impl SharedFile {
    pub(crate) fn new(file: StateFile) -> Self {
        Self(Arc::new(Mutex::new(Some(file))))
    }

    /// Waits until nobody else writes; none once it is closed.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.is_some().then_some(Turn(file))
    }

    /// Writes down what is about to be done; nothing once it is closed.
    pub(crate) fn append<R: Serialize>(&self, record: &Record<R>) -> Result<(), StateError> {
        match self.turn() {
            Some(mut turn) => turn.append(record),
            None => Ok(()),
        }
    }

    /// Whether it is so long that a state should take the place of what was done.
    pub(crate) fn is_long(&self) -> bool {
        self.turn().is_some_and(|turn| turn.is_long())
    }

    /// Lets the file go: somebody else may open it.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Turn<'_> {
    /// Prepares a record to be written down.
    pub(crate) fn prepare<R: Serialize>(&mut self, record: &Record<R>) -> Result<(), StateError> {
        self.0.as_mut().map_or(Ok(()), |file| file.prepare(record))
    }

    /// Writes down what was prepared.
    pub(crate) fn append_prepared(&mut self) -> Result<(), StateError> {
        self.0.as_mut().map_or(Ok(()), StateFile::append_prepared)
    }

    /// Writes down what is about to be done.
    pub(crate) fn append<R: Serialize>(&mut self, record: &Record<R>) -> Result<(), StateError> {
        self.0.as_mut().map_or(Ok(()), |file| file.append(record))
    }

    /// Puts a state in the place of all that is there.
    pub(crate) fn save<W: Serialize>(&mut self, state: &SavedState<W>) -> Result<(), StateError> {
        self.0.as_mut().map_or(Ok(()), |file| file.save(state))
    }

    fn is_long(&self) -> bool {
        self.0.as_ref().is_some_and(StateFile::is_long)
    }
}
