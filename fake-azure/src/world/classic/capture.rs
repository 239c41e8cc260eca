//! Capturing a machine: its disk, or all of it, becomes an image.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{Disks, RolePath};
use super::disk::Disk;
use super::effect::Effect;
use super::image::{Image, IoType, OsState, VmImage, VmImageDataDisk, VmImageSource};
use super::label::check_label;
use super::refusal::Thing;
use super::report::InstanceStatus;
use super::role::{Provisioning, Role};
use super::view::View;
use super::{Refusal, provisioning};
use crate::world::names::is_image;
use crate::world::phase::{Boot, Course, Life};
use crate::world::{Name, SubscriptionId, World};

/// An OS image to be made of a machine's OS disk (`CaptureRoleOperation`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Capture {
    /// The image's name.
    pub name: Name,
    /// What it is called.
    pub label: String,
    /// What becomes of the machine.
    pub then: AfterCapture,
}

/// What becomes of a machine whose OS disk was captured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum AfterCapture {
    /// It goes; its data disks stay.
    Delete,
    /// It is set up anew, from the image.
    Reprovision(Provisioning),
}

/// A VM image to be made of a machine (`CaptureRoleAsVMImageOperation`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VmCapture {
    /// The image's name.
    pub name: Name,
    /// What it is called.
    pub label: String,
    /// Whether the system was prepared for new machines; such a machine goes.
    pub os_state: OsState,
    /// What it is.
    pub description: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Images of the same product.
    pub family: Option<String>,
    /// The size that is suggested for it.
    pub recommended_size: Option<Name>,
}

/// What can be asked of a machine that is to become an image.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make an OS image of the OS disk of a machine that rests.
    OsDisk {
        /// The machine.
        of: RolePath,
        /// The image.
        capture: Capture,
    },
    /// Make a VM image of a machine and all its disks.
    Vm {
        /// The machine.
        of: RolePath,
        /// The image.
        capture: VmCapture,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::OsDisk { of, capture } => of_os_disk(scope, &of, capture),
            Self::Vm { of, capture } => of_vm(scope, &of, capture),
        }
    }
}

fn of_os_disk(scope: &Scope<'_>, of: &RolePath, capture: Capture) -> Result<Decided, Refusal> {
    let held = scope.role(of)?;
    let (service, role) = (&of.service, &held.name);
    scope.unlocked(service)?;
    scope.image_name_is_free(&capture.name)?;
    check_label(&capture.label)?;
    if !matches!(held.life.course, Course::Stopped | Course::Deallocated) {
        return Err(Refusal::NotShutDown(role.clone()));
    }
    let mut decided = Decided::accepted("Capture Role", 60).locks(service);
    if let AfterCapture::Reprovision(provisioning) = &capture.then {
        let certificates = &scope.service(service)?.certificates;
        provisioning::check(Some(provisioning), held.os, true, role, certificates)?;
    } else {
        // With its last machine the deployment goes.
        let last = scope.is_last_role(service, role);
        decided = decided.change(Change::Deleting {
            service: service.clone(),
            role: (!last).then(|| role.clone()),
        });
    }
    Ok(decided
        .change(Change::ImageToBe(capture.name.clone()))
        .at_end(Effect::Capture {
            service: Name::from(service),
            role: role.clone(),
            capture,
        }))
}

fn of_vm(scope: &Scope<'_>, of: &RolePath, capture: VmCapture) -> Result<Decided, Refusal> {
    let held = scope.role(of)?;
    let (service, role) = (&of.service, &held.name);
    scope.unlocked(service)?;
    scope.image_name_is_free(&capture.name)?;
    check_label(&capture.label)?;
    let state = match held.life.course {
        Course::Deploying => {
            return Err(Refusal::NotReady(role.clone()));
        }
        Course::Stopped => InstanceStatus::Stopped,
        Course::Deallocated => InstanceStatus::Deallocated,
        _ => InstanceStatus::Ready,
    };
    Ok(Decided::accepted("Capture Role As VM Image", 60)
        .locks(service)
        .change(Change::ImageToBe(capture.name.clone()))
        .at_end(Effect::CaptureVm {
            service: Name::from(service),
            role: role.clone(),
            capture,
            state,
        }))
}

impl View<'_> {
    /// A name that neither an OS image nor a VM image has.
    pub(super) fn image_name_is_free(self, name: &str) -> Result<(), Refusal> {
        if !is_image(name) {
            return Err(Refusal::BadName(Thing::Image, name.into()));
        }
        let to_be = self
            .held
            .is_some_and(|held| held.images_to_be.contains(&Name::from(name)));
        if to_be || self.image(name).is_ok() || self.vm_image(name).is_some() {
            return Err(Refusal::Exists(Thing::Image, name.into()));
        }
        Ok(())
    }

    fn is_last_role(self, service: &str, role: &str) -> bool {
        self.production(service)
            .is_ok_and(|d| d.roles.iter().all(|r| r.name == *role))
    }

    /// A machine, and the disk that it starts from.
    fn captured(self, service: &str, role: &str) -> Option<(Role, Disk)> {
        let role = self.production(service).ok()?.role(role).ok()?.clone();
        let disk = self.disk(&role.os_disk).ok()?.clone();
        Some((role, disk))
    }
}

impl World {
    fn image_is_made(&mut self, subscription: &SubscriptionId, name: &str) {
        if let Some(held) = self.held_mut(subscription) {
            held.images_to_be.remove(&Name::from(name));
        }
    }

