//! Data disks of machines that are there: attached, changed, detached.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{Deployment, Disks, RolePath};
use super::disk::{Attachment, Disk};
use super::effect::Effect;
use super::plan_disk::DiskOwner;
use super::refusal::Thing;
use super::role::{NewDataDisk, Role};
use crate::world::{Caching, Name, OrphanKind, Size, SubscriptionId, World};

/// Logical unit numbers go up to here.
const LAST_LUN: u32 = 63;

/// What can be asked about data disks of machines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Attach one that is there, or a new one.
    Add {
        /// The machine.
        to: RolePath,
        /// The disk.
        new: NewDataDisk,
    },
    /// Change the host caching of one, or move it to another number.
    Update {
        /// The machine.
        of: RolePath,
        /// Its logical unit number.
        lun: u32,
        /// `None`, `ReadOnly` or `ReadWrite`; `None` when absent.
        host_caching: Option<Caching>,
        /// The number that it is to have.
        new_lun: Option<u32>,
    },
    /// Detach one.
    Delete {
        /// The machine.
        from: RolePath,
        /// Its logical unit number.
        lun: u32,
        /// What becomes of it.
        disks: Disks,
    },
}

impl Role {
    /// The name of the data disk with this number.
    pub fn data_disk(&self, lun: u32) -> Result<&Name, Refusal> {
        self.data_disks
            .iter()
            .find(|(number, _)| *number == lun)
            .map(|(_, name)| name)
            .ok_or_else(|| Refusal::NoDataDisk {
                role: self.name.clone(),
                lun,
            })
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Add { to, new } => add(scope, to, new),
            Self::Update {
                of,
                lun,
                host_caching,
                new_lun,
            } => update(scope, of, lun, host_caching, new_lun),
            Self::Delete { from, lun, disks } => {
                let role = scope.role(&from)?;
                role.data_disk(lun)?;
                scope.unlocked(&from.service)?;
                Ok(Decided::accepted("Delete Data Disk", 30)
                    .locks(&from.service)
                    .at_end(Effect::DetachDataDisk {
                        service: from.service.clone(),
                        role: role.name.clone(),
                        lun,
                        disks,
                    }))
            }
        }
    }
}

fn add(scope: &mut Scope<'_>, to: RolePath, new: NewDataDisk) -> Result<Decided, Refusal> {
    let held = scope.role(&to)?;
    scope.unlocked(&to.service)?;
    let standing = scope.deployment(&to.service, &to.deployment)?;
    let lun = new.lun;
    let owner = disk_owner(scope, &to.service, standing, &to.role, held.size)?;
    let disk = scope.plan_data_disk(new, &owner)?;
    let luns = held.data_disks.iter().map(|(lun, _)| *lun);
    check_luns(luns.chain([lun]), held.size)?;
    let mut deployment = Box::new(standing.clone());
    deployment.modified = scope.now;
    let role = deployment.role_mut(&to.role)?;
    role.data_disks.push((lun, disk.name.clone()));
    role.data_disks.sort();
    Ok(Decided::accepted("Add Data Disk", 30)
        .locks(&to.service)
        .change(Change::Disk(Box::new(disk)))
        .change(Change::Deployment {
            service: to.service,
            deployment,
        }))
}

fn update(
    scope: &Scope<'_>,
    of: RolePath,
    at: u32,
    host_caching: Option<Caching>,
    new_lun: Option<u32>,
) -> Result<Decided, Refusal> {
    let held = scope.role(&of)?;
    let name = held.data_disk(at)?;
    scope.unlocked(&of.service)?;
    let host_caching = host_caching.unwrap_or(Caching::None);
    let lun = new_lun.unwrap_or(at);
    check_lun(lun)?;
    let others = held.data_disks.iter().map(|(n, _)| *n);
    check_luns(others.filter(|n| *n != at).chain([lun]), held.size)?;
    let disk = Disk {
        host_caching,
        ..scope.disk(name)?.clone()
    };
    let mut deployment = Box::new(scope.deployment(&of.service, &of.deployment)?.clone());
    deployment.modified = scope.now;
    let role = deployment.role_mut(&of.role)?;
    for (number, _) in &mut role.data_disks {
        if *number == at {
            *number = lun;
        }
    }
    role.data_disks.sort();
    Ok(Decided::accepted("Update Data Disk", 30)
        .locks(&of.service)
        .change(Change::Disk(Box::new(disk)))
        .change(Change::Deployment {
            service: of.service,
            deployment,
        }))
}

/// The one whose disks are planned: a machine of this deployment.
pub(super) fn disk_owner(
    scope: &mut Scope<'_>,
    service: &str,
    deployment: &Deployment,
    role: &str,
    size: Size,
) -> Result<DiskOwner, Refusal> {
    let held = scope.service(service)?;
    Ok(DiskOwner {
        attachment: Attachment {
            service: held.name.clone(),
            deployment: deployment.name.clone(),
            role: deployment
                .role(role)
                .map_or_else(|_| role.into(), |r| r.name.clone()),
        },
        place: held.place.clone(),
        size,
        now: scope.now,
        random: scope.draw.chance.below(10_000),
    })
}

impl World {
    /// Takes a data disk off its machine.
    pub(super) fn detach_data_disk(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        lun: u32,
        disks: Disks,
        left: Timestamp,
    ) {
        let Some(role) = self.role_mut(subscription, service, role) else {
            return;
        };
        if let Some(at) = role.data_disks.iter().position(|(n, _)| *n == lun) {
            let (_, name) = role.data_disks.remove(at);
            self.let_go(subscription, &name, disks, left);
        }
    }

    /// Puts the disks of a machine into the world.
    pub(super) fn attach(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        disks: impl IntoIterator<Item = Disk>,
    ) {
        if let Some(held) = self.held_mut(subscription) {
            for disk in disks {
                held.disks.insert(disk);
            }
        }
        self.touch(subscription, service);
    }

    /// Takes the disks of a machine that goes, or leaves them behind.
    pub(super) fn detach(
        &mut self,
        subscription: &SubscriptionId,
        role: &Role,
        disks: Disks,
        at: Timestamp,
    ) {
        for (_, name) in &role.data_disks {
            self.let_go(subscription, name, disks, at);
        }
        self.let_go(subscription, &role.os_disk, disks, at);
    }

    fn let_go(&mut self, subscription: &SubscriptionId, disk: &str, disks: Disks, at: Timestamp) {
        let Some(held) = self.held_mut(subscription) else {
            return;
        };
        match disks {
            Disks::Delete => {
                held.drop_disk(disk, at);
            }
            Disks::Keep => {
                if let Some(disk) = held.disks.get_mut(disk) {
                    disk.attached = None;
                    held.ledger.left(OrphanKind::Disk, &disk.name, at);
                }
            }
        }
    }
}

/// A size takes so many data disks, each number once.
pub(super) fn check_luns(luns: impl Iterator<Item = u32>, size: Size) -> Result<(), Refusal> {
    let limit = size.row().data_disks as usize;
    let mut seen: Vec<u32> = Vec::new();
    for lun in luns {
        if seen.contains(&lun) {
            return Err(Refusal::LunTwice(lun));
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
        let clash = |other: &&&Disk| disk.name == other.name || disk.media_link == other.media_link;
        if let Some(other) = seen.iter().find(clash) {
            return Err(Refusal::BlobInUse {
                what: Thing::Disk,
                name: other.name.clone(),
                link: disk.media_link.clone(),
            });
        }
        seen.push(disk);
    }
    Ok(())
}
