//! What survives the simulator's process: its world, its time, and what its identifiers follow
//! from. Neither sockets nor keys are kept; they are made of it again.

mod file;
mod shared;

use std::collections::BTreeMap;

use fake_docker::{Changes, Parts, SavedEngine};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::world::snapshot::Deed;
use crate::world::{Refusal, Request, World};

pub use file::StateError;
pub(crate) use file::StateFile;
pub(crate) use shared::SharedFile;

/// How states are written. From the first release on older ones are to be read for ever; those
/// before this one no release has written.
const FORMAT: u32 = 2;

/// A cloud at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedState<W = World> {
    format: u32,
    /// What the identifiers of all things follow from.
    pub(crate) seed: u64,
    /// How often it was gone on with: the identifiers of requests follow from it, too.
    pub(crate) openings: u64,
    /// The simulator's time.
    pub(crate) now: Timestamp,
    /// How far that was advanced.
    pub(crate) ahead: SignedDuration,
    pub(crate) world: W,
    /// What the Docker engines of machines hold, by the machines' serials.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) engines: SavedEngines,
}

/// What the engines of machines hold.
pub(crate) type SavedEngines = BTreeMap<u64, Parts>;

/// Why a text is no state.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidState {
    /// A later version has written it.
    #[error("its format is {0}, and this version reads up to {FORMAT}")]
    Newer(u64),
    /// A version that was never released has written it.
    #[error("its format is {0}, which no release has written")]
    Older(u64),
    /// It is something else.
    #[error("it is not the state of a simulated Azure")]
    Shape(#[from] serde_json::Error),
    /// It contradicts itself.
    #[error("what was done then is refused now: {0}")]
    Refused(Refusal),
}

/// Something that was done, and when.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record<R = Request> {
    at: Timestamp,
    done: Done<R>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Done<R = Request> {
    /// The world was changed.
    World(Deed<R>),
    /// Time was let pass at once.
    Advanced(SignedDuration),
    /// The engine of a machine changed.
    Engine { machine: u64, changes: Changes },
    /// A machine is gone with its engine.
    NoEngine { machine: u64 },
}

impl<W: Serialize> SavedState<W> {
    pub(crate) fn new(
        seed: u64,
        openings: u64,
        (now, ahead): (Timestamp, SignedDuration),
        world: W,
    ) -> Self {
        Self {
            format: FORMAT,
            seed,
            openings,
            now,
            ahead,
            world,
            engines: SavedEngines::new(),
        }
    }

    /// The same, with what the engines of its machines hold.
    pub(crate) fn with_engines(self, engines: SavedEngines) -> Self {
        Self { engines, ..self }
    }

    pub(crate) fn written(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

impl SavedState {
    /// The state that a text tells.
    pub(crate) fn read(text: &[u8]) -> Result<Self, InvalidState> {
        // What a later version writes may have another shape, so its format is looked at first.
        #[derive(Deserialize)]
        struct Format {
            format: u64,
        }
        let Format { format } = serde_json::from_slice(text)?;
        if format > u64::from(FORMAT) {
            return Err(InvalidState::Newer(format));
        }
        if format < u64::from(FORMAT) {
            return Err(InvalidState::Older(format));
        }
        let state: Self = serde_json::from_slice(text)?;
        state.check_engines()?;
        Ok(state)
    }

    /// Whether every engine can be brought back.
    fn check_engines(&self) -> Result<(), InvalidState> {
        for parts in self.engines.values() {
            SavedEngine::read(parts)?;
        }
        Ok(())
    }

    /// Does again what was done after this state was written.
    fn replay(&mut self, records: &[Vec<u8>]) -> Result<(), InvalidState> {
        for record in records {
            let Record { at, done } = serde_json::from_slice(record)?;
            match done {
                Done::World(deed) => {
                    let done = self.world.replay(deed, at);
                    done.map_err(InvalidState::Refused)?;
                }
                Done::Advanced(by) => {
                    self.ahead = self.ahead.saturating_add(by);
                    let then = at.checked_add(by).unwrap_or(Timestamp::MAX);
                    self.now = self.now.max(then);
                }
                Done::Engine { machine, changes } => {
                    self.engines.entry(machine).or_default().take_on(changes);
                }
                Done::NoEngine { machine } => {
                    self.engines.remove(&machine);
                }
            }
            self.now = self.now.max(at);
        }
        Ok(())
    }
}

impl<R: Serialize> Record<R> {
    pub(crate) fn new(at: Timestamp, done: Done<R>) -> Self {
        Self { at, done }
    }

    pub(crate) fn written(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

impl Record {
    /// That the world was changed.
    pub(crate) fn of_world(at: Timestamp, deed: Deed) -> Self {
        Self::new(at, Done::World(deed))
    }

    /// That the engine of a machine changed.
    pub(crate) fn of_engine(at: Timestamp, machine: u64, changes: Changes) -> Self {
        Self::new(at, Done::Engine { machine, changes })
    }

    /// That a machine is gone with its engine.
    pub(crate) fn of_no_engine(at: Timestamp, machine: u64) -> Self {
        Self::new(at, Done::NoEngine { machine })
    }

    /// That time was let pass.
    pub(crate) fn of_advance(at: Timestamp, by: SignedDuration) -> Self {
        Self::new(at, Done::Advanced(by))
    }
}
