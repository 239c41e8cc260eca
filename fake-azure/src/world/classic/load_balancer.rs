//! What stands before the machines of a deployment: its internal load balancer, and the
//! endpoints that machines share.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{Deployment, DeploymentPath};
use super::machine_network::{AddressWish, port_clash};
use super::refusal::Thing;
use super::role::NewEndpoint;
use super::view::View;
use crate::world::Name;
use crate::world::names::is_plain;

/// What an internal load balancer is to be (`LoadBalancer`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewLoadBalancer {
    /// Its name.
    pub name: Name,
    /// The subnet that its address is in.
    pub subnet: Option<Name>,
    /// A fixed address in the subnet.
    pub static_ip: Option<Ipv4Addr>,
}

/// The internal load balancer of a deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoadBalancer {
    /// Its name.
    pub name: Name,
    /// The subnet that its address is in.
    pub subnet: Option<Name>,
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
            .find(|balancer| balancer.name == *name)
            .ok_or_else(|| Refusal::missing(Thing::LoadBalancer, name))
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
            let on = e.settings.load_balancer.as_ref();
            on.is_some_and(|on| *on == *balancer)
        })
    }
}

/// What can be asked about what stands before the machines of a deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Put an internal load balancer there.
    Add {
        /// The deployment.
        to: DeploymentPath,
        /// What it is to be.
        new: NewLoadBalancer,
    },
    /// Move an internal load balancer to another address.
    Update {
        /// The deployment.
        of: DeploymentPath,
        /// Its name.
        name: Name,
        /// What it is to be.
        new: NewLoadBalancer,
    },
    /// Take an internal load balancer away that no endpoint is on.
    Delete {
        /// The deployment.
        of: DeploymentPath,
        /// Its name.
        name: Name,
    },
    /// Change the endpoints of load-balanced sets on every machine that has them
    /// (`comp=UpdateLbSet`).
    UpdateSets {
        /// The deployment.
        of: DeploymentPath,
        /// The endpoints, each with its set.
        sets: Vec<NewEndpoint>,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Add { to, new } => add(scope, to, new),
            Self::Update { of, name, new } => update(scope, of, &name, new),
            Self::Delete { of, name } => delete(scope, of, &name),
            Self::UpdateSets { of, sets } => update_sets(scope, of, sets),
        }
    }
}

fn add(scope: &Scope<'_>, to: DeploymentPath, new: NewLoadBalancer) -> Result<Decided, Refusal> {
    let standing = scope.deployment(&to.service, &to.deployment)?;
    scope.unlocked(&to.service)?;
    let balancer = scope.plan_load_balancer(standing, new, None)?;
    let mut changed = standing.clone();
    changed.load_balancers.push(balancer);
    let decided = Decided::accepted("Create Internal Load Balancer", 30);
    Ok(put(scope, decided, to.service, changed))
}

fn update(
    scope: &Scope<'_>,
    of: DeploymentPath,
    name: &str,
    new: NewLoadBalancer,
) -> Result<Decided, Refusal> {
    let standing = scope.deployment(&of.service, &of.deployment)?;
    let own = standing.load_balancer(name)?.address;
    scope.unlocked(&of.service)?;
    if new.name != *name {
        return Err(Refusal::Renamed(Thing::LoadBalancer, new.name));
    }
    let planned = scope.plan_load_balancer(standing, new, Some(own))?;
    let mut changed = standing.clone();
    let list = &mut changed.load_balancers;
    list.retain(|balancer| balancer.name != *name);
    list.push(planned);
    let decided = Decided::accepted("Update Internal Load Balancer", 30);
    Ok(put(scope, decided, of.service, changed))
}

fn delete(scope: &Scope<'_>, of: DeploymentPath, name: &str) -> Result<Decided, Refusal> {
    let standing = scope.deployment(&of.service, &of.deployment)?;
    standing.load_balancer(name)?;
    scope.unlocked(&of.service)?;
    if standing.uses(name) {
        return Err(Refusal::InUse {
            what: Thing::LoadBalancer,
            name: name.into(),
            by: "endpoints of the deployment".to_owned(),
        });
    }
    let mut changed = standing.clone();
    let list = &mut changed.load_balancers;
    list.retain(|balancer| balancer.name != *name);
    let decided = Decided::accepted("Delete Internal Load Balancer", 30);
    Ok(put(scope, decided, of.service, changed))
}

/// Puts a changed deployment in the place of the one that is there.
fn put(scope: &Scope<'_>, decided: Decided, service: Name, mut changed: Deployment) -> Decided {
    changed.modified = scope.now;
    decided.locks(&service).change(Change::Deployment {
        service,
        deployment: Box::new(changed),
    })
}

fn update_sets(
    scope: &Scope<'_>,
    of: DeploymentPath,
    sets: Vec<NewEndpoint>,
) -> Result<Decided, Refusal> {
    const NAME: &str = "Update Load-Balanced Endpoint Set";
    let standing = scope.deployment(&of.service, &of.deployment)?;
    scope.unlocked(&of.service)?;
    let mut changed = standing.clone();
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
                .as_ref()
                .is_none_or(|s| *s != set)
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
            return Err(Refusal::Missing(Thing::LoadBalancedSet, set));
        }
    }
    if let Some(clash) = port_clash(changed.roles.iter()) {
        return Ok(Decided::failing(NAME, clash).locks(&of.service));
    }
    Ok(put(scope, Decided::accepted(NAME, 30), of.service, changed))
}

impl View<'_> {
    /// Decides what a load balancer would be; `own` is the address that it has already.
    pub(super) fn plan_load_balancer(
        self,
        deployment: &Deployment,
        new: NewLoadBalancer,
        own: Option<Ipv4Addr>,
    ) -> Result<LoadBalancer, Refusal> {
        if let (Some(standing), None) = (deployment.load_balancers.first(), own) {
            return Err(Refusal::HasLoadBalancer(standing.name.clone()));
        }
        if !is_plain(&new.name, 80) {
            return Err(Refusal::BadName(Thing::LoadBalancer, new.name));
        }
        if deployment.virtual_network.is_none() && (new.subnet.is_some() || new.static_ip.is_some())
        {
            return Err(Refusal::NoVirtualNetwork {
                what: "A subnet".into(),
                which: new.name.to_string(),
            });
        }
        let subnets: Vec<_> = new.subnet.iter().cloned().collect();
        let wish = AddressWish {
            subnets: &subnets,
            fixed: new.static_ip,
            own,
            beside: &[],
        };
        Ok(LoadBalancer {
            address: self.inner_address(deployment, &wish)?,
            name: new.name,
            subnet: new.subnet,
            static_ip: new.static_ip,
        })
    }
}
