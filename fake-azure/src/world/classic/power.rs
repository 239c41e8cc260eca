//! Starting, restarting and stopping machines.

use crate::world::word::words;
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::{Deployment, DeploymentPath, RolePath};
use super::effect::Effect;
use super::machine_network::AddressWish;
use super::view::View;
use crate::world::address::NoAddressLeft;
use crate::world::phase::{Boot, Course, Life};
use crate::world::{Name, SubscriptionId, World};

words! {
    /// What becomes of a machine that is shut down.
    pub enum PostShutdown {
        /// It keeps its hardware and addresses, and costs.
        Stopped = "Stopped",
        /// It gives hardware and addresses back.
        StoppedDeallocated = "StoppedDeallocated",
    }
}

/// What is wished of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Power {
    /// Run.
    Start,
    /// Boot again.
    Restart,
    /// Boot again, on other hardware.
    Redeploy,
    /// Stop.
    Shutdown(PostShutdown),
}

/// What can be asked about the power of machines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Start, restart or stop machines of a deployment.
    Switch {
        /// The deployment.
        of: DeploymentPath,
        /// The machines.
        roles: Vec<Name>,
        /// What is wished of them.
        wish: Power,
    },
    /// Move a machine to hardware that was seen to, when maintenance is planned.
    Maintain {
        /// The machine.
        of: RolePath,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Switch { of, roles, wish } => switch(scope, of, &roles, wish),
            Self::Maintain { of } => maintain(scope, of),
        }
    }
}

/// Machines of a deployment that are to take another course.
struct Switched {
    service: Name,
    deployment: Box<Deployment>,
    roles: Vec<Name>,
}

impl Switched {
    /// Sets those on a course that are on one of these, and tells the rest no more.
    fn set(&mut self, course: Course, now: Timestamp, from: impl Fn(Course) -> bool) {
        let mut changed = Vec::new();
        for role in &mut self.deployment.roles {
            let is_named = self.roles.contains(&role.name);
            if is_named && from(role.life.course) {
                role.life = Life::new(course, now);
                changed.push(role.name.clone());
            }
        }
        self.roles.retain(|name| changed.contains(name));
    }
}

fn switch(
    scope: &mut Scope<'_>,
    of: DeploymentPath,
    roles: &[Name],
    wish: Power,
) -> Result<Decided, Refusal> {
    let standing = scope.deployment(&of.service, &of.deployment)?;
    let mut named = Vec::new();
    for role in roles {
        named.push(standing.role(role)?.name.clone());
    }
    scope.unlocked(&of.service)?;
    let switched = Switched {
        service: of.service,
        deployment: Box::new(standing.clone()),
        roles: named,
    };
    match wish {
        Power::Start => start(scope, switched),
        Power::Restart => boot(scope, switched, Boot::Restart, "Restart Role", 31),
        Power::Redeploy => boot(scope, switched, Boot::Start, "Redeploy Role", 60),
        Power::Shutdown(post) => Ok(shut_down(scope, switched, post)),
    }
}

fn start(scope: &mut Scope<'_>, mut switched: Switched) -> Result<Decided, Refusal> {
    const NAME: &str = "Start Role";
    let of_those = |name: &str| switched.roles.iter().any(|role| role == name);
    let deallocated = switched
        .deployment
        .roles
        .iter()
        .filter(|role| role.life.course == Course::Deallocated && of_those(&role.name));
    let region = &scope.service(&switched.service)?.location;
    if let Some(failure) = scope.not_allocated(region, deallocated, 0) {
        return Ok(Decided::failing(NAME, failure).locks(&switched.service));
    }
    let rests = |course| matches!(course, Course::Stopped | Course::Deallocated);
    let course = Course::Up(Boot::Start);
    switched.set(course, scope.now, rests);
    let view = **scope;
    let take = || scope.draw.take_address();
    view.allocated(&mut switched.deployment, &switched.roles, take)?;
    Ok(up(scope, Decided::accepted(NAME, 60), switched))
}

fn boot(
    scope: &Scope<'_>,
    mut switched: Switched,
    table: Boot,
    operation: &'static str,
    seconds: i64,
) -> Result<Decided, Refusal> {
    for name in &switched.roles {
        let role = switched.deployment.role(name)?;
        if !matches!(role.life.course, Course::Up(_)) {
            return Err(Refusal::NotRunning(name.clone()));
        }
    }
    switched.set(Course::Up(table), scope.now, |_| true);
    Ok(up(scope, Decided::accepted(operation, seconds), switched))
}

