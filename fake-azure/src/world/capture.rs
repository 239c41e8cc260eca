//! Capturing a machine: its disk, or all of it, becomes an image.

use jiff::Timestamp;

use super::disk::Disk;
use super::image::{Image, OsState, VmImage, VmImageDataDisk, VmImageSource};
use super::names::{check_label, is_image, key, same};
use super::operation::OperationId;
use super::phase::{BOOT, Course, Life};
use super::role::{Provisioning, Role};
use super::{Effect, Refusal, SubscriptionId, World, provisioning};

/// An OS image to be made of a machine's OS disk (`CaptureRoleOperation`).
#[derive(Clone, Debug)]
pub struct Capture {
    /// The image's name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What becomes of the machine.
    pub then: AfterCapture,
}

/// What becomes of a machine whose OS disk was captured.
#[derive(Clone, Debug)]
pub enum AfterCapture {
    /// It goes; its data disks stay.
    Delete,
    /// It is set up anew, from the image.
    Reprovision(Provisioning),
}

/// A VM image to be made of a machine (`CaptureRoleAsVMImageOperation`).
#[derive(Clone, Debug)]
pub struct VmCapture {
    /// The image's name.
    pub name: String,
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
    pub recommended_size: Option<String>,
}

impl World {
    /// Makes an OS image of the OS disk of a machine that rests.
    pub fn capture_role(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        role: &str,
        capture: Capture,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let held = self
            .deployment(subscription, service, deployment)?
            .role(role)?;
        let role = held.name.clone();
        self.unlocked(subscription, service)?;
        self.image_name_is_free(subscription, &capture.name)?;
        check_label(&capture.label)?;
        if !matches!(held.life.course, Course::Stopped | Course::Deallocated) {
            return Err(Refusal::conflict(format!(
                "Role {role} must be shut down before it is captured."
            )));
        }
        if let AfterCapture::Reprovision(provisioning) = &capture.then {
            let certificates = &self.service(subscription, service)?.certificates;
            provisioning::check(Some(provisioning), &held.os, true, &role, certificates)?;
        } else {
            // With its last machine the deployment goes.
            let last = self.is_last_role(subscription, service, &role);
            self.mark_deleting(subscription, service, (!last).then_some(role.as_str()))?;
        }
        self.subscription_mut(subscription)?
            .images_to_be
            .insert(key(&capture.name));
        let effect = Effect::Capture {
            service: key(service),
            role,
            capture,
        };
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Capture Role",
            60,
            lock,
            Some(effect),
            now,
        )
    }

    /// Makes a VM image of a machine and all its disks.
    pub fn capture_role_as_vm_image(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        role: &str,
        capture: VmCapture,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let held = self
            .deployment(subscription, service, deployment)?
            .role(role)?;
        let (role, course) = (held.name.clone(), held.life.course);
        self.unlocked(subscription, service)?;
        self.image_name_is_free(subscription, &capture.name)?;
        check_label(&capture.label)?;
        if matches!(course, Course::Deploying) {
            return Err(Refusal::conflict(format!("Role {role} is not ready yet.")));
        }
        self.subscription_mut(subscription)?
            .images_to_be
            .insert(key(&capture.name));
        let effect = Effect::CaptureVm {
            service: key(service),
            role,
            capture,
            state: match course {
                Course::Stopped => "StoppedVM",
                Course::Deallocated => "StoppedDeallocated",
                _ => "ReadyRole",
            },
        };
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Capture Role As VM Image",
            60,
            lock,
            Some(effect),
            now,
        )
    }

    /// A name that neither an OS image nor a VM image has.
    pub(super) fn image_name_is_free(
        &self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<(), Refusal> {
        if !is_image(name) {
            return Err(Refusal::bad_request("The image name is invalid.").detail(name));
        }
        let to_be = self
            .subscription(subscription)
            .is_some_and(|held| held.images_to_be.contains(&key(name)));
        if to_be
            || self.image(subscription, name).is_ok()
            || self.vm_image(subscription, name).is_some()
        {
            return Err(
                Refusal::conflict("An image with the specified name already exists.").detail(name),
            );
        }
        Ok(())
    }

    fn image_is_made(&mut self, subscription: &SubscriptionId, name: &str) {
        if let Ok(held) = self.subscription_mut(subscription) {
            held.images_to_be.remove(&key(name));
        }
    }

    fn is_last_role(&self, subscription: &SubscriptionId, service: &str, role: &str) -> bool {
        self.production(subscription, service)
            .is_ok_and(|d| d.roles.iter().all(|r| same(&r.name, role)))
    }

    /// The end of [`World::capture_role`].
    pub(super) fn finish_capture(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        capture: Capture,
        now: Timestamp,
    ) {
        self.image_is_made(subscription, &capture.name);
        let Some((role, disk)) = self.captured(subscription, service, role) else {
            return;
        };
        let location = self
            .region_of(subscription, &disk.place)
            .unwrap_or_default();
        let image = Image::own(
            capture.name,
            capture.label,
            role.os.clone(),
            location,
            disk.size_gb,
            disk.media_link.clone(),
        );
        if let Ok(held) = self.subscription_mut(subscription) {
            held.disks.remove(&disk.name);
            held.images.insert(key(&image.name), image.clone());
        }
        match capture.then {
            AfterCapture::Delete => self.remove_captured(subscription, service, &role.name),
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

    /// A machine, and the disk that it starts from.
    fn captured(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
    ) -> Option<(Role, Disk)> {
        let deployment = self.production(subscription, service).ok()?;
        let role = deployment.role(role).ok()?.clone();
        let disk = self.disk(subscription, &role.os_disk).ok()?.clone();
        Some((role, disk))
    }

    /// A machine whose OS disk has become an image goes; the deployment with the last.
    fn remove_captured(&mut self, subscription: &SubscriptionId, service: &str, role: &str) {
        use super::deployment::Disks;
        if self.is_last_role(subscription, service, role) {
            self.remove_deployment(subscription, service, Disks::Keep);
        } else {
            self.remove_role(subscription, service, role, Disks::Keep);
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
            name: format!("{}-{stamp}", captured.name),
            media_link: format!("{container}/{}-{stamp}.vhd", role.name),
            source_image: Some(image.name.clone()),
            created: now,
            ..captured
        };
        let name = disk.name.clone();
        self.attach(subscription, service, [disk]).ok();
        let host_name = match provisioning {
            Provisioning::Linux { host_name, .. } => Some(host_name.clone()),
            Provisioning::Windows { computer_name, .. } => computer_name.clone(),
        };
        if let Ok(held) = self
            .deployment_mut(subscription, service)
            .and_then(|d| d.role_mut(&role.name))
        {
            held.os_disk = name;
            held.certificates = provisioning.certificates();
            held.host_name = host_name.unwrap_or_else(|| role.name.clone());
        }
        let roles = [role.name.clone()];
        self.allocate(subscription, service, &roles).ok();
        self.set_course(
            subscription,
            service,
            &roles,
            Life::new(Course::Up(BOOT), now),
        );
    }

    /// The end of [`World::capture_role_as_vm_image`].
    pub(super) fn finish_vm_capture(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        capture: VmCapture,
        state: &'static str,
        now: Timestamp,
    ) {
        self.image_is_made(subscription, &capture.name);
        let Some((role, disk)) = self.captured(subscription, service, role) else {
            return;
        };
        let Ok(source) = self
            .production(subscription, service)
            .map(|d| VmImageSource {
                service: disk
                    .attached
                    .as_ref()
                    .map_or_else(|| service.to_owned(), |at| at.service.clone()),
                deployment: d.name.clone(),
                role: role.name.clone(),
                state: state.to_owned(),
                size: role.size.clone(),
            })
        else {
            return;
        };
        let goes = capture.os_state == OsState::Generalized;
        let day = now.strftime("%Y-%m-%d").to_string();
        // The disks of a machine that goes become the image's; of one that stays, copies.
        let link = |disk: &Disk, kind: &str| match disk.media_link.rsplit_once('/') {
            Some((container, _)) if !goes => {
                format!("{container}/{}-{kind}-{day}.vhd", capture.name)
            }
            _ => disk.media_link.clone(),
        };
        let data: Vec<(u32, Disk)> = role
            .data_disks
            .iter()
            .filter_map(|(lun, name)| Some((*lun, self.disk(subscription, name).ok()?.clone())))
            .collect();
        let image = VmImage {
            os: role.os.clone(),
            os_state: capture.os_state,
            os_disk_name: format!("{}-os-{day}", capture.name),
            os_disk_caching: disk.host_caching.clone(),
            media_link: Some(link(&disk, "os")),
            size_gb: disk.size_gb,
            io_type: "Standard".to_owned(),
            data_disks: data
                .iter()
                .map(|(lun, disk)| VmImageDataDisk {
                    name: format!("{}-datadisk-{lun}-{day}", capture.name),
                    lun: *lun,
                    size_gb: disk.size_gb,
                    host_caching: disk.host_caching.clone(),
                    media_link: Some(link(disk, &format!("datadisk-{lun}"))),
                })
                .collect(),
            location: self
                .region_of(subscription, &disk.place)
                .unwrap_or_default(),
            created: Some(now),
            source: Some(source),
            description: capture.description,
            language: capture.language,
            family: capture.family,
            recommended_size: capture.recommended_size,
            ..VmImage::own(capture.name, capture.label)
        };
        if let Ok(held) = self.subscription_mut(subscription) {
            if goes {
                held.disks.remove(&disk.name);
                for (_, disk) in &data {
                    held.disks.remove(&disk.name);
                }
            }
            held.vm_images.insert(key(&image.name), image);
        }
        if goes {
            self.remove_captured(subscription, service, &role.name);
        }
    }
}
