//! The small model: what must be there after each request, and which requests are refused.

use std::collections::{BTreeMap, BTreeSet};

use proptest::strategy::BoxedStrategy;
use proptest_state_machine::ReferenceStateMachine;

use super::step::{
    self, Account, Blob, Image, Machine, Reserved, Role, Service, Source, Step, Wish,
};

/// How many data disks a machine of the size Small takes.
const DATA_DISKS: usize = 2;

/// What a machine is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    Up,
    Stopped,
    Deallocated,
}

#[derive(Clone, Debug)]
pub(crate) struct ModelRole {
    pub(crate) os: Blob,
    pub(crate) data: BTreeMap<u32, Blob>,
    pub(crate) port: u16,
    pub(crate) course: Course,
    pub(crate) keyed: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ModelDeployment {
    pub(crate) roles: BTreeMap<Role, ModelRole>,
    pub(crate) reserved: Option<Reserved>,
    pub(crate) in_network: bool,
    pub(crate) balancer: bool,
    pub(crate) dns_server: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ModelService {
    pub(crate) grouped: bool,
    pub(crate) certificate: bool,
    pub(crate) deployment: Option<ModelDeployment>,
    /// Until when it is locked, and what happens then.
    lock: Option<(u64, Effect)>,
}

/// What happens when an operation ends.
#[derive(Clone, Debug)]
enum Effect {
    Nothing,
    Rest(Role, Course),
    DeleteDeployment(bool),
    DeleteService,
    DeleteRole(Role, bool),
    DetachDataDisk(Role, u32, bool),
    Capture(Role, Image),
    CaptureVm(Role, Image, bool),
}

#[derive(Clone, Debug)]
pub(crate) struct ModelDisk {
    pub(crate) attached: Option<(Service, Role)>,
    pub(crate) system: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ModelVmImage {
    /// The blobs that it stands for; copies have names of their own.
    pub(crate) blobs: Vec<Blob>,
    /// The account of its system, and those of all its disks.
    account: Account,
    accounts: BTreeSet<Account>,
    has_data: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ModelReserved {
    pub(crate) user: Option<Service>,
    /// Until when its own operation runs.
    busy: u64,
    deleting: bool,
}

/// The whole model.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    now: u64,
    pub(crate) group: bool,
    pub(crate) network: bool,
    /// The accounts, each with the moment at which it is made.
    pub(crate) accounts: BTreeMap<Account, u64>,
    pub(crate) services: BTreeMap<Service, ModelService>,
    pub(crate) disks: BTreeMap<Blob, ModelDisk>,
    pub(crate) images: BTreeMap<Image, Blob>,
    pub(crate) vm_images: BTreeMap<Image, ModelVmImage>,
    pub(crate) reserved: BTreeMap<Reserved, ModelReserved>,
    /// With which statuses the last request may have been refused; none when it must be taken.
    pub(crate) refusals: BTreeSet<u16>,
}

/// The account that a blob is in.
pub(crate) fn account_of(blob: Blob) -> Account {
    u8::from(blob > 4)
}

/// Refusals that are collected.
#[derive(Default)]
struct Reasons(BTreeSet<u16>);

impl Reasons {
    fn add(&mut self, applies: bool, status: u16) {
        if applies {
            self.0.insert(status);
        }
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        use proptest::strategy::{Just, Strategy as _};
        let mut model = Self::default();
        model.accounts.insert(0, 0);
        Just(model).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Step> {
        use proptest::prelude::*;
        let mut fitting: BTreeMap<String, Vec<Step>> = BTreeMap::new();
        for step in step::all() {
            if state.reasons(&step).0.is_empty() && Self::preconditions(state, &step) {
                let kind = format!("{step:?}");
                let kind = kind.split('(').next().unwrap_or_default();
                fitting.entry(kind.to_owned()).or_default().push(step);
            }
        }
        let kinds: Vec<Vec<Step>> = fitting.into_values().collect();
        let taken = prop::sample::select(kinds).prop_flat_map(prop::sample::select);
        // Every fourth may be refused, and every fourth lets time pass.
        prop_oneof![
            2 => taken,
            1 => step::any(),
            1 => (20..70_u64).prop_map(Step::Pass),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, step: &Step) -> bool {
        match step {
            // Their data disks would have names that nobody can foretell.
            Step::CreateDeployment(_, machine, ..) | Step::AddRole(_, machine) => {
                match machine.source {
                    Source::VmImage(image) => {
                        state.vm_images.get(&image).is_none_or(|i| !i.has_data)
                    }
                    _ => true,
                }
            }
            _ => true,
        }
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        state.refusals = state.reasons(step).0;
        if state.refusals.is_empty() {
            state.take(step);
        }
        state
    }
}

impl Model {
    pub(crate) fn is_locked(&self, service: Service) -> bool {
        let held = self.services.get(&service);
        held.is_some_and(|s| s.lock.is_some())
    }

    fn deployment(&self, service: Service) -> Option<&ModelDeployment> {
        self.services.get(&service)?.deployment.as_ref()
    }

    fn role(&self, service: Service, role: Role) -> Option<&ModelRole> {
        self.deployment(service)?.roles.get(&role)
    }

    fn image_has(&self, blob: Blob) -> bool {
        self.images.values().any(|b| *b == blob)
            || self.vm_images.values().any(|i| i.blobs.contains(&blob))
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

    fn machine(&self, reasons: &mut Reasons, service: Service, machine: &Machine) {
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

    fn reasons(&self, step: &Step) -> Reasons {
        let mut reasons = Reasons::default();
        let r = &mut reasons;
        match step {
            Step::Pass(_) => {}
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
            Step::CreateDeployment(service, machine, reserved, in_network) => {
                r.add(!self.services.contains_key(service), 404);
                r.add(self.is_locked(*service), 409);
                r.add(self.deployment(*service).is_some(), 409);
                r.add(*in_network && !self.network, 400);
                if let Some(reserved) = reserved {
                    self.reserved_for_use(r, *reserved);
                }
                self.machine(r, *service, machine);
            }
            Step::AddRole(service, machine) => {
                self.writable(r, *service);
                self.machine(r, *service, machine);
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
            Step::CreateDisk(blob) => self.free_blob(r, *blob),
            Step::UpdateDisk(blob) => match self.disks.get(blob) {
                None => r.add(true, 404),
                Some(disk) => {
                    let locked = disk.attached.is_some_and(|(s, _)| self.is_locked(s));
                    r.add(locked, 409);
                }
            },
            Step::DeleteDisk(blob) => self.free_disk(r, *blob),
            Step::CreateImage(image, blob) | Step::CreateVmImage(image, blob) => {
                self.image_name(r, *image);
                self.unused_blob(r, *blob);
            }
            Step::DeleteImage(image) => r.add(!self.images.contains_key(image), 404),
            Step::DeleteVmImage(image) => r.add(!self.vm_images.contains_key(image), 404),
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
            Step::SetNetwork(there) => {
                let used = self
                    .services
                    .values()
                    .filter_map(|s| s.deployment.as_ref())
                    .any(|d| d.in_network);
                r.add(!there && used, 400);
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
        }
        reasons
    }

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

    fn make_machine(&mut self, service: Service, machine: &Machine) {
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

    fn take(&mut self, step: &Step) {
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
            Step::CreateDeployment(service, ref machine, reserved, in_network) => {
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
            Step::AddRole(service, ref machine) => {
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
