//! The one truth of the simulator: what exists, who owns it, and how it comes along.
//!
//! A [`World`] is synchronous, does no I/O and has no clock: every call that needs the time
//! takes `now`. The Service Management API, the admin API and the in-process backend are thin
//! skins on it.

mod affinity_group;
mod agent;
mod capture;
pub mod catalogue;
mod certificate;
mod data_disk;
mod deployment;
mod disk;
mod dns_server;
mod door;
pub(crate) mod engine_claim;
mod image;
mod image_spread;
mod load_balancer;
mod machine_network;
mod maintenance;
mod management_certificate;
pub(crate) mod names;
mod network;
mod network_configuration;
mod network_interface;
mod operation;
mod phase;
mod plan_disk;
mod plan_extension;
mod plan_role;
mod power;
mod provisioning;
mod public_ip;
mod refusal;
mod report;
mod reserved_ip;
mod role;
mod route_table;
mod security_group;
mod service;
mod storage;
mod view;
mod virtual_ip;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use simulation::Chance;

use crate::pace::Pace;

pub use affinity_group::AffinityGroup;
pub use capture::{AfterCapture, Capture, VmCapture};
pub use catalogue::{Extension, GalleryExtension, Location, Maintenance, RoleSize};
pub use certificate::ServiceCertificate;
pub use data_disk::DataDiskPath;
pub use deployment::{Deployment, Disks, NewDeployment};
pub use disk::{Attachment, Disk, NewDisk};
pub use image::{
    Image, ImageKind, ImageUpdate, NewImage, NewVmImage, NewVmImageDataDisk, OsState, VmImage,
    VmImageDataDisk, VmImageSource,
};
pub use image_spread::Spread;
pub use load_balancer::{LoadBalancer, NewLoadBalancer};
pub use management_certificate::ManagementCertificate;
pub use network::{InvalidPrefix, Prefix, Subnet, VirtualNetwork};
pub use network_configuration::{LocalSite, NetworkConfiguration, NewVirtualNetwork};
pub use network_interface::{NetworkInterface, NewNetworkInterface};
pub use operation::{OperationId, Progress};
pub use phase::{Agent, Extensions, Phase};
pub use power::{PostShutdown, Power};
pub use refusal::Refusal;
pub use report::{ExtensionOutcome, ExtensionReport, Report};
pub use reserved_ip::ReservedIp;
pub use role::{
    AclRule, BootDiagnostics, Endpoint, EndpointSettings, ExtensionReference, ExtensionState,
    ImageDiskSizes, NewDataDisk, NewEndpoint, NewExtension, NewNetwork, NewOsDisk, NewRole,
    Parameter, Probe, Protocol, Provisioning, PublicIp, Role, Secret, Visibility, WinRmListener,
};
pub use route_table::{Route, RouteTable};
pub use security_group::{GuardChange, Guarded, SecurityGroup, SecurityRule, default_rules};
pub use service::{HostedService, HostedServiceUpdate, NewHostedService, Place};
pub use storage::{KeyKind, NewStorageAccount, StorageAccount, StorageAccountUpdate};

pub(crate) use door::{Door, Machine, PortDoors};
pub(crate) use network::AddressPool;

use catalogue::Catalogue;
use disk::DiskShelf;
use engine_claim::EngineClaim;
use names::key;
use operation::{Due, Schedule};
use route_table::SubnetLinks;

pub(crate) use operation::Operation;

/// The identifier of a subscription: a lower-case GUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) pace: Pace,
    pub(crate) catalogue: Catalogue,
    pub(crate) chance: Chance,
    pub(crate) addresses: AddressPool,
    pub(crate) engine_claim: EngineClaim,
    pub(crate) taken_services: BTreeSet<String>,
    pub(crate) taken_storage: BTreeSet<String>,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    touched: BTreeSet<(SubscriptionId, String)>,
    /// Storage accounts whose names nobody has been told of yet.
    new_accounts: BTreeSet<String>,
    alarms: BinaryHeap<Reverse<(Timestamp, SubscriptionId, String)>>,
    schedule: Schedule,
    serials: u64,
}

