//! Deployments: what stands behind a hosted service's public address.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Serialize;

use super::data_disk::check_distinct;
use super::dns_server::check_dns_servers;
use super::load_balancer::{LoadBalancer, NewLoadBalancer};
use super::machine_network::port_clash;
use super::names::{check_label, is_plain, key, same};
use super::operation::OperationId;
use super::phase::{Course, Life};
use super::plan_role::RolePlan;
use super::role::{Endpoint, NewRole, Role};
use super::{Effect, Refusal, SubscriptionId, World};

/// A deployment of virtual machines.
#[derive(Clone, Debug, Serialize)]
pub struct Deployment {
    /// Its name.
    pub name: String,
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
    pub virtual_network: Option<String>,
    /// The reserved address that it has.
    pub reserved_ip: Option<String>,
    /// The public address; none while no machine runs.
    pub vip: Option<Ipv4Addr>,
    /// The names of further virtual IPs.
    pub virtual_ips: Vec<String>,
    /// What follows the machine's name inside.
    pub internal_dns_suffix: String,
    /// DNS servers of its own, by name and address.
    pub dns_servers: Vec<(String, String)>,
    /// Its internal load balancer, if it has one.
    pub load_balancers: Vec<LoadBalancer>,
    #[serde(skip)]
    pub(crate) creating: bool,
    #[serde(skip)]
    pub(crate) deleting: bool,
}

/// A deployment to be made.
#[derive(Clone, Debug)]
pub struct NewDeployment {
    /// Its name.
    pub name: String,
    /// What it is called, plain.
    pub label: String,
    /// Its machines.
    pub roles: Vec<NewRole>,
    /// The virtual network that they are in.
    pub virtual_network: Option<String>,
    /// The reserved address that it is to have.
    pub reserved_ip: Option<String>,
    /// DNS servers of its own, by name and address.
    pub dns_servers: Vec<(String, String)>,
    /// Its internal load balancer, if it is to have one.
    pub load_balancers: Vec<NewLoadBalancer>,
}

/// What becomes of the disks of what is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    Refusal::not_found(format!(
        "Role {name} was not found in the currently deployed service."
    ))
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
            .find(|r| same(&r.name, name))
            .ok_or_else(|| no_role(name))
    }

    pub(crate) fn role_mut(&mut self, name: &str) -> Result<&mut Role, Refusal> {
        self.roles
            .iter_mut()
            .find(|r| same(&r.name, name))
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
    pub fn vip_name(&self) -> String {
        match &self.reserved_ip {
            Some(name) => name.clone(),
            None if self.roles.iter().all(|r| r.endpoints.is_empty()) => {
                "__PseudoBackEndContractVip".to_owned()
            }
            None => format!("{}ContractContract", self.name),
        }
    }

    /// A reserved address stands before endpoints.
    pub(super) fn check_has_endpoints(&self, reserved: &str) -> Result<(), Refusal> {
        if self.roles.iter().any(|role| !role.endpoints.is_empty()) {
            return Ok(());
        }
        Err(Refusal::bad_request(format!(
            "The deployment {} uses ReservedIP {reserved} but does not contain any endpoints. Add an endpoint to the deployment.",
            self.name
        )))
    }

    /// Whether some machine still has hardware.
    fn is_allocated(&self) -> bool {
        self.roles
            .iter()
            .any(|r| r.life.course != Course::Deallocated)
    }
}

