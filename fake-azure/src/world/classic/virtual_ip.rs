//! Further virtual IPs of a deployment: names without an address, since no endpoint is on them.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::DeploymentPath;
use super::refusal::Thing;
use crate::world::Name;
use crate::world::names::is_plain;

/// So many virtual IPs has a deployment at most, the first among them.
const MOST: usize = 5;

/// What can be asked about the further virtual IPs of a deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Add one.
    Add {
        /// The deployment.
        at: DeploymentPath,
        /// Its name.
        name: Name,
    },
    /// Take one away that no endpoint names.
    Delete {
        /// The deployment.
        at: DeploymentPath,
        /// Its name.
        name: Name,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Add { at, name } => add(scope, at, name),
            Self::Delete { at, name } => delete(scope, at, &name),
        }
    }
}

fn add(scope: &Scope<'_>, at: DeploymentPath, name: Name) -> Result<Decided, Refusal> {
    let standing = scope.deployment(&at.service, &at.deployment)?;
    scope.unlocked(&at.service)?;
    if !is_plain(&name, 80) {
        return Err(Refusal::BadName(Thing::VirtualIp, name));
    }
    if standing.virtual_ips.contains(&name) || standing.vip_name() == name {
        return Err(Refusal::Exists(Thing::VirtualIp, name));
    }
    if standing.virtual_ips.len() + 1 >= MOST {
        return Err(Refusal::ManyVirtualIps {
            deployment: at.deployment,
            most: MOST,
        });
    }
    let mut deployment = Box::new(standing.clone());
    deployment.virtual_ips.push(name);
    deployment.modified = scope.now;
    Ok(Decided::accepted("Add Virtual IP", 30)
        .locks(&at.service)
        .change(Change::Deployment {
            service: at.service,
            deployment,
        }))
}

fn delete(scope: &Scope<'_>, at: DeploymentPath, name: &str) -> Result<Decided, Refusal> {
    let standing = scope.deployment(&at.service, &at.deployment)?;
    let n = standing.virtual_ips.iter().position(|n| n == name);
    let n = n.ok_or_else(|| Refusal::missing(Thing::VirtualIp, name))?;
    scope.unlocked(&at.service)?;
    let mut endpoints = standing.roles.iter().flat_map(|role| &role.endpoints);
    let named = |used: Option<&Name>| used.is_some_and(|used| *used == *name);
    if endpoints.any(|e| named(e.settings.virtual_ip_name.as_ref())) {
        return Err(Refusal::InUse {
            what: Thing::VirtualIp,
            name: name.into(),
            by: "endpoints of the deployment".to_owned(),
        });
    }
    let mut deployment = Box::new(standing.clone());
    deployment.virtual_ips.remove(n);
    deployment.modified = scope.now;
    Ok(Decided::accepted("Delete Virtual IP", 30)
        .locks(&at.service)
        .change(Change::Deployment {
            service: at.service,
            deployment,
        }))
}
