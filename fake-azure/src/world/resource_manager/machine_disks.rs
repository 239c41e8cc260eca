//! What a virtual machine boots from, and the disks that it has.

use super::change::Change;
use super::decision::{Draft, Scope};
use super::disk::{self, Creation, Disk};
use super::kind::Kind;
use super::machine::{DataDisk, Hardware, OsDisk};
use super::machine_document::{ImageReference, StorageProfile, WrittenDisk, is_delete};
use super::path::Key;
use super::platform_image::platform_image;
use super::refusal::{InUse, Refusal};
use super::resource::Core;
use crate::world::first_boot;
use crate::world::names::Name;

/// What a machine boots from.
pub(super) struct Source {
    pub(super) system: String,
    pub(super) label: String,
    pub(super) size_gb: u32,
    pub(super) exact_version: Option<String>,
    pub(super) creation: Creation,
    pub(super) family: first_boot::Image,
    pub(super) agent: (String, String),
    pub(super) hardware: Option<Hardware>,
}

pub(super) fn source(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    profile: &StorageProfile,
    id: &str,
) -> Result<Source, Refusal> {
    let disk = &profile.os_disk;
    let option = disk.create_option.as_deref().unwrap_or_default();
    if option.is_empty() {
        return Err(Refusal::parameter(
            "osDisk.createOption",
            "Required parameter 'osDisk.createOption' is missing (null).".to_owned(),
        ));
    }
    if let Some(reference) = &profile.image_reference {
        return image_source(scope, draft, reference, id);
    }
    let system = disk.os_type.clone().unwrap_or_else(|| "Linux".to_owned());
    let size_gb = disk.size_gb.and_then(|size| u32::try_from(size).ok());
    if let Some(text) = &disk.managed_disk.id {
        let key = scope.referred(
            text,
            Kind::Disk,
            &draft.location,
            id,
            "properties.storageProfile.osDisk.managedDisk.id",
        )?;
        let resource = scope.view.held.shelf.get(&key);
        if let Some(Core::Disk(found)) = resource.map(|resource| &resource.core) {
            return Ok(Source {
                label: system.clone(),
                system: found.system.clone().unwrap_or(system),
                size_gb: found.size_gb,
                exact_version: None,
                creation: Creation::Told,
                family: first_boot::Image::Other,
                agent: <(String, String)>::default(),
                hardware: None,
            });
        }
    }
    if disk.vhd.is_none() {
        return Err(Refusal::parameter(
            "imageReference",
            "Required parameter 'imageReference' is missing (null).".to_owned(),
        ));
    }
    Ok(Source {
        label: system.clone(),
        system,
        size_gb: size_gb.unwrap_or(30),
        exact_version: None,
        creation: Creation::Told,
        family: first_boot::Image::Other,
        agent: <(String, String)>::default(),
        hardware: None,
    })
}

fn image_source(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    reference: &ImageReference,
    id: &str,
) -> Result<Source, Refusal> {
    if let Some(text) = &reference.id {
        let key = scope.referred(
            text,
            Kind::Image,
            &draft.location,
            id,
            "properties.storageProfile.imageReference.id",
        )?;
        let resource = scope.view.held.shelf.get(&key);
        let Some(Core::Image(image)) = resource.map(|resource| &resource.core) else {
            return Err(Refusal::NoImage(text.clone()));
        };
        return Ok(Source {
            system: image.system.clone(),
            label: image.label.clone(),
            size_gb: image.size_gb,
            exact_version: None,
            creation: Creation::Image(scope.id_of(&key)),
            family: first_boot::Image::of(&image.label, ""),
            agent: image.agent.clone(),
            hardware: image.hardware,
        });
    }
    let found = platform_image(reference)?;
    let version_id = format!(
        "/Subscriptions/{}/Providers/Microsoft.Compute/Locations/{}/Publishers/{}/ArtifactTypes/VMImage/Offers/{}/Skus/{}/Versions/{}",
        scope.view.id, draft.location, found.publisher, found.offer, found.sku, found.version
    );
    Ok(Source {
        system: found.system().os.as_str().to_owned(),
        label: found.system().pretty.to_owned(),
        size_gb: found.size_gb(),
        exact_version: Some(found.version.to_owned()),
        creation: Creation::Image(version_id),
        family: first_boot::Image::of(found.publisher, found.offer),
        agent: {
            let system = found.system();
            (system.agent_name().to_owned(), system.version_id.to_owned())
        },
        hardware: Some(Hardware::of(&found)),
    })
}

