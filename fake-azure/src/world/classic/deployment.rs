//! Deployments: what stands behind a hosted service's public address.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::data_disk::check_distinct;
use super::decision::{Decided, Scope};
use super::dns_server::check_dns_servers;
use super::effect::Effect;
use super::label::check_label;
use super::load_balancer::{LoadBalancer, NewLoadBalancer};
use super::machine_network::port_clash;
use super::plan_role::plan_role;
use super::quota::cores;
use super::refusal::{Elsewhere, Thing};
use super::role::{Endpoint, NewRole, Role};
use super::view::View;
use super::{Counted, Refusal};
use crate::world::address::NoAddressLeft;
use crate::world::names::is_plain;
use crate::world::phase::{Boot, Course, Life};
use crate::world::{Name, OrphanKind, SubscriptionId, World};

/// A deployment by its hosted service and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentPath {
    /// The hosted service.
    pub service: Name,
    /// The deployment.
    pub deployment: Name,
}

/// A machine by its hosted service, its deployment and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePath {
    /// The hosted service.
    pub service: Name,
    /// The deployment.
    pub deployment: Name,
    /// The role.
    pub role: Name,
}

/// What can be asked about deployments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make one in the production slot.
    Create {
        /// The hosted service.
        service: Name,
        /// What it is to be.
        new: NewDeployment,
    },
    /// Delete one.
    Delete {
        /// The deployment.
        of: DeploymentPath,
        /// What becomes of its disks.
        disks: Disks,
    },
}

/// A deployment of virtual machines.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Deployment {
    /// Its name.
    pub name: Name,
    /// What it is called, plain.
    pub label: String,
    /// 32 hexadecimal digits.
    pub private_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// Its machines.
    pub roles: Vec<Role>,
    /// The virtual network that they are in.
    pub virtual_network: Option<Name>,
    /// The reserved address that it has.
    pub reserved_ip: Option<Name>,
    /// The public address; none while no machine runs.
    pub vip: Option<Ipv4Addr>,
    /// The names of further virtual IPs.
    pub virtual_ips: Vec<Name>,
    /// What follows the machine's name inside.
    pub internal_dns_suffix: String,
    /// DNS servers of its own, by name and address.
    pub dns_servers: Vec<(Name, String)>,
    /// Its internal load balancer, if it has one.
    pub load_balancers: Vec<LoadBalancer>,
    pub(crate) creating: bool,
    pub(crate) deleting: bool,
}

/// A deployment to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewDeployment {
    /// Its name.
    pub name: Name,
    /// What it is called, plain.
    pub label: String,
    /// Its machines.
    pub roles: Vec<NewRole>,
    /// The virtual network that they are in.
    pub virtual_network: Option<Name>,
    /// The reserved address that it is to have.
    pub reserved_ip: Option<Name>,
    /// DNS servers of its own, by name and address.
    pub dns_servers: Vec<(Name, String)>,
    /// Its internal load balancer, if it is to have one.
    pub load_balancers: Vec<NewLoadBalancer>,
}

/// What becomes of the disks of what is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disks {
    /// They stay, detached.
    Keep,
    /// They go, their blobs too (`comp=media`).
    Delete,
}

impl Disks {
    /// With `comp=media` the disks go, else they stay.
    pub(crate) fn of_media(with_media: bool) -> Self {
        if with_media { Self::Delete } else { Self::Keep }
    }
}

fn no_role(name: &str) -> Refusal {
    Refusal::missing(Thing::Role, name)
}

impl Deployment {
    /// The address under which an endpoint is reached.
    pub(crate) fn address_of(&self, endpoint: &Endpoint) -> Option<Ipv4Addr> {
        match &endpoint.settings.load_balancer {
            Some(name) => self.load_balancer(name).ok().map(|b| b.address),
            None => self.vip,
        }
    }

