//! The swarm that this engine is not in.

use super::call::Call;
use crate::fault::Fault;

pub(super) fn not_a_manager(_: &Call) -> Fault {
    Fault::NotSwarmManager
}

pub(super) fn not_a_member(_: &Call) -> Fault {
    Fault::NotInSwarm
}
