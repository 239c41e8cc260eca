//! The small model: what must be there after each request, and which requests are refused.

use std::collections::{BTreeMap, BTreeSet};

use proptest::strategy::BoxedStrategy;
use proptest_state_machine::ReferenceStateMachine;

use super::step::{self, Account, Blob, Image, Reserved, Role, Service, Source, Step};

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
    pub(super) lock: Option<(u64, Effect)>,
}

/// What happens when an operation ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Effect {
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
    pub(super) account: Account,
    pub(super) accounts: BTreeSet<Account>,
    pub(super) has_data: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ModelReserved {
    pub(crate) user: Option<Service>,
    /// Until when its own operation runs.
    pub(super) busy: u64,
    pub(super) deleting: bool,
}

/// The whole model.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(super) now: u64,
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
            if state.refusals_of(&step).is_empty() && Self::preconditions(state, &step) {
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
        state.refusals = state.refusals_of(step);
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

    pub(super) fn deployment(&self, service: Service) -> Option<&ModelDeployment> {
        self.services.get(&service)?.deployment.as_ref()
    }

    pub(super) fn role(&self, service: Service, role: Role) -> Option<&ModelRole> {
        self.deployment(service)?.roles.get(&role)
    }

    pub(super) fn image_has(&self, blob: Blob) -> bool {
        self.images.values().any(|b| *b == blob)
            || self.vm_images.values().any(|i| i.blobs.contains(&blob))
    }
}
