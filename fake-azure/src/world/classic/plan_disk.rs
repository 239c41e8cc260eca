//! The disks that come into being, or are attached, with a machine.

use jiff::Timestamp;

use super::Refusal;
use super::data_disk::{check_distinct, check_lun, check_luns};
use super::disk::{Attachment, Disk, LARGEST_DISK, check_growth};
use super::plan_role::System;
use super::refusal::{Elsewhere, Thing};
use super::role::{ImageDiskSizes, NewDataDisk, NewOsDisk, NewRole};
use super::service::Place;
use super::view::View;
use crate::world::names::is_image;
use crate::world::{Caching, Link, Name, Size};

/// Whose disks are planned, where, and when.
pub(super) struct DiskOwner {
    pub(super) attachment: Attachment,
    pub(super) place: Place,
    /// The machine's size.
    pub(super) size: Size,
    pub(super) now: Timestamp,
    /// Four digits that end the names of new disks.
    pub(super) random: u32,
}

impl DiskOwner {
    /// `yyyyMMddHHmmss` and four digits, as the names of new disks end. Each disk of a machine
    /// has digits of its own.
    fn stamp(&self, offset: u32) -> String {
        disk_stamp(self.now, (self.random + offset) % 10_000)
    }

    /// The stamp of a new disk whose name nobody has, with that name.
    fn fresh(&self, view: View<'_>, number: u32, offset: u32) -> (String, Name) {
        let named = |offset| {
            let stamp = self.stamp(offset);
            let name = self.name(number, &stamp);
            (stamp, name)
        };
        (offset..offset + 10_000)
            .map(named)
            .find(|(_, name)| view.disk(name).is_err())
            .unwrap_or_else(|| named(offset))
    }

    /// What a new disk is called: the data disk's number stands there, 0 for the OS disk.
    fn name(&self, number: u32, stamp: &str) -> Name {
        let Attachment {
            deployment, role, ..
        } = &self.attachment;
        format!("{deployment}-{role}-{number}-{stamp}").into()
    }

    /// The file of a new disk.
    fn file(&self, stamp: &str) -> String {
        let Attachment { service, role, .. } = &self.attachment;
        format!("{service}-{role}-{stamp}.vhd")
    }
}

/// The disks of a machine, the OS disk first; each data disk with its logical unit number.
pub(super) struct DiskPlan {
    pub(super) os_disk: Disk,
    pub(super) data_disks: Vec<(u32, Disk)>,
}

