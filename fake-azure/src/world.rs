//! The one truth of the simulator: what exists, who owns it, and how it comes along.
//!
//! A [`World`] is synchronous, does no I/O and has no clock: every call that needs the time
//! takes `now`. The Service Management API, the admin API and the in-process backend are thin
//! skins on it.

mod address;
pub mod catalogue;
mod classic;
pub(crate) mod docker_settings;
mod door;
pub(crate) mod encoded;
mod extension;
pub(crate) mod names;
mod operation;
mod phase;
pub(crate) mod snapshot;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulation::Chance;

use crate::pace::Pace;

pub use address::{InvalidPrefix, Prefix};
pub use catalogue::{Extension, GalleryExtension, Location, Maintenance, RoleSize};
pub use classic::*;
pub use operation::{Failure, Look, OperationId, Progress};
pub use phase::{Agent, Extensions, Phase, PowerState, Stage};

pub(crate) use door::{Door, Machine, PortDoors, PublicPort};
pub(crate) use extension::Setting;
pub(crate) use operation::Operation;

use address::AddressPool;
use catalogue::Catalogue;
use classic::decision::Origin;
use classic::disk::DiskShelf;
use classic::engine_claim::EngineClaim;
use classic::gallery::Gallery;
use classic::ledger::Ledger;
use classic::route_table::SubnetLinks;
use names::key;
use operation::{Acceptance, Due, Schedule};

/// The identifier of a subscription: a lower-case GUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubscriptionId(String);

impl SubscriptionId {
    /// The identifier of this text, whatever its case.
    pub fn new(id: &str) -> Self {
        Self(id.to_ascii_lowercase())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that exists.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    pub(crate) pace: Pace,
    pub(crate) catalogue: Catalogue,
    pub(crate) gallery: Gallery,
    pub(crate) chance: Chance,
    pub(crate) addresses: AddressPool,
    pub(crate) engine_claim: EngineClaim,
    pub(crate) taken_services: BTreeSet<String>,
    pub(crate) taken_storage: BTreeSet<String>,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    /// What of the world's outside must follow it: nothing of the world itself.
    #[serde(skip)]
    touched: BTreeSet<(SubscriptionId, String)>,
    /// Storage accounts whose names nobody has been told of yet.
    #[serde(skip)]
    new_accounts: BTreeSet<String>,
    alarms: BTreeSet<(Timestamp, SubscriptionId, String)>,
    schedule: Schedule,
    serials: u64,
}

/// A subscription and all that it holds, by the keys of the names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: SubscriptionId,
    pub(crate) name: String,
    pub(crate) disabled: bool,
    pub(crate) management_certificates: BTreeMap<String, ManagementCertificate>,
    pub(crate) registered: BTreeSet<String>,
    pub(crate) services: BTreeMap<String, HostedService>,
    pub(crate) storage: BTreeMap<String, StorageAccount>,
    pub(crate) disks: DiskShelf,
    pub(crate) images: BTreeMap<String, Image>,
    pub(crate) vm_images: BTreeMap<String, VmImage>,
    /// The names of images that captures are making.
    pub(crate) images_to_be: BTreeSet<String>,
    pub(crate) affinity_groups: BTreeMap<String, AffinityGroup>,
    pub(crate) virtual_networks: BTreeMap<String, VirtualNetwork>,
    pub(crate) network_configuration: Option<NetworkConfiguration>,
    pub(crate) reserved_ips: BTreeMap<String, ReservedIp>,
    pub(crate) image_spread: BTreeMap<String, Spread>,
    pub(crate) security_groups: BTreeMap<String, SecurityGroup>,
    pub(crate) route_tables: BTreeMap<String, RouteTable>,
    /// What was set before subnets, by the keys of network and subnet.
    pub(crate) subnet_links: BTreeMap<String, BTreeMap<String, SubnetLinks>>,
    #[serde(default)]
    pub(crate) quota: Quota,
    #[serde(default)]
    pub(crate) ledger: Ledger,
    operations: BTreeMap<OperationId, Operation>,
    /// Those that have ended, the oldest first.
    ended: VecDeque<OperationId>,
}

