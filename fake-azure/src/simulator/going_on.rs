//! The state that a simulator begins with: opened, gone on with, and told of.

use simulation::{Chance, Clock};

use super::{Builder, Kept, StartError};
use crate::credentials::Credentials;
use crate::net::loopback::Block;
use crate::notice::Notice;
use crate::state::{SavedState, StateError, StateFile};
use crate::world::World;

impl Builder {
    /// The state file and what it holds, where there is to be one. Its credentials lie beside it
    /// unless somebody said where.
    pub(super) fn open_state(
        &mut self,
    ) -> Result<(Option<StateFile>, Option<SavedState>), StartError> {
        let path = match std::mem::replace(&mut self.state, Kept::Nowhere) {
            Kept::Nowhere => return Ok((None, None)),
            Kept::In(path) => path,
            Kept::By(storage) => {
                let (file, saved) = StateFile::in_storage(storage, self.durability)?;
                return Ok((Some(file), saved));
            }
        };
        let (file, saved) = StateFile::open(&path, self.durability)?;
        if self.folder.is_none() && self.credentials.is_none() {
            let mut folder = path.into_os_string();
            folder.push(".credentials");
            self.folder = Some(folder.into());
        }
        Ok((Some(file), saved))
    }
}

/// What whoever started with a state file and this seed should know.
pub(super) fn notices(
    file: Option<&StateFile>,
    asked: Option<u64>,
    saved: Option<&SavedState>,
) -> Vec<Notice> {
    let of_file = file.and_then(StateFile::notice).cloned();
    let seeds = asked.zip(saved.map(|saved| saved.seed));
    let of_seed = seeds.filter(|(asked, held)| asked != held);
    let of_seed = of_seed.map(|(asked, held)| Notice::SeedHolds { held, asked });
    of_file.into_iter().chain(of_seed).collect()
}

/// The state file once it holds what the simulator begins with, which may be what it held.
pub(super) fn begun(
    file: Option<StateFile>,
    state: &SavedState,
    is_same: bool,
) -> Result<Option<StateFile>, StateError> {
    let Some(mut file) = file else {
        return Ok(None);
    };
    if !(is_same && file.go_on(state.now)?) {
        file.save(state)?;
    }
    Ok(Some(file))
}

/// Whether a state is of a world that is run as this one is to be.
pub(super) fn is_on_terms_of(saved: &SavedState, birth: &World) -> bool {
    saved.world.is_on_terms_of(birth).unwrap_or_else(|error| {
        tracing::error!(%error, "a world's terms cannot be compared");
        false
    })
}

/// Addresses for the machines: those that they had, or any that nobody has; a number says where to
/// look first.
pub(super) fn claim(saved: Option<&SavedState>, from: u64) -> Result<Block, StartError> {
    let Some(saved) = saved else {
        let from = Chance::seeded(from).below(u32::MAX);
        return Block::claim(from).map_err(StartError::Addresses);
    };
    let prefix = saved.world.block();
    Block::claim_this(prefix).map_err(|source| StartError::OldAddresses { prefix, source })
}

/// The state that a simulator begins with: the one that was saved, under the terms of this
/// start, or that of a world at birth.
pub(super) fn go_on(
    saved: Option<SavedState>,
    seed: u64,
    birth: &World,
    clock: &Clock,
    credentials: &Credentials,
) -> Result<SavedState, StartError> {
    let Some(mut saved) = saved else {
        let time = (clock.now(), clock.ahead());
        return Ok(SavedState::new(seed, 0, time, birth.clone()));
    };
    let first = credentials.subscription_id();
    if saved.world.of(&first).held.is_none() {
        return Err(StartError::OtherCredentials(first));
    }
    clock.go_on(saved.now, saved.ahead);
    saved.world.take_terms(birth);
    saved.world.take_people(birth);
    saved.world.settle(clock.now());
    let time = (clock.now(), clock.ahead());
    let openings = saved.openings.saturating_add(1);
    let state = SavedState::new(saved.seed, openings, time, saved.world);
    Ok(state.with_engines(saved.engines, saved.pushed))
}
