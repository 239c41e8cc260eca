//! What survives the simulator's process: its world, its time, and what its identifiers follow
//! from. Neither sockets nor keys are kept; they are made of it again.

mod file;
mod shared;

use std::collections::BTreeMap;

use fake_docker::registry::{Named, Published, Pushed};
use fake_docker::{Changes, Parts, SavedEngine};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use simulation::faults::InvalidRule;

use crate::faults::{Break, Called, Faults};
use crate::world::snapshot::Deed;
use crate::world::{Request, World};

pub use file::StateError;
pub(crate) use file::{OwnStorage, StateFile};
pub(crate) use shared::SharedFile;

/// How states are written. From the first release on older ones are to be read for ever; those
/// before this one no release has written.
const FORMAT: u32 = 3;

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
    /// The faults that were arranged, and what they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) faults: Option<Faults>,
    /// What the Docker engines of machines hold, by the machines' serials.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) engines: SavedEngines,
    /// What was pushed to the registries of the simulated world.
    #[serde(default, skip_serializing_if = "Pushed::is_empty")]
    pub(crate) pushed: Pushed,
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
    Refused(String),
    /// A fault that was arranged is none.
    #[error("a fault that was arranged then is refused now: {0}")]
    Fault(InvalidRule),
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
    /// Another process goes on with it.
    Opened,
    /// Time was let pass at once.
    Advanced(SignedDuration),
    /// The engine of a machine changed.
    Engine { machine: u64, changes: Changes },
    /// A machine is gone with its engine.
    NoEngine { machine: u64 },
    /// An image was pushed to the registries of the simulated world.
    Pushed { name: Named, image: Box<Published> },
    /// A fault was arranged.
    Broken(Box<Break>),
    /// All faults were taken back.
    Mended,
    /// A call came that faults are about.
    Called(Called),
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
            faults: None,
            engines: SavedEngines::new(),
            pushed: Pushed::default(),
        }
    }

    /// The same, with what the engines of its machines hold, and what they pushed.
    pub(crate) fn with_engines(self, engines: SavedEngines, pushed: Pushed) -> Self {
        Self {
            engines,
            pushed,
            ..self
        }
    }

    /// The same, with the faults that are arranged.
    pub(crate) fn with_faults(self, faults: Faults) -> Self {
        Self {
            faults: Some(faults),
            ..self
        }
    }

    pub(crate) fn write(&self, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        serde_json::to_writer(to, self)
    }
}

impl SavedState {
    /// The state that a text tells.
    pub(crate) fn read(text: &[u8]) -> Result<Self, InvalidState> {
        // What a later version writes may have another shape, so its format is looked at first.
        #[derive(Deserialize)]
        #[serde(expecting = "a saved world: an object that tells its `format`")]
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
        Self::of_this_format(text)
    }

    /// The state that a text of this format tells.
    fn of_this_format(text: &[u8]) -> Result<Self, InvalidState> {
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
    fn replay<'r>(&mut self, records: impl Iterator<Item = &'r [u8]>) -> Result<(), InvalidState> {
        for record in records {
            let Record { at, done } = serde_json::from_slice(record)?;
            match done {
                Done::World(deed) => {
                    let done = self.world.replay(deed, at);
                    done.map_err(InvalidState::Refused)?;
                }
                Done::Opened => self.openings = self.openings.saturating_add(1),
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
                Done::Pushed { name, image } => self.pushed.take(&name, *image),
                Done::Broken(rule) => {
                    let added = self.faults.get_or_insert_default().add(*rule);
                    added.map_err(InvalidState::Fault)?;
                }
                Done::Mended => {
                    self.faults.get_or_insert_default().clear();
                }
                Done::Called(called) => {
                    let faults = self.faults.get_or_insert_default();
                    faults.hit(&called.as_call(), at);
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

    pub(crate) fn write(&self, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        serde_json::to_writer(to, self)
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

    /// That an image was pushed.
    pub(crate) fn of_push(at: Timestamp, name: &Named, image: &Published) -> Self {
        let (name, image) = (name.clone(), Box::new(image.clone()));
        Self::new(at, Done::Pushed { name, image })
    }

    /// That a fault was arranged.
    pub(crate) fn of_break(at: Timestamp, rule: Break) -> Self {
        Self::new(at, Done::Broken(Box::new(rule)))
    }

    /// That all faults were taken back.
    pub(crate) fn of_mending(at: Timestamp) -> Self {
        Self::new(at, Done::Mended)
    }

    /// That a call came that faults are about.
    pub(crate) fn of_call(at: Timestamp, called: Called) -> Self {
        Self::new(at, Done::Called(called))
    }

    /// That time was let pass.
    pub(crate) fn of_advance(at: Timestamp, by: SignedDuration) -> Self {
        Self::new(at, Done::Advanced(by))
    }
}
