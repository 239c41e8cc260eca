//! The swarm that this engine is not in.

use super::Call;
use super::fault::Fault;

pub(super) fn not_a_manager(_: &Call<'_>) -> Fault {
    Fault::NotSwarmManager
}

pub(super) fn not_a_member(_: &Call<'_>) -> Fault {
    Fault::NotInSwarm
}
