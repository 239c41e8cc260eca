//! Data disks of machines that are there: attached, changed, detached.

use jiff::Timestamp;

use super::deployment::{Deployment, Disks};
use super::disk::{Attachment, Disk};
use super::names::{key, same};
use super::operation::OperationId;
use super::plan_disk::DiskOwner;
use super::role::{NewDataDisk, Role};
use super::{Effect, Refusal, SubscriptionId, World, catalogue};

/// Logical unit numbers go up to here.
const LAST_LUN: u32 = 63;

/// Where a data disk of a machine is.
#[derive(Clone, Copy, Debug)]
pub struct DataDiskPath<'a> {
    /// The hosted service.
    pub service: &'a str,
    /// The deployment.
    pub deployment: &'a str,
    /// The role.
    pub role: &'a str,
    /// The logical unit number.
    pub lun: u32,
}

impl Role {
    /// The name of the data disk with this number.
    pub fn data_disk(&self, lun: u32) -> Result<&str, Refusal> {
        self.data_disks
            .iter()
            .find(|(number, _)| *number == lun)
            .map(|(_, name)| name.as_str())
            .ok_or_else(|| Refusal::resource(format!("data disk {lun} of role `{}`", self.name)))
    }
}

impl World {
    /// Attaches a data disk to a machine: one that is there, or a new one.
    pub fn add_data_disk(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        role: &str,
        new: NewDataDisk,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.deployment(subscription, service, deployment)?
            .role(role)?;
        self.unlocked(subscription, service)?;
        let standing = self.deployment(subscription, service, deployment)?.clone();
        let lun = new.lun;
        let held = standing.role(role)?;
        let owner = self.disk_owner(subscription, service, &standing, role, &held.size, now)?;
        let disk = self.plan_data_disk(subscription, new, &owner)?;
        let luns = held.data_disks.iter().map(|(lun, _)| *lun);
        check_luns(luns.chain([lun]), &held.size)?;
        let name = disk.name.clone();
        self.attach(subscription, service, [disk])?;
        let deployment = self.deployment_mut(subscription, service)?;
        deployment.modified = now;
        let role = deployment.role_mut(role)?;
        role.data_disks.push((lun, name));
        role.data_disks.sort();
        let lock = Some(key(service));
        self.accept(subscription, id, "Add Data Disk", 30, lock, None, now)
    }

    /// Changes the host caching of a data disk, or moves it to another number.
    pub fn update_data_disk(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        at: DataDiskPath<'_>,
        host_caching: Option<String>,
        lun: Option<u32>,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let role = self
            .deployment(subscription, at.service, at.deployment)?
            .role(at.role)?;
        let name = role.data_disk(at.lun)?.to_owned();
        self.unlocked(subscription, at.service)?;
        let caching = check_caching(host_caching, "None")?;
        let lun = lun.unwrap_or(at.lun);
        check_lun(lun)?;
        let role = self
            .deployment(subscription, at.service, at.deployment)?
            .role(at.role)?;
        let others = role.data_disks.iter().map(|(n, _)| *n);
        check_luns(others.filter(|n| *n != at.lun).chain([lun]), &role.size)?;
        self.disk_mut(subscription, &name)?.host_caching = caching;
        let deployment = self.deployment_mut(subscription, at.service)?;
        deployment.modified = now;
        let role = deployment.role_mut(at.role)?;
        for (number, _) in &mut role.data_disks {
            if *number == at.lun {
                *number = lun;
            }
        }
        role.data_disks.sort();
        let lock = Some(key(at.service));
        self.accept(subscription, id, "Update Data Disk", 30, lock, None, now)
    }

    /// Detaches a data disk from a machine.
    pub fn delete_data_disk(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        at: DataDiskPath<'_>,
        disks: Disks,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let role = self
            .deployment(subscription, at.service, at.deployment)?
            .role(at.role)?;
        role.data_disk(at.lun)?;
        let effect = Effect::DetachDataDisk {
            service: key(at.service),
            role: role.name.clone(),
            lun: at.lun,
            disks,
        };
        self.unlocked(subscription, at.service)?;
        let lock = Some(key(at.service));
        self.accept(
            subscription,
            id,
            "Delete Data Disk",
            30,
            lock,
            Some(effect),
            now,
        )
    }

