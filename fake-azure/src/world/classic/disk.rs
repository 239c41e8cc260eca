//! Disks: VHDs that the service knows by name.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::RolePath;
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use crate::world::names::is_image;
use crate::world::phase::Course;
use crate::world::spelling::Index;
use crate::world::{Caching, Link, Name, OperatingSystem, SubscriptionId, World};

/// In GiB: a page blob of 1 TB with its footer.
pub(crate) const LARGEST_DISK: u32 = 1023;

/// A disk (`Disk`), attached or not.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Disk {
    /// Its unique name.
    pub name: Name,
    /// What it is called.
    pub label: Option<String>,
    /// `Linux` or `Windows` for OS disks.
    pub os: Option<OperatingSystem>,
    /// Where it is.
    pub place: Place,
    /// Its size in GiB.
    pub size_gb: u32,
    /// Where its VHD lies.
    pub media_link: Link,
    /// The image that it was made from.
    pub source_image: Option<Name>,
    /// What a machine's host keeps at hand of it.
    pub host_caching: Caching,
    /// When it was made.
    pub created: Timestamp,
    /// The machine that has it.
    pub attached: Option<Attachment>,
}

/// The machine that a disk is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attachment {
    /// Its hosted service.
    pub service: Name,
    /// Its deployment.
    pub deployment: Name,
    /// The role.
    pub role: Name,
}

impl Attachment {
    /// The attachment to a role of a deployment in a hosted service.
    pub fn new(
        service: impl Into<Name>,
        deployment: impl Into<Name>,
        role: impl Into<Name>,
    ) -> Self {
        Self {
            service: service.into(),
            deployment: deployment.into(),
            role: role.into(),
        }
    }
}

/// The disks of a subscription, found by name and by blob.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<Disk>")]
pub(crate) struct DiskShelf {
    by_name: Index<Name, Disk>,
    /// The disk that a blob, by its address, belongs to.
    by_blob: Index<Link, Name>,
}

impl Serialize for DiskShelf {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.values())
    }
}

impl From<Vec<Disk>> for DiskShelf {
    fn from(disks: Vec<Disk>) -> Self {
        let mut shelf = Self::default();
        for disk in disks {
            shelf.insert(disk);
        }
        shelf
    }
}

impl DiskShelf {
    pub(crate) fn get(&self, name: &str) -> Option<&Disk> {
        self.by_name.get(name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Disk> {
        self.by_name.get_mut(&Name::from(name))
    }

    /// The disk that stands for this blob.
    pub(crate) fn of_blob(&self, link: &str) -> Option<&Disk> {
        self.by_name.get(self.by_blob.get(link)?)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Disk> {
        self.by_name.values()
    }

    /// Puts a disk there, in the place of one of the same name.
    pub(crate) fn insert(&mut self, disk: Disk) -> &Disk {
        self.remove(&disk.name);
        let name = disk.name.clone();
        self.by_blob.insert(disk.media_link.clone(), name.clone());
        self.by_name.entry(name).insert_entry(disk).into_mut()
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Disk> {
        let disk = self.by_name.remove(&Name::from(name))?;
        self.by_blob.remove(&disk.media_link.clone());
        Some(disk)
    }
}

/// A disk to be made from a VHD.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewDisk {
    /// Its unique name.
    pub name: Name,
    /// What it is called.
    pub label: String,
    /// `Linux` or `Windows` when it is to start machines.
    pub os: Option<OperatingSystem>,
    /// Where its VHD lies.
    pub media_link: Link,
}

impl Disk {
    /// A data disk of 30 GiB that no machine has, with its VHD at this address.
    pub fn new(
        name: impl Into<Name>,
        place: Place,
        media_link: impl Into<Link>,
        created: Timestamp,
    ) -> Self {
        Self {
            name: name.into(),
            label: None,
            os: None,
            place,
            size_gb: 30,
            media_link: media_link.into(),
            source_image: None,
            host_caching: Caching::ReadWrite,
            created,
            attached: None,
        }
    }

    /// The refusal of whatever cannot be done while the disk is attached.
    pub(crate) fn in_use(&self) -> Refusal {
        let at = self.attached.as_ref();
        let word = |f: fn(&Attachment) -> &Name| at.map(f).cloned().unwrap_or_default();
        Refusal::DiskInUse {
            disk: self.name.clone(),
            role: word(|a| &a.role),
            service: word(|a| &a.service),
            deployment: word(|a| &a.deployment),
        }
    }
}

/// What can be asked about disks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make one from a VHD.
    Create {
        /// What it is to be.
        new: NewDisk,
    },
    /// Change what one is called.
    Update {
        /// Its name.
        name: Name,
        /// What it is called.
        label: String,
    },
    /// Change what one is called, and make it larger.
    Resize {
        /// Its name.
        name: Name,
        /// What it is called.
        label: String,
        /// Its size in GiB.
        size_gb: u32,
    },
    /// Delete one that no machine has.
    Delete {
        /// Its name.
        name: Name,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create { new } => create(scope, new),
            Self::Update { name, label } => {
                let disk = scope.disk(&name)?;
                scope.disk_is_unlocked(disk)?;
                let disk = Disk {
                    label: Some(label),
                    ..disk.clone()
                };
                Ok(Decided::done("Update Disk").change(Change::Disk(Box::new(disk))))
            }
            Self::Resize {
                name,
                label,
                size_gb,
            } => resize(scope, &name, label, size_gb),
            Self::Delete { name } => {
                scope.disk_is_free(&name)?;
                Ok(Decided::done("Delete Disk").change(Change::NoDisk(name)))
            }
        }
    }
}

fn create(scope: &Scope<'_>, new: NewDisk) -> Result<Decided, Refusal> {
    if !is_image(&new.name) {
        return Err(Refusal::BadName(Thing::Disk, new.name));
    }
    if scope.disk(&new.name).is_ok() {
        return Err(Refusal::Exists(Thing::Disk, new.name));
    }
    scope.blob_is_free(&new.media_link)?;
    let location = scope.place_of_blob(&new.media_link)?;
    let disk = Disk {
        name: new.name,
        label: Some(new.label),
        os: new.os,
        place: Place::Location(location),
        size_gb: 30,
        media_link: new.media_link,
        source_image: None,
        host_caching: Caching::ReadWrite,
        created: scope.now,
        attached: None,
    };
    Ok(Decided::done("Add Disk").change(Change::Disk(Box::new(disk))))
}

fn resize(scope: &Scope<'_>, name: &str, label: String, size_gb: u32) -> Result<Decided, Refusal> {
    let disk = scope.disk(name)?;
    scope.disk_is_unlocked(disk)?;
    let running = disk.attached.as_ref().is_some_and(|at| {
        let at = RolePath {
            service: at.service.clone(),
            deployment: at.deployment.clone(),
            role: at.role.clone(),
        };
        scope
            .role(&at)
            .is_ok_and(|role| role.life.course != Course::Deallocated)
    });
    if running {
        return Err(disk.in_use());
    }
    check_growth(disk.size_gb, size_gb)?;
    let disk = Disk {
        label: Some(label),
        size_gb,
        ..disk.clone()
    };
    Ok(Decided::accepted("Update Disk", 30).change(Change::Disk(Box::new(disk))))
}

impl<'w> View<'w> {
    /// The subscription's disks, by name.
    pub fn disks(self) -> impl Iterator<Item = &'w Disk> {
        self.held.into_iter().flat_map(|s| s.disks.values())
    }