/// How many ended operations of a subscription can still be asked for.
const REMEMBERED: usize = 20_000;

impl Subscription {
    pub(crate) fn new(
        id: SubscriptionId,
        name: &str,
        management_certificates: BTreeMap<String, ManagementCertificate>,
    ) -> Self {
        Self {
            id,
            name: name.to_owned(),
            disabled: false,
            management_certificates,
            registered: BTreeSet::new(),
            services: BTreeMap::new(),
            storage: BTreeMap::new(),
            disks: DiskShelf::default(),
            images: BTreeMap::new(),
            vm_images: BTreeMap::new(),
            images_to_be: BTreeSet::new(),
            affinity_groups: BTreeMap::new(),
            virtual_networks: BTreeMap::new(),
            network_configuration: None,
            reserved_ips: BTreeMap::new(),
            image_spread: BTreeMap::new(),
            security_groups: BTreeMap::new(),
            route_tables: BTreeMap::new(),
            subnet_links: BTreeMap::new(),
            quota: Quota::default(),
            ledger: Ledger::default(),
            operations: BTreeMap::new(),
            ended: VecDeque::new(),
        }
    }
}

impl Subscription {
    /// Keeps an operation that has ended, and forgets the oldest beyond so many.
    fn remember(&mut self, ended: OperationId) {
        self.ended.push_back(ended);
        if self.ended.len() > REMEMBERED
            && let Some(oldest) = self.ended.pop_front()
        {
            self.operations.remove(&oldest);
        }
    }
}

/// What an operation does to the world at its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Effect {
    /// New machines begin to boot.
    Boot { service: String, roles: Vec<String> },
    /// Machines have come to rest.
    Rest {
        service: String,
        roles: Vec<String>,
        deallocate: bool,
    },
    /// A deployment is gone.
    DeleteDeployment { service: String, disks: Disks },
    /// A machine is gone.
    DeleteRole {
        service: String,
        role: String,
        disks: Disks,
    },
    /// A hosted service is gone with all that was in it.
    DeleteService { service: String },
    /// A data disk is off its machine.
    DetachDataDisk {
        service: String,
        role: String,
        lun: u32,
        disks: Disks,
    },
    /// A machine's OS disk is an image.
    Capture {
        service: String,
        role: String,
        capture: Capture,
    },
    /// A machine with all its disks is an image.
    CaptureVm {
        service: String,
        role: String,
        capture: VmCapture,
        /// How the machine was when it was captured.
        state: String,
    },
    /// A reserved address is anybody's again.
    ReleaseReservedIp { name: String },
}

impl World {
    pub(crate) fn new(
        pace: Pace,
        seed: u64,
        block: Prefix,
        catalogue: Catalogue,
        gallery: Gallery,
    ) -> Self {
        Self {
            pace,
            catalogue,
            gallery,
            chance: Chance::seeded(seed),
            addresses: AddressPool::new(block),
            engine_claim: EngineClaim::default(),
            taken_services: BTreeSet::new(),
            taken_storage: BTreeSet::new(),
            subscriptions: BTreeMap::new(),
            touched: BTreeSet::new(),
            new_accounts: BTreeSet::new(),
            alarms: BTreeSet::new(),
            schedule: Schedule::default(),
            serials: 0,
        }
    }

    pub(crate) fn add_subscription(&mut self, subscription: Subscription) {
        self.subscriptions
            .insert(subscription.id.clone(), subscription);
    }

    /// The subscriptions there are.
    pub fn subscription_ids(&self) -> impl Iterator<Item = SubscriptionId> + use<> {
        self.subscriptions
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// What a subscription holds, to read.
    pub fn of(&self, subscription: &SubscriptionId) -> View<'_> {
        View {
            world: self,
            held: self.subscriptions.get(subscription),
        }
    }

