//! Starting, restarting and stopping machines.

use jiff::Timestamp;

use super::machine_network::AddressWish;
use super::names::key;
use super::operation::OperationId;
use super::phase::{Course, Life, RESTART, START};
use super::{Effect, Refusal, SubscriptionId, World};

/// What becomes of a machine that is shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostShutdown {
    /// It keeps its hardware and addresses, and costs.
    Stopped,
    /// It gives hardware and addresses back.
    StoppedDeallocated,
}

/// What is wished of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl World {
    /// Starts, restarts or stops machines of a deployment.
    pub fn power(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        roles: &[String],
        wish: Power,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let mut named = Vec::new();
        for role in roles {
            let role = standing.role(role)?;
            named.push((role.name.clone(), role.life.course));
        }
        self.unlocked(subscription, service)?;
        let service_key = key(service);
        let lock = Some(service_key.clone());
        match wish {
            Power::Start => {
                let resting =
                    |course: &Course| matches!(course, Course::Stopped | Course::Deallocated);
                let roles: Vec<_> = named
                    .into_iter()
                    .filter(|(_, c)| resting(c))
                    .map(|(name, _)| name)
                    .collect();
                self.allocate(subscription, service, &roles)?;
                self.set_course(
                    subscription,
                    service,
                    &roles,
                    Life::new(Course::Up(START), now),
                );
                self.accept(subscription, id, "Start Role", 60, lock, None, now)
            }
            Power::Restart | Power::Redeploy => {
                if let Some((name, _)) = named
                    .iter()
                    .find(|(_, course)| !matches!(course, Course::Up(_)))
                {
                    return Err(Refusal::conflict(format!(
                        "Role {name} is not running and so cannot be restarted or redeployed."
                    )));
                }
                let roles: Vec<_> = named.into_iter().map(|(name, _)| name).collect();
                let (table, name, seconds) = if wish == Power::Restart {
                    (RESTART, "Restart Role", 31)
                } else {
                    (START, "Redeploy Role", 60)
                };
                let life = Life::new(Course::Up(table), now);
                self.set_course(subscription, service, &roles, life);
                self.accept(subscription, id, name, seconds, lock, None, now)
            }
            Power::Shutdown(post) => {
                let deallocate = post == PostShutdown::StoppedDeallocated;
                let roles: Vec<_> = named
                    .into_iter()
                    .filter(|(_, course)| match course {
                        Course::Deallocated => false,
                        Course::Stopped => deallocate,
                        _ => true,
                    })
                    .map(|(name, _)| name)
                    .collect();
                self.set_course(
                    subscription,
                    service,
                    &roles,
                    Life::new(Course::Stopping, now),
                );
                let effect = Effect::Rest {
                    service: service_key,
                    roles,
                    deallocate,
                };
                self.accept(
                    subscription,
                    id,
                    "Shutdown Role",
                    32,
                    lock,
                    Some(effect),
                    now,
                )
            }
        }
    }

    /// Gives machines that were deallocated new addresses.
    pub(super) fn allocate(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[String],
    ) -> Result<(), Refusal> {
        if roles.is_empty() {
            return Ok(());
        }
        let mut standing = self.production(subscription, service)?.clone();
        if standing.vip.is_none() {
            standing.vip = Some(self.address_for(subscription, &standing, service)?);
        }
        for name in roles {
            let role = standing.role(name)?;
            if role.address.is_none() {
                let wish = AddressWish {
                    subnets: &role.subnets,
                    fixed: role.static_ip,
                    ..AddressWish::default()
                };
                let address = self.inner_address(subscription, &standing, &wish)?;
                standing.role_mut(name)?.address = Some(address);
                let role = standing.role(name)?;
                let interfaces = self.readdress_interfaces(subscription, &standing, role)?;
                standing.role_mut(name)?.interfaces = interfaces;
            }
        }
        *self.deployment_mut(subscription, service)? = standing;
        Ok(())
    }

    /// Lets machines rest whose shutdown is done.
    pub(crate) fn rest(
        &mut self,
        subscription: &SubscriptionId,
        service: &str,
        roles: &[String],
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