impl World {
    /// What stands in the production slot of a hosted service.
    pub fn production(
        &self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Result<&Deployment, Refusal> {
        self.service(subscription, service)?
            .deployment
            .as_ref()
            .ok_or_else(|| Refusal::not_found("No deployments were found."))
    }

    /// The deployment of this name.
    ///
    /// Where the service is unknown too, the deployment is named, as the real service does.
    pub fn deployment(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        name: &str,
    ) -> Result<&Deployment, Refusal> {
        self.service(subscription, service)
            .ok()
            .and_then(|s| s.deployment.as_ref())
            .filter(|d| same(&d.name, name))
            .ok_or_else(|| {
                Refusal::not_found(format!("The deployment name '{name}' does not exist."))
            })
    }

    pub(crate) fn deployment_mut(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Result<&mut Deployment, Refusal> {
        self.service_mut(subscription, service)?
            .deployment
            .as_mut()
            .ok_or_else(|| Refusal::not_found("No deployments were found."))
    }

    /// Makes a deployment in the production slot.
    pub fn create_deployment(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        new: NewDeployment,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        const NAME: &str = "Create Virtual Machine Deployment";
        self.service(subscription, service)?;
        self.unlocked(subscription, service)?;
        if self.service(subscription, service)?.deployment.is_some() {
            return Err(Refusal::conflict(
                "The specified deployment slot Production is occupied.",
            ));
        }
        if !is_plain(&new.name, 256) {
            return Err(Refusal::bad_request("The deployment name is invalid.").detail(&new.name));
        }
        check_label(&new.label)?;
        check_dns_servers(&new.dns_servers)?;
        self.check_network(subscription, service, new.virtual_network.as_deref())?;
        self.check_reserved_ip(subscription, service, new.reserved_ip.as_deref())?;
        let mut deployment = Deployment {
            private_id: self.chance.hex32(),
            internal_dns_suffix: self
                .internal_suffix(&self.service(subscription, service)?.name.clone()),
            created: now,
            modified: now,
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
        };
        for balancer in new.load_balancers {
            let planned = self.plan_load_balancer(subscription, &deployment, balancer, None)?;
            deployment.load_balancers.push(planned);
        }
        let mut disks = Vec::new();
        for role in new.roles {
            let plan = self.plan_role(subscription, service, &deployment, role, now)?;
            disks.extend(plan.disks);
            deployment.roles.push(plan.role);
        }
        if deployment.roles.is_empty() {
            return Err(Refusal::invalid_xml("RoleList: there is no Role in it"));
        }
        check_distinct(disks.iter())?;
        if let Some(reserved) = &deployment.reserved_ip {
            deployment.check_has_endpoints(reserved)?;
        }
        let lock = Some(key(service));
        if let Some(clash) = port_clash(deployment.roles.iter()) {
            return self.accept_failure(subscription, id, NAME, 30, lock, &clash, now);
        }
        deployment.vip = Some(self.address_for(subscription, &deployment, service)?);
        let roles = deployment.roles.iter().map(|r| r.name.clone()).collect();
        let held = self.service_mut(subscription, service)?;
        held.deployment = Some(deployment);
        held.grouped = true;
        self.attach(subscription, service, disks)?;
        self.settle_public_ips(subscription, service);
        let effect = Effect::Boot {
            service: key(service),
            roles,
        };
        self.accept(subscription, id, NAME, 40, lock, Some(effect), now)
    }

    /// Adds a machine to a deployment.
    pub fn add_role(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        new: NewRole,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        const NAME: &str = "Add Role";
        self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        let standing = self.deployment(subscription, service, deployment)?.clone();
        let RolePlan { role, disks } =
            self.plan_role(subscription, service, &standing, new, now)?;
        let lock = Some(key(service));
        if let Some(clash) = port_clash(standing.roles.iter().chain([&role])) {
            return self.accept_failure(subscription, id, NAME, 30, lock, &clash, now);
        }
        let vip = match standing.vip {
            Some(vip) => vip,
            None => self.address_for(subscription, &standing, service)?,
        };
        let effect = Effect::Boot {
            service: key(service),
            roles: vec![role.name.clone()],
        };
        let held = self.deployment_mut(subscription, service)?;
        held.vip = Some(vip);
        held.modified = now;
        held.roles.push(role);
        self.attach(subscription, service, disks)?;
        self.settle_public_ips(subscription, service);
        self.accept(subscription, id, NAME, 31, lock, Some(effect), now)
    }

    /// Replaces what can be changed of a machine: endpoints, extensions, size and diagnostics.
    pub fn update_role(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        role: &str,
        new: NewRole,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        const NAME: &str = "Update Role";
        self.deployment(subscription, service, deployment)?
            .role(role)?;
        self.unlocked(subscription, service)?;
        let standing = self.deployment(subscription, service, deployment)?.clone();
        let old = standing.role(role)?;
        let RolePlan {
            role: mut changed,
            disks,
        } = self.plan_update(subscription, service, &standing, old, new, now)?;
        let others = standing.roles.iter().filter(|r| !same(&r.name, role));
        let lock = Some(key(service));
        if let Some(clash) = port_clash(others.chain([&changed])) {
            return self.accept_failure(subscription, id, NAME, 30, lock, &clash, now);
        }
        let installed = changed
            .extensions
            .iter()
            .flatten()
            .filter_map(|e| e.installation?.done_at(self.pace))
            .max();
        self.keep_public_ips(&old.public_ips, &mut changed.public_ips);
        let held = self.deployment_mut(subscription, service)?;
        held.modified = now;
        *held.role_mut(role)? = changed;
        self.attach(subscription, service, disks)?;
        self.settle_public_ips(subscription, service);
        if let Some(installed) = installed {
            self.alarm(installed, subscription, service);
        }
        self.accept(subscription, id, NAME, 30, lock, None, now)
    }

    /// Deletes a deployment.
    pub fn delete_deployment(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        disks: Disks,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        self.mark_deleting(subscription, service, None)?;
        let effect = Effect::DeleteDeployment {
            service: key(service),
            disks,
        };
        self.accept(
            subscription,
            id,
            "Delete Deployment",
            45,
            Some(key(service)),
            Some(effect),
            now,
        )
    }

    /// Deletes a machine that is not the deployment's last.
    pub fn delete_role(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        role: &str,
        disks: Disks,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let name = standing.role(role)?.name.clone();
        self.unlocked(subscription, service)?;
        if standing.roles.len() == 1 {
            return Err(Refusal::bad_request(format!(
                "Role {name} is the only role present in the deployment and so cannot be removed. Please delete the deployment or add another role before removing this role."
            )));
        }
        self.mark_deleting(subscription, service, Some(&name))?;
        let effect = Effect::DeleteRole {
            service: key(service),
            role: name,
            disks,
        };
        self.accept(
            subscription,
            id,
            "Delete Role",
            31,
            Some(key(service)),
            Some(effect),
            now,
        )
    }

    /// From now on the machines are on their way out; their doors close.
    pub(crate) fn mark_deleting(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: Option<&str>,
    ) -> Result<(), Refusal> {
        if let Some(deployment) = &mut self.service_mut(subscription, service)?.deployment {
            deployment.deleting |= role.is_none();
            for held in &mut deployment.roles {
                if role.is_none_or(|role| same(role, &held.name)) {
                    held.life.course = Course::Deleting;
                }
            }
        }
        self.touch(subscription, service);
        Ok(())
    }

    /// Takes a deployment out of the world.
    pub(crate) fn remove_deployment(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        disks: Disks,
    ) {
        let Ok(held) = self.service_mut(subscription, service) else {
            return;
        };
        let Some(deployment) = held.deployment.take() else {
            return;
        };
        for role in &deployment.roles {
            self.detach(subscription, role, disks);
            self.release_public_ips(role);
        }
        self.release_address(subscription, &deployment);
        self.touch(subscription, service);
    }

    /// Takes a machine out of its deployment.
    pub(crate) fn remove_role(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        role: &str,
        disks: Disks,
    ) {
        let Ok(deployment) = self.deployment_mut(subscription, service) else {
            return;
        };
        let Some(at) = deployment.roles.iter().position(|r| same(&r.name, role)) else {
            return;
        };
        let role = deployment.roles.remove(at);
        self.detach(subscription, &role, disks);
        self.release_public_ips(&role);
        self.release_if_idle(subscription, service);
        self.touch(subscription, service);
    }

    /// Lets machines boot whose creation is done.
    pub(crate) fn boot(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[String],
        since: Timestamp,
    ) {
        self.set_course(
            subscription,
            service,
            roles,
            Life::new(Course::Up(super::phase::BOOT), since),
        );
        if let Ok(deployment) = self.deployment_mut(subscription, service) {
            deployment.creating = false;
        }
    }

    /// Sets machines on a course.
    pub(crate) fn set_course(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[String],
        life: Life,
    ) {
        let pace = self.pace;
        let Ok(deployment) = self.deployment_mut(subscription, service) else {
            return;
        };
        for role in &mut deployment.roles {
            if roles.iter().any(|name| same(name, &role.name)) {
                role.life = life;
            }
        }
        self.settle_public_ips(subscription, service);
        if let Some(done) = life.done_at(pace) {
            self.alarm(done, subscription, service);
        }
        self.touch(subscription, service);
    }

    /// Gives up the public address of a deployment of which no machine has hardware any more.
    pub(crate) fn release_if_idle(&mut self, subscription: &SubscriptionId, service: &str) {
        let Ok(deployment) = self.deployment_mut(subscription, service) else {
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
            self.addresses.give_back(vip);
        }
        self.touch(subscription, service);
    }

    /// The address for a deployment: the reserved one's, or a new one.
    pub(crate) fn address_for(
        &mut self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        service: &str,
    ) -> Result<Ipv4Addr, Refusal> {
        let Some(name) = &deployment.reserved_ip else {
            return self.addresses.take();
        };
        let user = (
            self.service(subscription, service)?.name.clone(),
            deployment.name.clone(),
        );
        let ip = self
            .subscription_mut(subscription)?
            .reserved_ips
            .get_mut(&key(name))
            .ok_or_else(|| Refusal::resource(format!("reserved IP `{name}`")))?;
        ip.used_by = Some(user);
        Ok(ip.address)
    }

    fn release_address(&mut self, subscription: &SubscriptionId, deployment: &Deployment) {
        if let Some(name) = &deployment.reserved_ip {
            let held = self.subscription_mut(subscription).ok();
            if let Some(ip) = held.and_then(|s| s.reserved_ips.get_mut(&key(name))) {
                ip.used_by = None;
            }
        } else if let Some(vip) = deployment.vip {
            self.addresses.give_back(vip);
        }
    }

    fn check_network(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        network: Option<&str>,
    ) -> Result<(), Refusal> {
        let Some(name) = network else { return Ok(()) };
        let network = self.virtual_network(subscription, name)?;
        let here = &self.service(subscription, service)?.location;
        let there = self.region_of(subscription, &network.place)?;
        if same(here, &there) {
            Ok(())
        } else {
            Err(Refusal::bad_request(format!(
                "The virtual network {name} is in {there}, and the hosted service in {here}: they must be in the same location."
            )))
        }
    }

    fn internal_suffix(&mut self, service: &str) -> String {
        let letter = char::from(b'a' + u8::try_from(self.chance.below(10)).unwrap_or_default());
        let number = 1 + self.chance.below(10);
        format!("{service}.{letter}{number}.internal.cloudapp.net")
    }
}