/// A subscription and all that it holds, by the keys of the names.
#[derive(Clone, Debug)]
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
    pub(crate) subnet_links: BTreeMap<(String, String), SubnetLinks>,
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
#[derive(Clone, Debug)]
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
        state: &'static str,
    },
    /// A reserved address is anybody's again.
    ReleaseReservedIp { name: String },
}

impl World {
    pub(crate) fn new(pace: Pace, seed: u64, block: Prefix, catalogue: Catalogue) -> Self {
        Self {
            pace,
            catalogue,
            chance: Chance::seeded(seed),
            addresses: AddressPool::new(block),
            engine_claim: EngineClaim::default(),
            taken_services: BTreeSet::new(),
            taken_storage: BTreeSet::new(),
            subscriptions: BTreeMap::new(),
            touched: BTreeSet::new(),
            new_accounts: BTreeSet::new(),
            alarms: BinaryHeap::new(),
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

    pub(crate) fn subscription(&self, id: &SubscriptionId) -> Option<&Subscription> {
        self.subscriptions.get(id)
    }

    pub(crate) fn subscription_mut(
        &mut self,
        id: &SubscriptionId,
    ) -> Result<&mut Subscription, Refusal> {
        self.subscriptions
            .get_mut(id)
            .ok_or_else(|| Refusal::forbidden(format!("there is no subscription `{id}`")))
    }

    /// Locations where things can be made.
    pub fn locations(&self) -> &[Location] {
        &self.catalogue.locations
    }

    /// Registers a resource type for a subscription (`PUT services?service=…&action=register`).
    pub fn register_resource(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Result<(), Refusal> {
        const KNOWN: &[&str] = &["website", "web", "mobileservice"];
        let service = service.to_ascii_lowercase();
        if !KNOWN.contains(&service.as_str()) {
            return Err(Refusal::not_found("The service name is unknown.").detail(service));
        }
        if self
            .subscription_mut(subscription)?
            .registered
            .insert(service.clone())
        {
            Ok(())
        } else {
            Err(Refusal::conflict(format!(
                "The resource type {service} is already registered for this subscription."
            )))
        }
    }

    /// Takes a resource type back (`action=unregister`).
    pub fn unregister_resource(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Result<(), Refusal> {
        if self
            .subscription_mut(subscription)?
            .registered
            .remove(&service.to_ascii_lowercase())
        {
            Ok(())
        } else {
            Err(Refusal::not_found("The service name is unknown.").detail(service))
        }
    }

    /// A new identifier for a request.
    pub fn new_operation_id(&mut self) -> OperationId {
        OperationId(self.chance.hex32())
    }

    /// How far an operation is.
    pub fn operation(&self, subscription: &SubscriptionId, id: &str) -> Result<&Progress, Refusal> {
        let id = OperationId(id.replace('-', "").to_ascii_lowercase());
        self.subscription(subscription)
            .and_then(|s| s.operations.get(&id))
            .map(|operation| &operation.progress)
            .ok_or_else(|| Refusal::resource(format!("operation `{id}`")))
    }

    /// Whether an operation still runs.
    pub(crate) fn is_running(
        &self,
        subscription: &SubscriptionId,
        id: Option<&OperationId>,
    ) -> bool {
        let held = self.subscription(subscription);
        id.and_then(|id| held?.operations.get(id))
            .is_some_and(Operation::is_running)
    }

    /// Refuses a write while an operation holds the hosted service.
    pub(crate) fn unlocked(
        &self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Result<(), Refusal> {
        let held = self.service(subscription, service)?;
        match &held.lock {
            Some(id) if self.is_running(subscription, Some(id)) => Err(Refusal::conflict(format!(
                "Windows Azure is currently performing an operation with x-ms-requestid {id} on this deployment that requires exclusive access."
            ))),
            _ => Ok(()),
        }
    }

    /// Takes an operation on: it will end well after this many of the real service's seconds.
    pub(crate) fn accept(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &'static str,
        seconds: i64,
        locks: Option<String>,
        effect: Option<Effect>,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.start(
            subscription,
            id,
            name,
            seconds,
            locks,
            effect,
            Progress::Succeeded,
            now,
        )
    }

    /// Notes an operation that was answered at once, so that it can be asked for.
    pub(crate) fn note_done(
        &mut self,
        subscription: &SubscriptionId,
        id: &OperationId,
        name: &'static str,
        now: Timestamp,
    ) {
        let Some(held) = self.subscriptions.get_mut(subscription) else {
            return;
        };
        let operation = Operation {
            id: id.clone(),
            name,
            started: now,
            due: Due::At(now),
            progress: Progress::Succeeded,
            end: Progress::Succeeded,
            effect: None,
            locks: None,
            object: String::new(),
            ended: Some(now),
        };
        held.operations.insert(id.clone(), operation);
        held.remember(id.clone());
    }

    /// Notes what an operation was asked of.
    pub(crate) fn note_object(
        &mut self,
        subscription: &SubscriptionId,
        id: &OperationId,
        object: String,
    ) {
        let held = self.subscriptions.get_mut(subscription);
        if let Some(operation) = held.and_then(|s| s.operations.get_mut(id)) {
            operation.object = object;
        }
    }

    /// The operations that were begun within this time, the oldest first.
    pub(crate) fn operations_between(
        &self,
        subscription: &SubscriptionId,
        start: Timestamp,
        end: Timestamp,
    ) -> Vec<&Operation> {
        let held = self.subscription(subscription).into_iter();
        let mut found: Vec<_> = held
            .flat_map(|s| s.operations.values())
            .filter(|operation| (start..=end).contains(&operation.started))
            .collect();
        found.sort_by_key(|operation| (operation.started, operation.id.clone()));
        found
    }

    /// Takes an operation on that will end with an error.
    pub(crate) fn accept_failure(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &'static str,
        seconds: i64,
        locks: Option<String>,
        refusal: &Refusal,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let end = Progress::Failed {
            http_status: refusal.status,
            code: refusal.code.clone(),
            message: refusal.message.clone(),
        };
        self.start(subscription, id, name, seconds, locks, None, end, now)
    }

    #[expect(clippy::too_many_arguments, reason = "an operation is what these tell")]
    fn start(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &'static str,
        seconds: i64,
        locks: Option<String>,
        effect: Option<Effect>,
        end: Progress,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let due = match self.pace {
            Pace::Reads(n) => Due::Looks(n),
            pace => Due::At(phase::after(now, seconds, pace)),
        };
        if let Some(service) = &locks {
            self.service_mut(subscription, service)?.lock = Some(id.clone());
        }
        let operation = Operation {
            id: id.clone(),
            name,
            started: now,
            due,
            progress: Progress::InProgress,
            end,
            effect,
            locks,
            object: String::new(),
            ended: None,
        };
        let held = self.subscription_mut(subscription)?;
        held.operations.insert(id.clone(), operation);
        self.schedule.add(due, subscription, &id);
        if self.pace == Pace::Instant {
            self.settle(now);
        }
        Ok(id)
    }

    /// Makes an accepted operation end with this error, whatever it did or will do.
    pub(crate) fn fail_operation(
        &mut self,
        subscription: &SubscriptionId,
        id: &OperationId,
        end: Progress,
    ) {
        let held = self.subscriptions.get_mut(subscription);
        if let Some(operation) = held.and_then(|s| s.operations.get_mut(id)) {
            if !operation.is_running() {
                operation.progress = end.clone();
            }
            operation.end = end;
        }
    }

    /// Brings the world up to `now`: ends what is due.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        while let Some((subscription, id)) = self.schedule.next_due(now) {
            self.finish(&subscription, &id, now);
        }
        while self
            .alarms
            .peek()
            .is_some_and(|Reverse((at, _, _))| *at <= now)
        {
            if let Some(Reverse((_, subscription, service))) = self.alarms.pop() {
                self.touched.insert((subscription, service));
            }
        }
    }

    fn finish(&mut self, subscription: &SubscriptionId, id: &OperationId, now: Timestamp) {
        let Some(held) = self.subscriptions.get_mut(subscription) else {
            return;
        };
        let Some(operation) = held.operations.get_mut(id) else {
            return;
        };
        operation.progress = operation.end.clone();
        let (started, due) = (operation.started, operation.due);
        let ended = if let Due::At(at) = due { at } else { now };
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
                self.remove_deployment(subscription, &service, disks);
            }
            Some(Effect::DeleteRole {
                service,
                role,
                disks,
            }) => self.remove_role(subscription, &service, &role, disks),
            Some(Effect::DeleteService { service }) => {
                self.remove_deployment(subscription, &service, Disks::Delete);
                if let Some(held) = self.subscriptions.get_mut(subscription) {
                    held.services.remove(&service);
                }
                self.touch(subscription, &service);
            }
            Some(Effect::DetachDataDisk {
                service,
                role,
                lun,
                disks,
            }) => self.detach_data_disk(subscription, &service, &role, lun, disks),
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
                let held = self.subscriptions.get_mut(subscription);
                if let Some(ip) = held.and_then(|s| s.reserved_ips.remove(&name)) {
                    self.addresses.give_back(ip.address);
                }
            }
        }
    }

