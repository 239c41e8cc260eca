//! Machines of a deployment: added, changed, deleted.

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{DeploymentPath, Disks, RolePath};
use super::effect::Effect;
use super::machine_network::port_clash;
use super::plan_role::{RolePlan, plan_role, plan_update};
use super::public_ip::keep_public_ips;
use super::quota::cores;
use super::role::NewRole;
use super::{Counted, Refusal};
use crate::world::phase::Course;

/// What can be asked about the machines of a deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Add one.
    Add {
        /// The deployment.
        to: DeploymentPath,
        /// What it is to be.
        new: Box<NewRole>,
    },
    /// Replace what can be changed of one: endpoints, extensions, size and diagnostics.
    Update {
        /// The machine.
        of: RolePath,
        /// What it is to be.
        new: Box<NewRole>,
    },
    /// Delete one that is not the deployment's last.
    Delete {
        /// The machine.
        of: RolePath,
        /// What becomes of its disks.
        disks: Disks,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Add { to, new } => add(scope, to, *new),
            Self::Update { of, new } => update(scope, of, *new),
            Self::Delete { of, disks } => delete(scope, of, disks),
        }
    }
}

fn add(scope: &mut Scope<'_>, to: DeploymentPath, new: NewRole) -> Result<Decided, Refusal> {
    const NAME: &str = "Add Role";
    let DeploymentPath {
        service,
        deployment,
    } = to;
    let standing = scope.deployment(&service, &deployment)?;
    scope.unlocked(&service)?;
    let RolePlan { role, disks } = plan_role(scope, &service, standing, new)?;
    scope.has_room(Counted::Cores, cores(std::slice::from_ref(&role)))?;
    if let Some(clash) = port_clash(standing.roles.iter().chain([&role])) {
        return Ok(Decided::failing(NAME, clash).locks(&service));
    }
    let region = &scope.service(&service)?.location;
    if let Some(failure) = scope.not_allocated(region, [&role], 0) {
        return Ok(Decided::failing(NAME, failure).locks(&service));
    }
    let view = **scope;
    let vip = match standing.vip {
        Some(vip) => vip,
        None => view.address_for(standing, || scope.draw.take_address())?,
    };
    let roles = vec![role.name.clone()];
    Ok(Decided::accepted(NAME, 31)
        .locks(&service)
        .changes(disks.into_iter().map(|disk| Change::Disk(Box::new(disk))))
        .at_end(Effect::Boot {
            service: service.clone(),
            roles,
        })
        .change(Change::NewRole {
            service,
            role: Box::new(role),
            vip,
        }))
}

fn update(scope: &mut Scope<'_>, of: RolePath, new: NewRole) -> Result<Decided, Refusal> {
    const NAME: &str = "Update Role";
    let old = scope.role(&of)?;
    let service = of.service;
    scope.unlocked(&service)?;
    let standing = scope.deployment(&service, &of.deployment)?;
    let RolePlan {
        role: mut changed,
        disks,
    } = plan_update(scope, &service, standing, old, new)?;
    let of_one = |role| cores(std::slice::from_ref(role));
    let growth = of_one(&changed).saturating_sub(of_one(old));
    scope.has_room(Counted::Cores, growth)?;
    let others = standing.roles.iter().filter(|r| r.name != of.role);
    if let Some(clash) = port_clash(others.chain([&changed])) {
        return Ok(Decided::failing(NAME, clash).locks(&service));
    }
    // Whoever rests and keeps his size gets his hardware when he is started.
    let is_allocated = old.life.course != Course::Deallocated;
    let region = &scope.service(&service)?.location;
    let resized = (is_allocated && changed.size != old.size).then_some(&changed);
    if let Some(failure) = scope.not_allocated(region, resized, of_one(old)) {
        return Ok(Decided::failing(NAME, failure).locks(&service));
    }
    let installations = changed.extensions.iter().flatten();
    let installed = installations
        .filter_map(|e| e.installation?.done_at(scope.world.ground.pace))
        .max();
    let given_back = keep_public_ips(&old.public_ips, &mut changed.public_ips);
    let mut deployment = Box::new(standing.clone());
    deployment.modified = scope.now;
    *deployment.role_mut(&of.role)? = changed;
    let alarm = installed.map(|at| Change::Alarm {
        service: service.clone(),
        at,
    });
    Ok(Decided::accepted(NAME, 30)
        .changes(given_back.into_iter().map(Change::GiveBack))
        .changes(disks.into_iter().map(|disk| Change::Disk(Box::new(disk))))
        .changes(alarm)
        .locks(&service)
        .change(Change::Deployment {
            service,
            deployment,
        }))
}

fn delete(scope: &Scope<'_>, of: RolePath, disks: Disks) -> Result<Decided, Refusal> {
    let standing = scope.deployment(&of.service, &of.deployment)?;
    let name = standing.role(&of.role)?.name.clone();
    scope.unlocked(&of.service)?;
    if standing.roles.len() == 1 {
        return Err(Refusal::LastRole(name));
    }
    Ok(Decided::accepted("Delete Role", 31)
        .locks(&of.service)
        .at_end(Effect::DeleteRole {
            service: of.service.clone(),
            role: name.clone(),
            disks,
        })
        .change(Change::Deleting {
            service: of.service,
            role: Some(name),
        }))
}
