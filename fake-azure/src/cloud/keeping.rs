//! A cloud as a state: written down, taken on, put back to its beginning.

use std::error::Error;

use fake_docker::registry::Pushed;
use jiff::SignedDuration;

use super::arranged::begin_faults;
use super::{Cloud, Ids, State};
use crate::net::loopback::Block;
use crate::state::{InvalidState, SavedEngines, SavedState, SharedFile, StateError};
use crate::world::{Prefix, World};

/// Why a cloud does not take a state on; it is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotRestored {
    /// The text tells none.
    #[error(transparent)]
    Invalid(#[from] InvalidState),
    /// Another simulator has its addresses.
    #[error("the addresses of its machines, {0}, are another simulator's")]
    Addresses(Prefix),
    /// The state file cannot be written.
    #[error(transparent)]
    File(#[from] StateError),
}

impl Cloud {
    /// The cloud as it is, to be written down.
    fn saved<'w>(&self, world: &'w World) -> SavedState<&'w World> {
        let ids = self.ids();
        let time = (self.now(), self.0.clock.ahead());
        SavedState::new(ids.seed, ids.openings, time, world)
    }

    /// Puts a state in the place of all that was done.
    pub(super) fn shorten(&self, state: &mut State) {
        let State {
            world,
            file,
            engines,
            ..
        } = state;
        let faults = self.faults();
        let Some(mut file) = file.as_ref().and_then(SharedFile::turn) else {
            return;
        };
        // While nobody else writes, no engine can be ahead of what is read here.
        let saved = match engines.saved() {
            Ok(saved) => self
                .saved(&*world)
                .with_faults(faults.faults.clone())
                .with_engines(saved, engines.pushed()),
            Err(error) => return tracing::error!(%error, "the state file stays long"),
        };
        if let Err(error) = file.save(&saved) {
            tracing::error!(error = &error as &dyn Error, "the state file stays long");
        }
    }

    /// The whole state as JSON, secrets and all, but for faults and journal: what
    /// [`Cloud::restore`] takes.
    pub fn snapshot(&self) -> Result<String, serde_json::Error> {
        let state = self.state();
        let (engines, pushed) = (state.engines.saved()?, state.engines.pushed());
        serde_json::to_string(&self.saved(&state.world).with_engines(engines, pushed))
    }

    /// Takes a state on in the place of all that is; faults and journal stay.
    pub fn restore(&self, snapshot: &str) -> Result<(), NotRestored> {
        let mut saved = SavedState::read(snapshot.as_bytes())?;
        let mut state = self.state();
        let prefix = saved.world.block();
        let is_ours = state
            .block
            .as_ref()
            .is_some_and(|ours| ours.prefix == prefix);
        let other = (!is_ours).then(|| Block::claim_this(prefix)).transpose();
        let other = other.map_err(|_| NotRestored::Addresses(prefix))?;
        saved.world.take_terms(&state.birth);
        saved.world.take_key(&state.world);
        saved.openings = saved.openings.max(self.ids().openings).saturating_add(1);
        let faults = self.faults();
        saved.faults = Some(faults.faults.clone());
        if let Some(mut file) = state.file.as_ref().and_then(SharedFile::turn) {
            file.save(&saved)?;
            state.engines.end_keeping();
        }
        drop(faults);
        if other.is_some() {
            state.block = other;
        }
        *self.ids() = Ids::new(saved.seed, saved.openings);
        self.0.clock.go_on(saved.now, saved.ahead);
        self.replace(&mut state, saved.world, (saved.engines, saved.pushed));
        Ok(())
    }

    /// Puts another world in the place of this one.
    fn replace(&self, state: &mut State, world: World, (engines, pushed): (SavedEngines, Pushed)) {
        let now = self.now();
        state.engines.clear();
        state.engines.bring_back(engines, pushed);
        state.world.touch_everything();
        let touched = state.world.ground.take_touched();
        state.world = world;
        state.world.touch_everything();
        for owner in touched {
            state.world.ground.touch(owner);
        }
        state.world.settle(now);
        self.follow(state, now);
    }

    /// Puts the world back to what it was at the start; faults and journal, too: those faults
    /// alone wait that a plan told.
    pub fn reset(&self) -> Result<(), StateError> {
        let mut state = self.state();
        let mut ids = self.ids();
        let fresh = Ids::new(ids.seed, 0);
        let mut birth = state.birth.clone();
        birth.take_key(&state.world);
        let mut arranged = self.faults();
        let faults = begin_faults(None, fresh.seed, &arranged.plan);
        let State { file, engines, .. } = &mut *state;
        if let Some(mut file) = file.as_ref().and_then(SharedFile::turn) {
            let start = self.0.clock.start();
            let time = (start, SignedDuration::ZERO);
            let saved = SavedState::new(fresh.seed, fresh.openings, time, &birth);
            file.save(&saved.with_faults(faults.clone()))?;
            engines.end_keeping();
        }
        arranged.faults = faults;
        arranged.cleared += 1;
        drop(arranged);
        self.0.cleared.notify_waiters();
        self.0.clock.reset();
        *ids = fresh;
        drop(ids);
        self.replace(&mut state, birth, Default::default());
        drop(state);
        self.0.journal.clear();
        Ok(())
    }
}
