//! Snapshots of disks.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decision::{Decided, Scope};
use super::disk::{self, Content, tell_storage};
use super::document::{self, Known};
use super::path::Path;
use super::refusal::Refusal;
use super::resource::{Core, Resource, known_top};

/// What rules go by of a snapshot. What it was made of may be gone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    /// `Linux` or `Windows` where a system is on it.
    pub(crate) system: Option<String>,
    pub(crate) size_gb: u32,
    pub(crate) storage: String,
}

pub(crate) const KNOWN: Known = known_top! {
    "sku": Known::Any,
    "managedBy": Known::Told,
    "properties": Known::Object(&[
        ("osType", Known::Any),
        ("hyperVGeneration", Known::Any),
        ("creationData", Known::Any),
        ("diskSizeGB", Known::Any),
        ("incremental", Known::Flag),
        ("encryption", Known::Any),
        ("encryptionSettingsCollection", Known::Any),
        ("networkAccessPolicy", Known::Any),
        ("publicNetworkAccess", Known::Any),
        ("diskAccessId", Known::Any),
        ("purchasePlan", Known::Any),
        ("supportedCapabilities", Known::Any),
        ("securityProfile", Known::Any),
        ("supportsHibernation", Known::Any),
        ("dataAccessAuthMode", Known::Any),
        ("completionPercent", Known::Told),
        ("copyCompletionError", Known::Told),
        ("diskSizeBytes", Known::Told),
        ("diskState", Known::Told),
        ("incrementalSnapshotFamilyId", Known::Told),
        ("timeCreated", Known::Told),
        ("uniqueId", Known::Told),
        ("provisioningState", Known::Told),
    ]),
};

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let had = match draft.old.map(|old| &old.core) {
        Some(Core::Snapshot(old)) => Some(Content {
            system: old.system.clone(),
            size_gb: old.size_gb,
            storage: old.storage.clone(),
        }),
        _ => None,
    };
    let mut body = body.clone();
    let Content {
        system,
        size_gb,
        storage,
    } = disk::content(scope, &draft, &mut body, had)?;
    let snapshot = Snapshot {
        system,
        size_gb,
        storage,
    };
    Ok(draft.decided(scope, &KNOWN, &body, Core::Snapshot(snapshot), 5))
}

impl Snapshot {
    pub(super) fn tell(&self, resource: &Resource, told: &mut Value) {
        tell_storage(&self.storage, told);
        let properties = document::object(told, "properties");
        if let Some(system) = &self.system {
            document::set(properties, "osType", system.clone());
            document::set_default(properties, "hyperVGeneration", "V2");
        }
        document::set_default(properties, "incremental", false);
        document::set_default(
            properties,
            "creationData",
            json!({ "createOption": "Empty" }),
        );
        document::set(properties, "diskState", "Unattached");
        disk::tell_size(self.size_gb, resource, properties);
    }
}
