//! What the model does when it takes a request, and when an operation ends.

use std::collections::{BTreeMap, BTreeSet};

use super::reference::{
    Course, Effect, Model, ModelDeployment, ModelDisk, ModelReserved, ModelRole, ModelService,
    ModelVmImage, account_of,
};
use super::step::{Blob, Machine, Role, Service, Step, Wish};

impl Model {
    fn lock(&mut self, service: Service, seconds: u64, effect: Effect) {
        let until = self.now + seconds;
        self.services.get_mut(&service).unwrap().lock = Some((until, effect));
    }

    fn deployment_mut(&mut self, service: Service) -> &mut ModelDeployment {
        let held = self.services.get_mut(&service).unwrap();
        held.deployment.as_mut().unwrap()
    }

    fn role_mut(&mut self, service: Service, role: Role) -> &mut ModelRole {
        self.deployment_mut(service).roles.get_mut(&role).unwrap()
    }

    fn make_machine(&mut self, service: Service, machine: Machine) {
        let role = ModelRole {
            os: machine.blob,
            data: BTreeMap::new(),
            port: machine.port,
            course: Course::Up,
            keyed: machine.keyed,
        };
        self.deployment_mut(service)
            .roles
            .insert(machine.role, role);
        let disk = ModelDisk {
            attached: Some((service, machine.role)),
            system: true,
        };
        self.disks.insert(machine.blob, disk);
    }