    /// The disk of this name.
    pub fn disk(self, name: &str) -> Result<&'w Disk, Refusal> {
        self.held
            .and_then(|s| s.disks.get(name))
            .ok_or_else(|| no_disk(name))
    }

    /// The disk of this name, if no machine has it.
    pub(crate) fn disk_is_free(self, name: &str) -> Result<&'w Disk, Refusal> {
        let disk = self.disk(name)?;
        self.disk_is_unlocked(disk)?;
        if disk.attached.is_some() {
            Err(disk.in_use())
        } else {
            Ok(disk)
        }
    }

    /// Refuses what touches a disk while an operation holds the deployment that has it.
    fn disk_is_unlocked(self, disk: &Disk) -> Result<(), Refusal> {
        match &disk.attached {
            Some(at) if self.unlocked(&at.service).is_err() => Err(Refusal::DiskLocked {
                deployment: at.deployment.clone(),
                disk: disk.name.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Refuses a VHD that another disk, or an image, already stands for.
    pub(crate) fn blob_is_free(self, link: &Link) -> Result<(), Refusal> {
        let held = self.held;
        let disk = held.and_then(|held| held.disks.of_blob(link));
        let image = || self.image_of_blob(link);
        let (what, name) = match disk.map(|disk| &disk.name) {
            Some(disk) => (Thing::Disk, disk),
            None => match image() {
                Some(image) => (Thing::Image, image),
                None => return Ok(()),
            },
        };
        Err(Refusal::BlobInUse {
            what,
            name: name.to_owned(),
            link: link.into(),
        })
    }
}

impl World {
    /// Adds a disk to what is there at birth.
    pub(crate) fn seed_disk(
        &mut self,
        subscription: &SubscriptionId,
        disk: Disk,
    ) -> Result<(), Refusal> {
        self.of(subscription).region_of(&disk.place)?;
        if let Some(held) = self.held_mut(subscription) {
            held.disks.insert(disk);
        }
        Ok(())
    }
}

fn no_disk(name: &str) -> Refusal {
    Refusal::missing(Thing::Disk, name)
}

/// A disk can only grow, to 1023 GiB at most.
pub(crate) fn check_growth(from: u32, to: u32) -> Result<(), Refusal> {
    if (from.max(1)..=LARGEST_DISK).contains(&to) {
        Ok(())
    } else {
        Err(Refusal::parameter(format!(
            "ResizedSizeInGB: `{to}` is not between {from} and {LARGEST_DISK}"
        )))
    }
}
