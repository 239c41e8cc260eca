//! Managed disks.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decision::{Decided, Draft, Scope};
use super::document::{self, Document, Known};
use super::kind::Kind;
use super::path::{Key, Path};
use super::refusal::{InUse, Refusal};
use super::resource::{Core, Resource, known_top};
use super::view::View;

/// What rules go by of a disk.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Disk {
    /// `Linux` or `Windows` where a system is on it.
    pub(crate) system: Option<String>,
    pub(crate) size_gb: u32,
    pub(crate) storage: String,
    /// What it was made of.
    pub(crate) creation: Creation,
}

/// What a disk was made of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) enum Creation {
    /// Nothing.
    #[default]
    Empty,
    /// An image, by its identifier.
    Image(String),
    /// As the client's document says.
    Told,
}

impl Disk {
    /// The image that it was made of, by its identifier.
    pub(super) fn image(&self) -> Option<&str> {
        match &self.creation {
            Creation::Image(image) => Some(image),
            Creation::Empty | Creation::Told => None,
        }
    }
}

pub(crate) const KNOWN: Known = known_top! {
    "sku": Known::Any,
    "managedBy": Known::Told,
    "managedByExtended": Known::Told,
    "properties": Known::Object(&[
        ("osType", Known::Any),
        ("hyperVGeneration", Known::Any),
        ("creationData", Known::Any),
        ("diskSizeGB", Known::Any),
        ("encryption", Known::Any),
        ("encryptionSettingsCollection", Known::Any),
        ("networkAccessPolicy", Known::Any),
        ("publicNetworkAccess", Known::Any),
        ("diskAccessId", Known::Any),
        ("diskIOPSReadWrite", Known::Any),
        ("diskMBpsReadWrite", Known::Any),
        ("maxShares", Known::Any),
        ("tier", Known::Any),
        ("burstingEnabled", Known::Flag),
        ("purchasePlan", Known::Any),
        ("supportedCapabilities", Known::Any),
        ("securityProfile", Known::Any),
        ("supportsHibernation", Known::Any),
        ("dataAccessAuthMode", Known::Any),
        ("optimizedForFrequentAttach", Known::Any),
        ("diskSizeBytes", Known::Told),
        ("diskState", Known::Told),
        ("timeCreated", Known::Told),
        ("uniqueId", Known::Told),
        ("LastOwnershipUpdateTime", Known::Told),
        ("burstingEnabledTime", Known::Told),
        ("shareInfo", Known::Told),
        ("propertyUpdatesInProgress", Known::Told),
        ("provisioningState", Known::Told),
    ]),
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    sku: WrittenSku,
    properties: WrittenProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenSku {
    name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenProperties {
    os_type: Option<String>,
    #[serde(rename = "diskSizeGB", deserialize_with = "document::number")]
    size_gb: Option<i64>,
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    let old = match draft.old.map(|old| &old.core) {
        Some(Core::Disk(old)) => Some(old),
        _ => None,
    };
    let size = match written.properties.size_gb {
        None => old.map_or(30, |old| old.size_gb),
        Some(size) => u32::try_from(size)
            .ok()
            .filter(|size| (1..=65_536).contains(size))
            .ok_or_else(|| Refusal::parameter(
                "diskSizeGB",
                format!("The value '{size}' of parameter 'diskSizeGB' is out of range. The value must be between '1' and '65536', inclusive."),
            ))?,
    };
    let disk = Disk {
        system: written
            .properties
            .os_type
            .or_else(|| old.and_then(|old| old.system.clone())),
        size_gb: size,
        storage: written
            .sku
            .name
            .or_else(|| old.map(|old| old.storage.clone()))
            .unwrap_or_else(|| "Standard_LRS".to_owned()),
        creation: match old.map(|old| &old.creation) {
            Some(Creation::Image(image)) => Creation::Image(image.clone()),
            _ => Creation::Told,
        },
    };
    Ok(draft.decided(scope, &KNOWN, body, Core::Disk(disk), 5))
}

pub(super) fn delete(scope: &Scope<'_>, draft: &Draft<'_>) -> Result<(), Refusal> {
    match scope.users_of(&draft.key, Kind::Machine).next() {
        None => Ok(()),
        Some(machine) => Err(InUse::Disk {
            name: draft.path.name.clone(),
            by: scope.id_of(machine),
        }
        .into()),
    }
}

/// The disk that a machine's creation makes.
pub(super) fn new(scope: &mut Scope<'_>, name: String, location: &str, disk: Disk) -> Resource {
    Resource {
        name,
        location: location.to_owned(),
        document: Document::of(&KNOWN, &json!({})),
        version: 1,
        created: scope.now,
        changed: scope.now,
        guid: scope.draw.chance.guid(),
        pending: None,
        core: Core::Disk(disk),
    }
}

impl View<'_> {
    pub(super) fn tell_disk(self, key: &Key, resource: &Resource, disk: &Disk, told: &mut Value) {
        let tier = disk.storage.split('_').next().unwrap_or("Standard");
        document::set(told, "sku", json!({"name": disk.storage, "tier": tier}));
        let machine = self.users_of(key, Kind::Machine).next();
        if let Some(machine) = machine {
            document::set(told, "managedBy", self.id_of(machine));
        }
        let state = match machine {
            None => "Unattached",
            Some(machine) if self.is_deallocated(machine) => "Reserved",
            Some(_) => "Attached",
        };
        let properties = document::object(told, "properties");
        if let Some(system) = &disk.system {
            document::set(properties, "osType", system.clone());
            document::set_default(properties, "hyperVGeneration", "V2");
        }
        match &disk.creation {
            Creation::Told => {}
            Creation::Empty => {
                document::set(properties, "creationData", json!({"createOption": "Empty"}));
            }
            Creation::Image(image) => document::set(
                properties,
                "creationData",
                json!({"createOption": "FromImage", "imageReference": {"id": image}}),
            ),
        }
        document::set(properties, "diskSizeGB", disk.size_gb);
        document::set(
            properties,
            "diskSizeBytes",
            u64::from(disk.size_gb) * 1024 * 1024 * 1024,
        );
        document::set(properties, "timeCreated", resource.created.to_string());
        document::set(properties, "diskState", state);
        document::set(properties, "uniqueId", resource.guid.clone());
        document::set_default(properties, "networkAccessPolicy", "AllowAll");
        document::set_default(properties, "publicNetworkAccess", "Enabled");
        document::set_default(
            properties,
            "encryption",
            json!({"type": "EncryptionAtRestWithPlatformKey"}),
        );
    }
}
