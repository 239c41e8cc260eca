//! Which requests the model refuses, and with which statuses.

use std::collections::BTreeSet;

use super::reference::{Course, Effect, Model, account_of};
use super::step::{Account, Blob, Image, Machine, Reserved, Service, Source, Step, Wish};

/// How many data disks a machine of the size Small takes.
const DATA_DISKS: usize = 2;

/// Refusals that are collected: any of them may be the answer.
#[derive(Default)]
struct Reasons(BTreeSet<u16>);

impl Reasons {
    fn add(&mut self, applies: bool, status: u16) {
        if applies {
            self.0.insert(status);
        }
    }
}

impl Model {
    /// The statuses with which a request may be refused; none when it must be taken.
    pub(crate) fn refusals_of(&self, step: &Step) -> BTreeSet<u16> {
        let mut reasons = Reasons::default();
        self.about_things(&mut reasons, step);
        self.about_services(&mut reasons, step);
        self.about_machines(&mut reasons, step);
        self.about_disks(&mut reasons, step);
        self.about_images(&mut reasons, step);
        self.about_addresses(&mut reasons, step);
        reasons.0
    }

    fn about_things(&self, r: &mut Reasons, step: &Step) {
        match step {
            Step::CreateGroup => r.add(self.group, 409),
            Step::DeleteGroup => {
                r.add(!self.group, 404);
                r.add(self.services.values().any(|s| s.grouped), 409);
            }
            Step::CreateAccount(account) => r.add(self.accounts.contains_key(account), 409),
            Step::DeleteAccount(account) => {
                match self.accounts.get(account) {
                    None => r.add(true, 404),
                    Some(ready) => r.add(*ready > self.now, 409),
                }
                let inside = |blob: &Blob| account_of(*blob) == *account;
                let used = self.disks.keys().any(inside)
                    || self.images.values().any(inside)
                    || self
                        .vm_images
                        .values()
                        .any(|i| i.accounts.contains(account));
                r.add(used, 409);
            }
            Step::SetNetwork(there) => {
                let used = self
                    .services
                    .values()
                    .filter_map(|s| s.deployment.as_ref())
                    .any(|d| d.in_network);
                r.add(!there && used, 400);
            }
            _ => {}
        }
    }

    fn about_services(&self, r: &mut Reasons, step: &Step) {
        match step {
            Step::CreateService(service, grouped) => {
                r.add(self.services.contains_key(service), 409);
                r.add(*grouped && !self.group, 404);
            }
            Step::UpdateService(service) | Step::AddCertificate(service) => {
                r.add(!self.services.contains_key(service), 404);
                r.add(self.is_locked(*service), 409);
            }
            Step::DeleteService(service, media) => {
                r.add(!self.services.contains_key(service), 404);
                r.add(self.is_locked(*service), 409);
                r.add(!media && self.deployment(*service).is_some(), 409);
            }
            Step::DeleteCertificate(service) => {
                let held = self.services.get(service);
                r.add(!held.is_some_and(|s| s.certificate), 404);
                r.add(self.is_locked(*service), 409);
                let used = self
                    .deployment(*service)
                    .is_some_and(|d| d.roles.values().any(|role| role.keyed));
                r.add(used, 409);
            }
            _ => {}
        }
    }

