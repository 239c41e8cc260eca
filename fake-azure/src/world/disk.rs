//! Disks: VHDs that the service knows by name.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::names::{is_image, key};
use super::operation::OperationId;
use super::phase::Course;
use super::service::Place;
use super::{Refusal, SubscriptionId, World};

/// In GiB: a page blob of 1 TB with its footer.
pub(crate) const LARGEST_DISK: u32 = 1023;

/// A disk (`Disk`), attached or not.
#[derive(Clone, Debug, Serialize)]
pub struct Disk {
    /// Its unique name.
    pub name: String,
    /// What it is called.
    pub label: Option<String>,
    /// `Linux` or `Windows` for OS disks.
    pub os: Option<String>,
    /// Where it is.
    pub place: Place,
    /// Its size in GiB.
    pub size_gb: u32,
    /// Where its VHD lies.
    pub media_link: String,
    /// The image that it was made from.
    pub source_image: Option<String>,
    /// `None`, `ReadOnly` or `ReadWrite`.
    pub host_caching: String,
    /// When it was made.
    pub created: Timestamp,
    /// The machine that has it.
    pub attached: Option<Attachment>,
}

/// The machine that a disk is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its hosted service.
    pub service: String,
    /// Its deployment.
    pub deployment: String,
    /// The role.
    pub role: String,
}

/// The disks of a subscription, found by name and by blob.
#[derive(Clone, Debug, Default)]
pub(crate) struct DiskShelf {
    by_name: BTreeMap<String, Disk>,
    /// The key of the disk that a blob belongs to.
    by_blob: BTreeMap<String, String>,
}