    fn service_mut(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Option<&mut HostedService> {
        let held = self.subscriptions.get_mut(subscription)?;
        held.services.get_mut(&key(service))
    }

    fn deployment_mut(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Option<&mut Deployment> {
        self.service_mut(subscription, service)?.deployment.as_mut()
    }

    fn role_mut(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
    ) -> Option<&mut Role> {
        self.deployment_mut(subscription, service)?
            .role_mut(role)
            .ok()
    }

    /// Locations where things can be made.
    pub fn locations(&self) -> &[Location] {
        &self.catalogue.locations
    }

    /// Notes an operation that was answered at once, so that it can be asked for.
    fn note_done(&mut self, origin: Origin, operation: &str) {
        let Some(held) = self.subscriptions.get_mut(&origin.subscription) else {
            return;
        };
        let id = origin.id;
        let operation = Operation {
            id: id.clone(),
            name: operation.to_owned(),
            started: origin.now,
            due: Due::At(origin.now),
            progress: Progress::Succeeded,
            end: Progress::Succeeded,
            effect: None,
            locks: None,
            object: origin.object,
            ended: Some(origin.now),
        };
        held.operations.insert(id.clone(), operation);
        held.remember(id);
    }

    /// Takes an operation on.
    fn start(&mut self, origin: Origin, acceptance: Acceptance) -> OperationId {
        let Origin {
            subscription,
            id,
            object,
            now,
        } = origin;
        let due = match self.pace {
            Pace::Reads(n) => Due::Looks(n),
            pace => Due::At(phase::after(now, acceptance.seconds, pace)),
        };
        if let Some(service) = &acceptance.locks
            && let Some(held) = self.service_mut(&subscription, service)
        {
            held.lock = Some(id.clone());
        }
        let operation = Operation {
            id: id.clone(),
            name: acceptance.operation,
            started: now,
            due,
            progress: Progress::InProgress,
            end: acceptance.end,
            effect: acceptance.effect,
            locks: acceptance.locks,
            object,
            ended: None,
        };
        if let Some(held) = self.subscriptions.get_mut(&subscription) {
            held.operations.insert(id.clone(), operation);
        }
        self.schedule.add(due, &subscription, &id);
        if self.pace == Pace::Instant {
            self.settle(now);
        }
        id
    }

    /// Brings the world up to `now`: ends what is due.
    pub fn settle(&mut self, now: Timestamp) {
        while let Some((subscription, id)) = self.schedule.next_due(now) {
            self.finish(&subscription, &id);
        }
        while self.alarms.first().is_some_and(|(at, ..)| *at <= now) {
            if let Some((_, subscription, service)) = self.alarms.pop_first() {
                self.touched.insert((subscription, service));
            }
        }
    }

    fn finish(&mut self, subscription: &SubscriptionId, id: &OperationId) {
        let Some(held) = self.subscriptions.get_mut(subscription) else {
            return;
        };
        let Some(operation) = held.operations.get_mut(id) else {
            return;
        };
        operation.progress = operation.end.clone();
        let started = operation.started;
        let ended = match operation.due {
            Due::At(at) => at,
            Due::Looks(_) => started,
        };
        operation.ended = Some(ended);
        let effect = operation.effect.take();
        held.remember(id.clone());
        match effect {
            None => {}
            Some(Effect::Boot { service, roles }) => {
                self.boot(subscription, &service, &roles, started);
            }
            Some(Effect::Rest {
                service,
                roles,
                deallocate,
            }) => {
                self.rest(subscription, &service, &roles, deallocate, ended);
            }
            Some(Effect::DeleteDeployment { service, disks }) => {
                self.remove_deployment(subscription, &service, disks, ended);
            }
            Some(Effect::DeleteRole {
                service,
                role,
                disks,
            }) => self.remove_role(subscription, &service, &role, disks, ended),
            Some(Effect::DeleteService { service }) => {
                self.remove_deployment(subscription, &service, Disks::Delete, ended);
                if let Some(held) = self.subscriptions.get_mut(subscription) {
                    held.services.remove(&service);
                    held.ledger.forget_service(&service);
                }
                self.touch(subscription, &service);
            }
            Some(Effect::DetachDataDisk {
                service,
                role,
                lun,
                disks,
            }) => self.detach_data_disk(subscription, &service, &role, lun, disks, ended),
            Some(Effect::Capture {
                service,
                role,
                capture,
            }) => self.finish_capture(subscription, &service, &role, capture, ended),
            Some(Effect::CaptureVm {
                service,
                role,
                capture,
                state,
            }) => self.finish_vm_capture(subscription, &service, &role, capture, state, ended),
            Some(Effect::ReleaseReservedIp { name }) => {
                if let Some(held) = self.subscriptions.get_mut(subscription)
                    && let Some(ip) = held.reserved_ips.remove(&name)
                {
                    held.ledger.forget(OrphanKind::ReservedIp, &name);
                    self.addresses.give_back(ip.address);
                }
            }
        }
    }

    /// Whether looks move things on.
    pub(crate) fn looks_count(&self) -> bool {
        matches!(self.pace, Pace::Reads(_))
    }

    /// The block that public addresses are of.
    pub(crate) fn block(&self) -> Prefix {
        self.addresses.block()
    }

    /// Somebody looks, which moves things on at the pace of reads.
    pub(crate) fn look(&mut self, subscription: &SubscriptionId, look: &Look, now: Timestamp) {
        if !self.looks_count() {
            return;
        }
        self.settle(now);
        match look {
            Look::Operation(id) => self.look_at_operation(subscription, id, now),
            Look::Service(service) => self.look_at_service(subscription, service, now),
        }
    }

    fn look_at_service(&mut self, subscription: &SubscriptionId, service: &str, now: Timestamp) {
        let view = self.of(subscription);
        let lock = view.service(service).ok().and_then(|s| s.lock.as_ref());
        if let (Some(id), true) = (lock, view.is_running(lock)) {
            let id = id.clone();
            self.look_at_operation(subscription, &id, now);
        } else if let Some(deployment) = self.deployment_mut(subscription, service) {
            for role in &mut deployment.roles {
                role.life.look();
                let installations = role.extensions.iter_mut().flatten();
                for installation in installations.filter_map(|e| e.installation.as_mut()) {
                    installation.look();
                }
            }
            self.touch(subscription, service);
        }
    }

    fn look_at_operation(
        &mut self,
        subscription: &SubscriptionId,
        id: &OperationId,
        now: Timestamp,
    ) {
        let held = self.subscriptions.get_mut(subscription);
        if let Some(operation) = held.and_then(|s| s.operations.get_mut(id))
            && let Due::Looks(left @ 1..) = operation.due
        {
            // Looked at often enough, it ends by itself.
            operation.due = match left - 1 {
                0 => Due::At(now),
                left => Due::Looks(left),
            };
            self.schedule.add(operation.due, subscription, id);
        }
    }

    /// The world must be looked at again at this moment, for what happens by itself.
    pub(crate) fn next_change(&self) -> Option<Timestamp> {
        let alarm = self.alarms.first().map(|(at, ..)| *at);
        self.schedule.next().into_iter().chain(alarm).min()
    }

    pub(crate) fn alarm(&mut self, at: Timestamp, subscription: &SubscriptionId, service: &str) {
        self.alarms.insert((at, subscription.clone(), key(service)));
    }

    /// Notes that a hosted service's doors or address may have changed.
    pub(crate) fn touch(&mut self, subscription: &SubscriptionId, service: &str) {
        self.touched.insert((subscription.clone(), key(service)));
    }

    /// The hosted services whose doors or addresses may have changed since the last call.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<(SubscriptionId, String)> {
        std::mem::take(&mut self.touched)
    }

    /// The storage accounts that were made since the last call.
    pub(crate) fn take_new_accounts(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.new_accounts)
    }

    pub(crate) fn touch_everything(&mut self) {
        let all: Vec<_> = self
            .subscriptions
            .values()
            .flat_map(|s| {
                s.services
                    .keys()
                    .map(|service| (s.id.clone(), service.clone()))
            })
            .collect();
        self.touched.extend(all);
        let accounts = self.subscriptions.values().flat_map(|s| s.storage.keys());
        self.new_accounts.extend(accounts.cloned());
    }
}
