//! What a subscription holds of Resource Manager.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deployment::{Deployment, DeploymentKey};
use super::effect::Effect;
use super::group::Group;
use super::quota::{FamilyQuotas, Quota};
use super::refusal::Failure;
use super::shelf::Shelf;
use super::tags::{Defined, Tags};
use crate::world::OrphanKind;
use crate::world::ledger::Ledger;
use crate::world::names::Name;
use crate::world::operation::{OperationId, Operations};

/// How many outputs can still be asked for.
const OUTPUTS: usize = 1_000;

/// What operations have brought forth, the last of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Outputs(VecDeque<(OperationId, Value)>);

impl Outputs {
    pub(super) fn insert(&mut self, operation: OperationId, output: Value) {
        if self.0.len() >= OUTPUTS {
            self.0.pop_front();
        }
        self.0.push_back((operation, output));
    }

    pub(super) fn get(&self, operation: &OperationId) -> Option<&Value> {
        let mut outputs = self.0.iter().rev();
        outputs
            .find(|(id, _)| id == operation)
            .map(|(_, output)| output)
    }
}

/// What a subscription holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Holdings {
    pub(crate) groups: BTreeMap<Name, Group>,
    pub(crate) shelf: Shelf,
    #[serde(with = "crate::world::resource_manager::pairs")]
    pub(crate) deployments: BTreeMap<DeploymentKey, Deployment>,
    /// The tags of the subscription itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: Tags,
    /// The names of tags that are ready, with their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) defined_tags: Defined,
    /// The namespaces that are not registered; all others are.
    pub(crate) unregistered: BTreeSet<Name>,
    pub(crate) quota: Quota,
    #[serde(default, skip_serializing_if = "FamilyQuotas::is_empty")]
    pub(crate) family_quotas: FamilyQuotas,
    /// By region the sizes that are not offered there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) withheld: BTreeMap<String, BTreeSet<String>>,
    /// By region for how many cores there is room, of machines that are not deallocated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) rooms: BTreeMap<String, u32>,
    pub(crate) operations: Operations<Effect, Failure>,
    /// What operations have brought forth, beside what they made.
    pub(crate) outputs: Outputs,
    /// The deployments that wait for operations.
    pub(crate) awaited: BTreeMap<OperationId, DeploymentKey>,
    /// Since when nobody uses what somebody used.
    #[serde(default, skip_serializing_if = "Ledger::is_empty")]
    pub(crate) ledger: Ledger<OrphanKind>,
}
