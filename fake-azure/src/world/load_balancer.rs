//! What stands before the machines of a deployment: its internal load balancer, and the
//! endpoints that machines share.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Serialize;

use super::deployment::Deployment;
use super::machine_network::{AddressWish, port_clash};
use super::names::{is_plain, key, same};
use super::operation::OperationId;
use super::role::NewEndpoint;
use super::{Refusal, SubscriptionId, World};

/// What an internal load balancer is to be (`LoadBalancer`).
#[derive(Clone, Debug)]
pub struct NewLoadBalancer {
    /// Its name.
    pub name: String,
    /// The subnet that its address is in.
    pub subnet: Option<String>,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
}

/// The internal load balancer of a deployment.
#[derive(Clone, Debug, Serialize)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// The subnet that its address is in.
    pub subnet: Option<String>,
    /// Its address, where it was fixed.
    pub static_ip: Option<Ipv4Addr>,
    /// Its address.
    pub address: Ipv4Addr,
}

impl Deployment {
    /// The internal load balancer of this name.
    pub fn load_balancer(&self, name: &str) -> Result<&LoadBalancer, Refusal> {
        self.load_balancers
            .iter()
            .find(|balancer| same(&balancer.name, name))
            .ok_or_else(|| Refusal::resource(format!("load balancer `{name}`")))
    }

    /// The addresses of its machines and load balancers in its network.
    pub(super) fn inner_addresses(&self) -> impl Iterator<Item = Ipv4Addr> {
        let machines = self.roles.iter().flat_map(|role| {
            let further = role.interfaces.iter().map(|i| i.address);
            further.chain([role.address]).flatten()
        });
        machines.chain(self.load_balancers.iter().map(|b| b.address))
    }

    /// Whether an endpoint is on this load balancer.
    fn uses(&self, balancer: &str) -> bool {
        self.roles.iter().flat_map(|r| &r.endpoints).any(|e| {
            let on = e.settings.load_balancer.as_deref();
            on.is_some_and(|on| same(on, balancer))
        })
    }
}

impl World {
    /// Puts an internal load balancer before a deployment's machines.
    pub fn add_load_balancer(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        new: NewLoadBalancer,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        let standing = self.deployment(subscription, service, deployment)?;
        let balancer = self.plan_load_balancer(subscription, standing, new, None)?;
        let held = self.deployment_mut(subscription, service)?;
        held.load_balancers.push(balancer);
        held.modified = now;
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Create Internal Load Balancer",
            30,
            lock,
            None,
            now,
        )
    }

    /// Moves an internal load balancer to another address.
    pub fn update_load_balancer(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        name: &str,
        new: NewLoadBalancer,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let own = standing.load_balancer(name)?.address;
        self.unlocked(subscription, service)?;
        if !same(&new.name, name) {
            return Err(
                Refusal::bad_request("A load balancer cannot be given another name.")
                    .detail(&new.name),
            );
        }
        let standing = self.deployment(subscription, service, deployment)?;
        let planned = self.plan_load_balancer(subscription, standing, new, Some(own))?;
        let held = self.deployment_mut(subscription, service)?;
        held.load_balancers
            .retain(|balancer| !same(&balancer.name, name));
        held.load_balancers.push(planned);
        held.modified = now;
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Update Internal Load Balancer",
            30,
            lock,
            None,
            now,
        )
    }

    /// Takes an internal load balancer away that no endpoint is on.
    pub fn delete_load_balancer(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        standing.load_balancer(name)?;
        self.unlocked(subscription, service)?;
        if standing.uses(name) {
            return Err(Refusal::conflict(format!(
                "The load balancer {name} is in use by endpoints of the deployment."
            )));
        }
        let held = self.deployment_mut(subscription, service)?;
        held.load_balancers
            .retain(|balancer| !same(&balancer.name, name));
        held.modified = now;
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Delete Internal Load Balancer",
            30,
            lock,
            None,
            now,
        )
    }

    /// Decides what a load balancer would be; `own` is the address that it has already.
    pub(super) fn plan_load_balancer(
        &self,
        subscription: &SubscriptionId,
        deployment: &Deployment,
        new: NewLoadBalancer,
        own: Option<Ipv4Addr>,
    ) -> Result<LoadBalancer, Refusal> {
        if let (Some(standing), None) = (deployment.load_balancers.first(), own) {
            return Err(Refusal::bad_request(format!(
                "LoadBalancer already exists: {}. Only one internal load balancer allowed per deployment.",
                standing.name
            )));
        }
        if !is_plain(&new.name, 80) {
            return Err(
                Refusal::bad_request("The load balancer name is invalid.").detail(&new.name)
            );
        }
        if deployment.virtual_network.is_none() && (new.subnet.is_some() || new.static_ip.is_some())
        {
            return Err(Refusal::bad_request(
                "A subnet can be given only in a deployment with a virtual network.",
            )
            .detail(&new.name));
        }
        let subnets: Vec<_> = new.subnet.iter().cloned().collect();
        let wish = AddressWish {
            subnets: &subnets,
            fixed: new.static_ip,
            own,
            beside: &[],
        };
        Ok(LoadBalancer {
            address: self.inner_address(subscription, deployment, &wish)?,
            name: new.name,
            subnet: new.subnet,
            static_ip: new.static_ip,
        })
    }

    /// Changes the endpoints of load-balanced sets on every machine that has them
    /// (`comp=UpdateLbSet`).
    pub fn update_load_balanced_sets(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        sets: Vec<NewEndpoint>,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        const NAME: &str = "Update Load-Balanced Endpoint Set";
        self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        let mut changed = self.deployment(subscription, service, deployment)?.clone();
        for new in sets {
            let set = new.settings.load_balanced_set.clone().unwrap_or_default();
            if let Some(balancer) = &new.settings.load_balancer {
                changed.load_balancer(balancer)?;
            }
            let mut known = false;
            for endpoint in changed.roles.iter_mut().flat_map(|r| &mut r.endpoints) {
                let settings = &mut endpoint.settings;
                if settings
                    .load_balanced_set
                    .as_deref()
                    .is_none_or(|s| !same(s, &set))
                {
                    continue;
                }
                known = true;
                endpoint.port = new.port.unwrap_or(endpoint.port);
                let local_port = settings.local_port;
                *settings = new.settings.clone();
                // The set tells how it is reached; where it leads to is each machine's own.
                if new.settings.local_port == 0 {
                    settings.local_port = local_port;
                }
            }
            if !known {
                return Err(Refusal::resource(format!(
                    "load balanced endpoint set `{set}`"
                )));
            }
        }
        let lock = Some(key(service));
        if let Some(clash) = port_clash(changed.roles.iter()) {
            return self.accept_failure(subscription, id, NAME, 30, lock, &clash, now);
        }
        changed.modified = now;
        *self.deployment_mut(subscription, service)? = changed;
        self.touch(subscription, service);
        self.accept(subscription, id, NAME, 30, lock, None, now)
    }
}
