//! Disks: VHDs that the service knows by name.

use jiff::Timestamp;
use serde::Serialize;

use super::names::{is_image, key};
use super::service::Place;
use super::{Refusal, SubscriptionId, World};

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
            .and_then(|s| s.disks.get(&key(name)))
            .ok_or_else(|| {
                Refusal::not_found("The disk with the specified name does not exist.").detail(name)
            })
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
        let disk_key = key(&disk.name);
        let disks = &mut self.subscription_mut(subscription)?.disks;
        Ok(disks.entry(disk_key).insert_entry(disk).into_mut())
    }

    /// Adds a disk to what is there at birth.
    pub(crate) fn seed_disk(
        &mut self,
        subscription: &SubscriptionId,
        disk: Disk,
    ) -> Result<(), Refusal> {
        self.region_of(subscription, &disk.place)?;
        let held = self.subscription_mut(subscription)?;
        held.disks.insert(key(&disk.name), disk);
        Ok(())
    }

    /// Deletes a disk that no machine has.
    pub fn delete_disk(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<(), Refusal> {
        let disk = self.disk(subscription, name)?;
        if disk.attached.is_some() {
            return Err(disk.in_use());
        }
        self.subscription_mut(subscription)?
            .disks
            .remove(&key(name));
        Ok(())
    }

    /// Changes what a disk is called.
    pub fn update_disk(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        label: &str,
    ) -> Result<&Disk, Refusal> {
        self.disk(subscription, name)?;
        let missing = || Refusal::not_found("The disk with the specified name does not exist.");
        let disk = self
            .subscription_mut(subscription)?
            .disks
            .get_mut(&key(name))
            .ok_or_else(missing)?;
        disk.label = Some(label.to_owned());
        Ok(disk)
    }

    /// Refuses a VHD that another disk already stands for.
    pub(crate) fn blob_is_free(
        &self,
        subscription: &SubscriptionId,
        link: &str,
    ) -> Result<(), Refusal> {
        match self
            .disks(subscription)
            .find(|d| d.media_link.eq_ignore_ascii_case(link))
        {
            None => Ok(()),
            Some(disk) => Err(Refusal::conflict(format!(
                "A disk with name {} already uses the blob {link}.",
                disk.name
            ))),
        }
    }
}