impl DiskShelf {
    pub(crate) fn get(&self, name: &str) -> Option<&Disk> {
        self.by_name.get(&key(name))
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Disk> {
        self.by_name.get_mut(&key(name))
    }

    /// The disk that stands for this blob.
    pub(crate) fn of_blob(&self, link: &str) -> Option<&Disk> {
        self.by_name.get(self.by_blob.get(&key(link))?)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Disk> {
        self.by_name.values()
    }

    /// Puts a disk there, in the place of one of the same name.
    pub(crate) fn insert(&mut self, disk: Disk) -> &Disk {
        self.remove(&disk.name);
        let name = key(&disk.name);
        self.by_blob.insert(key(&disk.media_link), name.clone());
        self.by_name.entry(name).insert_entry(disk).into_mut()
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Disk> {
        let disk = self.by_name.remove(&key(name))?;
        self.by_blob.remove(&key(&disk.media_link));
        Some(disk)
    }
}

/// A disk to be made from a VHD.
#[derive(Clone, Debug)]
pub struct NewDisk {
    /// Its unique name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// `Linux` or `Windows` when it is to start machines.
    pub os: Option<String>,
    /// Where its VHD lies.
    pub media_link: String,
}

impl Disk {
    /// The refusal of whatever cannot be done while the disk is attached.
    pub(crate) fn in_use(&self) -> Refusal {
        let at = self.attached.as_ref();
        let word = |f: fn(&Attachment) -> &String| at.map_or("", |a| f(a).as_str());
        Refusal::bad_request(format!(
            "A disk with name {} is currently in use by virtual machine {} running within hosted service {}, deployment {}.",
            self.name,
            word(|a| &a.role),
            word(|a| &a.service),
            word(|a| &a.deployment),
        ))
    }
}

impl World {
    /// The subscription's disks, by name.
    pub fn disks<'a>(
        &'a self,
        subscription: &SubscriptionId,
    ) -> impl Iterator<Item = &'a Disk> + use<'a> {
        self.subscription(subscription)
            .into_iter()
            .flat_map(|s| s.disks.values())
    }

    /// The disk of this name.
    pub fn disk(&self, subscription: &SubscriptionId, name: &str) -> Result<&Disk, Refusal> {
        self.subscription(subscription)
            .and_then(|s| s.disks.get(name))
            .ok_or_else(|| no_disk(name))
    }

    /// Makes a disk from a VHD.
    pub fn create_disk(
        &mut self,
        subscription: &SubscriptionId,
        new: NewDisk,
        now: Timestamp,
    ) -> Result<&Disk, Refusal> {
        if !is_image(&new.name) {
            return Err(Refusal::bad_request("The disk name is invalid.").detail(&new.name));
        }
        if self.disk(subscription, &new.name).is_ok() {
            return Err(
                Refusal::conflict("A disk with the specified name already exists.")
                    .detail(&new.name),
            );
        }
        self.blob_is_free(subscription, &new.media_link)?;
        let location = self.place_of_blob(subscription, &new.media_link)?;
        let disk = Disk {
            name: new.name,
            label: Some(new.label),
            os: new.os,
            place: Place::Location(location),
            size_gb: 30,
            media_link: new.media_link,
            source_image: None,
            host_caching: "ReadWrite".to_owned(),
            created: now,
            attached: None,
        };
        Ok(self.subscription_mut(subscription)?.disks.insert(disk))
    }

    /// Adds a disk to what is there at birth.
    pub(crate) fn seed_disk(
        &mut self,
        subscription: &SubscriptionId,
        disk: Disk,
    ) -> Result<(), Refusal> {
        self.region_of(subscription, &disk.place)?;
        self.subscription_mut(subscription)?.disks.insert(disk);
        Ok(())
    }

    /// Deletes a disk that no machine has.
    pub fn delete_disk(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<(), Refusal> {
        self.disk_is_free(subscription, name)?;
        self.subscription_mut(subscription)?.disks.remove(name);
        Ok(())
    }

    /// Changes what a disk is called.
    pub fn update_disk(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        label: &str,
    ) -> Result<&Disk, Refusal> {
        let disk = self.disk(subscription, name)?;
        self.disk_is_unlocked(subscription, disk)?;
        let disk = self.disk_mut(subscription, name)?;
        label.clone_into(disk.label.get_or_insert_default());
        Ok(disk)
    }

    /// Changes what a disk is called, and makes it larger.
    pub fn resize_disk(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        label: &str,
        size_gb: u32,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let disk = self.disk(subscription, name)?;
        self.disk_is_unlocked(subscription, disk)?;
        let running = disk.attached.as_ref().is_some_and(|at| {
            self.deployment(subscription, &at.service, &at.deployment)
                .and_then(|deployment| deployment.role(&at.role))
                .is_ok_and(|role| role.life.course != Course::Deallocated)
        });
        if running {
            return Err(disk.in_use());
        }
        check_growth(disk.size_gb, size_gb)?;
        let disk = self.disk_mut(subscription, name)?;
        label.clone_into(disk.label.get_or_insert_default());
        disk.size_gb = size_gb;
        self.accept(subscription, id, "Update Disk", 30, None, None, now)
    }

    pub(crate) fn disk_mut(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&mut Disk, Refusal> {
        self.subscription_mut(subscription)?
            .disks
            .get_mut(name)
            .ok_or_else(|| no_disk(name))
    }

    /// The disk of this name, if no machine has it.
    pub(crate) fn disk_is_free(
        &self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&Disk, Refusal> {
        let disk = self.disk(subscription, name)?;
        self.disk_is_unlocked(subscription, disk)?;
        if disk.attached.is_some() {
            Err(disk.in_use())
        } else {
            Ok(disk)
        }
    }

    /// Refuses what touches a disk while an operation holds the deployment that has it.
    fn disk_is_unlocked(&self, subscription: &SubscriptionId, disk: &Disk) -> Result<(), Refusal> {
        match &disk.attached {
            Some(at) if self.unlocked(subscription, &at.service).is_err() => {
                Err(Refusal::conflict(format!(
                    "Windows Azure is currently performing an operation on deployment '{}' that requires exclusive access. Please try again later for operation on disk or image '{}' associated with the deployment.",
                    at.deployment, disk.name
                )))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a VHD that another disk, or an image, already stands for.
    pub(crate) fn blob_is_free(
        &self,
        subscription: &SubscriptionId,
        link: &str,
    ) -> Result<(), Refusal> {
        let held = self.subscription(subscription);
        let disk = held.and_then(|held| held.disks.of_blob(link));
        let image = || self.image_of_blob(subscription, link);
        let (kind, name) = match disk.map(|disk| disk.name.as_str()) {
            Some(disk) => ("A disk", disk),
            None => match image() {
                Some(image) => ("An image", image),
                None => return Ok(()),
            },
        };
        Err(Refusal::conflict(format!(
            "{kind} with name {name} already uses the blob {link}."
        )))
    }
}

fn no_disk(name: &str) -> Refusal {
    Refusal::not_found("The disk with the specified name does not exist.").detail(name)
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
