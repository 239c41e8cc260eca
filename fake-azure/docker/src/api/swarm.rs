//! The swarm that this engine is not in.

use super::call::Call;
use super::{Outcome, fault};
use crate::fault::Fault;

pub(super) fn not_a_manager(_: &Call) -> Fault {
    Fault::NotSwarmManager
}

pub(super) fn not_a_member(_: &Call) -> Fault {
    Fault::NotInSwarm
}

/// Begins or joins a swarm, as far as it is refused: what would be one is not modelled.
pub(super) async fn enter(call: &mut Call) -> Outcome {
    let body: serde_json::Map<String, serde_json::Value> = call.document().await?;
    let listens = body.get("ListenAddr").and_then(serde_json::Value::as_str);
    if listens.unwrap_or_default().is_empty() {
        let words = "invalid ListenAddr \"\": invalid empty address";
        return Err(Fault::Invalid(words.to_owned()));
    }
    Err(fault::not_modelled(call.route))
}