    /// The role of this name.
    pub fn role(&self, name: &str) -> Result<&Role, Refusal> {
        self.roles
            .iter()
            .find(|r| r.name == *name)
            .ok_or_else(|| no_role(name))
    }

    pub(crate) fn role_mut(&mut self, name: &str) -> Result<&mut Role, Refusal> {
        self.roles
            .iter_mut()
            .find(|r| r.name == *name)
            .ok_or_else(|| no_role(name))
    }

    /// `Deploying`, `Deleting`, `Suspended` or `Running`.
    pub fn status(&self) -> &'static str {
        if self.creating {
            "Deploying"
        } else if self.deleting {
            "Deleting"
        } else if self.vip.is_none() {
            "Suspended"
        } else {
            "Running"
        }
    }

    /// What the virtual IP is called.
    pub fn vip_name(&self) -> Name {
        match &self.reserved_ip {
            Some(name) => name.clone(),
            None if self.roles.iter().all(|r| r.endpoints.is_empty()) => {
                "__PseudoBackEndContractVip".into()
            }
            None => format!("{}ContractContract", self.name).into(),
        }
    }

    /// A reserved address stands before endpoints.
    pub(super) fn check_has_endpoints(&self, reserved: &str) -> Result<(), Refusal> {
        if self.roles.iter().any(|role| !role.endpoints.is_empty()) {
            return Ok(());
        }
        Err(Refusal::NoEndpoints {
            deployment: self.name.clone(),
            reserved: reserved.into(),
        })
    }

    /// Whether some machine still has hardware.
    fn is_allocated(&self) -> bool {
        self.roles
            .iter()
            .any(|r| r.life.course != Course::Deallocated)
    }
}

impl<'w> View<'w> {
    /// What stands in the production slot of a hosted service.
    pub fn production(self, service: &str) -> Result<&'w Deployment, Refusal> {
        self.service(service)?
            .deployment
            .as_ref()
            .ok_or(Refusal::NoDeployment)
    }

    /// The deployment of this name.
    ///
    /// Where the service is unknown too, the deployment is named, as the real service does.
    pub fn deployment(self, service: &str, name: &str) -> Result<&'w Deployment, Refusal> {
        self.service(service)
            .ok()
            .and_then(|s| s.deployment.as_ref())
            .filter(|d| d.name == *name)
            .ok_or_else(|| Refusal::missing(Thing::Deployment, name))
    }

    /// The machine at this place.
    pub fn role(self, at: &RolePath) -> Result<&'w Role, Refusal> {
        self.deployment(&at.service, &at.deployment)?.role(&at.role)
    }

    /// The address for a deployment: the reserved one's, or one that is taken.
    pub(super) fn address_for(
        self,
        deployment: &Deployment,
        take: impl FnOnce() -> Result<Ipv4Addr, NoAddressLeft>,
    ) -> Result<Ipv4Addr, Refusal> {
        match &deployment.reserved_ip {
            None => Ok(take()?),
            Some(name) => Ok(self.reserved_ip(name)?.address),
        }
    }

    fn check_network(self, service: &str, network: Option<&Name>) -> Result<(), Refusal> {
        let Some(name) = network else { return Ok(()) };
        let network = self.virtual_network(name)?;
        let here = &self.service(service)?.location;
        let there = self.region_of(&network.place)?;
        if *here == there {
            Ok(())
        } else {
            Err(Refusal::Elsewhere {
                what: Elsewhere::VirtualNetwork(name.into()),
                there,
                here: here.clone(),
            })
        }
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create { service, new } => create(scope, service, new),
            Self::Delete { of, disks } => {
                scope.deployment(&of.service, &of.deployment)?;
                scope.unlocked(&of.service)?;
                Ok(Decided::accepted("Delete Deployment", 45)
                    .locks(&of.service)
                    .at_end(Effect::DeleteDeployment {
                        service: of.service.clone(),
                        disks,
                    })
                    .change(Change::Deleting {
                        service: of.service,
                        role: None,
                    }))
            }
        }
    }
}

