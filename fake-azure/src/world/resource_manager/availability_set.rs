//! Availability sets: machines that do not fail together.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decision::{Decided, Draft, Scope};
use super::document::{self, Known, REFERENCE};
use super::kind::Kind;
use super::path::{Key, Path};
use super::refusal::{InUse, Refusal};
use super::resource::{Core, known_top};
use super::view::View;

/// What rules go by of an availability set: nothing but that it is there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct AvailabilitySet {}

pub(crate) const KNOWN: Known = known_top! {
    "sku": Known::Any,
    "properties": Known::Object(&[
        ("platformUpdateDomainCount", Known::Any),
        ("platformFaultDomainCount", Known::Any),
        ("proximityPlacementGroup", REFERENCE),
        ("scheduledEventsPolicy", Known::Any),
        ("virtualMachines", Known::Told),
        ("statuses", Known::Told),
        ("virtualMachineScaleSetMigrationInfo", Known::Told),
    ]),
};

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    Ok(draft.done(
        scope,
        &KNOWN,
        body,
        Core::AvailabilitySet(AvailabilitySet {}),
    ))
}

pub(super) fn delete(scope: &Scope<'_>, draft: &Draft<'_>) -> Result<(), Refusal> {
    match scope.users_of(&draft.key, Kind::Machine).next() {
        None => Ok(()),
        Some(_) => Err(InUse::AvailabilitySet(draft.path.name.clone()).into()),
    }
}

impl View<'_> {
    pub(super) fn tell_availability_set(self, key: &Key, _: &AvailabilitySet, told: &mut Value) {
        document::set_default(told, "sku", json!({"name": "Classic"}));
        let machines: Vec<Value> = self
            .users_of(key, Kind::Machine)
            .map(|machine| json!({"id": self.id_of(machine)}))
            .collect();
        let properties = document::object(told, "properties");
        if let Value::Object(members) = properties {
            members.remove("provisioningState");
        }
        document::set_default(properties, "platformUpdateDomainCount", 5);
        document::set_default(properties, "platformFaultDomainCount", 3);
        document::set(properties, "virtualMachines", machines);
    }
}