    /// Takes a data disk off its machine.
    pub(super) fn detach_data_disk(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        lun: u32,
        disks: Disks,
    ) {
        let Ok(role) = self
            .deployment_mut(subscription, service)
            .and_then(|deployment| deployment.role_mut(role))
        else {
            return;
        };
        if let Some(at) = role.data_disks.iter().position(|(n, _)| *n == lun) {
            let (_, name) = role.data_disks.remove(at);
            self.let_go(subscription, &name, disks);
        }
    }

    /// Puts the disks of a machine into the world.
    pub(super) fn attach(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        disks: impl IntoIterator<Item = Disk>,
    ) -> Result<(), Refusal> {
        let held = self.subscription_mut(subscription)?;
        for disk in disks {
            held.disks.insert(disk);
        }
        self.touch(subscription, service);
        Ok(())
    }

    /// Takes the disks of a machine that goes, or leaves them behind.
    pub(super) fn detach(&mut self, subscription: &SubscriptionId, role: &Role, disks: Disks) {
        for (_, name) in &role.data_disks {
            self.let_go(subscription, name, disks);
        }
        self.let_go(subscription, &role.os_disk, disks);
    }

    fn let_go(&mut self, subscription: &SubscriptionId, disk: &str, disks: Disks) {
        let Ok(held) = self.subscription_mut(subscription) else {
            return;
        };
        match disks {
            Disks::Delete => {
                held.disks.remove(disk);
            }
            Disks::Keep => {
                if let Some(disk) = held.disks.get_mut(disk) {
                    disk.attached = None;
                }
            }
        }
    }

    /// The one whose disks are planned: a machine of this deployment.
    pub(super) fn disk_owner(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        deployment: &Deployment,
        role: &str,
        size: &str,
        now: Timestamp,
    ) -> Result<DiskOwner, Refusal> {
        let random = self.chance.below(10_000);
        let held = self.service(subscription, service)?;
        Ok(DiskOwner {
            attachment: Attachment {
                service: held.name.clone(),
                deployment: deployment.name.clone(),
                role: deployment
                    .role(role)
                    .map_or_else(|_| role.to_owned(), |r| r.name.clone()),
            },
            place: held.place.clone(),
            size: size.to_owned(),
            now,
            random,
        })
    }
}

/// A size takes so many data disks, each number once.
pub(super) fn check_luns(luns: impl Iterator<Item = u32>, size: &str) -> Result<(), Refusal> {
    let limit = catalogue::role_size(size).map_or(0, |s| s.data_disks) as usize;
    let mut seen: Vec<u32> = Vec::new();
    for lun in luns {
        if seen.contains(&lun) {
            return Err(Refusal::conflict(format!(
                "The logical unit number {lun} is used by two data disks."
            )));
        }
        seen.push(lun);
    }
    if seen.len() > limit {
        return Err(Refusal::parameter(format!(
            "DataVirtualHardDisks: {size} takes {limit} at most"
        )));
    }
    Ok(())
}

pub(super) fn check_lun(lun: u32) -> Result<(), Refusal> {
    if lun > LAST_LUN {
        Err(Refusal::parameter(format!("Lun: {lun}")))
    } else {
        Ok(())
    }
}

/// No disk and no blob is used twice by what comes into being together.
pub(super) fn check_distinct<'a>(disks: impl Iterator<Item = &'a Disk>) -> Result<(), Refusal> {
    let mut seen: Vec<&Disk> = Vec::new();
    for disk in disks {
        let clash = |other: &&&Disk| {
            same(&disk.name, &other.name) || disk.media_link.eq_ignore_ascii_case(&other.media_link)
        };
        if let Some(other) = seen.iter().find(clash) {
            return Err(Refusal::conflict(format!(
                "A disk with name {} already uses the blob {}.",
                other.name, disk.media_link
            )));
        }
        seen.push(disk);
    }
    Ok(())
}

pub(super) fn check_caching(caching: Option<String>, default: &str) -> Result<String, Refusal> {
    match caching.as_deref() {
        None => Ok(default.to_owned()),
        Some("None" | "ReadOnly" | "ReadWrite") => Ok(caching.unwrap_or_default()),
        Some(other) => Err(Refusal::parameter(format!("HostCaching: `{other}`"))),
    }
}