fn create(scope: &mut Scope<'_>, service: Name, new: NewDeployment) -> Result<Decided, Refusal> {
    const NAME: &str = "Create Virtual Machine Deployment";
    let held = scope.service(&service)?;
    scope.unlocked(&service)?;
    if held.deployment.is_some() {
        return Err(Refusal::SlotOccupied);
    }
    if !is_plain(&new.name, 256) {
        return Err(Refusal::BadName(Thing::Deployment, new.name));
    }
    check_label(&new.label)?;
    check_dns_servers(&new.dns_servers)?;
    scope.check_network(&service, new.virtual_network.as_ref())?;
    scope.check_reserved_ip(&service, new.reserved_ip.as_ref())?;
    let mut deployment = Box::new(Deployment {
        private_id: scope.draw.chance.hex32(),
        internal_dns_suffix: internal_suffix(scope, &held.name),
        created: scope.now,
        modified: scope.now,
        roles: Vec::new(),
        virtual_network: new.virtual_network,
        reserved_ip: new.reserved_ip,
        vip: None,
        virtual_ips: Vec::new(),
        dns_servers: new.dns_servers,
        load_balancers: Vec::new(),
        creating: true,
        deleting: false,
        name: new.name,
        label: new.label,
    });
    for balancer in new.load_balancers {
        let planned = scope.plan_load_balancer(&deployment, balancer, None)?;
        deployment.load_balancers.push(planned);
    }
    let mut disks = Vec::new();
    for role in new.roles {
        let plan = plan_role(scope, &service, &deployment, role)?;
        disks.extend(plan.disks);
        deployment.roles.push(plan.role);
    }
    if deployment.roles.is_empty() {
        return Err(Refusal::Incomplete(
            "RoleList: there is no Role in it".into(),
        ));
    }
    check_distinct(disks.iter())?;
    scope.has_room(Counted::Cores, cores(&deployment.roles))?;
    let mut reserved = None;
    if let Some(name) = &deployment.reserved_ip {
        deployment.check_has_endpoints(name)?;
        let mut ip = scope.reserved_ip(name)?.clone();
        ip.used_by = Some((held.name.clone(), deployment.name.clone()));
        reserved = Some(Change::ReservedIp(ip));
    }
    if let Some(clash) = port_clash(deployment.roles.iter()) {
        return Ok(Decided::failing(NAME, clash).locks(&service));
    }
    if let Some(failure) = scope.not_allocated(&held.location, &deployment.roles, 0) {
        return Ok(Decided::failing(NAME, failure).locks(&service));
    }
    let view = **scope;
    deployment.vip = Some(view.address_for(&deployment, || scope.draw.take_address())?);
    Ok(Decided::accepted(NAME, 40)
        .locks(&service)
        .changes(reserved)
        .changes(disks.into_iter().map(|disk| Change::Disk(Box::new(disk))))
        .at_end(Effect::Boot {
            service: service.clone(),
            roles: deployment.roles.iter().map(|r| r.name.clone()).collect(),
        })
        .change(Change::Deployment {
            service,
            deployment,
        }))
}

fn internal_suffix(scope: &mut Scope<'_>, service: &str) -> String {
    let letter = char::from(b'a' + u8::try_from(scope.draw.chance.below(10)).unwrap_or_default());
    let number = 1 + scope.draw.chance.below(10);
    format!("{service}.{letter}{number}.internal.cloudapp.net")
}

impl World {
    /// From now on the machines are on their way out; their doors close.
    pub(crate) fn mark_deleting(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: Option<&Name>,
    ) {
        if let Some(deployment) = self.deployment_mut(subscription, service) {
            deployment.deleting |= role.is_none();
            for held in &mut deployment.roles {
                if role.is_none_or(|role| *role == held.name) {
                    held.life.course = Course::Deleting;
                }
            }
        }
        self.touch(subscription, service);
    }