    /// The end of [`Command::OsDisk`].
    pub(super) fn finish_capture(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        capture: Capture,
        now: Timestamp,
    ) {
        self.image_is_made(subscription, &capture.name);
        let Some((role, disk)) = self.of(subscription).captured(service, role) else {
            return;
        };
        let location = self.of(subscription).region_of(&disk.place);
        let location = location.unwrap_or_default();
        let image = Image::own(
            capture.name,
            capture.label,
            role.os,
            location.to_string(),
            disk.size_gb,
            disk.media_link.clone(),
        );
        if let Some(held) = self.held_mut(subscription) {
            held.drop_disk(&disk.name, now);
            held.images.insert(image.name.clone(), image.clone());
        }
        match capture.then {
            AfterCapture::Delete => {
                self.remove_captured(subscription, service, &role.name, now);
            }
            AfterCapture::Reprovision(provisioning) => {
                self.reprovision(
                    subscription,
                    service,
                    &role,
                    disk,
                    &image,
                    &provisioning,
                    now,
                );
            }
        }
    }

    /// A machine whose OS disk has become an image goes; the deployment with the last.
    fn remove_captured(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        at: Timestamp,
    ) {
        if self.of(subscription).is_last_role(service, role) {
            self.remove_deployment(subscription, service, Disks::Keep, at);
        } else {
            self.remove_role(subscription, service, role, Disks::Keep, at);
        }
    }

    fn reprovision(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &Role,
        captured: Disk,
        image: &Image,
        provisioning: &Provisioning,
        now: Timestamp,
    ) {
        let stamp = now.strftime("%Y%m%d%H%M%S").to_string();
        let container = captured
            .media_link
            .rsplit_once('/')
            .map_or("", |(container, _)| container);
        let disk = Disk {
            name: format!("{}-{stamp}", captured.name).into(),
            media_link: format!("{container}/{}-{stamp}.vhd", role.name).into(),
            source_image: Some(image.name.clone()),
            created: now,
            ..captured
        };
        let name = disk.name.clone();
        self.attach(subscription, service, [disk]);
        let host_name = match provisioning {
            Provisioning::Linux { host_name, .. } => Some(host_name.clone()),
            Provisioning::Windows { computer_name, .. } => computer_name.clone(),
        };
        self.certificates_left(subscription, service, role, now);
        if let Some(held) = self.role_mut(subscription, service, &role.name) {
            held.os_disk = name;
            held.certificates = provisioning.certificates();
            held.host_name = host_name.unwrap_or_else(|| role.name.clone());
        }
        let roles = [role.name.clone()];
        self.allocate(subscription, service, &roles);
        self.set_course(
            subscription,
            service,
            &roles,
            Life::new(Course::Up(Boot::First), now),
        );
    }

    /// The end of [`Command::Vm`].
    pub(super) fn finish_vm_capture(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        capture: VmCapture,
        state: InstanceStatus,
        now: Timestamp,
    ) {
        self.image_is_made(subscription, &capture.name);
        let Some((role, disk)) = self.of(subscription).captured(service, role) else {
            return;
        };
        let view = self.of(subscription);
        let Ok(source) = view.production(service).map(|d| VmImageSource {
            service: disk
                .attached
                .as_ref()
                .map_or_else(|| service.into(), |at| at.service.clone()),
            deployment: d.name.clone(),
            role: role.name.clone(),
            state,
            size: role.size.name().into(),
        }) else {
            return;
        };
        let goes = capture.os_state == OsState::Generalized;
        let day = now.strftime("%Y-%m-%d").to_string();
        // The disks of a machine that goes become the image's; of one that stays, copies.
        let link = |disk: &Disk, kind: &str| match disk.media_link.rsplit_once('/') {
            Some((container, _)) if !goes => {
                format!("{container}/{}-{kind}-{day}.vhd", capture.name)
            }
            _ => disk.media_link.to_string(),
        };
        let data: Vec<(u32, Disk)> = role
            .data_disks
            .iter()
            .filter_map(|(lun, name)| Some((*lun, view.disk(name).ok()?.clone())))
            .collect();
        let image = VmImage {
            os_state: capture.os_state,
            os_disk_name: format!("{}-os-{day}", capture.name).into(),
            os_disk_caching: disk.host_caching,
            media_link: Some(link(&disk, "os").into()),
            size_gb: disk.size_gb,
            io_type: IoType::Standard,
            data_disks: data
                .iter()
                .map(|(lun, disk)| VmImageDataDisk {
                    name: format!("{}-datadisk-{lun}-{day}", capture.name).into(),
                    lun: *lun,
                    size_gb: disk.size_gb,
                    host_caching: disk.host_caching,
                    media_link: Some(link(disk, &format!("datadisk-{lun}")).into()),
                })
                .collect(),
            location: view.region_of(&disk.place).unwrap_or_default().to_string(),
            created: Some(now),
            source: Some(source),
            description: capture.description,
            language: capture.language,
            family: capture.family,
            recommended_size: capture.recommended_size,
            ..VmImage::own(capture.name, capture.label, role.os)
        };
        if let Some(held) = self.held_mut(subscription) {
            if goes {
                held.drop_disk(&disk.name, now);
                for (_, disk) in &data {
                    held.drop_disk(&disk.name, now);
                }
            }
            held.vm_images.insert(image.name.clone(), image);
        }
        if goes {
            self.remove_captured(subscription, service, &role.name, now);
        }
    }
}