    /// Whether two machines of the service have the port.
    fn clashes(&self, service: Service, port: u16, but: Option<Role>) -> bool {
        self.deployment(service).is_some_and(|d| {
            let mut others = d.roles.iter().filter(|(role, _)| Some(**role) != but);
            others.any(|(_, role)| role.port == port)
        })
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of request")]
    pub(super) fn take(&mut self, step: &Step) {
        match *step {
            Step::Pass(seconds) => self.pass(seconds),
            Step::CreateGroup => self.group = true,
            Step::DeleteGroup => self.group = false,
            Step::CreateAccount(account) => {
                self.accounts.insert(account, self.now + 31);
            }
            Step::DeleteAccount(account) => {
                self.accounts.remove(&account);
            }
            Step::CreateService(service, grouped) => {
                let made = ModelService {
                    grouped,
                    ..ModelService::default()
                };
                self.services.insert(service, made);
            }
            Step::UpdateService(_) | Step::UpdateDisk(_) => {}
            Step::DeleteService(service, true) => self.lock(service, 45, Effect::DeleteService),
            Step::DeleteService(service, false) => {
                self.services.remove(&service);
            }
            Step::AddCertificate(service) => {
                self.services.get_mut(&service).unwrap().certificate = true;
                self.lock(service, 30, Effect::Nothing);
            }
            Step::DeleteCertificate(service) => {
                self.services.get_mut(&service).unwrap().certificate = false;
                self.lock(service, 30, Effect::Nothing);
            }
            Step::CreateDeployment(service, machine, reserved, in_network) => {
                let made = ModelDeployment {
                    reserved,
                    in_network,
                    ..ModelDeployment::default()
                };
                self.services.get_mut(&service).unwrap().deployment = Some(made);
                if let Some(reserved) = reserved {
                    self.reserved.get_mut(&reserved).unwrap().user = Some(service);
                }
                self.make_machine(service, machine);
                self.lock(service, 40, Effect::Nothing);
            }
            Step::AddRole(service, machine) => {
                if self.clashes(service, machine.port, None) {
                    return self.lock(service, 30, Effect::Nothing);
                }
                self.make_machine(service, machine);
                self.lock(service, 31, Effect::Nothing);
            }
            Step::DeleteDeployment(service, media) => {
                self.lock(service, 45, Effect::DeleteDeployment(media));
            }
            Step::UpdateRole(service, role, port) => {
                if !self.clashes(service, port, Some(role)) {
                    self.role_mut(service, role).port = port;
                }
                self.lock(service, 30, Effect::Nothing);
            }
            Step::DeleteRole(service, role, media) => {
                self.lock(service, 31, Effect::DeleteRole(role, media));
            }
            Step::Power(service, role, wish) => self.power(service, role, wish),
            Step::AddDataDisk(service, role, lun, blob, new) => {
                self.role_mut(service, role).data.insert(lun, blob);
                if new {
                    let disk = ModelDisk {
                        attached: None,
                        system: false,
                    };
                    self.disks.insert(blob, disk);
                }
                self.disks.get_mut(&blob).unwrap().attached = Some((service, role));
                self.lock(service, 30, Effect::Nothing);
            }
            Step::UpdateDataDisk(service, ..)
            | Step::AddDnsServer(service)
            | Step::DeleteDnsServer(service)
            | Step::AddBalancer(service)
            | Step::DeleteBalancer(service) => {
                match step {
                    Step::AddDnsServer(_) => self.deployment_mut(service).dns_server = true,
                    Step::DeleteDnsServer(_) => self.deployment_mut(service).dns_server = false,
                    Step::AddBalancer(_) => self.deployment_mut(service).balancer = true,
                    Step::DeleteBalancer(_) => self.deployment_mut(service).balancer = false,
                    _ => {}
                }
                self.lock(service, 30, Effect::Nothing);
            }
            Step::DeleteDataDisk(service, role, lun, media) => {
                self.lock(service, 30, Effect::DetachDataDisk(role, lun, media));
            }
            Step::Capture(service, role, image) => {
                self.lock(service, 60, Effect::Capture(role, image));
            }
            Step::CaptureVm(service, role, image, goes) => {
                self.lock(service, 60, Effect::CaptureVm(role, image, goes));
            }
            Step::CreateDisk(blob) => {
                let disk = ModelDisk {
                    attached: None,
                    system: true,
                };
                self.disks.insert(blob, disk);
            }
            Step::DeleteDisk(blob) => {
                self.disks.remove(&blob);
            }
            Step::CreateImage(image, blob) => {
                self.images.insert(image, blob);
            }
            Step::DeleteImage(image) => {
                self.images.remove(&image);
            }
            Step::CreateVmImage(image, blob) => {
                let made = ModelVmImage {
                    blobs: vec![blob],
                    account: account_of(blob),
                    accounts: BTreeSet::from([account_of(blob)]),
                    has_data: false,
                };
                self.vm_images.insert(image, made);
            }
            Step::DeleteVmImage(image) => {
                self.vm_images.remove(&image);
            }
            Step::CreateReserved(reserved) => {
                let made = ModelReserved {
                    busy: self.now + 31,
                    ..ModelReserved::default()
                };
                self.reserved.insert(reserved, made);
            }
            Step::DeleteReserved(reserved) => {
                let until = self.now + 31;
                let ip = self.reserved.get_mut(&reserved).unwrap();
                (ip.busy, ip.deleting) = (until, true);
            }
            Step::Associate(reserved, service) => {
                self.reserved.get_mut(&reserved).unwrap().user = Some(service);
                self.deployment_mut(service).reserved = Some(reserved);
                self.lock(service, 31, Effect::Nothing);
            }
            Step::Disassociate(reserved, service) => {
                self.reserved.get_mut(&reserved).unwrap().user = None;
                self.deployment_mut(service).reserved = None;
                self.lock(service, 31, Effect::Nothing);
            }
            Step::SetNetwork(there) => self.network = there,
        }
    }

    fn power(&mut self, service: Service, role: Role, wish: Wish) {
        let course = self.role_mut(service, role).course;
        let (seconds, effect) = match wish {
            Wish::Start => {
                self.role_mut(service, role).course = Course::Up;
                (60, Effect::Nothing)
            }
            Wish::Restart => (31, Effect::Nothing),
            Wish::Redeploy => (60, Effect::Nothing),
            Wish::Stop if course == Course::Deallocated => (32, Effect::Nothing),
            Wish::Stop => (32, Effect::Rest(role, Course::Stopped)),
            Wish::Deallocate => (32, Effect::Rest(role, Course::Deallocated)),
        };
        self.lock(service, seconds, effect);
    }

    fn pass(&mut self, seconds: u64) {
        let until = self.now + seconds;
        // What ends earlier happens earlier.
        while let Some(service) = self.next_end(until) {
            let (at, effect) = self
                .services
                .get_mut(&service)
                .unwrap()
                .lock
                .take()
                .unwrap();
            self.now = at;
            self.end(service, effect);
        }
        self.now = until;
        let now = self.now;
        self.reserved.retain(|_, ip| !ip.deleting || ip.busy > now);
    }

    fn next_end(&self, until: u64) -> Option<Service> {
        self.services
            .iter()
            .filter_map(|(service, held)| Some((held.lock.as_ref()?.0, *service)))
            .filter(|(at, _)| *at <= until)
            .min()
            .map(|(_, service)| service)
    }

    fn end(&mut self, service: Service, effect: Effect) {
        match effect {
            Effect::Nothing => {}
            Effect::Rest(role, course) => self.role_mut(service, role).course = course,
            Effect::DeleteDeployment(media) => self.remove_deployment(service, media),
            Effect::DeleteService => {
                self.remove_deployment(service, true);
                self.services.remove(&service);
            }
            Effect::DeleteRole(role, media) => self.remove_role(service, role, media),
            Effect::DetachDataDisk(role, lun, media) => {
                let blob = self.role_mut(service, role).data.remove(&lun).unwrap();
                self.let_go(blob, media);
            }
            Effect::Capture(role, image) => {
                let os = self.role(service, role).unwrap().os;
                self.disks.remove(&os);
                self.images.insert(image, os);
                self.remove_captured(service, role);
            }
            Effect::CaptureVm(role, image, goes) => {
                let held = self.role(service, role).unwrap().clone();
                let mut blobs = Vec::new();
                if goes {
                    blobs.push(held.os);
                    blobs.extend(held.data.values().copied());
                    for blob in &blobs {
                        self.disks.remove(blob);
                    }
                }
                let all = held.data.values().chain([&held.os]);
                let made = ModelVmImage {
                    blobs,
                    account: account_of(held.os),
                    accounts: all.map(|blob| account_of(*blob)).collect(),
                    has_data: !held.data.is_empty(),
                };
                self.vm_images.insert(image, made);
                if goes {
                    self.remove_captured(service, role);
                }
            }
        }
    }

    fn remove_captured(&mut self, service: Service, role: Role) {
        if self.deployment(service).unwrap().roles.len() == 1 {
            self.remove_deployment(service, false);
        } else {
            self.remove_role(service, role, false);
        }
    }

    fn remove_deployment(&mut self, service: Service, media: bool) {
        let held = self.services.get_mut(&service).unwrap();
        let Some(deployment) = held.deployment.take() else {
            return;
        };
        if let Some(reserved) = deployment.reserved {
            self.reserved.get_mut(&reserved).unwrap().user = None;
        }
        for role in deployment.roles.values() {
            self.let_go(role.os, media);
            for blob in role.data.values() {
                self.let_go(*blob, media);
            }
        }
    }

    fn remove_role(&mut self, service: Service, role: Role, media: bool) {
        let role = self.deployment_mut(service).roles.remove(&role).unwrap();
        self.let_go(role.os, media);
        for blob in role.data.values() {
            self.let_go(*blob, media);
        }
    }

    fn let_go(&mut self, blob: Blob, media: bool) {
        if media {
            self.disks.remove(&blob);
        } else if let Some(disk) = self.disks.get_mut(&blob) {
            disk.attached = None;
        }
    }
}