    fn about_machines(&self, r: &mut Reasons, step: &Step) {
        match step {
            Step::CreateDeployment(service, machine, reserved, in_network) => {
                r.add(!self.services.contains_key(service), 404);
                r.add(self.is_locked(*service), 409);
                r.add(self.deployment(*service).is_some(), 409);
                r.add(*in_network && !self.network, 400);
                if let Some(reserved) = reserved {
                    self.reserved_for_use(r, *reserved);
                }
                self.machine(r, *service, *machine);
            }
            Step::AddRole(service, machine) => {
                self.writable(r, *service);
                self.machine(r, *service, *machine);
            }
            Step::DeleteDeployment(service, _) => self.writable(r, *service),
            Step::UpdateRole(service, role, _) => {
                self.writable(r, *service);
                r.add(self.role(*service, *role).is_none(), 404);
            }
            Step::DeleteRole(service, role, _) => {
                self.writable(r, *service);
                r.add(self.role(*service, *role).is_none(), 404);
                let last = self
                    .deployment(*service)
                    .is_some_and(|d| d.roles.len() == 1);
                r.add(last, 400);
            }
            Step::Power(service, role, wish) => {
                self.writable(r, *service);
                let held = self.role(*service, *role);
                r.add(held.is_none(), 404);
                let rests = held.is_some_and(|role| role.course != Course::Up);
                let again = matches!(wish, Wish::Restart | Wish::Redeploy);
                r.add(again && rests, 409);
            }
            Step::AddBalancer(service) => {
                self.writable(r, *service);
                r.add(self.deployment(*service).is_some_and(|d| d.balancer), 400);
            }
            Step::DeleteBalancer(service) => {
                self.writable(r, *service);
                r.add(self.deployment(*service).is_some_and(|d| !d.balancer), 404);
            }
            Step::AddDnsServer(service) => {
                self.writable(r, *service);
                r.add(self.deployment(*service).is_some_and(|d| d.dns_server), 409);
            }
            Step::DeleteDnsServer(service) => {
                self.writable(r, *service);
                r.add(
                    self.deployment(*service).is_some_and(|d| !d.dns_server),
                    404,
                );
            }
            _ => {}
        }
    }

    fn about_disks(&self, r: &mut Reasons, step: &Step) {
        match step {
            Step::AddDataDisk(service, role, lun, blob, new) => {
                self.writable(r, *service);
                match self.role(*service, *role) {
                    None => r.add(true, 404),
                    Some(role) => {
                        r.add(role.data.contains_key(lun), 409);
                        r.add(role.data.len() >= DATA_DISKS, 400);
                    }
                }
                if *new {
                    self.free_blob(r, *blob);
                } else {
                    self.free_disk(r, *blob);
                }
            }
            Step::UpdateDataDisk(service, role, lun)
            | Step::DeleteDataDisk(service, role, lun, _) => {
                self.writable(r, *service);
                let held = self.role(*service, *role);
                r.add(held.is_none_or(|role| !role.data.contains_key(lun)), 404);
            }
            Step::CreateDisk(blob) => self.free_blob(r, *blob),
            Step::UpdateDisk(blob) => match self.disks.get(blob) {
                None => r.add(true, 404),
                Some(disk) => {
                    let locked = disk.attached.is_some_and(|(s, _)| self.is_locked(s));
                    r.add(locked, 409);
                }
            },
            Step::DeleteDisk(blob) => self.free_disk(r, *blob),
            _ => {}
        }
    }

    fn about_images(&self, r: &mut Reasons, step: &Step) {
        match step {
            Step::Capture(service, role, image) => {
                self.writable(r, *service);
                self.image_name(r, *image);
                match self.role(*service, *role) {
                    None => r.add(true, 404),
                    Some(role) => r.add(role.course == Course::Up, 409),
                }
            }
            Step::CaptureVm(service, role, image, _) => {
                self.writable(r, *service);
                self.image_name(r, *image);
                r.add(self.role(*service, *role).is_none(), 404);
            }
            Step::CreateImage(image, blob) | Step::CreateVmImage(image, blob) => {
                self.image_name(r, *image);
                self.unused_blob(r, *blob);
            }
            Step::DeleteImage(image) => r.add(!self.images.contains_key(image), 404),
            Step::DeleteVmImage(image) => r.add(!self.vm_images.contains_key(image), 404),
            _ => {}
        }
    }