/// What an operating system's disk and a data disk become alike.
fn disk_size(written: &WrittenDisk, otherwise: u32, member: &str) -> Result<u32, Refusal> {
    let Some(size) = written.size_gb else {
        return Ok(otherwise);
    };
    u32::try_from(size)
        .ok()
        .filter(|size| (1..=65_536).contains(size))
        .ok_or_else(|| {
            Refusal::parameter(
                "diskSizeGB",
                format!("The value '{size}' of parameter '{member}.diskSizeGB' is out of range."),
            )
        })
}

pub(super) fn os_disk(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    written: &WrittenDisk,
    source: &Source,
    changes: &mut Vec<Change>,
) -> Result<OsDisk, Refusal> {
    let goes = is_delete(written.delete_option.as_deref());
    let size_gb = disk_size(written, source.size_gb, "osDisk")?;
    if size_gb < source.size_gb {
        return Err(Refusal::parameter(
            "osDisk.diskSizeGB",
            format!(
                "The specified disk size {size_gb} GB is smaller than the size of the corresponding disk in the VM image: {} GB. This is not allowed. Please choose equal or greater size or do not specify an explicit size.",
                source.size_gb
            ),
        ));
    }
    if let Some(text) = &written.managed_disk.id {
        let id = draft.path.id(scope.view.id);
        let place = "properties.storageProfile.osDisk.managedDisk.id";
        let key = scope.referred(text, Kind::Disk, &draft.location, &id, place)?;
        check_free_disk(scope, &key, &draft.key)?;
        let name = scope.view.held.shelf.get(&key).map(|r| r.name.clone());
        return Ok(OsDisk {
            name: name.unwrap_or_default(),
            key: Some(key),
            size_gb,
            goes,
        });
    }
    let name = match &written.name {
        Some(name) => name.clone(),
        None if written.vhd.is_some() => draft.path.name.clone(),
        None => format!("{}_OsDisk_1_{}", draft.path.name, scope.draw.chance.hex32()),
    };
    if written.vhd.is_some() {
        return Ok(OsDisk {
            name,
            key: None,
            size_gb,
            goes,
        });
    }
    let disk = Disk {
        system: Some(source.system.clone()),
        size_gb,
        storage: storage_of(written),
        creation: source.creation.clone(),
    };
    let key = made_disk(scope, draft, &name, disk, changes)?;
    Ok(OsDisk {
        name,
        key: Some(key),
        size_gb,
        goes,
    })
}

fn storage_of(written: &WrittenDisk) -> String {
    let told = written.managed_disk.storage_account_type.clone();
    told.unwrap_or_else(|| "Premium_LRS".to_owned())
}

fn check_free_disk(scope: &Scope<'_>, disk: &Key, machine: &Key) -> Result<(), Refusal> {
    let other = scope
        .users_of(disk, Kind::Machine)
        .find(|key| *key != machine);
    match other {
        None => Ok(()),
        Some(other) => Err(InUse::DiskTaken {
            name: disk.name.as_str().to_owned(),
            by: scope.id_of(other),
        }
        .into()),
    }
}

fn made_disk(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    name: &str,
    disk: Disk,
    changes: &mut Vec<Change>,
) -> Result<Key, Refusal> {
    let key = Key {
        group: draft.key.group.clone(),
        kind: Kind::Disk,
        name: Name::from(name),
    };
    if scope.view.held.shelf.get(&key).is_some() {
        return Err(Refusal::DiskExists(name.to_owned()));
    }
    let resource = disk::new(scope, name.to_owned(), &draft.location, disk);
    changes.push(Change::Resource(key.clone(), Box::new(resource)));
    Ok(key)
}