/// Machines that boot: their service is looked at again when they are done.
fn up(scope: &Scope<'_>, decided: Decided, switched: Switched) -> Decided {
    let Switched {
        service,
        deployment,
        roles,
    } = switched;
    let of_those = |name: &str| roles.iter().any(|role| role == name);
    let those = deployment.roles.iter().filter(|r| of_those(&r.name));
    let alarms: Vec<_> = those
        .filter_map(|role| role.done_at(scope.world.ground.pace))
        .map(|at| Change::Alarm {
            service: service.clone(),
            at,
        })
        .collect();
    decided
        .locks(&service)
        .changes(alarms)
        .change(Change::Deployment {
            service,
            deployment,
        })
}

fn shut_down(scope: &Scope<'_>, mut switched: Switched, post: PostShutdown) -> Decided {
    let deallocate = post == PostShutdown::StoppedDeallocated;
    switched.set(Course::Stopping, scope.now, |course| match course {
        Course::Deallocated => false,
        Course::Stopped => deallocate,
        _ => true,
    });
    let Switched {
        service,
        deployment,
        roles,
    } = switched;
    Decided::accepted("Shutdown Role", 32)
        .locks(&service)
        .at_end(Effect::Rest {
            service: service.clone(),
            roles,
            deallocate,
        })
        .change(Change::Deployment {
            service,
            deployment,
        })
}

fn maintain(scope: &Scope<'_>, of: RolePath) -> Result<Decided, Refusal> {
    let role = scope.role(&of)?.name.clone();
    scope.unlocked(&of.service)?;
    if scope.world.ground.catalogue.maintenance.is_none() {
        return Err(Refusal::NoMaintenance);
    }
    let mut deployment = Box::new(scope.deployment(&of.service, &of.deployment)?.clone());
    deployment.role_mut(&role)?.maintained = true;
    let switched = Switched {
        service: of.service,
        deployment,
        roles: vec![role],
    };
    boot(scope, switched, Boot::Start, "Redeploy Role", 60)
}

impl View<'_> {
    /// Gives machines of a deployment that were deallocated new addresses.
    pub(super) fn allocated(
        self,
        deployment: &mut Deployment,
        roles: &[Name],
        take: impl FnOnce() -> Result<Ipv4Addr, NoAddressLeft>,
    ) -> Result<(), Refusal> {
        if roles.is_empty() {
            return Ok(());
        }
        if deployment.vip.is_none() {
            deployment.vip = Some(self.address_for(deployment, take)?);
        }
        for name in roles {
            let role = deployment.role(name)?;
            if role.address.is_none() {
                let wish = AddressWish {
                    subnets: &role.subnets,
                    fixed: role.static_ip,
                    ..AddressWish::default()
                };
                let address = self.inner_address(deployment, &wish)?;
                deployment.role_mut(name)?.address = Some(address);
                let role = deployment.role(name)?;
                let interfaces = self.readdress_interfaces(deployment, role)?;
                deployment.role_mut(name)?.interfaces = interfaces;
            }
        }
        Ok(())
    }
}

impl World {
    /// Gives machines that were deallocated new addresses, as far as there are any.
    pub(super) fn allocate(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[Name],
    ) {
        let view = self.of(subscription);
        let Ok(standing) = view.production(service) else {
            return;
        };
        let mut deployment = standing.clone();
        let mut taken = 0;
        let take = || {
            taken = 1;
            self.ground.sources.addresses.peek(0)
        };
        if view.allocated(&mut deployment, roles, take).is_err() {
            return;
        }
        self.ground.sources.addresses.skip(taken);
        if let Some(held) = self.service_mut(subscription, service) {
            held.deployment = Some(deployment);
        }
    }

    /// Lets machines rest whose shutdown is done.
    pub(crate) fn rest(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[Name],
        deallocate: bool,
        now: Timestamp,
    ) {
        let course = if deallocate {
            Course::Deallocated
        } else {
            Course::Stopped
        };
        self.set_course(subscription, service, roles, Life::new(course, now));
        self.release_if_idle(subscription, service);
    }
}