    fn about_addresses(&self, r: &mut Reasons, step: &Step) {
        match step {
            Step::CreateReserved(reserved) => r.add(self.reserved.contains_key(reserved), 409),
            Step::DeleteReserved(reserved) => match self.reserved.get(reserved) {
                None => r.add(true, 404),
                Some(ip) => {
                    r.add(ip.user.is_some(), 409);
                    r.add(ip.busy > self.now, 409);
                }
            },
            Step::Associate(reserved, service) => {
                self.writable(r, *service);
                let has = self.deployment(*service).and_then(|d| d.reserved);
                r.add(has.is_some(), 409);
                self.reserved_for_use(r, *reserved);
            }
            Step::Disassociate(reserved, service) => {
                self.writable(r, *service);
                r.add(!self.reserved.contains_key(reserved), 404);
                let has = self.deployment(*service).and_then(|d| d.reserved);
                r.add(has != Some(*reserved), 400);
            }
            _ => {}
        }
    }

    /// A blob's account must be there and ready.
    fn account(&self, reasons: &mut Reasons, blob: Blob) {
        match self.accounts.get(&account_of(blob)) {
            None => reasons.add(true, 404),
            Some(ready) => reasons.add(*ready > self.now, 409),
        }
    }

    fn free_blob(&self, reasons: &mut Reasons, blob: Blob) {
        self.account(reasons, blob);
        reasons.add(self.disks.contains_key(&blob) || self.image_has(blob), 409);
    }

    /// The disk of a blob must be there, with no machine.
    fn free_disk(&self, reasons: &mut Reasons, blob: Blob) {
        match self.disks.get(&blob) {
            None => reasons.add(true, 404),
            Some(disk) => {
                if let Some((service, _)) = disk.attached {
                    reasons.add(true, if self.is_locked(service) { 409 } else { 400 });
                }
            }
        }
    }

    /// A blob may become an image's.
    fn unused_blob(&self, reasons: &mut Reasons, blob: Blob) {
        self.account(reasons, blob);
        reasons.add(self.image_has(blob), 409);
        if self.disks.contains_key(&blob) {
            self.free_disk(reasons, blob);
            reasons.add(true, 409);
        }
    }

    fn image_name(&self, reasons: &mut Reasons, image: Image) {
        let taken = self.images.contains_key(&image) || self.vm_images.contains_key(&image);
        let to_be = self.services.values().any(|service| match service.lock {
            Some((_, Effect::Capture(_, other) | Effect::CaptureVm(_, other, _))) => other == image,
            _ => false,
        });
        reasons.add(taken || to_be, 409);
    }

    /// The deployment must be there and unlocked.
    fn writable(&self, reasons: &mut Reasons, service: Service) {
        reasons.add(self.deployment(service).is_none(), 404);
        reasons.add(self.is_locked(service), 409);
    }

    fn machine(&self, reasons: &mut Reasons, service: Service, machine: Machine) {
        reasons.add(self.role(service, machine.role).is_some(), 409);
        let certificate = self.services.get(&service).is_some_and(|s| s.certificate);
        reasons.add(machine.keyed && !certificate, 404);
        let mut same_account = |account: Option<Account>| {
            let differs = account.is_some_and(|a| a != account_of(machine.blob));
            reasons.add(differs, 400);
        };
        match machine.source {
            Source::Gallery => {}
            Source::Image(image) => {
                let blob = self.images.get(&image).copied();
                same_account(blob.map(account_of));
                reasons.add(blob.is_none(), 404);
            }
            Source::VmImage(image) => {
                let image = self.vm_images.get(&image);
                same_account(image.map(|i| i.account));
                reasons.add(image.is_none(), 404);
            }
            Source::Disk => {
                self.free_disk(reasons, machine.blob);
                let data = self.disks.get(&machine.blob).is_some_and(|d| !d.system);
                reasons.add(data, 400);
                return;
            }
        }
        self.free_blob(reasons, machine.blob);
    }

    fn reserved_for_use(&self, reasons: &mut Reasons, reserved: Reserved) {
        match self.reserved.get(&reserved) {
            None => reasons.add(true, 404),
            Some(ip) => {
                reasons.add(ip.user.is_some(), 409);
                reasons.add(ip.deleting, 404);
                reasons.add(!ip.deleting && ip.busy > self.now, 409);
            }
        }
    }
}