    /// Somebody asked how far this operation is; that moves it on at the pace of reads.
    pub fn look_at_operation(&mut self, subscription: &SubscriptionId, id: &str, now: Timestamp) {
        let id = OperationId(id.replace('-', "").to_ascii_lowercase());
        self.settle(now);
        self.look(subscription, &id);
    }

    /// Somebody looked at this hosted service; that moves it on at the pace of reads.
    pub(crate) fn look_at_service(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        now: Timestamp,
    ) {
        if !matches!(self.pace, Pace::Reads(_)) {
            return;
        }
        self.settle(now);
        let lock = self
            .service(subscription, service)
            .ok()
            .and_then(|s| s.lock.clone());
        let running = self.is_running(subscription, lock.as_ref());
        if let (Some(id), true) = (lock, running) {
            self.look(subscription, &id);
        } else if let Ok(deployment) = self.deployment_mut(subscription, service) {
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

    /// Somebody looked at what this operation makes; that moves it on at the pace of reads.
    pub(crate) fn look_at(&mut self, subscription: &SubscriptionId, id: Option<&OperationId>) {
        if let Some(id) = id {
            self.look(subscription, id);
        }
    }

    fn look(&mut self, subscription: &SubscriptionId, id: &OperationId) {
        let held = self.subscriptions.get_mut(subscription);
        if let Some(operation) = held.and_then(|s| s.operations.get_mut(id))
            && let Due::Looks(left @ 1..) = &mut operation.due
        {
            *left -= 1;
            self.schedule.add(operation.due, subscription, id);
        }
    }

    /// The world must be looked at again at this moment, for what happens by itself.
    pub(crate) fn next_change(&self) -> Option<Timestamp> {
        let alarm = self.alarms.peek().map(|Reverse((at, _, _))| *at);
        self.schedule.next().into_iter().chain(alarm).min()
    }

    pub(crate) fn alarm(&mut self, at: Timestamp, subscription: &SubscriptionId, service: &str) {
        self.alarms
            .push(Reverse((at, subscription.clone(), key(service))));
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
    }

    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serials += 1;
        self.serials
    }

    pub(crate) fn serials_given(&self) -> u64 {
        self.serials
    }
}