    /// Takes a deployment out of the world.
    pub(crate) fn remove_deployment(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        disks: Disks,
        at: Timestamp,
    ) {
        let held = self.held_mut(subscription);
        let Some(deployment) = held.and_then(|held| held.take_deployment(service)) else {
            return;
        };
        for role in &deployment.roles {
            self.certificates_left(subscription, service, role, at);
            self.detach(subscription, role, disks, at);
            self.release_public_ips(role);
        }
        self.release_address(subscription, &deployment, at);
        if let Some(held) = self.held_mut(subscription) {
            held.ledger.left(OrphanKind::HostedService, service, at);
        }
        self.touch(subscription, service);
    }

    /// Takes a machine out of its deployment.
    pub(crate) fn remove_role(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        disks: Disks,
        left: Timestamp,
    ) {
        let held = self.held_mut(subscription);
        let Some(role) = held.and_then(|held| held.take_role(service, role)) else {
            return;
        };
        self.certificates_left(subscription, service, &role, left);
        self.detach(subscription, &role, disks, left);
        self.release_public_ips(&role);
        self.release_if_idle(subscription, service);
        self.touch(subscription, service);
    }

    /// Lets machines boot whose creation is done.
    pub(crate) fn boot(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[Name],
        since: Timestamp,
    ) {
        self.set_course(
            subscription,
            service,
            roles,
            Life::new(Course::Up(Boot::First), since),
        );
        if let Some(deployment) = self.deployment_mut(subscription, service) {
            deployment.creating = false;
        }
    }

    /// Sets machines on a course.
    pub(crate) fn set_course(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[Name],
        life: Life,
    ) {
        let pace = self.ground.pace;
        let Some(deployment) = self.deployment_mut(subscription, service) else {
            return;
        };
        let mut alarms = Vec::new();
        for role in &mut deployment.roles {
            if roles.contains(&role.name) {
                role.life = life;
                alarms.extend(role.done_at(pace));
                alarms.extend(role.death(pace));
            }
        }
        self.settle_public_ips(subscription, service);
        for at in alarms {
            self.alarm(at, subscription, service);
        }
        self.touch(subscription, service);
    }

    /// Lets machines rest that have died by this moment.
    pub(super) fn bury(&mut self, subscription: &SubscriptionId, service: &str, at: Timestamp) {
        let pace = self.ground.pace;
        let Some(deployment) = self.deployment_mut(subscription, service) else {
            return;
        };
        for role in &mut deployment.roles {
            if let Some(death) = role.death(pace).filter(|death| *death <= at) {
                role.life = Life::new(Course::Stopped, death);
            }
        }
    }

    /// Gives up the public address of a deployment of which no machine has hardware any more.
    pub(crate) fn release_if_idle(&mut self, subscription: &SubscriptionId, service: &str) {
        let Some(deployment) = self.deployment_mut(subscription, service) else {
            return;
        };
        for role in &mut deployment.roles {
            if role.life.course == Course::Deallocated {
                role.address = None;
                for interface in &mut role.interfaces {
                    interface.address = None;
                }
            }
        }
        if deployment.is_allocated() {
            return;
        }
        let vip = deployment.vip.take();
        let reserved = deployment.reserved_ip.is_some();
        if let (Some(vip), false) = (vip, reserved) {
            self.ground.sources.addresses.give_back(vip);
        }
        self.touch(subscription, service);
    }

    fn release_address(
        &mut self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        at: Timestamp,
    ) {
        if let Some(name) = &deployment.reserved_ip {
            if let Some(held) = self.held_mut(subscription)
                && let Some(ip) = held.reserved_ips.get_mut(&Name::from(name))
            {
                ip.used_by = None;
                held.ledger.left(OrphanKind::ReservedIp, name, at);
            }
        } else if let Some(vip) = deployment.vip {
            self.ground.sources.addresses.give_back(vip);
        }
    }
}
