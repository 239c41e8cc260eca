//! Managed disks.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decision::{Decided, Draft, Scope};
use super::disk_source::source;
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

/// How large a disk is, in GiB, of which nothing says it.
const SIZE_GB: u32 = 30;

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

/// What a body says of a disk or a snapshot.
#[derive(Debug, Default)]
struct Said {
    system: Option<String>,
    size_gb: Option<u32>,
    storage: Option<String>,
}

/// Reads what the body of a disk or a snapshot says.
fn written(body: &Value) -> Result<Said, Refusal> {
    let written: Written = document::typed(body)?;
    let size_gb = written.properties.size_gb.map(|size| {
        let known = u32::try_from(size).ok().filter(|size| (1..=65_536).contains(size));
        known.ok_or_else(|| Refusal::parameter(
            "diskSizeGB",
            format!("The value '{size}' of parameter 'diskSizeGB' is out of range. The value must be between '1' and '65536', inclusive."),
        ))
    });
    Ok(Said {
        system: written.properties.os_type,
        size_gb: size_gb.transpose()?,
        storage: written.sku.name,
    })
}

/// How large a disk or a snapshot is to be that is so large, or whose source is: no smaller.
fn new_size(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    written: Option<u32>,
    least: u32,
) -> Result<u32, Refusal> {
    match written {
        None => Ok(least),
        Some(size) if size >= least => Ok(size),
        Some(_) if draft.old.is_some() => Err(Refusal::DiskShrinks(draft.path.id(scope.view.id))),
        Some(size) => Err(Refusal::parameter(
            "diskSizeGB",
            format!(
                "The specified disk size {size} GB is smaller than the size of its source: {least} GB. This is not allowed. Please choose equal or greater size or do not specify an explicit size."
            ),
        )),
    }
}

/// What disks and snapshots have alike.
pub(super) struct Content {
    /// `Linux` or `Windows` where a system is on it.
    pub(super) system: Option<String>,
    pub(super) size_gb: u32,
    pub(super) storage: String,
}

/// What a disk or a snapshot is to have by its body, out of what it has or of its source, which
/// then is written into the body.
pub(super) fn content(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    body: &mut Value,
    old: Option<Content>,
) -> Result<Content, Refusal> {
    let written = written(body)?;
    let old = if let Some(old) = old {
        old
    } else {
        let source = source(scope, draft, body)?;
        source.note(body);
        Content {
            size_gb: source.size_gb.or(written.size_gb).unwrap_or(SIZE_GB),
            system: source.system,
            storage: "Standard_LRS".to_owned(),
        }
    };
    Ok(Content {
        system: written.system.or(old.system),
        size_gb: new_size(scope, draft, written.size_gb, old.size_gb)?,
        storage: written.storage.unwrap_or(old.storage),
    })
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let old = match draft.old.map(|old| &old.core) {
        Some(Core::Disk(old)) => Some(old),
        _ => None,
    };
    let creation = match old.map(|old| &old.creation) {
        Some(Creation::Image(image)) => Creation::Image(image.clone()),
        _ => Creation::Told,
    };
    let had = old.map(|old| Content {
        system: old.system.clone(),
        size_gb: old.size_gb,
        storage: old.storage.clone(),
    });
    let mut body = body.clone();
    let Content {
        system,
        size_gb,
        storage,
    } = content(scope, &draft, &mut body, had)?;
    let disk = Disk {
        system,
        size_gb,
        storage,
        creation,
    };
    Ok(draft.decided(scope, &KNOWN, &body, Core::Disk(disk), 5))
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
        tell_storage(&disk.storage, told);
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
        document::set(properties, "diskState", state);
        tell_size(disk.size_gb, resource, properties);
    }
}

/// What a disk or a snapshot is stored on.
pub(super) fn tell_storage(storage: &str, told: &mut Value) {
    let tier = storage.split('_').next().unwrap_or("Standard");
    document::set(told, "sku", json!({"name": storage, "tier": tier}));
}

/// What is told of disks and of snapshots alike.
pub(super) fn tell_size(size_gb: u32, resource: &Resource, properties: &mut Value) {
    document::set(properties, "diskSizeGB", size_gb);
    document::set(
        properties,
        "diskSizeBytes",
        u64::from(size_gb) * 1024 * 1024 * 1024,
    );
    document::set(properties, "timeCreated", resource.created.to_string());
    document::set(properties, "uniqueId", resource.guid.clone());
    document::set_default(properties, "networkAccessPolicy", "AllowAll");
    document::set_default(properties, "publicNetworkAccess", "Enabled");
    document::set_default(
        properties,
        "encryption",
        json!({"type": "EncryptionAtRestWithPlatformKey"}),
    );
}