impl View<'_> {
    /// Decides which disks a new machine has.
    pub(super) fn plan_disks(
        self,
        new: &NewRole,
        system: &System,
        size: Size,
        owner: &DiskOwner,
    ) -> Result<DiskPlan, Refusal> {
        let sizes = new.image_disk_sizes.clone().unwrap_or_default();
        let os_disk = self.plan_os_disk(
            new.os_disk.clone().unwrap_or_default(),
            new.media_location.as_deref(),
            system,
            sizes.os,
            owner,
        )?;
        let mut data_disks = self.plan_image_disks(new, &sizes, owner)?;
        for wanted in new.data_disks.iter().flatten().cloned() {
            let lun = wanted.lun;
            let disk = self.plan_data_disk(wanted, owner)?;
            data_disks.push((lun, disk));
        }
        check_luns(data_disks.iter().map(|(lun, _)| *lun), size)?;
        let all = std::iter::once(&os_disk).chain(data_disks.iter().map(|(_, disk)| disk));
        check_distinct(all)?;
        Ok(DiskPlan {
            os_disk,
            data_disks,
        })
    }

    fn plan_os_disk(
        self,
        new: NewOsDisk,
        media_location: Option<&str>,
        system: &System,
        image_size: Option<u32>,
        owner: &DiskOwner,
    ) -> Result<Disk, Refusal> {
        if !system.is_new {
            let name = new.disk_name.unwrap_or_default();
            let mut disk = self.disk_is_free(&name)?.clone();
            self.is_near(&disk.place, &disk.media_link, owner)?;
            self.check_premium(&disk.media_link, owner.size)?;
            disk.attached = Some(owner.attachment.clone());
            if let Some(caching) = new.host_caching {
                disk.host_caching = caching;
            }
            return Ok(disk);
        }
        let (stamp, fresh) = owner.fresh(self, 0, 0);
        let name = new.disk_name.unwrap_or(fresh);
        let media_link = match new.media_link {
            Some(link) => link,
            None => {
                self.default_link(system.image.as_ref(), media_location, &owner.file(&stamp))?
            }
        };
        self.check_blob(&media_link, owner)?;
        self.check_account(system.image.as_ref(), &media_link)?;
        if !is_image(&name) {
            return Err(Refusal::BadName(Thing::Disk, name));
        }
        if self.disk(&name).is_ok() {
            return Err(Refusal::Exists(Thing::Disk, name));
        }
        let resized = new.resized_gb.or(image_size);
        if let Some(resized) = resized {
            check_growth(system.size_gb, resized)?;
        }
        Ok(Disk {
            label: new.label,
            os: Some(system.os),
            place: owner.place.clone(),
            size_gb: resized.unwrap_or(system.size_gb),
            media_link,
            source_image: system.image.clone(),
            host_caching: new.host_caching.unwrap_or(Caching::ReadWrite),
            created: owner.now,
            attached: Some(owner.attachment.clone()),
            name,
        })
    }

    /// The data disks that a VM image brings along.
    fn plan_image_disks(
        self,
        new: &NewRole,
        sizes: &ImageDiskSizes,
        owner: &DiskOwner,
    ) -> Result<Vec<(u32, Disk)>, Refusal> {
        let image = new.vm_image.as_ref().and_then(|name| self.vm_image(name));
        let mut disks = Vec::new();
        let known = image.map(|i| i.data_disks.as_slice()).unwrap_or_default();
        for (name, _) in &sizes.data {
            if !known.iter().any(|disk| disk.name == *name) {
                return Err(Refusal::missing(Thing::ImageDataDisk, name));
            }
        }
        for (n, source) in (1..).zip(known) {
            let (stamp, name) = owner.fresh(self, source.lun, n);
            let link = self.default_link(
                new.vm_image.as_ref(),
                new.media_location.as_deref(),
                &owner.file(&stamp),
            )?;
            self.check_blob(&link, owner)?;
            let resized = sizes.data.iter().find(|(name, _)| *name == source.name);
            if let Some((_, to)) = resized {
                check_growth(source.size_gb, *to)?;
            }
            let disk = Disk {
                name,
                label: None,
                os: None,
                place: owner.place.clone(),
                size_gb: resized.map_or(source.size_gb, |(_, to)| *to),
                media_link: link,
                source_image: new.vm_image.clone(),
                host_caching: source.host_caching,
                created: owner.now,
                attached: Some(owner.attachment.clone()),
            };
            disks.push((source.lun, disk));
        }
        Ok(disks)
    }

    /// A data disk that is attached, or made.
    pub(super) fn plan_data_disk(
        self,
        new: NewDataDisk,
        owner: &DiskOwner,
    ) -> Result<Disk, Refusal> {
        check_lun(new.lun)?;
        let caching = new.host_caching.unwrap_or(Caching::None);
        // With a name the service looks at neither size nor link: the old CLI sends others' ones.
        if let Some(name) = new.disk_name {
            let mut disk = self.disk_is_free(&name)?.clone();
            self.is_near(&disk.place, &disk.media_link, owner)?;
            self.check_premium(&disk.media_link, owner.size)?;
            disk.attached = Some(owner.attachment.clone());
            disk.host_caching = caching;
            return Ok(disk);
        }
        let Some(link) = new.media_link.or(new.source_media_link) else {
            return Err(Refusal::parameter(
                "DataVirtualHardDisk: neither DiskName nor MediaLink",
            ));
        };
        let size_gb = match new.size_gb {
            Some(size) if (1..=LARGEST_DISK).contains(&size) => size,
            Some(size) => return Err(Refusal::parameter(format!("LogicalDiskSizeInGB: {size}"))),
            None => 30,
        };
        self.check_blob(&link, owner)?;
        let (_, name) = owner.fresh(self, new.lun, 1 + new.lun);
        Ok(Disk {
            name,
            label: new.label,
            os: None,
            place: owner.place.clone(),
            size_gb,
            media_link: link,
            source_image: None,
            host_caching: caching,
            created: owner.now,
            attached: Some(owner.attachment.clone()),
        })
    }

    /// A new disk's VHD goes to an account of the subscription, near its machine.
    fn check_blob(self, link: &Link, owner: &DiskOwner) -> Result<(), Refusal> {
        let there = Place::Location(self.place_of_blob(link)?);
        check_container(link)?;
        self.check_premium(link, owner.size)?;
        self.is_near(&there, link, owner)?;
        self.blob_is_free(link)
    }

    /// A disk in premium storage needs a size that takes it.
    pub(super) fn check_premium(self, link: &Link, size: Size) -> Result<(), Refusal> {
        let takes = size.row().takes_premium();
        if takes || !self.is_premium(link) {
            return Ok(());
        }
        Err(Refusal::NoPremium {
            size,
            link: link.to_owned(),
        })
    }

    fn is_near(self, place: &Place, link: &Link, owner: &DiskOwner) -> Result<(), Refusal> {
        let there = self.region_of(place)?;
        let here = &self.service(&owner.attachment.service)?.location;
        if there == *here {
            Ok(())
        } else {
            Err(Refusal::Elsewhere {
                what: Elsewhere::Blob(link.to_owned()),
                there,
                here: here.clone(),
            })
        }
    }

    /// A disk made from an own image lies in the image's account.
    fn check_account(self, image: Option<&Name>, link: &Link) -> Result<(), Refusal> {
        let own = image.and_then(|name| self.own_image_link(name));
        match own {
            Some(own) if own.shares_account(link) == Some(false) => Err(Refusal::OtherAccount {
                source: own,
                target: link.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn own_image_link(self, name: &str) -> Option<Link> {
        let vm_image = self.vm_image(name);
        match vm_image {
            Some(image) => image.media_link.clone(),
            None => self.image(name).ok()?.media_link.clone(),
        }
    }

    /// Where the VHD goes when nobody said: beside the image's own, or where VM images go.
    fn default_link(
        self,
        image: Option<&Name>,
        media_location: Option<&str>,
        file: &str,
    ) -> Result<Link, Refusal> {
        if let Some(container) = media_location {
            return Ok(format!("{}/{file}", container.trim_end_matches('/')).into());
        }
        let own = image.and_then(|name| self.own_image_link(name));
        match own.as_ref().and_then(Link::container) {
            Some(container) => Ok(format!("{container}/{file}").into()),
            None => Err(Refusal::parameter(
                "MediaLink: needed for a disk made from a platform image",
            )),
        }
    }
}

/// Disks are made in a container of their own.
fn check_container(link: &Link) -> Result<(), Refusal> {
    let path = link
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or("", |(_, path)| path);
    match path.split_once('/') {
        Some((container, _)) if !container.is_empty() && container != "$root" => Ok(()),
        _ => Err(Refusal::RootContainer(link.to_owned())),
    }
}

fn disk_stamp(now: Timestamp, random: u32) -> String {
    format!("{}{random:04}", now.strftime("%Y%m%d%H%M%S"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_new_disks_carry_their_moment() {
        let stamp = disk_stamp("2016-04-26T18:07:17Z".parse().unwrap(), 56);
        assert_eq!(stamp, "201604261807170056");
        assert!(is_image(&format!("clitestvm9908-clitestvm9908-0-{stamp}")));
    }
}
