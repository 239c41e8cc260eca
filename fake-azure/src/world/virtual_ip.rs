//! Further virtual IPs of a deployment: names without an address, since no endpoint is on them.

use jiff::Timestamp;

use super::names::{is_plain, key, same};
use super::operation::OperationId;
use super::{Refusal, SubscriptionId, World};

/// So many virtual IPs has a deployment at most, the first among them.
const MOST: usize = 5;

impl World {
    /// Gives a deployment a further virtual IP.
    pub fn add_virtual_ip(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        self.unlocked(subscription, service)?;
        if !is_plain(name, 80) {
            return Err(Refusal::bad_request("The virtual IP name is invalid.").detail(name));
        }
        let known = |other: &String| same(other, name);
        if standing.virtual_ips.iter().any(known) || same(&standing.vip_name(), name) {
            return Err(Refusal::conflict(format!(
                "The virtual IP name {name} is already in use."
            )));
        }
        if standing.virtual_ips.len() + 1 >= MOST {
            return Err(Refusal::conflict(format!(
                "The deployment {deployment} has {MOST} virtual IPs, and can have no more."
            )));
        }
        let held = self.deployment_mut(subscription, service)?;
        held.virtual_ips.push(name.to_owned());
        held.modified = now;
        let lock = Some(key(service));
        self.accept(subscription, id, "Add Virtual IP", 30, lock, None, now)
    }

    /// Takes a further virtual IP away that no endpoint names.
    pub fn delete_virtual_ip(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        deployment: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let standing = self.deployment(subscription, service, deployment)?;
        let at = standing.virtual_ips.iter().position(|n| same(n, name));
        let at = at.ok_or_else(|| Refusal::resource(format!("virtual IP `{name}`")))?;
        self.unlocked(subscription, service)?;
        let mut endpoints = standing.roles.iter().flat_map(|role| &role.endpoints);
        let named = |used: Option<&str>| used.is_some_and(|used| same(used, name));
        if endpoints.any(|e| named(e.settings.virtual_ip_name.as_deref())) {
            return Err(Refusal::conflict(format!(
                "The virtual IP {name} is in use by endpoints of the deployment."
            )));
        }
        let held = self.deployment_mut(subscription, service)?;
        held.virtual_ips.remove(at);
        held.modified = now;
        let lock = Some(key(service));
        self.accept(subscription, id, "Delete Virtual IP", 30, lock, None, now)
    }
}