/// The disk that is to be attached, which is nobody's and not twice the machine's.
fn named_disk(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    written: &WrittenDisk,
    os_disk: Option<&Key>,
    others: &[Option<&Key>],
) -> Result<Option<Key>, Refusal> {
    let Some(text) = &written.managed_disk.id else {
        return Ok(None);
    };
    let id = draft.path.id(scope.view.id);
    let place = "properties.storageProfile.dataDisks.managedDisk.id";
    let key = scope.referred(text, Kind::Disk, &draft.location, &id, place)?;
    check_free_disk(scope, &key, &draft.key)?;
    if os_disk == Some(&key) || others.contains(&Some(&key)) {
        return Err(InUse::DiskTaken {
            name: key.name.as_str().to_owned(),
            by: id,
        }
        .into());
    }
    Ok(Some(key))
}

pub(super) fn data_disks(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    written: &[WrittenDisk],
    os_disk: Option<&Key>,
    old: &[DataDisk],
    changes: &mut Vec<Change>,
) -> Result<Vec<DataDisk>, Refusal> {
    let mut disks: Vec<DataDisk> = Vec::new();
    for (n, written) in written.iter().enumerate() {
        let Some(lun) = written.lun else {
            return Err(Refusal::parameter(
                "dataDisk.lun",
                "Required parameter 'dataDisk.lun' is missing (null).".to_owned(),
            ));
        };
        if !(0..=63).contains(&lun) {
            return Err(Refusal::parameter(
                "dataDisk.lun",
                format!(
                    "The value '{lun}' of parameter 'dataDisk.lun' is out of range. The value must be between '0' and '63', inclusive."
                ),
            ));
        }
        if disks.iter().any(|other| other.lun == lun) {
            return Err(Refusal::parameter(
                "dataDisk.lun",
                format!(
                    "A disk with LUN '{lun}' already exists for VM '{}'.",
                    draft.path.name
                ),
            ));
        }
        let goes = is_delete(written.delete_option.as_deref());
        let others: Vec<Option<&Key>> = disks.iter().map(|disk| disk.key.as_ref()).collect();
        let named = named_disk(scope, draft, written, os_disk, &others)?;
        if let Some(kept) = old.iter().find(|old| {
            let is_named = |name: &String| name.eq_ignore_ascii_case(&old.name);
            old.lun == lun
                && written.name.as_ref().is_none_or(is_named)
                && (named.is_none() || named == old.key)
        }) {
            disks.push(DataDisk {
                goes,
                ..kept.clone()
            });
            continue;
        }
        if let Some(key) = named {
            let resource = scope.view.held.shelf.get(&key);
            let size_gb = match resource.map(|resource| &resource.core) {
                Some(Core::Disk(disk)) => disk.size_gb,
                _ => 0,
            };
            disks.push(DataDisk {
                lun,
                name: resource.map(|r| r.name.clone()).unwrap_or_default(),
                key: Some(key),
                size_gb,
                goes,
            });
            continue;
        }
        let size_gb = disk_size(written, 1023, "dataDisk")?;
        let name = match &written.name {
            Some(name) => name.clone(),
            None => format!(
                "{}_disk{}_{}",
                draft.path.name,
                n + 2,
                scope.draw.chance.hex32()
            ),
        };
        let key = if written.vhd.is_some() {
            None
        } else {
            let disk = Disk {
                system: None,
                size_gb,
                storage: storage_of(written),
                creation: Creation::Empty,
            };
            Some(made_disk(scope, draft, &name, disk, changes)?)
        };
        disks.push(DataDisk {
            lun,
            name,
            key,
            size_gb,
            goes,
        });
    }
    Ok(disks)
}
